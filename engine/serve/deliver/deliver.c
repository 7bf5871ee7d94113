#include "serve/deliver/deliver.h"

#include "serve/deliver/deliver_private.h"

struct outbox *deliver_outbox(struct deliverer *deliverer) {
  return pipeline_outbox(service_pipeline(deliverer->service));
}

const struct deliverer_stats *deliverer_stats(const struct deliverer *deliverer) {
  return &deliverer->stats;
}

/* --- attempts --------------------------------------------------------------------------------------------------------- */

static void end_drain_if_done(struct deliverer *d) {
  if (!d->draining || !d->drained || d->attempt_count || d->outcomes) return;
  void (*drained)(void *arg) = d->drained;
  d->drained = NULL;
  loop_timer_stop(d->drain_timer);
  drained(d->drained_arg);
}

void deliver_end_attempt(struct attempt *attempt) {
  struct deliverer *d = attempt->deliverer;
  struct attempt **at = &d->attempts;
  while (*at != attempt) at = &(*at)->next;
  *at = attempt->next;
  d->attempt_count--;
  d->stats.in_flight = d->attempt_count;
  buf_release(&attempt->bytes);
  free((char *)attempt->destination);
  free(attempt);
  if (!d->closing) deliverer_look(d);
}

static void add_attempt(struct deliverer *d, uint32_t number) {
  struct outbox *outbox = deliver_outbox(d);
  const struct outbox_row *row = outbox_row(outbox, number);
  struct attempt *attempt = xcalloc(1, sizeof *attempt);
  *attempt = (struct attempt){.deliverer = d,
                              .next = d->attempts,
                              .id = row->id,
                              .record = row->record,
                              .destination = xstrdup(outbox_name(outbox, row->destination))};
  buf_init(&attempt->bytes);
  d->attempts = attempt;
  d->attempt_count++;
  d->stats.in_flight = d->attempt_count;
  outbox_begin(outbox, number);
}

/* Where the outbox was made anew (other rules), it does not know what is under way. */
static void mark_attempts(struct deliverer *d) {
  struct outbox *outbox = deliver_outbox(d);
  for (const struct attempt *attempt = d->attempts; attempt; attempt = attempt->next) {
    uint32_t number = outbox_find(outbox, attempt->id);
    if (number != OUTBOX_NONE) outbox_begin(outbox, number);
  }
}

/* --- choosing --------------------------------------------------------------------------------------------------------- */

/* A start does not forget the attempts before it: "1/d" is one a day, however often that is restarted. */
static int64_t first_pace_us(const struct deliverer *d, const struct destination *destination,
                             const struct outbox_place *place) {
  int64_t since_us = (service_now_ms(d->service) - place->attempted_ms) * 1000;
  bool waits = place->attempted_ms && since_us >= 0 && since_us < destination->gap_us;
  return loop_now_ms(d->loop) * 1000 + (waits ? destination->gap_us - since_us : 0);
}

static struct pace *pace_of(struct deliverer *d, const struct destination *destination,
                            const struct outbox_place *place) {
  for (size_t i = 0; i < d->pace_count; i++)
    if (strcmp(d->paces[i].name, destination->name) == 0) return &d->paces[i];
  d->paces = xrealloc(d->paces, (d->pace_count + 1) * sizeof *d->paces);
  d->paces[d->pace_count] = (struct pace){xstrdup(destination->name), first_pace_us(d, destination, place)};
  return &d->paces[d->pace_count++];
}

static bool has_room(const struct deliverer *d, const struct destination *destination,
                     const struct outbox_place *place) {
  uint32_t most = retry_is_probing(&place->endpoint) ? 1 : destination->concurrency;
  if (destination->file) most = 1;
  return place->in_flight < most && (d->attempt_count < DELIVER_ATTEMPTS_MAX || place->in_flight == 0);
}

/* Begins what is due there; *wake_ms becomes no later than when to look there again (monotonic). */
static void look_at(struct deliverer *d, const struct destination *destination, int64_t *wake_ms) {
  struct outbox *outbox = deliver_outbox(d);
  uint32_t number = outbox_find_place(outbox, str_of(destination->name));
  int64_t now_ms = service_now_ms(d->service), mono_ms = loop_now_ms(d->loop), after_ms;
  if (number == OUTBOX_NONE || outbox_place(outbox, number)->disabled) return;
  struct pace *pace = pace_of(d, destination, outbox_place(outbox, number));
  for (;;) {
    const struct outbox_place *place = outbox_place(outbox, number);
    if (!has_room(d, destination, place)) return; /* the end of an attempt looks again */
    int64_t due_ms = outbox_due_ms(outbox, number);
    if (due_ms == TIME_NEVER) return;
    if (due_ms < place->endpoint.paused_until) due_ms = place->endpoint.paused_until;
    after_ms = due_ms - now_ms;
    if (after_ms < pace->next_us / 1000 - mono_ms) after_ms = pace->next_us / 1000 - mono_ms;
    if (after_ms > 0) break;
    add_attempt(d, outbox_due(outbox, number, now_ms));
    if (pace->next_us < mono_ms * 1000) pace->next_us = mono_ms * 1000;
    pace->next_us += destination->gap_us;
  }
  if (*wake_ms > mono_ms + after_ms) *wake_ms = mono_ms + after_ms;
}

