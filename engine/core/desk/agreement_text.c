/* agreement_text.c - the sections of the agreement (agreement.h): definitions in sentences, one a line. */
#include "core/desk/agreement.h"

#include "base/timefmt.h"
#include "core/explain/explain.h"
#include "model/calendar.h"
#include "model/cond_describe.h"
#include "model/desk.h"
#include "model/period.h"

static void add_cond(const struct ruleset *rules, const char *lead, const struct cond *cond,
                     struct buf *out) {
  if (!cond) return;
  buf_printf(out, "%s`", lead);
  cond_describe(rules, cond, out);
  buf_add_char(out, '`');
}

static void add_doc(const char *doc, struct buf *out) {
  if (doc && *doc) buf_printf(out, ": %s", doc);
}

static void add_stages(const struct lifecycle *lifecycle, uint64_t stages, struct buf *out) {
  const char *before = "";
  for (uint32_t i = 0; i < lifecycle->stage_count; i++) {
    if (!(stages >> i & 1)) continue;
    buf_printf(out, "%s%s", before, lifecycle->stages[i]);
    before = ", ";
  }
}

static void add_span(const char *lead, int64_t ms, struct buf *out) {
  char text[TIME_TEXT_MAX];
  buf_printf(out, "%s%s", lead, ms == TIME_NEVER ? "for ever" : duration_text(ms, text));
}

/* --- stages ------------------------------------------------------------------------------------------------------------ */

static void add_move(const struct ruleset *rules, const struct lifecycle *l, const struct move *move,
                     struct buf *out) {
  buf_add_text(out, "- ");
  add_stages(l, move->from, out);
  buf_printf(out, " to **%s**", l->stages[move->to]);
  add_doc(move->doc, out);
  if (move->when) add_cond(rules, ". By itself when ", move->when, out);
  for (uint32_t i = 0; i < move->by_count; i++) buf_printf(out, "%s%s", i ? ", " : ". By ", move->by[i]);
  if (move->again_ms) add_span(". Again after ", move->again_ms, out);
  buf_add_char(out, '\n');
  for (uint32_t i = 0; i < move->reason_count; i++) {
    buf_printf(out, "  - %s", move->reasons[i].code);
    if (move->reasons[i].stands_ms) add_span(": stands ", move->reasons[i].stands_ms, out);
    buf_add_char(out, '\n');
  }
}

static void add_lifecycles(const struct ruleset *rules, struct buf *out) {
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    const struct lifecycle *l = &rules->lifecycles[i];
    buf_printf(out, "%s### %s\n\nStages: ", i ? "\n" : "", l->name);
    add_stages(l, UINT64_MAX, out);
    buf_printf(out, ". A lead begins in %s.", l->stages[l->start]);
    add_cond(rules, " For leads with ", l->who, out);
    buf_add_text(out, "\n\n");
    for (uint32_t g = 0; g < l->gate_count; g++) {
      buf_add_text(out, "- To enter ");
      add_stages(l, l->gates[g].into, out);
      add_cond(rules, ", always: ", l->gates[g].need, out);
      add_doc(l->gates[g].doc, out);
      buf_add_char(out, '\n');
    }
    for (uint32_t m = 0; m < l->move_count; m++) add_move(rules, l, &l->moves[m], out);
  }
}

/* --- points ------------------------------------------------------------------------------------------------------------- */

static void add_rule(const struct ruleset *rules, const struct rule *rule, struct buf *out) {
  char points[32];
  buf_printf(out, "- %s", rule->id);
  add_doc(rule->doc, out);
  if (rule->points_fn != FN_NONE)
    buf_add_text(out, ". Points: a function");
  else if (rule->row_count)
    buf_printf(out, ". Points by a table of %u rows on %.*s", rule->row_count, STR_ARG(rule->field));
  for (int s = rule->first_slot; s < rule->first_slot + rule->slot_count && rule->points_fn == FN_NONE; s++) {
    if (rule->row_count) break;
    buf_printf(out, "%s%s %s", s > rule->first_slot ? ", " : ". ",
               rules->dimensions[rules->slots[s].dimension].name,
               points_text(rules->slots[s].points, true, points));
  }
  for (uint32_t r = 0; r < rule->row_count; r++) {
    buf_printf(out, "\n  - %s for ", points_text(rule->rows[r].points, true, points));
    matcher_describe(rule->rows[r].matcher, out);
  }
  buf_add_char(out, '\n');
}

