#include "core/desk/sla_report.h"

#include "base/err.h"
#include "core/desk/clockbook.h"
#include "core/desk/funnel.h"
#include "core/desk/reached.h"
#include "model/ruleset/calendar.h"
#include "model/ruleset/period.h"
#include <stdlib.h>

/* --- sales' side ------------------------------------------------------------------------------------------------------ */

struct delays { /* milliseconds */
  int64_t *items;
  size_t count, cap;
};

struct sales {
  const struct outbox *outbox;
  const struct ruleset *rules;
  const struct calendar *hours; /* NULL: all */
  uint32_t started, in_time, late, running, running_late, cancelled, too_few, undelivered;
  struct delays system, people, worked;
};

static void add(struct delays *delays, int64_t ms) {
  if (delays->count == delays->cap) {
    delays->cap = delays->cap ? delays->cap * 2 : 64;
    delays->items = xrealloc(delays->items, delays->cap * sizeof *delays->items);
  }
  delays->items[delays->count++] = ms < 0 ? 0 : ms;
}

static void count_clock(struct sales *sales, const struct clock *clock) {
  bool late = clock->breached_ms != TIME_NEVER;
  int64_t reached = reached_ms(sales->outbox, sales->rules, clock);
  sales->started++;
  sales->undelivered += reached == TIME_NEVER;
  if (reached != TIME_NEVER) add(&sales->system, reached - clock->entered_ms);
  if (clock_is_open(clock)) {
    sales->running++;
    sales->running_late += late;
    return;
  }
  if (clock->end == CLOCK_MERGED || clock->end == CLOCK_IGNORED) {
    sales->cancelled++;
    return;
  }
  sales->late += late;
  sales->in_time += !late;
  sales->too_few += clock->made < clock->attempts && clock->attempts > 1;
  if (clock->end != CLOCK_DONE || reached == TIME_NEVER) return;
  bool later = reached > clock->started_ms && reached < clock->stopped_ms;
  add(&sales->people, clock->stopped_ms - (later ? reached : clock->started_ms));
  add(&sales->worked, later ? calendar_between(sales->hours, reached, clock->stopped_ms) : clock->worked_ms);
}

