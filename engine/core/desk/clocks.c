#include "core/desk/clocks.h"

#include "core/desk/clockbook.h"
#include "model/ruleset/calendar.h"
#include "model/ruleset/desk.h"

struct following {
  struct leadbook *book;
  struct clockbook *clocks;
  struct lead_entry *entry;
  const struct fold *fold;
  const struct ruleset *rules;
  const struct decided *decided;
  size_t decided_count;
  int64_t now_ms;
  struct clock_facts *facts;
};

static bool has_room(const struct following *f, size_t more) {
  return f->facts->count + more <= CLOCKS_FACTS_MAX;
}

static void happen(struct following *f, uint32_t number, enum clock_what what, int64_t at_ms) {
  const struct clock_fact fact = {.number = number, .what = what, .at_ms = at_ms, .decided_ms = f->now_ms};
  f->facts->items[f->facts->count++] = fact;
  clockbook_note(f->clocks, &fact);
}

/* The rules' number of a name of the book; NONE when the present rules do not have it. */
static int lifecycle_of(const struct following *f, const struct clock *clock) {
  for (uint32_t i = 0; i < f->rules->lifecycle_count; i++)
    if (strcmp(f->rules->lifecycles[i].name, leadbook_name(f->book, clock->lifecycle)) == 0) return (int)i;
  return NONE;
}

static const struct sla *sla_of(const struct following *f, const struct clock *clock) {
  int sla = desk_sla(f->rules, str_of(leadbook_name(f->book, clock->sla)));
  return sla == NONE ? NULL : &f->rules->slas[sla];
}

static const struct calendar *calendar_of(const struct following *f, const struct sla *sla) {
  return sla && sla->calendar != NONE ? &f->rules->calendars[sla->calendar] : NULL;
}

/* --- what ends a clock ---------------------------------------------------------------------------------------------- */

struct ending {
  enum clock_end end;
  int64_t at_ms;
  uint32_t made;
};

/* When the stage was left, by the decisions at hand or, when it was left unseen, by what is recorded. */
static bool was_left(const struct following *f, const struct clock *clock, int64_t *at_ms) {
  for (size_t i = 0; i < f->decided_count; i++) {
    const struct decision *decision = leadbook_decision(f->book, f->decided[i].number);
    if (decision->lifecycle != clock->lifecycle || decision->to == clock->stage) continue;
    *at_ms = decision->at_ms;
    return true;
  }
  int lifecycle = lifecycle_of(f, clock);
  if (lifecycle != NONE && f->entry->recorded[lifecycle] == clock->stage) return false;
  *at_ms = lifecycle == NONE ? f->now_ms : f->entry->recorded_ms[lifecycle];
  return true;
}

/* A clock that came with another lead stays if its stage did and the lead has no clock of its own for it. */
static bool is_superseded(const struct following *f, const struct clock *clock) {
  for (uint32_t number = f->entry->clocks; number; number = clockbook_at(f->clocks, number)->older) {
    const struct clock *other = clockbook_at(f->clocks, number);
    if (clock_is_open(other) && !other->absorbed && other->sla == clock->sla) return true;
  }
  return false;
}

/* The first of what ends it. Each is taken for later than the clock's start: what came before it cannot have been meant. */
static struct ending ending_of(const struct following *f, const struct clock *clock) {
  struct ending ending = {.end = CLOCK_RUNS, .at_ms = TIME_NEVER};
  const struct sla *sla = sla_of(f, clock);
  int64_t left_ms, done_ms = TIME_NEVER;
  if (sla && sla->counter != NONE) {
    done_ms = fold_seen_nth(f->fold, sla->counter, clock->entered_ms, clock->attempts);
    ending.made = fold_seen_after(f->fold, sla->counter, clock->entered_ms);
  }
  if (was_left(f, clock, &left_ms)) ending = (struct ending){CLOCK_LEFT, left_ms, ending.made};
  if (done_ms <= f->now_ms && (ending.end == CLOCK_RUNS || done_ms <= ending.at_ms)) {
    ending.end = CLOCK_DONE;
    ending.at_ms = done_ms;
  }
  if (ending.end == CLOCK_RUNS && fold_ignored(f->fold))
    ending = (struct ending){CLOCK_IGNORED, f->now_ms, ending.made};
  if (ending.end == CLOCK_RUNS && clock->absorbed && is_superseded(f, clock))
    ending = (struct ending){CLOCK_MERGED, f->now_ms, ending.made};
  if (ending.end != CLOCK_RUNS && ending.at_ms < clock->started_ms) ending.at_ms = clock->started_ms;
  return ending;
}

