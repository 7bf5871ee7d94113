/* agreement_text.c - points, the profile, clocks, promises and the desk, in sentences; the table of sections. */
#include "core/desk/agreement_words.h"

#include "base/timefmt.h"
#include "core/explain/explain.h"
#include "model/ruleset/calendar.h"
#include "model/ruleset/cond_describe.h"
#include "model/ruleset/desk.h"
#include "model/ruleset/period.h"

/* --- points ------------------------------------------------------------------------------------------------------------- */

/* What bounds the rule, and how it fades. */
static void add_bounds(const struct rule *rule, struct buf *out) {
  if (rule->limit.times) {
    buf_printf(out, "; counts %u time%s", rule->limit.times, rule->limit.times == 1 ? "" : "s");
    if (rule->limit.per_ms) buf_add_text(out, " in ");
    if (rule->limit.per_ms) words_span(rule->limit.per_ms, out);
  }
  if (rule->decay.kind == DECAY_NONE) return;
  if (rule->decay.kind == DECAY_STEP) {
    buf_add_text(out, "; falls in steps");
    return;
  }
  buf_add_text(out, rule->decay.kind == DECAY_HALF_LIFE ? "; half of it is gone after " : "; gone after ");
  words_span(rule->decay.span_ms, out);
}

static void add_when(const struct ruleset *rules, const char *lead, const struct cond *cond,
                     struct buf *out) {
  if (!cond) return;
  buf_add_text(out, lead);
  words_inline(rules, cond, out);
  buf_add_char(out, '\n');
}

/* What gives them. */
static void add_trigger(const struct ruleset *rules, const struct rule *rule, struct buf *out) {
  if (rule->on.count) {
    buf_add_text(out, "  - for ");
    words_signals(rules, &rule->on, out);
    buf_add_char(out, '\n');
  }
  add_when(rules, rule->on.count ? "  - if then " : "  - while ", rule->when, out);
  add_when(rules, "  - counts only while ", rule->counts_while, out);
  if (rule->points_fn == FN_NONE) return;
  buf_add_text(out, "  - how many, ");
  words_function(rules, rule->points_fn, out);
  buf_add_char(out, '\n');
}

static void add_rows(const struct rule *rule, struct buf *out) {
  char points[32];
  for (uint32_t r = 0; r < rule->row_count; r++) {
    buf_printf(out, "\n  - %s: ", points_text(rule->rows[r].points, true, points));
    words_test(rule->field, rule->rows[r].matcher, out);
  }
}

static void add_rule(const struct ruleset *rules, int dimension, const struct rule *rule, struct buf *out) {
  char points[32] = "";
  for (int s = rule->first_slot; s < rule->first_slot + rule->slot_count; s++)
    if (rules->slots[s].dimension == dimension) points_text(rules->slots[s].points, true, points);
  buf_add_text(out, "- ");
  if (!rule->row_count && rule->points_fn == FN_NONE) buf_printf(out, "**%s** ", points);
  buf_printf(out, "%s", *rule->doc ? rule->doc : rule->id);
  if (*rule->doc) buf_printf(out, " (%s)", rule->id);
  add_bounds(rule, out);
  if (rule->row_count) add_rows(rule, out);
  buf_add_char(out, '\n');
  add_trigger(rules, rule, out);
}

