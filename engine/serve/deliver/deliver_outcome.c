/* deliver_outcome.c - what became of attempts, into the journal; it counts when it is there. */
#include "base/digest.h"
#include "base/text.h"
#include "core/journal/journal.h"
#include "serve/deliver/deliver_private.h"

enum { AGAIN_MS = 1000 }; /* after the journal has refused */

/* --- records ------------------------------------------------------------------------------------------------------------ */

static void add_outcome(struct deliverer *d, const struct outbox_delivery *delivery, struct str bytes) {
  struct outcome *outcome = xmalloc(sizeof *outcome + bytes.len);
  *outcome = (struct outcome){.id = delivery->id,
                              .of_row = delivery->destination.len == 0,
                              .bytes = {memcpy(outcome + 1, bytes.p, bytes.len), bytes.len}};
  *d->outcomes_end = outcome;
  d->outcomes_end = &outcome->next;
}

/* To the journal as soon as may be. */
static void record(struct deliverer *d, const struct outbox_delivery *delivery) {
  struct buf text;
  buf_init(&text);
  outbox_delivery_write(delivery, &text);
  add_outcome(d, delivery, buf_str(&text));
  buf_release(&text);
  deliver_flush(d);
}

static struct attempt *attempt_of(struct deliverer *d, struct hash128 id) {
  for (struct attempt *attempt = d->attempts; attempt; attempt = attempt->next)
    if (attempt->id.low == id.low && attempt->id.high == id.high) return attempt;
  return NULL;
}

/* The first outcome is in the journal, or not wanted any more. */
static void pop_outcome(struct deliverer *d) {
  struct outcome *outcome = d->outcomes;
  struct attempt *attempt = outcome->of_row ? attempt_of(d, outcome->id) : NULL;
  d->outcomes = outcome->next;
  if (!d->outcomes) d->outcomes_end = &d->outcomes;
  free(outcome);
  if (attempt && attempt->state == ATTEMPT_OVER) deliver_end_attempt(attempt);
}

static void on_journaled(void *arg, const struct service_result *result) {
  struct deliverer *d = arg;
  size_t count = d->appending;
  d->appending = 0;
  if (d->closing) {
    free(d);
    return;
  }
  if (result->answer != SERVICE_COMMITTED) { /* they are sent again from here, not to the receivers */
    loop_timer_after(d->again_timer, AGAIN_MS);
    return;
  }
  for (size_t i = 0; i < count; i++) pop_outcome(d);
  deliverer_look(d);
}

static bool is_wanted(struct deliverer *d, const struct outcome *outcome) {
  struct outbox *outbox = deliver_outbox(d);
  uint32_t number = outcome->of_row ? outbox_find(outbox, outcome->id) : 0;
  return !outcome->of_row || (number != OUTBOX_NONE && outbox_row(outbox, number)->state != OUTBOX_ERASED);
}

void deliver_flush(struct deliverer *d) {
  struct store_record records[DELIVER_RECORDS_MAX];
  size_t count = 0;
  if (d->appending || d->closing) return;
  while (d->outcomes && !is_wanted(d, d->outcomes)) pop_outcome(d);
  for (const struct outcome *outcome = d->outcomes; outcome && count < DELIVER_RECORDS_MAX;
       outcome = outcome->next) {
    if (!is_wanted(d, outcome)) break;
    records[count++] = (struct store_record){
        .received_ms = service_now_ms(d->service), .kind = JOURNAL_DELIVERY, .bytes = outcome->bytes};
  }
  if (count == 0) return;
  d->appending = count;
  if (service_journal(d->service, records, count, on_journaled, d) == SERVICE_COMMITTED) return;
  d->appending = 0;
  loop_timer_after(d->again_timer, AGAIN_MS);
}

/* --- the end of an attempt ------------------------------------------------------------------------------------------------ */

static void disable(struct deliverer *d, const char *destination, const char *why) {
  const struct outbox_delivery delivery = {.what = HAPPENED_DISABLED,
                                           .destination = str_of(destination),
                                           .at_ms = service_now_ms(d->service),
                                           .error = str_of(why),
                                           .by = STR("embudo")};
  LOG(d->log, LOG_LEVEL_ERROR, "a destination is disabled: enable it when it is mended",
      log_text("destination", destination), log_text("why", why));
  record(d, &delivery);
}

