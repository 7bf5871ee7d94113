/* GET /v1/leads/{id}/data: all that is known of one person, for the person. The journal is read as a whole, on a thread, a
 * piece at a time. */
#include "core/journal/person.h"
#include "serve/api/api.h"
#include <time.h>

enum {
  CHUNK_MS = 200,             /* of reading, before others get the thread */
  PERSON_BYTES_MAX = 64 << 20 /* of an answer; 'embudo export person' has no such bound */
};

struct asked {
  struct work_job job; /* first */
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct buf head; /* the lead */
  struct person person;
  struct store_reader *reader;
  bool at_end, failed, gone;
  struct err failure;
};

static void asked_free(struct asked *asked) {
  buf_release(&asked->head);
  person_release(&asked->person);
  store_reader_free(asked->reader);
  free(asked);
}

/* --- the thread --------------------------------------------------------------------------------------------------------- */

static int64_t clock_ms(void) { /* monotonic */
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int read_record(struct asked *asked) {
  struct store_record record;
  int more = store_reader_next(asked->reader, &record, &asked->failure);
  if (more <= 0) return more;
  person_take(&asked->person, &record);
  if (asked->person.events.len <= PERSON_BYTES_MAX) return 1;
  return err_set(&asked->failure, ERR_LIMIT,
                 "there is more than %d MiB about this person: 'embudo export person' has it",
                 PERSON_BYTES_MAX >> 20);
}

static void read_chunk(struct work_job *job) {
  struct asked *asked = (struct asked *)job;
  int64_t end = clock_ms() + CHUNK_MS;
  int more = 1;
  while (more > 0 && !work_is_stopped(job) && clock_ms() < end) more = read_record(asked);
  asked->at_end = more == 0;
  asked->failed = more < 0;
}

/* --- the answer ----------------------------------------------------------------------------------------------------------- */

static void answer(struct asked *asked) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "lead");
  json_put_raw(&answer.w, buf_str(&asked->head));
  person_write(&asked->person, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, asked->exchange);
}

static void fail(const struct asked *asked) {
  if (!asked->failed)
    http_exchange_fail(asked->exchange, 503, HTTP_OVERLOADED, "embudo is stopping");
  else if (asked->failure.code == ERR_LIMIT)
    http_exchange_fail(asked->exchange, 422, "too_much", "%s", asked->failure.text);
  else
    http_exchange_fail(asked->exchange, 500, "internal_error", "%s", asked->failure.text);
}

static void on_read(struct work_job *job, enum work_end end) {
  struct asked *asked = (struct asked *)job;
  bool good = end == WORK_RAN && !asked->failed;
  if (good && !asked->at_end && !asked->gone && work_start(asked->daemon->work, &asked->job)) return;
  if (good && asked->at_end)
    answer(asked);
  else
    fail(asked);
  asked_free(asked);
}

static void on_gone(struct http_exchange *exchange) {
  struct asked *asked = http_exchange_user(exchange);
  asked->gone = true;
}

static struct asked *asked_new(struct daemon *daemon, uint32_t lead, int64_t at_ms) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct asked *asked = xcalloc(1, sizeof *asked);
  struct json_writer w;
  asked->job = (struct work_job){.run = read_chunk, .done = on_read};
  asked->daemon = daemon;
  buf_init(&asked->head);
  json_writer_init(&w, &asked->head);
  api_put_lead(&w, pipeline, lead, at_ms);
  person_init(&asked->person);
  erasure_add_lead(&asked->person.whose, pipeline_engine(pipeline), lead);
  asked->reader = store_reader_new(daemon->config->data, &asked->failure);
  return asked;
}

void api_lead_data(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  if (!guard_role(daemon->guard, exchange, ROLE_ADMIN)) return;
  int64_t now_ms = service_now_ms(daemon->service);
  uint32_t lead = api_fold_lead(exchange, daemon, now_ms);
  if (lead == IDENTITY_NONE) return;
  struct asked *asked = asked_new(daemon, lead, now_ms);
  asked->exchange = exchange;
  http_exchange_set_user(exchange, asked);
  http_exchange_on_gone(exchange, on_gone);
  if (asked->reader && work_start(daemon->work, &asked->job)) return;
  http_exchange_on_gone(exchange, NULL);
  http_exchange_fail(exchange, 503, HTTP_OVERLOADED,
                     "too many questions to the journal at a time; try again shortly");
  asked_free(asked);
}