/* --- what is overdue ------------------------------------------------------------------------------------------------ */

/* What was due by now, and before the clock ended. */
static void pass_deadlines(struct following *f, uint32_t number, const struct ending *ending) {
  const struct clock *clock = clockbook_at(f->clocks, number);
  if (clock->warned_ms == TIME_NEVER && clock->warn_ms <= f->now_ms && clock->warn_ms < ending->at_ms)
    happen(f, number, CLOCK_WARNED, clock->warn_ms);
  if (clock->breached_ms == TIME_NEVER && clock->due_ms <= f->now_ms && clock->due_ms < ending->at_ms)
    happen(f, number, CLOCK_BREACHED, clock->due_ms);
}

static void stop(struct following *f, uint32_t number, const struct ending *ending) {
  struct clock *clock = clockbook_at(f->clocks, number);
  clock->end = (uint8_t)ending->end;
  clock->made = (uint16_t)(ending->made < UINT16_MAX ? ending->made : UINT16_MAX);
  clock->worked_ms = calendar_between(calendar_of(f, sla_of(f, clock)), clock->started_ms, ending->at_ms);
  happen(f, number, CLOCK_STOPPED, ending->at_ms);
}

/* --- what starts a clock --------------------------------------------------------------------------------------------- */

/* The decision that put the lead where it stands in that lifecycle, if it was made now and live. */
static const struct decision *entered_live(const struct following *f, int lifecycle) {
  uint16_t name = leadbook_find_name(f->book, str_of(f->rules->lifecycles[lifecycle].name));
  for (size_t i = f->decided_count; i-- > 0;) {
    const struct decision *decision = leadbook_decision(f->book, f->decided[i].number);
    if (decision->lifecycle == name) return decision_is_live(decision) ? decision : NULL;
  }
  return NULL;
}

static uint64_t make_id(const struct following *f, const struct sla *sla, const struct decision *decision) {
  struct buf text;
  buf_init(&text);
  buf_add(&text, f->entry->id.p, f->entry->id.len);
  buf_printf(&text, "\n%s\n%lld\n%lld\n%u", sla->id, (long long)decision->at_ms, (long long)f->now_ms,
             clockbook_count(f->clocks));
  uint64_t id = str_hash(buf_str(&text));
  buf_release(&text);
  return id;
}

static void start(struct following *f, const struct sla *sla, const struct decision *decision) {
  const struct calendar *calendar = calendar_of(f, sla);
  const struct clock clock = {
      .id = make_id(f, sla, decision),
      .node = f->entry->node,
      .sla = leadbook_intern(f->book, str_of(sla->id)),
      .lifecycle = decision->lifecycle,
      .stage = decision->to,
      .ruleset = decision->ruleset,
      .escalate = leadbook_intern(f->book, str_of(sla->escalate ? sla->escalate : "")),
      .attempts = (uint16_t)sla->attempts,
      .reassign = sla->reassign,
      .cycle = decision->cycle,
      .entered_ms = decision->at_ms,
      .started_ms = f->now_ms,
      .warn_ms = sla->warn_ms ? calendar_add(calendar, f->now_ms, sla->warn_ms) : TIME_NEVER,
      .due_ms = calendar_add(calendar, f->now_ms, sla->due_ms),
      .warned_ms = TIME_NEVER,
      .breached_ms = TIME_NEVER,
      .stopped_ms = TIME_NEVER};
  uint32_t number = clockbook_add(f->clocks, &f->entry->clocks, &clock);
  happen(f, number, CLOCK_STARTED, f->now_ms);
  struct following fresh = *f; /* the decisions at hand are no later than its start */
  fresh.decided_count = 0;
  const struct ending ending = ending_of(&fresh, &clock);
  if (ending.end != CLOCK_RUNS) stop(f, number, &ending);
}

