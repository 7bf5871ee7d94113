#include "core/handoff/request.h"

#include "core/config/secret_text.h"
#include "core/handoff/outbox_record.h"

const struct renderer *request_renderer(const struct ruleset *rules, const struct destination *destination) {
  return destination->renderer == NONE ? NULL : &rules->renderers[destination->renderer];
}

/* --- what the renderer sees ------------------------------------------------------------------------------------------- */

/* Data with secrets' names in it, as the script marks them: what comes from outside can bear no such mark. */
static void put_marked(struct json_writer *w, struct json_ref ref, const char *mark) {
  struct json_iter it;
  struct str name;
  enum json_kind kind = json_kind(ref);
  if (kind != JSON_OBJECT && kind != JSON_ARRAY) {
    struct buf text;
    buf_init(&text);
    json_minify(ref, &text);
    json_put_raw(w, buf_str(&text));
    buf_release(&text);
    return;
  }
  bool secret =
      kind == JSON_OBJECT && json_count(ref) == 1 && json_string(json_get(ref, STR("secret")), &name);
  json_open(w, kind == JSON_OBJECT ? '{' : '[');
  for (json_iter_init(&it, ref); json_next(&it);) {
    if (kind == JSON_OBJECT) json_key_str(w, secret ? str_of(mark) : it.key);
    put_marked(w, it.value, mark);
  }
  json_close(w, kind == JSON_OBJECT ? '}' : ']');
}

static int write_argument(struct json_reader *reader, const struct destination *destination, const char *mark,
                          struct str id, struct str message, struct buf *out, struct err *err) {
  struct json_writer w;
  struct json_ref root;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "id");
  json_put_str(&w, id);
  json_key(&w, "destination");
  json_put_text(&w, destination->name);
  if (json_parse(reader, destination->options.p, destination->options.len, &root, err) != 0) return -1;
  json_key(&w, "options");
  put_marked(&w, root, mark);
  json_close(&w, '}');
  out->len--; /* the message's members follow */
  buf_add_char(out, ',');
  buf_add(out, message.p + 1, message.len - 1);
  return 0;
}

/* --- what it returns -------------------------------------------------------------------------------------------------- */

struct freezing {
  struct json_writer w;
  const char *mark;
  struct err *err;
};

static int freeze_part(struct freezing *f, struct json_ref ref, const char *what) {
  struct str text;
  if (json_string(ref, &text)) {
    json_put_str(&f->w, text);
    return 0;
  }
  struct str name, form;
  bool secret = json_kind(ref) == JSON_OBJECT && json_string(json_get(ref, str_of(f->mark)), &name);
  bool hmac = secret && json_string(json_get(ref, STR("hmac")), &text);
  if (!secret || json_count(ref) != (hmac ? 3 : 1))
    return err_set(f->err, ERR_SCRIPT, "%s must be a text, a secret, or a list of both", what);
  json_open(&f->w, '{');
  json_member_str(&f->w, "secret", name);
  if (hmac) json_member_str(&f->w, "hmac", text);
  if (hmac && json_string(json_get(ref, STR("form")), &form)) json_member_str(&f->w, "form", form);
  json_close(&f->w, '}');
  if (hmac && !secret_form_known(form))
    return err_set(f->err, ERR_SCRIPT, "hmac writes \"hex\" or \"base64\", not \"%.*s\"", STR_ARG(form));
  return 0;
}

static int freeze_template(struct freezing *f, struct json_ref ref, const char *what) {
  struct json_iter it;
  if (json_kind(ref) != JSON_ARRAY) return freeze_part(f, ref, what);
  json_open(&f->w, '[');
  for (json_iter_init(&it, ref); json_next(&it);)
    if (freeze_part(f, it.value, what) != 0) return -1;
  json_close(&f->w, ']');
  return 0;
}

