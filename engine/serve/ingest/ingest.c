#include "serve/ingest/ingest.h"

#include "base/json.h"
#include "io/http/http_answer.h"
#include "serve/metrics/metrics.h"
#include <time.h>

static void tell(struct ingest_totals *totals, const struct received *received) {
  for (uint32_t i = 0; i < received->problem_count && totals->problem_count < RECEIVE_PROBLEMS_TOLD; i++)
    totals->problems[totals->problem_count++] = received->problems[i];
}

void ingest_count(struct daemon *daemon, struct str source, const struct received *received,
                  struct ingest_totals *totals) {
  metrics_checked(daemon->metrics, source, received);
  totals->rejected += received->rejected;
  totals->duplicates += received->duplicates;
  totals->conflicts += received->conflicts;
  tell(totals, received);
}

void ingest_stored(struct daemon *daemon, struct str source, int64_t since_us,
                   const struct service_result *result, struct ingest_totals *totals) {
  metrics_stored(daemon->metrics, source, result, ingest_now_us() - since_us);
  totals->accepted += result->accepted;
  totals->duplicates += result->duplicates;
  totals->conflicts += result->conflicts;
}

int64_t ingest_now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- one record ---------------------------------------------------------------------------------------------------- */

struct waiting { /* for the commit */
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct str source;
  int64_t since_us;
  struct ingest_totals totals;
};

static void on_stored(void *arg, const struct service_result *result) {
  struct waiting *waiting = arg;
  ingest_stored(waiting->daemon, waiting->source, waiting->since_us, result, &waiting->totals);
  if (result->answer == SERVICE_COMMITTED) {
    ingest_answer(waiting->exchange, &waiting->totals);
  } else {
    ingest_refuse(waiting->exchange, result->answer);
  }
  free(waiting);
}

/* The problems beyond `problem_count` are not copied: there is room for many, and mostly there is none. */
static struct waiting *waiting_new(const struct ingest_totals *totals) {
  struct waiting *waiting = xmalloc(sizeof *waiting);
  size_t size = offsetof(struct ingest_totals, problems) + totals->problem_count * sizeof *totals->problems;
  memcpy(&waiting->totals, totals, size);
  return waiting;
}

void ingest_submit(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                   struct str record, uint32_t events, const struct ingest_totals *totals) {
  struct waiting *waiting;
  if (events == 0) {
    ingest_answer(exchange, totals);
    return;
  }
  waiting = waiting_new(totals);
  waiting->daemon = daemon;
  waiting->exchange = exchange;
  waiting->source = feed->source;
  waiting->since_us = ingest_now_us();
  enum service_answer answer =
      service_submit(daemon->service, record, feed->source, feed->received_ms, false, on_stored, waiting);
  if (answer != SERVICE_COMMITTED) on_stored(waiting, &(struct service_result){.answer = answer});
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

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

void ingest_put_totals(struct json_writer *w, const struct ingest_totals *totals) {
  json_member_int(w, "accepted", totals->accepted);
  if (totals->duplicates) json_member_int(w, "duplicates", totals->duplicates);
  if (totals->conflicts) json_member_int(w, "conflicts", totals->conflicts);
  if (totals->rejected) json_member_int(w, "rejected", totals->rejected);
  if (totals->problem_count) put_problems(w, totals);
}

static void answer_with_json(struct http_exchange *exchange, const struct ingest_totals *totals) {
  struct json_writer w;
  struct buf body;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, "success");
  json_put_bool(&w, true);
  ingest_put_totals(&w, totals);
  json_close(&w, '}');
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}

/* One transparent dot. */
static void answer_with_image(struct http_exchange *exchange) {
  http_exchange_header(exchange, "Cache-Control", STR("no-store"));
  http_exchange_answer(exchange, 200, "image/gif",
                       STR("GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\1\0\0\0\0,\0\0\0\0\1\0\1\0"
                           "\0\2\2D\1\0;"));
}

void ingest_answer(struct http_exchange *exchange, const struct ingest_totals *totals) {
  switch (totals->reply) {
  case INGEST_JSON: answer_with_json(exchange, totals); return;
  case INGEST_IMAGE: answer_with_image(exchange); return;
  }
}

void ingest_refuse_rest(struct http_exchange *exchange, const struct http_failure *failure,
                        const struct ingest_totals *totals, uint64_t lines) {
  struct json_writer w;
  struct buf body;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  http_answer_put_error(failure, &w);
  json_key(&w, "lines");
  json_put_int(&w, (int64_t)lines);
  ingest_put_totals(&w, totals);
  json_close(&w, '}');
  http_exchange_refuse_as(exchange, failure, buf_str(&body));
  buf_release(&body);
}

void ingest_refuse(struct http_exchange *exchange, enum service_answer answer) {
  struct http_failure failure;
  ingest_failure(answer, &failure);
  http_exchange_refuse(exchange, &failure);
}

void ingest_stopping(struct http_failure *failure) {
  http_failure_set(failure, 503, "stopping", "the server is stopping; try again shortly");
  failure->retry_after_s = INGEST_RETRY_BUSY_S;
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
    ingest_stopping(failure);
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