static int by_length(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The median, and what nine of ten stay within. */
static void put_delays(struct json_writer *w, const char *key, struct delays *delays) {
  json_key(w, key);
  if (delays->count == 0) {
    json_put_null(w);
    return;
  }
  qsort(delays->items, delays->count, sizeof *delays->items, by_length);
  json_open(w, '{');
  json_member_int(w, "median_ms", delays->items[(delays->count - 1) / 2]);
  json_member_int(w, "p90_ms", delays->items[(delays->count * 9 + 9) / 10 - 1]);
  json_close(w, '}');
}

static void put_name(struct json_writer *w, const char *id, const char *doc) {
  json_key(w, "sla");
  json_put_text(w, id);
  json_key(w, "doc");
  json_put_text(w, doc ? doc : "");
}

static void put_sales(const struct sla *sla, struct sales *figures, struct json_writer *w) {
  struct sales sales = *figures;
  json_open(w, '{');
  put_name(w, sla->id, sla->doc);
  json_member_int(w, "started", sales.started);
  json_member_int(w, "in_time", sales.in_time);
  json_member_int(w, "late", sales.late);
  json_member_int(w, "running", sales.running);
  json_member_int(w, "running_late", sales.running_late);
  json_member_int(w, "cancelled", sales.cancelled);
  json_member_int(w, "undelivered", sales.undelivered);
  if (sla->attempts > 1) json_member_int(w, "too_few_attempts", sales.too_few);
  put_delays(w, "system", &sales.system);
  put_delays(w, "people", &sales.people);
  put_delays(w, "worked", &sales.worked);
  json_close(w, '}');
}

/* --- marketing's side ------------------------------------------------------------------------------------------------- */

struct marketing { /* in a period */
  int64_t from_ms, to_ms;
  uint32_t reached, good;
};

static bool is_among(const struct leadbook *book, const struct lifecycle *lifecycle, uint64_t stages,
                     uint16_t stage) {
  int index = lifecycle_stage(lifecycle, str_of(leadbook_name(book, stage)));
  return index != NONE && stages >> index & 1;
}

/* A lead counts once in a period: when it first entered the stage in it. What was imported or follows from other rules was
 * delivered to nobody, what is of an account that is no new business is not marketing's, and who turned out to ask for help is in no
 * figure. */
static void count_lead(const struct leadbook *book, const struct ruleset *rules,
                       const struct promise *promise, const struct lead_entry *entry,
                       struct marketing *marketing) {
  const struct lifecycle *lifecycle = &rules->lifecycles[promise->lifecycle];
  uint16_t name = leadbook_find_name(book, str_of(lifecycle->name));
  bool good_later = false, good = false, reached = false;
  if (funnel_is_outside(book, entry, rules, promise->lifecycle)) return;
  for (uint32_t number = entry->decisions; number; number = leadbook_decision(book, number)->older) {
    const struct decision *decision = leadbook_decision(book, number); /* newest first */
    if (decision->lifecycle != name) continue;
    if (is_among(book, lifecycle, promise->good, decision->to)) good_later = true;
    if (!is_among(book, lifecycle, promise->stages, decision->to) ||
        !cause_is_live((enum cause)decision->cause))
      continue;
    if (decision->existing || decision->at_ms < marketing->from_ms || decision->at_ms >= marketing->to_ms)
      continue;
    reached = true;
    good = good_later;
  }
  marketing->reached += reached;
  marketing->good += good;
}

static void put_side(struct json_writer *w, const char *key, int64_t promised, int64_t reached) {
  json_key(w, key);
  json_open(w, '{');
  json_member_int(w, "promised", promised);
  json_member_int(w, "reached", reached);
  json_close(w, '}');
}

static void put_period(const struct promise *promise, struct marketing marketing, int64_t now_ms,
                       struct json_writer *w) {
  uint32_t percent = marketing.reached ? (uint32_t)((uint64_t)marketing.good * 100 / marketing.reached) : 0;
  bool kept = marketing.reached >= promise->volume && percent >= promise->good_percent;
  json_open(w, '{');
  json_key(w, "from");
  json_put_time(w, marketing.from_ms);
  json_key(w, "to");
  json_put_time(w, marketing.to_ms);
  if (promise->volume) put_side(w, "volume", promise->volume, marketing.reached);
  if (promise->good_percent) put_side(w, "quality_percent", promise->good_percent, percent);
  json_member_int(w, "leads", marketing.reached);
  json_member_int(w, "good", marketing.good);
  json_key(w, "kept"); /* of a period that is not over only a kept promise is known */
  if (kept || marketing.to_ms <= now_ms)
    json_put_bool(w, kept);
  else
    json_put_null(w);
  json_close(w, '}');
}

static void put_promise(const struct promise *promise, const struct marketing *periods, uint32_t count,
                        int64_t now_ms, struct json_writer *w) {
  json_open(w, '{');
  put_name(w, promise->id, promise->doc);
  json_key(w, "per");
  json_put_text(w, period_word(promise->per));
  json_key(w, "periods");
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) put_period(promise, periods[i], now_ms, w);
  json_close(w, ']');
  json_close(w, '}');
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */

struct sla_report {
  const struct leadbook *book;
  const struct ruleset *rules;
  struct sla_question question;
  uint32_t sla_count;        /* the rules may be gone when it is freed */
  uint32_t clock;            /* looked at last */
  size_t lead;               /* of leadbook_next */
  uint16_t *names;           /* per sla: the book's */
  struct sales *sales;       /* per sla */
  struct marketing *periods; /* per promise, `question.periods` of each */
  struct funnel *funnel;
};

static void open_promise(struct sla_report *report, uint32_t number) {
  const struct promise *promise = &report->rules->promises[number];
  const struct zone *zone =
      promise->calendar == NONE ? NULL : report->rules->calendars[promise->calendar].zone;
  struct marketing *periods = &report->periods[number * report->question.periods];
  int64_t at_ms = report->question.now_ms;
  for (uint32_t i = 0; i < report->question.periods; i++) {
    period_of(zone, promise->per, at_ms, &periods[i].from_ms, &periods[i].to_ms);
    at_ms = periods[i].from_ms - 1;
  }
}

struct sla_report *sla_report_new(const struct leadbook *book, const struct outbox *outbox,
                                  const struct ruleset *rules, const struct sla_question *question) {
  struct sla_report *report = xcalloc(1, sizeof *report);
  report->book = book;
  report->rules = rules;
  report->question = *question;
  report->sla_count = rules->sla_count;
  report->names = xcalloc(rules->sla_count + 1, sizeof *report->names);
  report->sales = xcalloc(rules->sla_count + 1, sizeof *report->sales);
  report->periods = xcalloc(rules->promise_count * question->periods + 1, sizeof *report->periods);
  report->funnel = funnel_new(book, rules, question->from_ms, question->to_ms);
  for (uint32_t i = 0; i < rules->sla_count; i++) {
    const struct sla *sla = &rules->slas[i];
    report->names[i] = leadbook_find_name(book, str_of(sla->id));
    report->sales[i] =
        (struct sales){.outbox = outbox,
                       .rules = rules,
                       .hours = sla->calendar == NONE ? NULL : &rules->calendars[sla->calendar]};
  }
  for (uint32_t i = 0; i < rules->promise_count; i++) open_promise(report, i);
  return report;
}

void sla_report_free(struct sla_report *report) {
  if (!report) return;
  for (uint32_t i = 0; i < report->sla_count; i++) {
    free(report->sales[i].system.items);
    free(report->sales[i].people.items);
    free(report->sales[i].worked.items);
  }
  free(report->names);
  free(report->sales);
  free(report->periods);
  funnel_free(report->funnel);
  free(report);
}

static void look_at_clock(struct sla_report *report, const struct clock *clock) {
  if (!clock->sla || clock->started_ms < report->question.from_ms ||
      clock->started_ms >= report->question.to_ms)
    return;
  for (uint32_t i = 0; i < report->rules->sla_count; i++)
    if (report->names[i] == clock->sla) count_clock(&report->sales[i], clock);
}

static void look_at_lead(struct sla_report *report, const struct lead_entry *entry) {
  funnel_count(report->funnel, entry);
  if (entry->ignored) return;
  for (uint32_t i = 0; i < report->rules->promise_count; i++)
    for (uint32_t k = 0; k < report->question.periods; k++)
      count_lead(report->book, report->rules, &report->rules->promises[i], entry,
                 &report->periods[i * report->question.periods + k]);
}

bool sla_report_step(struct sla_report *report) {
  const struct clockbook *clocks = leadbook_clocks(report->book);
  const struct lead_entry *entry = NULL;
  if (report->clock < clockbook_count(clocks)) {
    for (int i = 0; i < SLA_REPORT_PIECE && report->clock < clockbook_count(clocks); i++)
      look_at_clock(report, clockbook_at(clocks, ++report->clock));
    return true;
  }
  for (int i = 0; i < SLA_REPORT_PIECE && (entry = leadbook_next(report->book, &report->lead)); i++)
    look_at_lead(report, entry);
  return entry != NULL;
}

void sla_report_json(struct sla_report *report, struct json_writer *w) {
  const struct ruleset *rules = report->rules;
  uint32_t periods = report->question.periods;
  json_key(w, "clocks");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->sla_count; i++) put_sales(&rules->slas[i], &report->sales[i], w);
  json_close(w, ']');
  json_key(w, "funnel");
  funnel_json(report->funnel, w);
  json_key(w, "promises");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->promise_count; i++)
    put_promise(&rules->promises[i], &report->periods[i * periods], periods, report->question.now_ms, w);
  json_close(w, ']');
}