static int by_id(const void *a, const void *b) {
  return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

static bool feeds(const struct ruleset *rules, const struct rule *rule, int dimension) {
  for (int s = rule->first_slot; s < rule->first_slot + rule->slot_count; s++)
    if (rules->slots[s].dimension == dimension) return true;
  return false;
}

static void add_scale(const struct dimension *dimension, struct buf *out) {
  char low[32], high[32];
  if (dimension->min != INT64_MIN && dimension->max != INT64_MAX)
    buf_printf(out, "From %s to %s.", points_text(dimension->min, false, low),
               points_text(dimension->max, false, high));
  for (uint32_t i = 0; i < dimension->band_count; i++)
    buf_printf(out, "%s%s from %s", i ? ", " : " ", dimension->bands[i].name,
               points_text(dimension->bands[i].from, false, low));
  buf_add_text(out, dimension->band_count ? ".\n" : "\n");
}

static void add_groups(const struct ruleset *rules, int dimension, struct buf *out) {
  char low[32], high[32];
  for (uint32_t g = 0; g < rules->group_count; g++) {
    const struct group *group = &rules->groups[g];
    bool capped = group->max != INT64_MAX, floored = group->min != INT64_MIN;
    if (group->dimension != dimension || (!capped && !floored)) continue;
    buf_printf(out, "- All of %s together: ", group->name);
    if (floored) buf_printf(out, "at least %s", points_text(group->min, false, low));
    if (capped) buf_printf(out, "%sat most %s", floored ? ", " : "", points_text(group->max, false, high));
    buf_add_char(out, '\n');
  }
}

static void add_resets(const struct ruleset *rules, struct buf *out) {
  if (rules->reset_count) buf_add_text(out, "\n### What makes points begin anew\n\n");
  for (uint32_t i = 0; i < rules->reset_count; i++) {
    const struct reset *reset = &rules->resets[i];
    const char *words[RULESET_MAX_DIMENSIONS];
    uint32_t count = 0;
    for (uint32_t d = 0; d < rules->dimension_count; d++)
      if (reset->dimensions >> d & 1) words[count++] = rules->dimensions[d].name;
    buf_printf(out, "- %s (", *reset->doc ? reset->doc : reset->id);
    words_list(words, count, "and", out);
    if (reset->keep_per_million)
      buf_printf(out, ", %lld %% stays", (long long)reset->keep_per_million / 10000);
    buf_add_text(out, "): ");
    if (reset->on.count)
      words_signals(rules, &reset->on, out);
    else
      words_inline(rules, reset->when, out);
    buf_add_char(out, '\n');
  }
}

static void add_ignores(const struct ruleset *rules, struct buf *out) {
  if (rules->ignore_count) buf_add_text(out, "\n### What does not count\n\n");
  for (uint32_t i = 0; i < rules->ignore_count; i++) {
    const struct ignore *ignore = &rules->ignores[i];
    buf_printf(out, "- %s: ", *ignore->doc ? ignore->doc : ignore->id);
    if (ignore->on.count)
      words_signals(rules, &ignore->on, out);
    else
      words_inline(rules, ignore->when, out);
    buf_add_char(out, '\n');
  }
}

static void add_points(const struct ruleset *rules, struct buf *out) {
  const struct rule **sorted = xcalloc(rules->rule_count + 1, sizeof *sorted);
  for (uint32_t i = 0; i < rules->rule_count; i++) sorted[i] = &rules->rules[i];
  if (rules->rule_count) qsort(sorted, rules->rule_count, sizeof *sorted, by_id);
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    buf_printf(out, "%s### %s\n\n", d ? "\n" : "", rules->dimensions[d].name);
    add_scale(&rules->dimensions[d], out);
    buf_add_char(out, '\n');
    for (uint32_t i = 0; i < rules->rule_count; i++)
      if (feeds(rules, sorted[i], (int)d)) add_rule(rules, (int)d, sorted[i], out);
    add_groups(rules, (int)d, out);
  }
  free(sorted);
  add_resets(rules, out);
  add_ignores(rules, out);
}

static void add_profile(const struct ruleset *rules, struct buf *out) {
  for (int required = 1; required >= 0; required--) {
    const char *before = required ? "- Required: " : "- Welcome: ";
    bool any = false;
    for (uint32_t i = 0; i < rules->profile_count; i++) {
      if (rules->profile[i].required != required) continue;
      buf_printf(out, "%s%.*s", before, STR_ARG(rules->profile[i].path));
      before = ", ";
      any = true;
    }
    if (any) buf_add_char(out, '\n');
  }
}

/* --- clocks ------------------------------------------------------------------------------------------------------------- */

static void add_minute(int minute, struct buf *out) {
  int of_day = minute > 24 * 60 ? minute - 24 * 60 : minute; /* 24:00 is midnight, 30:00 the next morning */
  buf_printf(out, "%02d:%02d", of_day / 60, of_day % 60);
}

