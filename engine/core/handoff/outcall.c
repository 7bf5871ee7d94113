#include "core/handoff/outcall.h"

#include "base/timefmt.h"
#include "core/config/secret_text.h"
#include "vm/script/task_value.h"

static const char *copy(struct arena *arena, const struct buf *text) {
  return arena_str(arena, buf_str(text)).p;
}

/* --- the request ----------------------------------------------------------------------------------------------------- */

/* A text, a secret or what is made with one, or a list of these that is joined. */
static int add_text(struct value value, const struct config *config, struct buf *out, struct err *err) {
  struct value name = value_get(value, TASK_SECRET), signed_ = value_get(value, STR("hmac"));
  if (value.kind == VALUE_STRING) return buf_add_str(out, value_text(value)), 0;
  if (value.kind == VALUE_NUMBER) return buf_printf(out, "%.17g", value.number), 0;
  if (name.kind == VALUE_STRING && signed_.kind == VALUE_STRING)
    return secret_hmac(config, value_text(name), value_text(signed_),
                       value_text(value_get(value, STR("form"))), out, err);
  if (name.kind == VALUE_STRING) return secret_text(config, value_text(name), out, err);
  if (value.kind != VALUE_LIST)
    return err_set(err, ERR_INVALID, "a header is a text, a secret, or a list of both");
  for (uint32_t i = 0; i < value.len; i++)
    if (add_text(value.items[i], config, out, err) != 0) return -1;
  return 0;
}

/* Bodies are shown to people who may not see secrets, and echoed by services. */
static bool has_secret(struct value value) {
  if (value.kind == VALUE_MAP && value_get(value, TASK_SECRET).kind != VALUE_MISSING) return true;
  for (uint32_t i = 0; value.kind == VALUE_MAP && i < value.len; i++)
    if (has_secret(value.pairs[i].value)) return true;
  for (uint32_t i = 0; value.kind == VALUE_LIST && i < value.len; i++)
    if (has_secret(value.items[i])) return true;
  return false;
}

static int add_header(struct outcall *out, struct str name, const char *before, struct value value,
                      const struct config *config, struct arena *arena, struct err *err) {
  struct buf text;
  if (out->header_count == OUTCALL_HEADERS_MAX)
    return err_set(err, ERR_INVALID, "more than %d headers", OUTCALL_HEADERS_MAX);
  buf_init(&text);
  buf_add_text(&text, before);
  int failed = add_text(value, config, &text, err);
  if (!failed)
    out->headers[out->header_count++] =
        (struct outcall_header){arena_str(arena, name), arena_str(arena, buf_str(&text))};
  buf_release(&text);
  return failed;
}

static int add_query(struct value query, const struct config *config, struct buf *url, struct err *err) {
  if (query.kind == VALUE_MISSING) return 0;
  if (query.kind != VALUE_MAP) return err_set(err, ERR_INVALID, "query is a table of names and texts");
  for (uint32_t i = 0; i < query.len; i++) {
    struct buf text;
    buf_add_char(url, strchr(url->data, '?') ? '&' : '?');
    buf_add_escaped(url, query.pairs[i].key);
    buf_add_char(url, '=');
    buf_init(&text);
    int failed = query.pairs[i].value.kind == VALUE_BOOL
                     ? (buf_add_text(&text, query.pairs[i].value.boolean ? "true" : "false"), 0)
                     : add_text(query.pairs[i].value, config, &text, err);
    buf_add_escaped(url, buf_str(&text));
    buf_release(&text);
    if (failed) return -1;
  }
  return 0;
}

static int read_url(struct value asked, struct value options, const struct config *config,
                    struct arena *arena, struct outcall *out, struct err *err) {
  struct buf url;
  buf_init(&url);
  buf_add_str(&url, value_text(value_get(asked, STR("url"))));
  int failed = memchr(url.data, '\0', url.len) ? err_set(err, ERR_INVALID, "a URL with a NUL in it") : 0;
  if (!failed) failed = add_query(value_get(options, STR("query")), config, &url, err);
  out->url = copy(arena, &url);
  buf_release(&url);
  return failed;
}

static int read_body(struct value options, struct arena *arena, struct outcall *out, struct err *err) {
  struct value json = value_get(options, STR("json")), body = value_get(options, STR("body"));
  struct json_writer w;
  struct buf text;
  if (json.kind != VALUE_MISSING && body.kind != VALUE_MISSING)
    return err_set(err, ERR_INVALID, "a call has json or a body, not both");
  if (body.kind != VALUE_MISSING && body.kind != VALUE_STRING)
    return err_set(err, ERR_INVALID, "body is a text");
  if (body.kind == VALUE_STRING) out->body = value_text(body);
  if (json.kind == VALUE_MISSING) return 0;
  if (has_secret(json))
    return err_set(err, ERR_INVALID, "a secret cannot stand in a body: put it into a header, auth or query");
  buf_init(&text);
  json_writer_init(&w, &text);
  json_put_value(&w, json);
  out->body = arena_str(arena, buf_str(&text));
  buf_release(&text);
  return add_header(out, STR("content-type"), "", value_str(STR("application/json")), NULL, arena, err);
}

