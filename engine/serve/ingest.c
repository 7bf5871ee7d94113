#include "serve/ingest.h"

#include "base/json.h"

void ingest_count(struct ingest_totals *totals, const struct received *received, uint32_t first_item) {
  totals->rejected += received->rejected;
  totals->duplicates += received->duplicates;
  totals->conflicts += received->conflicts;
  for (uint32_t i = 0; i < received->problem_count; i++) {
    if (totals->problem_count == RECEIVE_PROBLEMS_TOLD) return;
    totals->problems[totals->problem_count] = received->problems[i];
    totals->problems[totals->problem_count++].item += first_item;
  }
}

static void put_problems(struct json_writer *w, const struct ingest_totals *totals) {
  json_key(w, "errors");
  json_open(w, '[');
  for (uint32_t i = 0; i < totals->problem_count; i++) {
    const struct feed_problem *problem = &totals->problems[i];
    json_open(w, '{');
    json_key(w, totals->item_word);
    json_put_int(w, problem->item);
    json_key(w, "code");
    json_put_text(w, reject_word(problem->code));
    json_key(w, "message");
    json_put_text(w, problem->reason);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_count(struct json_writer *w, const char *key, uint32_t count) {
  json_key(w, key);
  json_put_int(w, count);
}

void ingest_answer(struct http_exchange *exchange, const struct ingest_totals *totals) {
  struct json_writer w;
  struct buf body;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, "success");
  json_put_bool(&w, true);
  put_count(&w, "accepted", totals->accepted);
  if (totals->duplicates) put_count(&w, "duplicates", totals->duplicates);
  if (totals->conflicts) put_count(&w, "conflicts", totals->conflicts);
  if (totals->rejected) put_count(&w, "rejected", totals->rejected);
  if (totals->problem_count) put_problems(&w, totals);
  json_close(&w, '}');
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}

void ingest_failure(enum service_answer answer, struct http_failure *failure) {
  switch (answer) {
  case SERVICE_FULL:
    http_failure_set(failure, 503, "storage_full", "there is no room on the disk; try again later");
    failure->retry_after_s = INGEST_RETRY_FULL_S;
    return;
  case SERVICE_BROKEN:
    http_failure_set(failure, 503, "storage_failed", "the journal cannot be written; try again later");
    failure->retry_after_s = INGEST_RETRY_FULL_S;
    return;
  case SERVICE_BUSY:
  case SERVICE_COMMITTED: break;
  }
  http_failure_set(failure, 503, "overloaded", "too much is waiting to be written; try again shortly");
  failure->retry_after_s = INGEST_RETRY_BUSY_S;
}

int ingest_admit(struct daemon *daemon, struct http_failure *failure) {
  struct service_stats stats;
  if (daemon->state == DAEMON_DRAINING) {
    http_failure_set(failure, 503, "stopping", "the server is stopping; try again shortly");
    failure->retry_after_s = INGEST_RETRY_BUSY_S;
    return -1;
  }
  service_stats(daemon->service, &stats);
  enum store_state state = stats.store.state;
  bool busy = stats.store.queued_requests >= (uint64_t)daemon->config->limits.queue_requests ||
              stats.store.queued_bytes >= (size_t)daemon->config->limits.queue_bytes;
  if (state == STORE_OK && !busy) return 0;
  ingest_failure(state == STORE_OK     ? SERVICE_BUSY
                 : state == STORE_FULL ? SERVICE_FULL
                                       : SERVICE_BROKEN,
                 failure);
  return -1;
}