/* Names that embudo sets itself are its own, others as HTTP has them in lower case. */
static bool is_header(struct str name) {
  static const char *const own[] = {
      "host",    "content-length", "transfer-encoding", "connection",        "expect",
      "upgrade", "webhook-id",     "webhook-timestamp", "webhook-signature", NULL};
  for (const char *const *word = own; *word; word++)
    if (str_eq(name, str_of(*word))) return false;
  for (size_t i = 0; i < name.len; i++)
    if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9') ||
          name.p[i] == '-' || name.p[i] == '_'))
      return false;
  return name.len > 0 && name.len <= 128;
}

static int freeze_headers(struct freezing *f, struct json_ref ref) {
  struct json_iter it;
  if (json_kind(ref) == JSON_MISSING || json_count(ref) == 0) return 0;
  if (json_kind(ref) != JSON_OBJECT || json_count(ref) > HANDOFF_HEADERS_MAX)
    return err_set(f->err, ERR_SCRIPT, "`headers` must be at most %d named texts", HANDOFF_HEADERS_MAX);
  json_key(&f->w, "headers");
  json_open(&f->w, '{');
  for (json_iter_init(&it, ref); json_next(&it);) {
    if (!is_header(it.key))
      return err_set(f->err, ERR_SCRIPT, "the header '%.*s' cannot be set: names are in lower case",
                     STR_ARG(it.key));
    json_key_str(&f->w, it.key);
    if (freeze_template(f, it.value, "a header") != 0) return -1;
  }
  json_close(&f->w, '}');
  return 0;
}

static int freeze_method(struct freezing *f, struct json_ref ref) {
  static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE", "GET", NULL};
  struct str text;
  if (json_kind(ref) == JSON_MISSING) return 0;
  for (const char *const *method = methods; json_string(ref, &text) && *method; method++) {
    if (!str_eq(text, str_of(*method))) continue;
    json_key(&f->w, "method");
    json_put_str(&f->w, text);
    return 0;
  }
  return err_set(f->err, ERR_SCRIPT, "`method` must be POST, PUT, PATCH, DELETE or GET");
}

static int freeze_body(struct freezing *f, struct json_ref ref) {
  struct buf text;
  struct str body;
  buf_init(&text);
  if (json_kind(ref) == JSON_OBJECT || json_kind(ref) == JSON_ARRAY)
    json_minify(ref, &text);
  else if (json_string(ref, &body))
    buf_add_str(&text, body);
  bool told = strstr(text.data, f->mark) != NULL, large = text.len > OUTBOX_BODY_MAX;
  json_key(&f->w, "body");
  json_put_str(&f->w, buf_str(&text));
  buf_release(&text);
  if (told) return err_set(f->err, ERR_SCRIPT, "a secret cannot stand in a body");
  if (large) return err_set(f->err, ERR_SCRIPT, "the body has more than %d KiB", OUTBOX_BODY_MAX / 1024);
  return 0;
}

static int freeze(struct freezing *f, struct json_ref root) {
  static const char *const known[] = {"method", "url", "path", "headers", "body", NULL};
  struct json_iter it;
  struct str text;
  if (json_kind(root) != JSON_OBJECT)
    return err_set(f->err, ERR_SCRIPT, "it must return a request: { body = .. }");
  for (json_iter_init(&it, root); json_next(&it);) {
    const char *const *word = known;
    while (*word && !str_eq(it.key, str_of(*word))) word++;
    if (*word) continue;
    const char *near = str_nearest(it.key, known);
    return err_set(f->err, ERR_SCRIPT, "a request has no '%.*s'%s%s", STR_ARG(it.key),
                   near ? ": did you mean " : ": it has ",
                   near ? near : "method, url, path, headers and body");
  }
  json_open(&f->w, '{');
  if (freeze_method(f, json_get(root, STR("method"))) != 0) return -1;
  if (!json_is_missing(json_get(root, STR("url")))) {
    json_key(&f->w, "url");
    if (freeze_template(f, json_get(root, STR("url")), "`url`") != 0) return -1;
  }
  if (!json_is_missing(json_get(root, STR("path")))) {
    if (!json_string(json_get(root, STR("path")), &text) || !str_starts(text, STR("/")))
      return err_set(f->err, ERR_SCRIPT, "`path` must be a text that begins with /");
    json_key(&f->w, "path");
    json_put_str(&f->w, text);
  }
  if (freeze_headers(f, json_get(root, STR("headers"))) != 0 ||
      freeze_body(f, json_get(root, STR("body"))) != 0)
    return -1;
  json_close(&f->w, '}');
  return 0;
}

