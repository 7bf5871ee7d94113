#include "io/http/http_parser.h"

#include "base/err.h"
#include "io/http/http_rules.h"

enum gate { GATE_START, GATE_START_CR, GATE_LINE, GATE_CR, GATE_LINE_START, GATE_LAST_CR, GATE_OPEN };

enum { HEAD_FIRST_ROOM = 1024, TLS_HANDSHAKE = 0x16 /* the first byte of a ClientHello */ };

/* --- llhttp's callbacks ---------------------------------------------------------------------------------------- */

static int refuse(struct http_parser *parser, int status, const char *code, const char *message) {
  http_failure_set(parser->failure, status, code, "%s", message);
  parser->event = HTTP_EVENT_FAILED;
  return HPE_USER;
}

/* The head is fed in one run: spans lie in it, and two that touch are one. */
static void extend(struct str *span, const char *at, size_t len) {
  if (span->len && span->p + span->len == at)
    span->len += len;
  else
    *span = (struct str){at, len};
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len) {
  struct http_parser *parser = llhttp->data;
  extend(&parser->request->target, at, len);
  return 0;
}

static int on_header_field(llhttp_t *llhttp, const char *at, size_t len) {
  struct http_parser *parser = llhttp->data;
  struct http_request *request = parser->request;
  if (parser->in_value || request->header_count == 0) {
    if (request->header_count == HTTP_HEADERS_MAX)
      return refuse(parser, 431, HTTP_TOO_LARGE, "the request has more than 100 header lines");
    request->headers[request->header_count++] = (struct http_pair){{0}, STR("")};
    parser->in_value = false;
  }
  extend(&request->headers[request->header_count - 1].name, at, len);
  return 0;
}

static int on_header_value(llhttp_t *llhttp, const char *at, size_t len) {
  struct http_parser *parser = llhttp->data;
  if (parser->request->header_count == 0) return refuse(parser, 400, HTTP_INVALID, "a header without a name");
  extend(&parser->request->headers[parser->request->header_count - 1].value, at, len);
  return 0;
}

/* Called for empty values too. */
static int on_header_value_complete(llhttp_t *llhttp) {
  struct http_parser *parser = llhttp->data;
  parser->in_value = true;
  return 0;
}

/* What llhttp knows of the message, in the request's words. */
static int on_headers_complete(llhttp_t *llhttp) {
  struct http_parser *parser = llhttp->data;
  struct http_request *request = parser->request;
  request->method = str_of(llhttp_method_name((llhttp_method_t)llhttp->method));
  request->version = llhttp->http_major * 10 + llhttp->http_minor;
  request->content_length = llhttp->content_length;
  llhttp->upgrade = 0;
  if (request->target.len > parser->target_max)
    return refuse(parser, 414, HTTP_TOO_LARGE, "the URL is too long");
  if (http_rules_check(request, parser->failure) != 0) {
    parser->event = HTTP_EVENT_FAILED;
    return HPE_USER;
  }
  parser->event = HTTP_EVENT_HEAD;
  return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_header_value_complete = on_header_value_complete,
    .on_headers_complete = on_headers_complete,
};

/* --- the gate -------------------------------------------------------------------------------------------------- */

