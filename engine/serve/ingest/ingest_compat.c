/* What some SDKs ask for besides sending events: their settings, and an image for pages without scripts. */
#include "base/timefmt.h"
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"

/* --- settings ----------------------------------------------------------------------------------------------------------- */

static void open_object(struct json_writer *w, const char *key) {
  if (key) json_key(w, key);
  json_open(w, '{');
}

static void put_off(struct json_writer *w, const char *key) {
  open_object(w, key);
  json_key(w, "enabled");
  json_put_bool(w, false);
  json_close(w, '}');
}

static void put_empty_list(struct json_writer *w, const char *key) {
  json_key(w, key);
  json_open(w, '[');
  json_close(w, ']');
}

/* A source without destinations of its own, whose SDK reports nothing about itself. */
static void put_source(struct json_writer *w, struct str source, struct str write_key) {
  open_object(w, "source");
  json_member_str(w, "id", source);
  json_member_str(w, "name", source);
  json_member_str(w, "writeKey", write_key);
  json_member_str(w, "workspaceId", STR("embudo"));
  json_key(w, "enabled");
  json_put_bool(w, true);
  open_object(w, "config");
  open_object(w, "statsCollection");
  put_off(w, "errors");
  put_off(w, "metrics");
  json_close(w, '}');
  json_close(w, '}');
  put_empty_list(w, "connections");
  put_empty_list(w, "destinations");
  json_close(w, '}');
}

void ingest_source_config(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct json_writer w;
  struct str source, key;
  struct buf body;
  if (!guard_ingest(daemon->guard, exchange, STR(""), &source)) return;
  http_request_query(http_exchange_request(exchange), STR("writeKey"), &key);
  buf_init(&body);
  json_writer_init(&w, &body);
  open_object(&w, NULL);
  put_source(&w, source, key);
  json_key(&w, "updatedAt");
  json_put_time(&w, 0);
  json_close(&w, '}');
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}

/* The host is the one the page asked, so that what is behind a proxy is found there again. */
static void put_segment(struct json_writer *w, const struct http_request *request, struct str key) {
  struct str scheme;
  struct buf text;
  buf_init(&text);
  http_request_header(request, STR("x-forwarded-proto"), &scheme);
  buf_add_str(&text, request->host);
  buf_add_text(&text, "/v1");
  open_object(w, "Segment.io");
  json_member_str(w, "apiKey", key);
  json_member_str(w, "apiHost", buf_str(&text));
  json_member_str(w, "protocol", http_word_equal(scheme, STR("https")) ? STR("https") : STR("http"));
  json_close(w, '}');
  buf_release(&text);
}

void ingest_settings(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct str key = http_request_param(request, STR("key")), source;
  struct json_writer w;
  struct buf body;
  if (!guard_ingest(daemon->guard, exchange, key, &source)) return;
  buf_init(&body);
  json_writer_init(&w, &body);
  open_object(&w, NULL);
  open_object(&w, "integrations");
  put_segment(&w, request, key);
  json_close(&w, '}');
  json_close(&w, '}');
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}

/* --- the image ------------------------------------------------------------------------------------------------------------ */

/* Members of an event; everything else in the query is a property. */
static bool is_member(struct str name) {
  static const char *const words[] = {
      "anonymousId", "userId", "event", "name", "category", "messageId", "originalTimestamp", "timestamp"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(name, str_of(words[i]))) return true;
  return false;
}

static bool is_property(struct str name) {
  return !is_member(name) && !str_eq(name, STR("writeKey")) && !str_eq(name, STR("properties"));
}

static void put_pairs(const struct http_uri *uri, bool (*wanted)(struct str name), struct json_writer *w) {
  for (int i = 0; i < uri->query_count; i++) {
    if (!wanted(uri->query[i].name)) continue;
    json_key_str(w, uri->query[i].name);
    json_put_str(w, uri->query[i].value);
  }
}

/* ?properties={...}, when it is an object, comes before single ones. */
static void put_properties(const struct http_request *request, struct json_writer *w) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root = {0};
  struct json_iter it;
  struct str text;
  struct err err;
  if (http_request_query(request, STR("properties"), &text) &&
      json_parse(reader, text.p, text.len, &root, &err) != 0)
    root = (struct json_ref){0};
  open_object(w, "properties");
  if (json_kind(root) == JSON_OBJECT) {
    struct buf part;
    buf_init(&part);
    for (json_iter_init(&it, root); json_next(&it);) {
      buf_clear(&part);
      json_minify(it.value, &part);
      json_key_str(w, it.key);
      json_put_raw(w, buf_str(&part));
    }
    buf_release(&part);
  }
  put_pairs(&request->uri, is_property, w);
  json_close(w, '}');
  json_reader_free(reader);
}

/* HEAD is safe: what looks whether the image is there has not looked at the page. */
void ingest_pixel(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  const struct http_uri *uri = &request->uri;
  struct feed feed = {.received_ms = service_now_ms(daemon->service), .has_type = true};
  struct json_writer w;
  struct buf body;
  if (!guard_ingest(daemon->guard, exchange, STR(""), &feed.source)) return;
  if (str_eq(request->method, STR("HEAD"))) {
    ingest_answer(exchange, &(struct ingest_totals){.reply = INGEST_IMAGE});
    return;
  }
  ASSERT(event_type_parse(uri->segments[uri->segment_count - 1], &feed.type));
  buf_init(&body);
  json_writer_init(&w, &body);
  open_object(&w, NULL);
  put_pairs(uri, is_member, &w);
  put_properties(request, &w);
  json_close(&w, '}');
  ingest_json(exchange, daemon, &feed, buf_str(&body), INGEST_IMAGE);
  buf_release(&body);
}