static bool same_day(const struct calendar *calendar, int a, int b) {
  if (calendar->week[a].count != calendar->week[b].count) return false;
  for (uint32_t i = 0; i < calendar->week[a].count; i++)
    if (calendar->week[a].spans[i].start_min != calendar->week[b].spans[i].start_min ||
        calendar->week[a].spans[i].end_min != calendar->week[b].spans[i].end_min)
      return false;
  return true;
}

/* Days that are alike stand together. */
static void add_calendar(const struct calendar *calendar, struct buf *out) {
  static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};
  buf_printf(out, "- The hours of **%s**", calendar->name);
  words_doc(calendar->doc, out);
  buf_printf(out, " (%s)\n", calendar->zone_name);
  for (int d = 0, last; d < 7; d = last + 1) {
    for (last = d; last < 6 && same_day(calendar, d, last + 1);) last++;
    if (calendar->week[d].count == 0) continue;
    words_indent(1, out);
    buf_add_text(out, days[d]);
    if (last > d) buf_printf(out, " to %s", days[last]);
    for (uint32_t i = 0; i < calendar->week[d].count; i++) {
      buf_add_text(out, i ? ", " : " ");
      add_minute(calendar->week[d].spans[i].start_min, out);
      buf_add_char(out, '-');
      add_minute(calendar->week[d].spans[i].end_min, out);
    }
    buf_add_char(out, '\n');
  }
  uint32_t holidays = calendar->holiday_count + calendar->yearly_count;
  if (holidays) buf_printf(out, "  - and not on %u holiday%s\n", holidays, holidays == 1 ? "" : "s");
}

/* Working time where the clock has hours. */
static void add_time(const struct sla *sla, int64_t ms, struct buf *out) {
  if (sla->calendar == NONE)
    words_span(ms, out);
  else
    words_working(ms, out);
}

static void add_stop(const struct ruleset *rules, const struct sla *sla, struct buf *out) {
  words_indent(1, out);
  buf_add_text(out, "it is kept by ");
  if (sla->counter == NONE) {
    buf_add_text(out, "leaving the stage\n");
    return;
  }
  const struct signal_set *on = &rules->counters[sla->counter].on;
  if (sla->attempts > 1) buf_printf(out, "%u times ", sla->attempts);
  words_signals(rules, on, out);
  buf_add_text(out, ", or by leaving the stage\n");
}

static void add_breach(const struct sla *sla, struct buf *out) {
  if (!sla->escalate && !sla->reassign) return;
  words_indent(1, out);
  buf_add_text(out, "when it is not kept, ");
  if (sla->escalate) buf_printf(out, "%s is told", sla->escalate);
  buf_printf(out, "%s%s\n", sla->escalate && sla->reassign ? ", and " : "",
             sla->reassign ? "the next in turn gets the lead" : "");
}

static void add_sla(const struct ruleset *rules, const struct sla *sla, struct buf *out) {
  buf_printf(out, "- **%s**", sla->id);
  words_doc(sla->doc, out);
  buf_add_char(out, '\n');
  words_indent(1, out);
  buf_add_text(out, "within ");
  add_time(sla, sla->due_ms, out);
  buf_add_text(out, " after a lead has entered ");
  words_stages(&rules->lifecycles[sla->lifecycle], sla->stages, "or", out);
  if (sla->calendar != NONE) buf_printf(out, ", in the hours of %s", rules->calendars[sla->calendar].name);
  buf_add_char(out, '\n');
  if (sla->tier) {
    words_indent(1, out);
    buf_add_text(out, "only where ");
    words_inline(rules, sla->tier, out);
    buf_add_char(out, '\n');
  }
  add_stop(rules, sla, out);
  if (sla->warn_ms) {
    words_indent(1, out);
    buf_add_text(out, "a warning comes after ");
    add_time(sla, sla->warn_ms, out);
    buf_add_char(out, '\n');
  }
  add_breach(sla, out);
}