/* One byte of the head; a message when it may not stand there. */
static const char *gate_step(struct http_parser *parser, char c) {
  switch ((enum gate)parser->gate) {
  case GATE_START:
    if (c == '\r' && parser->blank_lines < HTTP_BLANK_LINES_MAX) return parser->gate = GATE_START_CR, NULL;
    if (c == TLS_HANDSHAKE) return "TLS (this port speaks plain HTTP)";
    parser->gate = GATE_LINE;
    break;
  case GATE_START_CR:
    if (c != '\n') return "a CR without LF";
    parser->blank_lines++;
    return parser->gate = GATE_START, NULL;
  case GATE_LINE: break;
  case GATE_CR:
    if (c != '\n') return "a CR without LF";
    return parser->gate = GATE_LINE_START, NULL;
  case GATE_LINE_START:
    if (c == '\r') return parser->gate = GATE_LAST_CR, NULL;
    if (c == ' ' || c == '\t') return "a folded header line";
    if (c == ':') return "a header without a name"; /* llhttp would give its value to the header before */
    parser->gate = GATE_LINE;
    break;
  case GATE_LAST_CR:
    if (c != '\n') return "a CR without LF";
    return parser->gate = GATE_OPEN, NULL;
  case GATE_OPEN: return NULL;
  }
  if (c == '\r') parser->gate = GATE_CR;
  if (c == '\n') return "a line end that is not CR LF";
  return c == '\0' ? "a NUL byte" : NULL;
}

/* How many of the bytes belong to the head; stops behind its end. *skipped: the blank lines at the front. */
static size_t gate_run(struct http_parser *parser, struct str bytes, size_t *skipped, const char **fault) {
  struct http_request *request = parser->request;
  size_t at = 0;
  *skipped = 0;
  while (at < bytes.len && parser->gate != GATE_OPEN) {
    if (parser->gate == GATE_LINE) /* everything the gate looks at is below a blank */
      while (at < bytes.len && (unsigned char)bytes.p[at] > '\r') at++;
    if (at == bytes.len) break;
    if ((*fault = gate_step(parser, bytes.p[at])) != NULL) return at;
    at++;
    if (parser->gate <= GATE_START_CR) *skipped = at;
    if (parser->gate == GATE_LINE_START && !parser->line_end)
      parser->line_end = request->head.len + at - *skipped - strlen("\r\n");
  }
  return at;
}

static enum http_event fail(struct http_parser *parser, int status, const char *code, const char *message) {
  http_failure_set(parser->failure, status, code, "%s", message);
  parser->failed = true;
  return HTTP_EVENT_FAILED;
}

static enum http_event check_head_size(struct http_parser *parser) {
  size_t len = parser->request->head.len;
  size_t line = parser->line_end ? parser->line_end : len;
  size_t line_max = parser->target_max + strlen("UNSUBSCRIBE  HTTP/1.1");
  if (line > line_max) return fail(parser, 414, HTTP_TOO_LARGE, "the URL is too long");
  if (len > parser->head_max) return fail(parser, 431, HTTP_TOO_LARGE, "the request's headers are too large");
  return HTTP_EVENT_MORE;
}

/* --- feeding --------------------------------------------------------------------------------------------------- */

/* llhttp's verdict on a request it refused, for the person who sent it. */
static enum http_event llhttp_failure(struct http_parser *parser, llhttp_errno_t code) {
  parser->failed = true;
  if (parser->event == HTTP_EVENT_FAILED) return HTTP_EVENT_FAILED;
  const char *reason = llhttp_get_error_reason(&parser->llhttp);
  http_failure_set(parser->failure, 400, HTTP_INVALID, "malformed HTTP/1.1 request: %s",
                   reason && *reason ? reason : llhttp_errno_name(code));
  return HTTP_EVENT_FAILED;
}

/* Has llhttp parse the head, to its end and no further. */
static enum http_event parse_head(struct http_parser *parser) {
  struct str head = buf_str(&parser->request->head);
  parser->event = HTTP_EVENT_MORE;
  llhttp_errno_t code = llhttp_execute(&parser->llhttp, head.p, head.len);
  if (code != HPE_OK && code != HPE_PAUSED) return llhttp_failure(parser, code);
  if (parser->event == HTTP_EVENT_HEAD && llhttp_get_error_pos(&parser->llhttp) == head.p + head.len)
    return HTTP_EVENT_HEAD;
  return fail(parser, 400, HTTP_INVALID,
              "malformed HTTP/1.1 request: its headers do not end where they should");
}