static struct retry_schedule schedule_of(struct deliverer *d, const char *name) {
  const struct ruleset *rules = pipeline_generation(service_pipeline(d->service))->rules;
  int number = ruleset_destination(rules, str_of(name));
  struct retry_schedule schedule = retry_usual;
  if (number == NONE || !rules->destinations[number].has_delays) return schedule;
  schedule.count = rules->destinations[number].delay_count;
  memcpy(schedule.delays, rules->destinations[number].delays, sizeof schedule.delays);
  return schedule;
}

static void say(const struct deliverer *d, const struct attempt *attempt,
                const struct outbox_delivery *delivery, const char *error) {
  static const char *const texts[] = {[HAPPENED_DELIVERED] = "delivered",
                                      [HAPPENED_FAILED] = "a delivery failed: it will be tried again",
                                      [HAPPENED_PARKED] = "a delivery failed for the last time: it is parked",
                                      [HAPPENED_ABORTED] = "a delivery was turned down: it is parked"};
  static const enum log_level levels[] = {[HAPPENED_DELIVERED] = LOG_LEVEL_DEBUG,
                                          [HAPPENED_FAILED] = LOG_LEVEL_INFO,
                                          [HAPPENED_PARKED] = LOG_LEVEL_WARN,
                                          [HAPPENED_ABORTED] = LOG_LEVEL_WARN};
  char id[OUTBOX_ID_TEXT];
  LOG(d->log, levels[delivery->what], texts[delivery->what], log_text("id", outbox_id_text(attempt->id, id)),
      log_text("destination", attempt->destination), log_int("attempt", delivery->attempt),
      log_int("status", delivery->status), log_int("ms", delivery->took_ms), log_text("why", error));
}

static const enum outbox_happening happenings[] = {[RETRY_DELIVERED] = HAPPENED_DELIVERED,
                                                   [RETRY_LATER] = HAPPENED_FAILED,
                                                   [RETRY_EXHAUSTED] = HAPPENED_PARKED,
                                                   [RETRY_ABORTED] = HAPPENED_ABORTED,
                                                   [RETRY_GONE] = HAPPENED_FAILED};

/* An answer may be cut in the middle of a letter, or be no text. */
static struct str excerpt(struct str body) {
  size_t len = body.len < OUTBOX_ANSWER_MAX ? body.len : OUTBOX_ANSWER_MAX;
  while (len && len < body.len && ((unsigned char)body.p[len] & 0xc0) == 0x80) len--;
  return (struct str){body.p, len};
}

void deliver_ended(struct attempt *attempt, const struct retry_answer *answer, struct str body,
                   const char *error) {
  struct deliverer *d = attempt->deliverer;
  struct outbox *outbox = deliver_outbox(d);
  uint32_t number = outbox_find(outbox, attempt->id), random;
  attempt->state = ATTEMPT_OVER;
  if (number == OUTBOX_NONE || outbox_row(outbox, number)->state == OUTBOX_ERASED) {
    deliver_end_attempt(attempt);
    return;
  }
  const struct outbox_row *row = outbox_row(outbox, number);
  const struct retry_schedule schedule = schedule_of(d, attempt->destination);
  uint32_t tried = row->attempts + 1u;
  int64_t now_ms = service_now_ms(d->service);
  digest_random(&random, sizeof random);
  struct retry_verdict verdict = retry_judge(&schedule, tried, answer, now_ms, random);
  const struct outbox_delivery delivery = {.what = happenings[verdict.end],
                                           .id = attempt->id,
                                           .lead = pipeline_row_lead(service_pipeline(d->service), row),
                                           .attempt = tried,
                                           .status = answer->status,
                                           .took_ms = loop_now_ms(d->loop) - attempt->began_ms,
                                           .at_ms = now_ms,
                                           .next_ms = verdict.next_ms,
                                           .pause_ms = verdict.pause_ms,
                                           .made_ms = row->made_ms,
                                           .error = str_of(error),
                                           .answer = excerpt(body),
                                           .previous = row->last};
  d->stats.ended[delivery.what]++;
  say(d, attempt, &delivery, error);
  const struct outbox_place *place =
      outbox_place(outbox, outbox_find_place(outbox, str_of(attempt->destination)));
  bool dead = verdict.end != RETRY_DELIVERED && retry_is_dead(&place->endpoint, now_ms) && !place->disabled;
  char *destination = xstrdup(attempt->destination);
  if (verdict.end == RETRY_GONE && !place->disabled) disable(d, destination, "it answered 410 Gone");
  if (dead) disable(d, destination, "nothing but failures for five days");
  record(d, &delivery);
  free(destination);
}
