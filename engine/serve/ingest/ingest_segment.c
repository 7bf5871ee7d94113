/* The Segment tracking API: one JSON body, one record, one answer after its commit. */
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"

static bool is_refused(struct http_exchange *exchange, const struct received *received) {
  const struct feed_problem *problem = &received->problems[0];
  if (received->is_batch || !received->rejected) return false;
  http_exchange_fail(exchange, 400, reject_word(problem->code), "%s", problem->reason);
  return true;
}

/* A body that was parsed, or could not be, from somebody who may send. */
static void take(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                 struct received *received, struct err *err, enum ingest_reply reply) {
  struct ingest_totals totals = {.item_word = "item", .reply = reply};
  if (received->fault || receive_check(service_receiver(daemon->service), feed, received, err) != 0) {
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err->text);
    return;
  }
  ingest_count(daemon, feed->source, received, &totals);
  if (is_refused(exchange, received)) return;
  if (!guard_rate(daemon->guard, exchange, feed->source, received->events)) return;
  ingest_submit(exchange, daemon, feed, received->record, received->events, &totals);
}

void ingest_json(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                 struct str body, enum ingest_reply reply) {
  struct received received;
  struct err err;
  receive_parse(service_receiver(daemon->service), body, &received, &err);
  take(exchange, daemon, feed, &received, &err, reply);
}

/* The same, where the body may say who sends. */
static void take_body(struct http_exchange *exchange, struct daemon *daemon, struct feed *feed) {
  struct received received;
  struct err err;
  receive_parse(service_receiver(daemon->service), http_exchange_request(exchange)->body, &received, &err);
  if (!guard_ingest(daemon->guard, exchange, received.write_key, &feed->source)) return;
  take(exchange, daemon, feed, &received, &err, INGEST_JSON);
}

void ingest_batch(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct feed feed = {.received_ms = service_now_ms(daemon->service)};
  take_body(exchange, daemon, &feed);
}

/* "/v1/track" and "/v1/t" are the same. */
static bool type_of(struct str word, enum event_type *type) {
  static const char letters[] = {[EVENT_TRACK] = 't',    [EVENT_PAGE] = 'p',  [EVENT_SCREEN] = 's',
                                 [EVENT_IDENTIFY] = 'i', [EVENT_GROUP] = 'g', [EVENT_ALIAS] = 'a'};
  if (word.len > 1) return event_type_parse(word, type);
  for (size_t i = 0; i < sizeof letters; i++) {
    if (word.p[0] != letters[i]) continue;
    *type = (enum event_type)i;
    return true;
  }
  return false;
}

void ingest_call(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_uri *uri = &http_exchange_request(exchange)->uri;
  struct feed feed = {.received_ms = service_now_ms(daemon->service), .has_type = true};
  ASSERT(type_of(uri->segments[uri->segment_count - 1], &feed.type));
  take_body(exchange, daemon, &feed);
}

void ingest_jitsu(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct str word = http_request_param(http_exchange_request(exchange), STR("type"));
  struct feed feed = {.received_ms = service_now_ms(daemon->service), .has_type = true};
  if (event_type_parse(word, &feed.type) && feed.type < EVENT_CALLS)
    take_body(exchange, daemon, &feed);
  else
    http_exchange_fail(exchange, 404, HTTP_NOT_FOUND, "there are no events of the type '%.*s'",
                       STR_ARG(word));
}

void ingest_nothing(struct http_exchange *exchange, void *app) {
  (void)app;
  http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true}"));
}