static void begin_body(struct http_parser *parser) {
  parser->in_body = true;
  parser->chunked = parser->request->chunked;
  parser->body_left = parser->request->content_length;
  http_chunks_init(&parser->chunks);
}

/* Collects the head, and has it parsed when it is complete. */
static enum http_event feed_head(struct http_parser *parser, struct str *bytes) {
  struct buf *head = &parser->request->head;
  const char *fault = NULL;
  size_t skipped, used = gate_run(parser, *bytes, &skipped, &fault);
  size_t room = parser->head_max + 1 - head->len, take = used - skipped;
  if (head->cap == 0 && take) buf_reserve(head, HEAD_FIRST_ROOM);
  buf_add(head, bytes->p + skipped, take < room ? take : room);
  bytes->p += used;
  bytes->len -= used;
  if (check_head_size(parser) == HTTP_EVENT_FAILED) return HTTP_EVENT_FAILED;
  if (fault) {
    http_failure_set(parser->failure, 400, HTTP_INVALID, "malformed HTTP/1.1 request: %s in its head", fault);
    parser->failed = true;
    return HTTP_EVENT_FAILED;
  }
  if (parser->gate != GATE_OPEN) return HTTP_EVENT_MORE;
  if (http_rules_check_line(head->data, parser->line_end, parser->failure) != 0) {
    parser->failed = true;
    return HTTP_EVENT_FAILED;
  }
  enum http_event event = parse_head(parser);
  if (event == HTTP_EVENT_HEAD) begin_body(parser);
  return event;
}

static enum http_event feed_chunks(struct http_parser *parser, struct str *bytes) {
  if (http_chunks_read(&parser->chunks, bytes, &parser->piece, parser->failure) != 0) {
    parser->failed = true;
    return HTTP_EVENT_FAILED;
  }
  if (parser->piece.len) return HTTP_EVENT_BODY;
  return http_chunks_ended(&parser->chunks) ? HTTP_EVENT_DONE : HTTP_EVENT_MORE;
}

static enum http_event feed_body(struct http_parser *parser, struct str *bytes) {
  if (parser->chunked) return feed_chunks(parser, bytes);
  if (parser->body_left == 0) return HTTP_EVENT_DONE;
  if (bytes->len == 0) return HTTP_EVENT_MORE;
  size_t len = bytes->len < parser->body_left ? bytes->len : (size_t)parser->body_left;
  parser->piece = (struct str){bytes->p, len};
  parser->body_left -= len;
  bytes->p += len;
  bytes->len -= len;
  return HTTP_EVENT_BODY;
}

enum http_event http_parser_feed(struct http_parser *parser, struct str *bytes,
                                 struct http_failure *failure) {
  ASSERT(!parser->failed && (parser->request || parser->in_body));
  parser->failure = failure;
  enum http_event event = parser->in_body ? feed_body(parser, bytes) : feed_head(parser, bytes);
  if (event == HTTP_EVENT_DONE) {
    parser->request = NULL;
    parser->in_body = false;
  }
  return event;
}

/* --- life ------------------------------------------------------------------------------------------------------ */

void http_parser_init(struct http_parser *parser, size_t head_max, size_t target_max) {
  *parser = (struct http_parser){.head_max = head_max, .target_max = target_max};
  llhttp_init(&parser->llhttp, HTTP_REQUEST, &settings);
  parser->llhttp.data = parser;
}

void http_parser_start(struct http_parser *parser, struct http_request *request) {
  ASSERT(!parser->failed && http_parser_between(parser));
  llhttp_reset(&parser->llhttp);
  parser->request = request;
  parser->gate = GATE_START;
  parser->in_value = false;
  parser->blank_lines = 0;
  parser->line_end = 0;
}

bool http_parser_between(const struct http_parser *parser) {
  return !parser->request && !parser->in_body;
}

void http_parser_disown(struct http_parser *parser) {
  ASSERT(parser->in_body);
  parser->request = NULL;
}
