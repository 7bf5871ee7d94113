/* CloudEvents 1.0: one request, one record, one answer after its commit. */
#include "core/intake/gather.h"
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"

static size_t copy_headers(const struct http_request *request,
                           struct cloudevent_header headers[HTTP_HEADERS_MAX]) {
  for (int i = 0; i < request->header_count; i++)
    headers[i] = (struct cloudevent_header){request->headers[i].name, request->headers[i].value};
  return (size_t)request->header_count;
}

enum cloudevent_mode ingest_cloudevent_mode(const struct http_request *request) {
  struct cloudevent_header headers[HTTP_HEADERS_MAX];
  struct str content_type;
  http_request_header(request, STR("content-type"), &content_type);
  return cloudevent_mode(content_type, headers, copy_headers(request, headers));
}

/* --- one event ------------------------------------------------------------------------------------------------------- */

struct reading {
  struct json_reader *document, *scratch;
  struct buf event; /* as receive.h takes it */
};

static void reading_init(struct reading *reading) {
  reading->document = json_reader_new();
  reading->scratch = json_reader_new();
  buf_init(&reading->event);
}

static void reading_release(struct reading *reading) {
  json_reader_free(reading->document);
  json_reader_free(reading->scratch);
  buf_release(&reading->event);
}

static int read_binary(struct reading *reading, const struct http_request *request, struct str body,
                       struct err *err) {
  struct cloudevent_header headers[HTTP_HEADERS_MAX];
  struct str content_type;
  http_request_header(request, STR("content-type"), &content_type);
  return cloudevent_from_headers(headers, copy_headers(request, headers), content_type, body,
                                 reading->scratch, &reading->event, err);
}

static int read_structured(struct reading *reading, struct str body, struct err *err) {
  struct json_ref root;
  if (json_parse(reading->document, body.p, body.len, &root, err) != 0) return -1;
  return cloudevent_from_json(root, reading->scratch, &reading->event, err);
}

static void refuse(struct http_exchange *exchange, const char *code, const char *why) {
  http_exchange_fail(exchange, 400, code, "%s", why);
}

static void take_single(struct reading *reading, struct http_exchange *exchange, struct daemon *daemon,
                        const struct feed *feed, enum cloudevent_mode mode, struct str body) {
  const struct http_request *request = http_exchange_request(exchange);
  struct err err;
  int read = mode == CLOUDEVENT_BINARY ? read_binary(reading, request, body, &err)
                                       : read_structured(reading, body, &err);
  if (read == 0)
    ingest_json(exchange, daemon, feed, buf_str(&reading->event), INGEST_JSON);
  else
    refuse(exchange, reject_word(REJECT_BAD_CLOUDEVENT), err.text);
}

/* --- a list ---------------------------------------------------------------------------------------------------------- */

static void gather_item(struct reading *reading, struct gather *gather, struct receiver *receiver,
                        struct json_ref item, struct received *received) {
  struct err err;
  buf_clear(&reading->event);
  if (cloudevent_from_json(item, reading->scratch, &reading->event, &err) == 0)
    gather_take(gather, receiver, buf_str(&reading->event), received);
  else
    gather_refuse(received, REJECT_BAD_CLOUDEVENT, "%s", err.text);
}

static void gather_items(struct reading *reading, struct gather *gather, struct daemon *daemon,
                         struct json_ref list, struct ingest_totals *totals) {
  struct received received;
  struct json_iter it;
  uint32_t item = 0;
  for (json_iter_init(&it, list); json_next(&it); item++) {
    gather_item(reading, gather, service_receiver(daemon->service), it.value, &received);
    received.problems[0].item = item;
    ingest_count(daemon, gather->feed.source, &received, totals);
  }
}

/* One bad event does not fail its neighbours; where there is no good one, the sender is told so. */
static void take_gathered(struct gather *gather, struct http_exchange *exchange, struct daemon *daemon,
                          const struct feed *feed, size_t items, const struct ingest_totals *totals) {
  const struct feed_problem *problem = &totals->problems[0];
  struct str record = gather->events ? gather_record(gather) : STR("");
  if (items && totals->rejected == items)
    refuse(exchange, reject_word(problem->code), problem->reason);
  else if (guard_rate(daemon->guard, exchange, feed->source, gather->events))
    ingest_submit(exchange, daemon, feed, record, gather->events, totals);
}

static int read_list(struct reading *reading, size_t items_max, struct str body, struct json_ref *list,
                     struct err *err) {
  if (json_parse(reading->document, body.p, body.len, list, err) != 0) return -1;
  if (json_kind(*list) != JSON_ARRAY)
    return err_set(err, ERR_INVALID, "the body is %s, expected a list of CloudEvents",
                   json_kind_word(json_kind(*list)));
  if (json_count(*list) > items_max)
    return err_set(err, ERR_LIMIT, "the list has %zu events; at most %zu are allowed in one request",
                   json_count(*list), items_max);
  return 0;
}

static void take_list(struct reading *reading, struct http_exchange *exchange, struct daemon *daemon,
                      const struct feed *feed, struct str body) {
  struct ingest_totals totals = {.item_word = "item"};
  struct gather gather;
  struct json_ref list;
  struct err err;
  if (read_list(reading, (size_t)daemon->config->limits.batch_events, body, &list, &err) != 0) {
    refuse(exchange, HTTP_INVALID, err.text);
    return;
  }
  gather_init(&gather, feed->source);
  gather_begin(&gather, feed->received_ms);
  gather_items(reading, &gather, daemon, list, &totals);
  take_gathered(&gather, exchange, daemon, feed, json_count(list), &totals);
  gather_release(&gather);
}

void ingest_cloudevents(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                        enum cloudevent_mode mode, struct str body) {
  struct reading reading;
  reading_init(&reading);
  if (mode == CLOUDEVENT_BATCHED)
    take_list(&reading, exchange, daemon, feed, body);
  else
    take_single(&reading, exchange, daemon, feed, mode, body);
  reading_release(&reading);
}