static int plain(struct str message, struct buf *out, struct err *err) {
  struct json_writer w;
  if (message.len > OUTBOX_BODY_MAX)
    return err_set(err, ERR_LIMIT, "the message has more than %d KiB", OUTBOX_BODY_MAX / 1024);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "body");
  json_put_str(&w, message);
  json_close(&w, '}');
  return 0;
}

static int run(struct generation *generation, const struct destination *destination, int fn, struct str id,
               struct str message, struct buf *answer, struct err *err) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct buf argument;
  buf_init(&argument);
  int failed = write_argument(reader, destination, script_secret_mark(generation->script), id, message,
                              &argument, err);
  if (!failed) failed = json_parse(reader, argument.data, argument.len, &root, err);
  if (!failed) failed = script_ask(generation->script, fn, root, answer, err);
  buf_release(&argument);
  json_reader_free(reader);
  return failed;
}

int request_render(struct generation *generation, const struct destination *destination, struct str id,
                   struct str message, struct buf *out, struct err *err) {
  const struct renderer *renderer = request_renderer(generation->rules, destination);
  int fn = renderer ? renderer->render_fn : destination->render_fn;
  struct freezing f = {.mark = script_secret_mark(generation->script), .err = err};
  struct buf answer;
  size_t begun = out->len;
  if (fn == FN_NONE) return plain(message, out, err);
  buf_init(&answer);
  json_writer_init(&f.w, out);
  int failed = run(generation, destination, fn, id, message, &answer, err);
  if (!failed && answer.len) {
    struct json_reader *reader = json_reader_new();
    struct json_ref root;
    failed = json_parse(reader, answer.data, answer.len, &root, err) || freeze(&f, root);
    json_reader_free(reader);
  }
  if (failed) {
    out->len = begun;
    out->data[begun] = '\0';
  }
  buf_release(&answer);
  return failed ? -1 : 0;
}

/* --- sending ---------------------------------------------------------------------------------------------------------- */

static int add_part(struct json_ref ref, const struct config *config, struct buf *out, struct err *err) {
  struct str text, name, form;
  if (json_string(ref, &text)) {
    buf_add_str(out, text);
    return 0;
  }
  if (!json_string(json_get(ref, STR("secret")), &name))
    return err_set(err, ERR_INVALID, "neither a text nor a secret stands where one should");
  if (!json_string(json_get(ref, STR("hmac")), &text)) return secret_text(config, name, out, err);
  if (!json_string(json_get(ref, STR("form")), &form)) form = STR("");
  return secret_hmac(config, name, text, form, out, err);
}

/* What a template says with its secrets in place, in the request's arena. */
static int resolve(struct request *request, struct json_ref ref, const struct config *config,
                   struct str *text, struct err *err) {
  struct json_iter it;
  struct buf out;
  int failed = 0;
  buf_init(&out);
  if (json_kind(ref) == JSON_ARRAY) {
    for (json_iter_init(&it, ref); !failed && json_next(&it);) failed = add_part(it.value, config, &out, err);
  } else {
    failed = add_part(ref, config, &out, err);
  }
  *text = arena_str(&request->arena, buf_str(&out));
  buf_release(&out);
  return failed;
}

static int resolve_text(struct request *request, struct str json, const struct config *config,
                        struct str *text, struct err *err) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  int failed = json_parse(reader, json.p, json.len, &root, err) || resolve(request, root, config, text, err);
  json_reader_free(reader);
  return failed ? -1 : 0;
}

