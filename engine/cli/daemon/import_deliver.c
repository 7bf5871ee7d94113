/* import_deliver.c - a chunk of lines into a data directory, itself or through the daemon that works there. */
#include "cli/daemon/import_private.h"

#include <time.h>

enum { TRIES_MAX = 8, WAIT_MAX_S = 30 };

/* Takes the first line off *text. */
static struct str next_line(struct str *text) {
  const char *end = memchr(text->p, '\n', text->len);
  struct str line = {text->p, (size_t)(end - text->p)};
  *text = (struct str){end + 1, text->len - line.len - 1};
  return line;
}

/* --- itself --------------------------------------------------------------------------------------------------------- */

struct shipment {
  bool ended;
  struct service_result result;
};

static void on_stored(void *arg, const struct service_result *result) {
  struct shipment *shipment = arg;
  shipment->ended = true;
  shipment->result = *result;
}

static int ship(struct import *m) {
  struct shipment shipment = {.ended = false};
  struct service *service = m->headless.service;
  if (m->gather.events == 0) return 0;
  enum service_answer answer = service_submit(service, gather_record(&m->gather), m->gather.feed.source,
                                              m->gather.feed.received_ms, true, on_stored, &shipment);
  while (answer == SERVICE_COMMITTED && !shipment.ended) headless_turn(&m->headless);
  if (answer != SERVICE_COMMITTED || shipment.result.answer != SERVICE_COMMITTED)
    return import_fail(m, "the journal takes no more; what was imported so far is kept");
  m->accepted += shipment.result.accepted;
  m->duplicates += shipment.result.duplicates;
  m->conflicts += shipment.result.conflicts;
  return 0;
}

static int deliver_itself(struct import *m) {
  struct str text = buf_str(&m->chunk);
  struct received received;
  gather_begin(&m->gather, service_now_ms(m->headless.service));
  for (uint32_t i = 0; i < m->lines; i++) {
    gather_take(&m->gather, service_receiver(m->headless.service), next_line(&text), &received);
    m->duplicates += received.duplicates;
    m->conflicts += received.conflicts;
    m->rejected += received.rejected;
    for (uint32_t k = 0; k < received.problem_count; k++)
      import_tell_reject(m, m->places[i], str_of(received.problems[k].reason));
  }
  return ship(m);
}

/* --- through a daemon ----------------------------------------------------------------------------------------------- */

static uint64_t read_count(struct json_ref root, const char *key) {
  return (uint64_t)json_whole_or(json_get(root, str_of(key)), 0, INT64_MAX, 0);
}

static void read_problems(struct import *m, struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("errors"))); json_next(&it);) {
    uint64_t line = read_count(it.value, "line");
    struct str message = STR("");
    json_string(json_get(it.value, STR("message")), &message);
    if (line >= 1 && line <= m->lines) import_tell_reject(m, m->places[line - 1], message);
  }
}

/* What an answer, or a failure in the middle, says has been done. */
static struct json_ref read_answer(struct import *m, struct str body) {
  struct json_ref root = {0};
  struct err err;
  if (json_parse(m->answers, body.p, body.len, &root, &err) != 0) return (struct json_ref){0};
  m->accepted += read_count(root, "accepted");
  m->duplicates += read_count(root, "duplicates");
  m->conflicts += read_count(root, "conflicts");
  m->rejected += read_count(root, "rejected");
  read_problems(m, root);
  return root;
}

static void drop_lines(struct import *m, uint64_t count) {
  struct str text = buf_str(&m->chunk);
  struct buf rest;
  if (count > m->lines) count = m->lines;
  for (uint64_t i = 0; i < count; i++) next_line(&text);
  buf_init(&rest);
  buf_add_str(&rest, text);
  buf_release(&m->chunk);
  m->chunk = rest;
  m->lines -= (uint32_t)count;
  memmove(m->places, m->places + count, m->lines * sizeof *m->places);
}

static void wait_seconds(int seconds) {
  struct timespec span = {.tv_sec = seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S};
  nanosleep(&span, NULL);
}

static int refuse_answer(struct import *m, const struct http_reply *reply) {
  struct buf text;
  buf_init(&text);
  buf_printf(&text, "%s answered %d: %.*s", m->target.data, reply->status, STR_ARG(reply->body));
  import_fail(m, text.data);
  buf_release(&text);
  return -1;
}

/* Nobody knows what became of a request without an answer, so it is not sent again. */
static int lose_connection(struct import *m, const struct err *err) {
  struct buf text;
  buf_init(&text);
  buf_printf(&text,
             "%s; what was sent last may or may not be there: import again, which counts no event with a "
             "messageId twice",
             err->text);
  import_fail(m, text.data);
  buf_release(&text);
  return -1;
}

/* Overload is waited out; what was done before it is not sent again. */
static int deliver_by_http(struct import *m) {
  struct http_reply reply;
  struct err err;
  for (int attempt = 0; attempt < TRIES_MAX; attempt++) {
    if (http_client_ask(m->client, m->path.data, buf_str(&m->chunk), &reply, &err) != 0)
      return lose_connection(m, &err);
    if (reply.status != 200 && reply.status != 429 && reply.status < 500) return refuse_answer(m, &reply);
    struct json_ref root = read_answer(m, reply.body);
    if (reply.status == 200) return 0;
    drop_lines(m, read_count(root, "lines"));
    if (m->lines == 0) return 0;
    wait_seconds(reply.retry_after_s ? reply.retry_after_s : 1 << attempt);
  }
  return import_fail(m, "the daemon took nothing for too long");
}

/* --- either way --------------------------------------------------------------------------------------------------- */

int import_deliver(struct import *m) {
  return m->client ? deliver_by_http(m) : deliver_itself(m);
}
