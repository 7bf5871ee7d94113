/* The Segment tracking API: one JSON body, one record, one answer after its commit. */
#include "serve/guard.h"
#include "serve/ingest.h"

struct waiting { /* for the commit */
  struct http_exchange *exchange;
  struct ingest_totals totals;
};

static void on_done(void *arg, const struct service_result *result) {
  struct waiting *waiting = arg;
  struct http_failure failure;
  waiting->totals.accepted = result->accepted;
  waiting->totals.duplicates += result->duplicates;
  waiting->totals.conflicts += result->conflicts;
  if (result->answer == SERVICE_COMMITTED) {
    ingest_answer(waiting->exchange, &waiting->totals);
  } else {
    ingest_failure(result->answer, &failure);
    http_exchange_refuse(waiting->exchange, &failure);
  }
  free(waiting);
}

static void submit(struct daemon *daemon, struct http_exchange *exchange, const struct feed *feed,
                   const struct received *received) {
  struct http_failure failure;
  struct waiting *waiting = xcalloc(1, sizeof *waiting);
  waiting->exchange = exchange;
  waiting->totals.item_word = "item";
  ingest_count(&waiting->totals, received, 0);
  if (received->events == 0) {
    ingest_answer(exchange, &waiting->totals);
    free(waiting);
    return;
  }
  enum service_answer answer = service_submit(daemon->service, received->record, feed->source,
                                              feed->received_ms, false, on_done, waiting);
  if (answer == SERVICE_COMMITTED) return;
  free(waiting);
  ingest_failure(answer, &failure);
  http_exchange_refuse(exchange, &failure);
}

static void take(struct http_exchange *exchange, struct daemon *daemon, struct feed *feed) {
  const struct http_request *request = http_exchange_request(exchange);
  struct receiver *receiver = service_receiver(daemon->service);
  struct received received;
  struct err err;
  bool parsed = receive_parse(receiver, request->body, &received, &err) == 0;
  if (!guard_ingest(daemon->guard, exchange, received.write_key, &feed->source)) return;
  if (!parsed || receive_check(receiver, feed, &received, &err) != 0) {
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
    return;
  }
  if (!received.is_batch && received.rejected) {
    http_exchange_fail(exchange, 400, reject_word(received.problems[0].code), "%s",
                       received.problems[0].reason);
    return;
  }
  if (!guard_rate(daemon->guard, exchange, feed->source, received.events)) return;
  submit(daemon, exchange, feed, &received);
}

void ingest_batch(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct feed feed = {.received_ms = service_now_ms(daemon->service)};
  take(exchange, daemon, &feed);
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
  take(exchange, daemon, &feed);
}

void ingest_nothing(struct http_exchange *exchange, void *app) {
  (void)app;
  http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true}"));
}