/* A later one of the same name takes the place of the earlier. */
static int set_header(struct request *request, struct str name, struct str value, struct err *err) {
  size_t at = 0;
  for (size_t i = 0; i < value.len; i++)
    if ((unsigned char)value.p[i] < 0x20 && value.p[i] != '\t')
      return err_set(err, ERR_INVALID, "the header %.*s would hold a control character", STR_ARG(name));
  while (at < request->header_count && !str_eq(request->headers[at].name, name)) at++;
  if (at == REQUEST_HEADERS_MAX) return err_set(err, ERR_LIMIT, "too many headers");
  if (at == request->header_count) request->header_count++;
  request->headers[at] = (struct request_header){arena_str(&request->arena, name), value};
  return 0;
}

static int set_headers(struct request *request, const struct handoff_header *headers, uint32_t count,
                       const struct config *config, struct err *err) {
  struct str value;
  for (uint32_t i = 0; i < count; i++)
    if (resolve_text(request, headers[i].value, config, &value, err) ||
        set_header(request, headers[i].name, value, err))
      return -1;
  return 0;
}

static int set_frozen_headers(struct request *request, struct json_ref headers, const struct config *config,
                              struct err *err) {
  struct json_iter it;
  struct str value;
  for (json_iter_init(&it, headers); json_next(&it);)
    if (resolve(request, it.value, config, &value, err) || set_header(request, it.key, value, err)) return -1;
  return 0;
}

static struct str without_slash(struct str url) {
  while (url.len && url.p[url.len - 1] == '/') url.len--;
  return url;
}

/* The request's own address, else the settings', the destination's, the renderer's; and the path below it. */
static int set_url(struct request *request, struct json_ref frozen, const struct ruleset *rules,
                   const struct destination *destination, const struct config *config, struct err *err) {
  const struct config_destination *said = config_destination(config, str_of(destination->name));
  const struct renderer *renderer = request_renderer(rules, destination);
  struct json_ref own = json_get(frozen, STR("url"));
  struct str url = {NULL, 0}, path = {NULL, 0};
  int failed = 0;
  if (!json_is_missing(own))
    failed = resolve(request, own, config, &url, err);
  else if (said)
    url = str_of(said->url);
  else if (destination->url.len)
    failed = resolve_text(request, destination->url, config, &url, err);
  else if (renderer && renderer->url.len)
    failed = resolve_text(request, renderer->url, config, &url, err);
  if (failed) return -1;
  if (url.len == 0)
    return err_set(err, ERR_INVALID,
                   "destination '%s' has no url: give it one, or under destinations in embudo.yaml",
                   destination->name);
  if (json_string(json_get(frozen, STR("path")), &path)) url = without_slash(url);
  request->url =
      arena_printf(&request->arena, "%.*s%.*s", STR_ARG(url), (int)path.len, path.len ? path.p : "");
  return 0;
}

int request_open(struct request *request, struct json_ref frozen, const struct ruleset *rules,
                 const struct destination *destination, const struct config *config, struct err *err) {
  const struct renderer *renderer = request_renderer(rules, destination);
  struct str text = STR("POST");
  *request = (struct request){.url = ""};
  arena_init(&request->arena, 4096);
  json_string(json_get(frozen, STR("method")), &text);
  request->method = arena_str(&request->arena, text).p;
  if (json_string(json_get(frozen, STR("body")), &text)) request->body = arena_str(&request->arena, text);
  if (destination->file) return 0;
  if (set_header(request, STR("content-type"), STR("application/json"), err) != 0) return -1;
  if (renderer && set_headers(request, renderer->headers, renderer->header_count, config, err) != 0)
    return -1;
  if (set_headers(request, destination->headers, destination->header_count, config, err) != 0) return -1;
  if (set_frozen_headers(request, json_get(frozen, STR("headers")), config, err) != 0) return -1;
  return set_url(request, frozen, rules, destination, config, err);
}

void request_release(struct request *request) {
  arena_release(&request->arena);
}
