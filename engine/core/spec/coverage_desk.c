/* coverage_desk.c - outcomes of segments, frameworks and their criteria, of clocks, worklists, and of what people were refused. */
#include "core/spec/coverage_private.h"

#include "model/fold/fold_framework.h"
#include "model/ruleset/desk.h"
#include "model/ruleset/framework.h"

/* --- which there are -------------------------------------------------------------------------------------------------- */

static void list_segments(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_SEGMENT, rules->segment_count);
  for (uint32_t i = 0; i < rules->segment_count; i++) {
    const struct segment *segment = &rules->segments[i];
    coverage_declare(l, COVERED_SEGMENT, i, segment->id, segment->place);
    coverage_add(l, SAW_INSIDE, 0, true, "in it", "a lead for whom it is true");
    coverage_add(l, SAW_OUTSIDE, 0, true, "not in it", "a lead for whom it is not true");
  }
  coverage_close(l, COVERED_SEGMENT, rules->segment_count);
}

static void list_frameworks(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_FRAMEWORK, rules->framework_count);
  for (uint32_t i = 0; i < rules->framework_count; i++) {
    const struct framework *framework = &rules->frameworks[i];
    coverage_declare(l, COVERED_FRAMEWORK, i, framework->id, framework->place);
    coverage_add(l, SAW_MET, 0, true, "qualified", "a lead of whom enough is known and fits");
    coverage_add(l, SAW_NOT_MET, 0, true, "not qualified",
                 "a lead of whom too little is known, or does not fit");
  }
  coverage_close(l, COVERED_FRAMEWORK, rules->framework_count);
}

static void list_criteria(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_CRITERION, rules->criterion_count);
  for (uint32_t i = 0; i < rules->criterion_count; i++) {
    const struct criterion *criterion = &rules->criteria[i];
    coverage_declare(
        l, COVERED_CRITERION, i,
        arena_printf(&l->coverage->arena, "%s.%s", rules->frameworks[criterion->framework].id, criterion->id),
        criterion->place);
    coverage_add(l, SAW_MET, 0, true, "met", "t:act(\"answer\", ..) with an answer that meets it");
    if (criterion->met && criterion->met->op != MATCH_ANY && criterion->met->op != MATCH_PRESENT)
      coverage_add(l, SAW_NOT_MET, 0, true, "not met", "t:act(\"answer\", ..) with one that does not");
    if (criterion->inferred)
      coverage_add(l, SAW_INFERRED, 0, true, "inferred",
                   "a lead for whom `inferred` is true, and nobody answered");
    if (criterion->expires_ms)
      coverage_add(l, SAW_EXPIRED, 0, true, "out of date",
                   "an answer, and t:advance beyond what it stands for");
  }
  coverage_close(l, COVERED_CRITERION, rules->criterion_count);
}

static void list_clocks(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_CLOCK, rules->sla_count);
  for (uint32_t i = 0; i < rules->sla_count; i++) {
    const struct sla *sla = &rules->slas[i];
    coverage_declare(l, COVERED_CLOCK, i, sla->id, sla->place);
    coverage_add(l, SAW_CLOCK_OPEN, 0, true, "started",
                 "t:expect { clocks = { .. = \"open\" } } when it has begun");
    if (sla->warn_ms)
      coverage_add(l, SAW_CLOCK_WARNED, 0, true, "warned", "the same after `warn`, before `due`");
    coverage_add(l, SAW_CLOCK_BREACHED, 0, true, "breached", "the same after `due`");
    coverage_add(l, SAW_CLOCK_STOPPED, 0, true, "stopped", "the same after what stops it");
  }
  coverage_close(l, COVERED_CLOCK, rules->sla_count);
}

static void list_worklists(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_WORKLIST, rules->worklist_count);
  for (uint32_t i = 0; i < rules->worklist_count; i++) {
    coverage_declare(l, COVERED_WORKLIST, i, rules->worklists[i].id, rules->worklists[i].place);
    coverage_add(l, SAW_INSIDE, 0, true, "on it", "t:expect { worklists = { .. } } for a lead who is on it");
    coverage_add(l, SAW_OUTSIDE, 0, true, "not on it", "the same for a lead who is not");
  }
  coverage_close(l, COVERED_WORKLIST, rules->worklist_count);
}

void coverage_list_desk(struct listing *l) {
  list_segments(l);
  list_frameworks(l);
  list_criteria(l);
  list_clocks(l);
  list_worklists(l);
}

/* --- which happened --------------------------------------------------------------------------------------------------- */

static void read_criterion(struct coverage *coverage, const struct fold *fold, uint32_t index) {
  struct assessed found;
  fold_assess(fold, (int)index, &found);
  if (found.state == CRITERION_MET) coverage_note(coverage, COVERED_CRITERION, index, SAW_MET, 0);
  if (found.state == CRITERION_UNMET) coverage_note(coverage, COVERED_CRITERION, index, SAW_NOT_MET, 0);
  if (found.inferred) coverage_note(coverage, COVERED_CRITERION, index, SAW_INFERRED, 0);
  if (found.expired) coverage_note(coverage, COVERED_CRITERION, index, SAW_EXPIRED, 0);
}

void coverage_read_desk(struct coverage *coverage, const struct fold *fold) {
  const struct ruleset *rules = coverage->rules;
  struct result result;
  uint64_t segments = fold_segments(fold);
  for (uint32_t i = 0; i < rules->segment_count; i++)
    coverage_note(coverage, COVERED_SEGMENT, i, segments >> i & 1 ? SAW_INSIDE : SAW_OUTSIDE, 0);
  for (uint32_t i = 0; i < rules->framework_count; i++) {
    fold_result(fold, (int)i, &result);
    coverage_note(coverage, COVERED_FRAMEWORK, i, result.qualified == TRUTH_YES ? SAW_MET : SAW_NOT_MET, 0);
  }
  for (uint32_t i = 0; i < rules->criterion_count; i++) read_criterion(coverage, fold, i);
}

void coverage_listed(struct coverage *coverage, uint32_t worklist, bool is_on) {
  coverage_note(coverage, COVERED_WORKLIST, worklist, is_on ? SAW_INSIDE : SAW_OUTSIDE, 0);
}

void coverage_clocked(struct coverage *coverage, uint32_t sla, const char *state) {
  static const char *const states[] = {"open", "warned", "breached", "stopped"};
  for (int i = 0; state && i < 4; i++)
    if (strcmp(state, states[i]) == 0) coverage_note(coverage, COVERED_CLOCK, sla, SAW_CLOCK_OPEN + i, 0);
}

void coverage_refused(struct coverage *coverage, const struct move *move, const struct gate *gate) {
  const struct ruleset *rules = coverage->rules;
  if (!move) return;
  uint32_t l = (uint32_t)move->lifecycle, m = (uint32_t)(move - rules->lifecycles[l].moves);
  coverage_note(coverage, COVERED_MOVE, coverage_flat(rules, COVERED_MOVE, l, m), SAW_DENIED, 0);
  if (!gate) return;
  uint32_t g = (uint32_t)(gate - rules->lifecycles[l].gates);
  coverage_note(coverage, COVERED_GATE, coverage_flat(rules, COVERED_GATE, l, g), SAW_REFUSED, 0);
}