/* A clock that came with another lead for the stage in which the two stand now goes on, and is enough. */
static bool runs_already(const struct following *f, const struct sla *sla, const struct decision *decision) {
  uint16_t name = leadbook_find_name(f->book, str_of(sla->id));
  for (uint32_t number = f->entry->clocks; number; number = clockbook_at(f->clocks, number)->older) {
    const struct clock *clock = clockbook_at(f->clocks, number);
    if (clock_is_open(clock) && clock->sla == name && clock->stage == decision->to) return true;
  }
  return false;
}

static void start_all(struct following *f) {
  if (f->decided_count == 0 || fold_ignored(f->fold)) return;
  for (uint32_t i = 0; i < f->rules->sla_count; i++) {
    const struct sla *sla = &f->rules->slas[i];
    const struct decision *decision = entered_live(f, sla->lifecycle);
    if (!decision || !has_room(f, 2)) continue;
    int stage =
        lifecycle_stage(&f->rules->lifecycles[sla->lifecycle], str_of(leadbook_name(f->book, decision->to)));
    if (stage == NONE || !(sla->stages >> stage & 1)) continue;
    if (sla->tier && fold_test(f->fold, sla->tier) != TRUTH_YES) continue;
    if (runs_already(f, sla, decision)) continue;
    start(f, sla, decision);
  }
}

/* --- all of it ------------------------------------------------------------------------------------------------------ */

/* In order of their instants, and of equal ones a warning first. Few, and nearly in order. */
static void sort(struct clock_fact *facts, size_t count) {
  for (size_t i = 1; i < count; i++) {
    struct clock_fact fact = facts[i];
    size_t at = i;
    for (; at > 0 && facts[at - 1].at_ms > fact.at_ms; at--) facts[at] = facts[at - 1];
    facts[at] = fact;
  }
}

void clocks_follow(struct leadbook *book, struct lead_entry *entry, const struct fold *fold,
                   const struct decided *decided, size_t count, int64_t now_ms, struct clock_facts *facts) {
  struct following f = {.book = book,
                        .clocks = leadbook_clocks(book),
                        .entry = entry,
                        .fold = fold,
                        .rules = fold_rules(fold),
                        .decided = decided,
                        .decided_count = count,
                        .now_ms = now_ms,
                        .facts = facts};
  facts->count = facts->before = 0;
  for (uint32_t number = entry->clocks; number && has_room(&f, 3);
       number = clockbook_at(f.clocks, number)->older) {
    const struct clock *clock = clockbook_at(f.clocks, number);
    if (!clock_is_open(clock)) continue;
    const struct ending ending = ending_of(&f, clock);
    pass_deadlines(&f, number, &ending);
  }
  facts->before = facts->count;
  sort(facts->items, facts->before);
  for (uint32_t number = entry->clocks; number && has_room(&f, 1);
       number = clockbook_at(f.clocks, number)->older) {
    struct clock *clock = clockbook_at(f.clocks, number);
    if (!clock_is_open(clock)) continue;
    const struct ending ending = ending_of(&f, clock);
    if (ending.end != CLOCK_RUNS)
      stop(&f, number, &ending);
    else
      clock->absorbed = false; /* it goes on as the lead's own */
  }
  start_all(&f);
}