static int by_id(const void *a, const void *b) {
  return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

static void add_points(const struct ruleset *rules, struct buf *out) {
  const struct rule **sorted = xcalloc(rules->rule_count + 1, sizeof *sorted);
  for (uint32_t i = 0; i < rules->rule_count; i++) sorted[i] = &rules->rules[i];
  if (rules->rule_count) qsort(sorted, rules->rule_count, sizeof *sorted, by_id);
  for (uint32_t i = 0; i < rules->rule_count; i++) add_rule(rules, sorted[i], out);
  free(sorted);
}

static void add_profile(const struct ruleset *rules, struct buf *out) {
  for (uint32_t i = 0; i < rules->profile_count; i++)
    buf_printf(out, "- %.*s%s\n", STR_ARG(rules->profile[i].path),
               rules->profile[i].required ? ", required" : "");
}

/* --- clocks ------------------------------------------------------------------------------------------------------------- */

static void add_minute(int minute, struct buf *out) {
  int of_day = minute > 24 * 60 ? minute - 24 * 60 : minute; /* 24:00 is midnight, 30:00 the next morning */
  buf_printf(out, "%02d:%02d", of_day / 60, of_day % 60);
}

static void add_calendar(const struct calendar *calendar, struct buf *out) {
  static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  buf_printf(out, "- Hours of %s", calendar->name);
  add_doc(calendar->doc, out);
  buf_printf(out, " (%s)", calendar->zone_name);
  for (int d = 0; d < 7; d++) {
    for (uint32_t i = 0; i < calendar->week[d].count; i++) {
      buf_printf(out, "%s", i ? ", " : "\n  - ");
      if (!i) buf_printf(out, "%s ", days[d]);
      add_minute(calendar->week[d].spans[i].start_min, out);
      buf_add_char(out, '-');
      add_minute(calendar->week[d].spans[i].end_min, out);
    }
  }
  buf_printf(out, "\n  - %u holidays\n", calendar->holiday_count + calendar->yearly_count);
}

static void add_sla(const struct ruleset *rules, const struct sla *sla, struct buf *out) {
  buf_printf(out, "- **%s**", sla->id);
  add_doc(sla->doc, out);
  buf_add_text(out, ". In ");
  add_stages(&rules->lifecycles[sla->lifecycle], sla->stages, out);
  add_cond(rules, ", with ", sla->tier, out);
  add_span(", due after ", sla->due_ms, out);
  if (sla->warn_ms) add_span(", warned after ", sla->warn_ms, out);
  if (sla->calendar != NONE) buf_printf(out, " in the hours of %s", rules->calendars[sla->calendar].name);
  if (sla->counter != NONE) {
    if (sla->attempts > 1) buf_printf(out, "; %u times", sla->attempts);
    buf_printf(out, "; stops at `%.*s`", STR_ARG(rules->counters[sla->counter].written));
  }
  if (sla->escalate) buf_printf(out, "; a breach is told to %s", sla->escalate);
  if (sla->reassign) buf_add_text(out, "; a breach gives the lead to the next one");
  buf_add_char(out, '\n');
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
    add_doc(promise->doc, out);
    buf_printf(out, ". Per %s", period_word(promise->per));
    if (promise->volume) buf_printf(out, ", at least %u leads", promise->volume);
    buf_add_text(out, " enter ");
    add_stages(l, promise->stages, out);
    if (promise->good_percent) {
      buf_printf(out, ", of which %u %% then reach ", promise->good_percent);
      add_stages(l, promise->good, out);
    }
    buf_add_char(out, '\n');
  }
}

/* --- who, and in which order -------------------------------------------------------------------------------------------- */

static void add_assignment(const struct ruleset *rules, const struct assignment *assignment,
                           struct buf *out) {
  buf_printf(out, "- **%s**", assignment->id);
  add_doc(assignment->doc, out);
  buf_add_text(out, ". Leads that enter ");
  add_stages(&rules->lifecycles[assignment->lifecycle], assignment->stages, out);
  add_cond(rules, ", with ", assignment->when, out);
  buf_printf(out, ", go to %s", assignment->account_owner ? "the owner of their account, else " : "");
  for (uint32_t i = 0; i < assignment->pool_count; i++)
    buf_printf(out, "%s%s", i ? ", " : "", assignment->pool[i]);
  buf_add_text(out, " in turn\n");
}

static void add_worklist(const struct ruleset *rules, const struct worklist *list, struct buf *out) {
  static const char *const words[] = {"clock", "score", "waiting", "recent"};
  buf_printf(out, "- List **%s**", list->id);
  add_doc(list->doc, out);
  if (list->stages) {
    buf_add_text(out, ". In ");
    add_stages(&rules->lifecycles[list->lifecycle], list->stages, out);
  }
  add_cond(rules, ", with ", list->who, out);
  for (uint32_t i = 0; i < list->order_count; i++)
    buf_printf(out, "%s%s", i ? ", " : "; first by ",
               list->order[i].kind == KEY_SCORE ? rules->dimensions[list->order[i].dimension].name
                                                : words[list->order[i].kind]);
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
      add_lifecycles, add_points, add_profile, add_clocks, add_promises, add_desk};
  buf_printf(out, "## %s\n\n", titles[section]);
  size_t empty = out->len;
  adds[section](rules, out);
  if (out->len == empty) buf_add_text(out, "Nothing is declared.\n");
}