static void add_clocks(const struct ruleset *rules, struct buf *out) {
  for (uint32_t i = 0; i < rules->sla_count; i++) add_sla(rules, &rules->slas[i], out);
  for (uint32_t i = 0; i < rules->calendar_count; i++) add_calendar(&rules->calendars[i], out);
}

static void add_promises(const struct ruleset *rules, struct buf *out) {
  for (uint32_t i = 0; i < rules->promise_count; i++) {
    const struct promise *promise = &rules->promises[i];
    const struct lifecycle *l = &rules->lifecycles[promise->lifecycle];
    buf_printf(out, "- **%s**", promise->id);
    words_doc(promise->doc, out);
    buf_printf(out, ". Per %s", period_word(promise->per));
    if (promise->volume) buf_printf(out, ", at least %u leads", promise->volume);
    buf_add_text(out, " enter ");
    words_stages(l, promise->stages, "or", out);
    if (promise->good_percent) {
      buf_printf(out, ", of which %u %% then reach ", promise->good_percent);
      words_stages(l, promise->good, "or", out);
    }
    buf_add_char(out, '\n');
  }
}

/* --- who, and in which order -------------------------------------------------------------------------------------------- */

static void add_assignment(const struct ruleset *rules, const struct assignment *assignment,
                           struct buf *out) {
  buf_printf(out, "- **%s**", assignment->id);
  words_doc(assignment->doc, out);
  buf_add_text(out, ". Leads that enter ");
  words_stages(&rules->lifecycles[assignment->lifecycle], assignment->stages, "or", out);
  if (assignment->when) buf_add_text(out, ", where ");
  if (assignment->when) words_inline(rules, assignment->when, out);
  buf_printf(out, ", go to %s", assignment->account_owner ? "the owner of their account, else " : "");
  for (uint32_t i = 0; i < assignment->pool_count; i++)
    buf_printf(out, "%s%s", i ? ", " : "", assignment->pool[i]);
  buf_add_text(out, " in turn");
  if (assignment->absent) buf_add_text(out, ", but for who is away");
  buf_add_char(out, '\n');
}

static void add_worklist(const struct ruleset *rules, const struct worklist *list, struct buf *out) {
  static const char *const words[] = {"whose clock is due soonest", "", "who has waited longest",
                                      "who was heard of last"};
  buf_printf(out, "- List **%s**", list->id);
  words_doc(list->doc, out);
  if (list->stages) {
    buf_add_text(out, ". In ");
    words_stages(&rules->lifecycles[list->lifecycle], list->stages, "or", out);
  }
  if (list->who) buf_add_text(out, list->stages ? ", where " : ". Leads where ");
  if (list->who) words_inline(rules, list->who, out);
  for (uint32_t i = 0; i < list->order_count; i++)
    buf_printf(out, "%s%s%s", i ? ", then " : "; first comes ",
               list->order[i].kind == KEY_SCORE ? "who has most " : words[list->order[i].kind],
               list->order[i].kind == KEY_SCORE ? rules->dimensions[list->order[i].dimension].name : "");
  buf_add_char(out, '\n');
}

static void add_desk(const struct ruleset *rules, struct buf *out) {
  for (uint32_t i = 0; i < rules->assignment_count; i++) add_assignment(rules, &rules->assignments[i], out);
  for (uint32_t i = 0; i < rules->worklist_count; i++) add_worklist(rules, &rules->worklists[i], out);
}

void agreement_section(const struct ruleset *rules, enum agreement_section section, struct buf *out) {
  static const char *const titles[] = {
#define X(code, word, title) title,
      AGREEMENT_SECTIONS(X)
#undef X
  };
  static void (*const adds[])(const struct ruleset *, struct buf *) = {
      agreement_stages, agreement_questions, add_points, add_profile, add_clocks, add_promises, add_desk};
  buf_printf(out, "## %s\n\n", titles[section]);
  size_t empty = out->len;
  adds[section](rules, out);
  if (out->len == empty) buf_add_text(out, "Nothing is declared.\n");
}
