/* /v1/events: CloudEvents, NDJSON and plain JSON in one place, told apart by media type, ce-* headers and, where those
 * leave it open, by the first line. */
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"
#include "serve/ingest/ndjson.h"

struct whole { /* a body that is needed as a whole, or of which it is not known yet */
  struct upload upload;
  struct str source;
  enum cloudevent_mode mode; /* CLOUDEVENT_NONE: JSON, or lines of it */
  struct buf body;
  bool is_settled;   /* it is no NDJSON */
  size_t line_end;   /* of the first line that is not blank; 0: it has not come yet */
  size_t line_start; /* where that line begins, or the search goes on */
};

/* --- is it one document, or one a line? -------------------------------------------------------------------------------- */

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Finds the first line; false: it is not complete. */
static bool find_line(struct whole *whole, size_t from) {
  const struct buf *body = &whole->body;
  if (whole->line_end) return true;
  while (whole->line_start < body->len && is_blank(body->data[whole->line_start])) whole->line_start++;
  if (from < whole->line_start) from = whole->line_start;
  const char *end = from < body->len ? memchr(body->data + from, '\n', body->len - from) : NULL;
  if (end) whole->line_end = (size_t)(end - body->data);
  return end != NULL;
}

static bool has_more_lines(const struct whole *whole) {
  for (size_t i = whole->line_end; i < whole->body.len; i++)
    if (!is_blank(whole->body.data[i])) return true;
  return false;
}

static bool is_object(struct str text) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err err;
  if (str_starts(text, STR("\xef\xbb\xbf"))) text.p += 3, text.len -= 3;
  bool is = json_parse(reader, text.p, text.len, &root, &err) == 0 && json_kind(root) == JSON_OBJECT;
  json_reader_free(reader);
  return is;
}

/* More than one line, and the first is an object by itself. `from`: what came before was looked at. */
static bool turns_out_to_be_lines(struct whole *whole, size_t from) {
  if (whole->is_settled || !find_line(whole, from) || !has_more_lines(whole)) return false;
  whole->is_settled = true;
  return is_object((struct str){whole->body.data + whole->line_start, whole->line_end - whole->line_start});
}

/* --- the body ---------------------------------------------------------------------------------------------------------- */

static void whole_free(struct whole *whole) {
  buf_release(&whole->body);
  free(whole);
}

static void refuse(struct whole *whole, const struct http_failure *failure) {
  struct http_exchange *exchange = whole->upload.exchange;
  upload_release(&whole->upload);
  whole_free(whole);
  http_exchange_refuse(exchange, failure);
}

static void hand_to_ndjson(struct whole *whole) {
  const struct ndjson_options options = {.source = whole->source};
  ndjson_hand_over(&whole->upload, &options, buf_str(&whole->body));
  whole_free(whole);
}

static void take_chunk(struct upload *upload, struct str bytes) {
  struct whole *whole = (struct whole *)upload;
  size_t most = (size_t)upload->daemon->config->limits.body_bytes, before = whole->body.len;
  struct http_failure failure;
  if (before + bytes.len > most) {
    http_failure_set(&failure, 413, HTTP_TOO_LARGE,
                     "the body is larger than %zu bytes; only NDJSON (application/x-ndjson) may be", most);
    refuse(whole, &failure);
    return;
  }
  buf_add_str(&whole->body, bytes);
  if (turns_out_to_be_lines(whole, before)) {
    hand_to_ndjson(whole);
  } else if (!upload_hold(upload, whole->body.len)) {
    upload_crowded(&failure);
    refuse(whole, &failure);
  }
}

static void take_whole(struct whole *whole) {
  struct daemon *daemon = whole->upload.daemon;
  struct http_exchange *exchange = whole->upload.exchange;
  const struct feed feed = {.source = whole->source, .received_ms = service_now_ms(daemon->service)};
  struct str body = buf_str(&whole->body);
  upload_release(&whole->upload);
  if (whole->mode == CLOUDEVENT_NONE)
    ingest_json(exchange, daemon, &feed, body, INGEST_JSON);
  else
    ingest_cloudevents(exchange, daemon, &feed, whole->mode, body);
  whole_free(whole);
}

static void take_end(struct upload *upload, const struct http_failure *failure) {
  struct whole *whole = (struct whole *)upload;
  if (failure)
    refuse(whole, failure);
  else
    take_whole(whole);
}

static void read_whole(struct http_exchange *exchange, struct daemon *daemon, struct str source,
                       enum cloudevent_mode mode) {
  struct whole *whole = xcalloc(1, sizeof *whole);
  whole->upload =
      (struct upload){.daemon = daemon, .exchange = exchange, .chunk = take_chunk, .ended = take_end};
  whole->source = source;
  whole->mode = mode;
  whole->is_settled = mode != CLOUDEVENT_NONE;
  buf_init(&whole->body);
  upload_read(&whole->upload);
}

/* --- the request --------------------------------------------------------------------------------------------------------- */

static bool is_ndjson(const struct http_request *request) {
  static const struct str words[] = {{"application/x-ndjson", 20},
                                     {"application/ndjson", 18},
                                     {"application/jsonl", 17},
                                     {"application/x-jsonlines", 23},
                                     {"application/jsonlines", 21}};
  struct str type;
  http_request_header(request, STR("content-type"), &type);
  const char *end = type.len ? memchr(type.p, ';', type.len) : NULL;
  if (end) type.len = (size_t)(end - type.p);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (http_word_equal(str_trim(type), words[i])) return true;
  return false;
}

void ingest_events(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct ndjson_options options = {0};
  enum cloudevent_mode mode = ingest_cloudevent_mode(request);
  if (!guard_ingest(daemon->guard, exchange, STR(""), &options.source)) return;
  if (mode == CLOUDEVENT_UNSUPPORTED)
    http_exchange_fail(exchange, 415, HTTP_UNSUPPORTED,
                       "CloudEvents are taken as JSON: application/cloudevents+json, "
                       "application/cloudevents-batch+json, or ce-* headers");
  else if (mode == CLOUDEVENT_NONE && is_ndjson(request))
    ndjson_read(exchange, daemon, &options);
  else
    read_whole(exchange, daemon, options.source, mode);
}