static int read_headers(struct value options, const struct config *config, struct arena *arena,
                        struct outcall *out, struct err *err) {
  struct value headers = value_get(options, STR("headers")), auth = value_get(options, STR("auth"));
  if (headers.kind != VALUE_MISSING && headers.kind != VALUE_MAP)
    return err_set(err, ERR_INVALID, "headers is a table of names and texts");
  for (uint32_t i = 0; headers.kind == VALUE_MAP && i < headers.len; i++)
    if (add_header(out, headers.pairs[i].key, "", headers.pairs[i].value, config, arena, err) != 0) return -1;
  if (auth.kind == VALUE_MISSING) return 0;
  return add_header(out, STR("authorization"), "Bearer ", auth, config, arena, err);
}

static int read_timeout(struct value options, struct outcall *out, struct err *err) {
  struct value timeout = value_get(options, STR("timeout"));
  if (timeout.kind == VALUE_MISSING) return 0;
  if (timeout.kind == VALUE_STRING && duration_parse(value_text(timeout), &out->timeout_ms)) return 0;
  return err_set(err, ERR_INVALID, "timeout is a duration such as \"3s\"");
}

int outcall_read(struct value asked, const struct config *config, struct arena *arena, struct outcall *out,
                 struct err *err) {
  static const char *const known[] = {"headers", "auth", "query", "json", "body", "timeout", NULL};
  struct value options = value_get(asked, STR("options"));
  *out = (struct outcall){.method = arena_str(arena, value_text(value_get(asked, STR("method")))).p};
  for (uint32_t i = 0; options.kind == VALUE_MAP && i < options.len; i++) {
    const char *const *word = known;
    while (*word && !str_eq(options.pairs[i].key, str_of(*word))) word++;
    if (!*word)
      return err_set(err, ERR_INVALID,
                     "a call has no '%.*s': it has headers, auth, query, json, body and timeout",
                     STR_ARG(options.pairs[i].key));
  }
  if (read_url(asked, options, config, arena, out, err) != 0 || read_body(options, arena, out, err) != 0)
    return -1;
  if (read_headers(options, config, arena, out, err) != 0) return -1;
  return read_timeout(options, out, err);
}

/* --- the answer ------------------------------------------------------------------------------------------------------ */

static struct value read_head(struct str head, struct arena *arena) {
  struct pair *pairs = arena_alloc(arena, OUTCALL_ANSWER_HEADERS_MAX * sizeof *pairs);
  uint32_t count = 0;
  while (head.len && count < OUTCALL_ANSWER_HEADERS_MAX) {
    const char *end = memchr(head.p, '\n', head.len);
    size_t len = end ? (size_t)(end - head.p) : head.len, at = 0;
    const char *colon = memchr(head.p, ':', len);
    if (colon && colon > head.p) {
      char *name = arena_dup(arena, head.p, (size_t)(colon - head.p));
      struct str key = {name, (size_t)(colon - head.p)};
      for (; at < key.len; at++)
        if (name[at] >= 'A' && name[at] <= 'Z') name[at] = (char)(name[at] + ('a' - 'A'));
      struct str value = str_trim((struct str){colon + 1, len - key.len - 1});
      pairs[count++] = (struct pair){key, value_str(arena_str(arena, value))};
    }
    head = end ? (struct str){end + 1, head.len - len - 1} : (struct str){head.p, 0};
  }
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}

struct value outcall_answer(int status, struct str head, struct str body, struct json_reader *reader,
                            struct arena *arena) {
  struct pair *pairs = arena_alloc(arena, 4 * sizeof *pairs);
  struct json_ref root;
  struct err unused;
  uint32_t count = 0;
  pairs[count++] = (struct pair){STR("status"), value_number(status)};
  pairs[count++] = (struct pair){STR("body"), value_str(arena_str(arena, body))};
  pairs[count++] = (struct pair){STR("headers"), read_head(head, arena)};
  if (body.len && json_parse(reader, body.p, body.len, &root, &unused) == 0)
    pairs[count++] = (struct pair){STR("json"), value_copy(arena, json_value(root, arena))};
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}

bool outcall_passes(int status) {
  return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}