static void run(struct loop_task *task) {
  struct deliverer *d = (struct deliverer *)((char *)task - offsetof(struct deliverer, task));
  const struct ruleset *rules = pipeline_generation(service_pipeline(d->service))->rules;
  int64_t mono_ms = loop_now_ms(d->loop), wake_ms = mono_ms + DELIVER_LOOK_MS;
  d->posted = false;
  if (d->closing) return;
  mark_attempts(d);
  deliver_flush(d);
  if (!d->draining && service_is_settled(d->service)) {
    for (uint32_t i = 0; i < rules->destination_count; i++) look_at(d, &rules->destinations[i], &wake_ms);
    deliver_read(d);
    loop_timer_after(d->timer, wake_ms > mono_ms ? wake_ms - mono_ms : 1);
  }
  end_drain_if_done(d);
}

void deliverer_look(struct deliverer *d) {
  if (d->posted || d->closing) return;
  d->posted = true;
  loop_post(d->loop, &d->task);
}

static void on_time(void *arg) {
  deliverer_look(arg);
}

/* --- life -------------------------------------------------------------------------------------------------------------- */

struct deliverer *deliverer_new(struct loop *loop, struct service *service, const struct config *config,
                                struct log *log) {
  struct deliverer *d = xcalloc(1, sizeof *d);
  const struct fetcher_options options = {.egress = {.hosts = config->outbound.hosts,
                                                     .host_count = config->outbound.host_count,
                                                     .allow = config->outbound.allow,
                                                     .allow_count = config->outbound.allow_count},
                                          .ca_file =
                                              *config->outbound.ca_file ? config->outbound.ca_file : NULL};
  d->loop = loop;
  d->service = service;
  d->config = config;
  d->log = log;
  d->fetcher = fetcher_new(loop, &options);
  d->work = work_new(loop);
  d->timer = loop_timer_new(loop, on_time, d);
  d->again_timer = loop_timer_new(loop, on_time, d);
  d->task.run = run;
  d->outcomes_end = &d->outcomes;
  deliverer_look(d);
  return d;
}

void deliverer_reconfigure(struct deliverer *d, const struct config *config) {
  d->config = config;
  deliverer_look(d);
}

static void give_up(struct attempt *attempt) {
  struct deliverer *d = attempt->deliverer;
  struct outbox *outbox = deliver_outbox(d);
  uint32_t number = outbox_find(outbox, attempt->id);
  if (attempt->fetch) fetch_cancel(attempt->fetch);
  if (attempt->line) deliver_forget_line(attempt);
  if (number != OUTBOX_NONE) outbox_give_up(outbox, number);
  deliver_end_attempt(attempt);
}

static void on_drain_time(void *arg) {
  struct deliverer *d = arg;
  void (*drained)(void *arg) = d->drained;
  d->drained = NULL;
  if (drained) drained(d->drained_arg);
}

void deliverer_drain(struct deliverer *d, int64_t within_ms, void (*done)(void *arg), void *arg) {
  d->draining = true;
  d->drained = done;
  d->drained_arg = arg;
  loop_timer_stop(d->timer);
  for (struct attempt *attempt = d->attempts, *next; attempt; attempt = next) {
    next = attempt->next;
    if (attempt->state == ATTEMPT_WANTED) give_up(attempt);
  }
  if (!d->drain_timer) d->drain_timer = loop_timer_new(d->loop, on_drain_time, d);
  loop_timer_after(d->drain_timer, within_ms > 0 ? within_ms : 1);
  deliverer_look(d);
}

void deliverer_hurry(struct deliverer *d) {
  on_drain_time(d);
}

void deliverer_free(struct deliverer *d) {
  if (!d) return;
  d->closing = true;
  while (d->posted) loop_turn(d->loop, false);
  work_free(d->work); /* its jobs touch attempts */
  for (struct attempt *attempt = d->attempts, *next; attempt; attempt = next) {
    next = attempt->next;
    give_up(attempt);
  }
  for (struct outcome *outcome = d->outcomes, *next; outcome; outcome = next) {
    next = outcome->next;
    free(outcome);
  }
  store_reader_free(d->reader);
  fetcher_free(d->fetcher);
  loop_timer_free(d->timer);
  loop_timer_free(d->again_timer);
  loop_timer_free(d->drain_timer);
  for (size_t i = 0; i < d->pace_count; i++) free(d->paces[i].name);
  free(d->paces);
  d->paces = NULL;
  d->outcomes = NULL;
  if (!d->appending) free(d); /* else the journal calls once more */
}
