#include "core/rules/alike.h"

#include "model/match/matcher_same.h"
#include "model/ruleset/desk.h"
#include "model/ruleset/framework.h"

static bool same_set(struct signal_set a, struct signal_set b) {
  return a.count == b.count && (a.count == 0 || memcmp(a.ids, b.ids, a.count * sizeof *a.ids) == 0);
}

static bool same_field(const struct field *a, const struct field *b) {
  return a->root == b->root && a->or_page == b->or_page && str_eq(a->path, b->path);
}

/* --- patterns -------------------------------------------------------------------------------------------------------- */

static bool same_atom(const struct atom *a, const struct atom *b) {
  if (a->types != b->types || a->signal != b->signal || a->test_count != b->test_count) return false;
  if (!a->name.p != !b->name.p || (a->name.p && !str_eq(a->name, b->name))) return false;
  if (!matcher_same(a->name_matcher, b->name_matcher)) return false;
  for (uint32_t i = 0; i < a->test_count; i++)
    if (!same_field(&a->tests[i].field, &b->tests[i].field) ||
        !matcher_same(a->tests[i].matcher, b->tests[i].matcher))
      return false;
  return true;
}

/* The fold raises the others itself. Bytes that were kept and are not wanted any more do no harm. */
static bool same_signal(const struct signal *a, const struct signal *b) {
  bool from_events = a->kind == SIGNAL_EVENT || a->kind == SIGNAL_VISIT;
  if (!from_events) return true;
  return a->kind == b->kind && a->captures == b->captures &&
         (!a->captures || same_field(&a->capture, &b->capture)) && (a->keep_raw || !b->keep_raw);
}

static bool same_patterns(const struct ruleset *a, const struct ruleset *b) {
  if (a->atom_count != b->atom_count || a->signal_count != b->signal_count) return false;
  for (uint32_t i = 0; i < a->atom_count; i++)
    if (!same_atom(&a->atoms[i], &b->atoms[i])) return false;
  for (uint32_t i = 0; i < a->signal_count; i++)
    if (!same_signal(&a->signals[i], &b->signals[i])) return false;
  return true;
}

/* What ignore rules take is not kept. */
static bool same_ignores(const struct ruleset *a, const struct ruleset *b) {
  uint32_t i = 0, k = 0;
  for (;; i++, k++) {
    while (i < a->ignore_count && a->ignores[i].on.count == 0) i++;
    while (k < b->ignore_count && b->ignores[k].on.count == 0) k++;
    if (i == a->ignore_count || k == b->ignore_count) return i == a->ignore_count && k == b->ignore_count;
    if (!same_set(a->ignores[i].on, b->ignores[k].on)) return false;
  }
}

/* --- numbers that touches and the book of leads hold ------------------------------------------------------------------ */

/* People's acts hold stages by number. */
static bool same_stages(const struct lifecycle *a, const struct lifecycle *b) {
  if (strcmp(a->name, b->name) != 0 || a->stage_count != b->stage_count) return false;
  for (uint32_t i = 0; i < a->stage_count; i++)
    if (strcmp(a->stages[i], b->stages[i]) != 0) return false;
  return true;
}

static bool same_names(const struct ruleset *a, const struct ruleset *b) {
  if (a->dimension_count != b->dimension_count || a->lifecycle_count != b->lifecycle_count ||
      a->segment_count != b->segment_count || a->worklist_count != b->worklist_count)
    return false;
  for (uint32_t i = 0; i < a->dimension_count; i++)
    if (strcmp(a->dimensions[i].name, b->dimensions[i].name) != 0) return false;
  for (uint32_t i = 0; i < a->lifecycle_count; i++)
    if (!same_stages(&a->lifecycles[i], &b->lifecycles[i])) return false;
  for (uint32_t i = 0; i < a->segment_count; i++)
    if (strcmp(a->segments[i].id, b->segments[i].id) != 0) return false;
  for (uint32_t i = 0; i < a->worklist_count; i++)
    if (strcmp(a->worklists[i].id, b->worklists[i].id) != 0) return false;
  return true;
}

/* Which traits of accounts are kept, and who is told of them. */
static bool same_account_keys(const struct ruleset *a, const struct ruleset *b) {
  if (a->account_all != b->account_all || a->account_key_count != b->account_key_count) return false;
  for (uint32_t i = 0; i < a->account_key_count; i++)
    if (!str_eq(a->account_keys[i], b->account_keys[i])) return false;
  if (a->account_domain_count != b->account_domain_count || !matcher_same(a->account_never, b->account_never))
    return false;
  for (uint32_t i = 0; i < a->account_domain_count; i++)
    if (!str_eq(a->account_domains[i], b->account_domains[i])) return false;
  return true;
}

/* Answers are kept as the criterion takes them, by its number. */
static bool same_criterion(const struct criterion *a, const struct criterion *b) {
  if (a->framework != b->framework || a->kind != b->kind || strcmp(a->id, b->id) != 0 ||
      strcmp(a->currency, b->currency) != 0 || a->choice_count != b->choice_count ||
      !same_set(a->from, b->from) || (a->from.count && !same_field(&a->field, &b->field)))
    return false;
  for (uint32_t i = 0; i < a->choice_count; i++)
    if (strcmp(a->choices[i], b->choices[i]) != 0) return false;
  return true;
}

static bool same_criteria(const struct ruleset *a, const struct ruleset *b) {
  if (a->account_answers != b->account_answers || a->framework_count != b->framework_count ||
      a->criterion_count != b->criterion_count)
    return false;
  for (uint32_t i = 0; i < a->framework_count; i++)
    if (strcmp(a->frameworks[i].id, b->frameworks[i].id) != 0) return false;
  for (uint32_t i = 0; i < a->criterion_count; i++)
    if (!same_criterion(&a->criteria[i], &b->criteria[i])) return false;
  return true;
}

/* --- functions that gave points as events came ------------------------------------------------------------------------- */

static bool is_called_early(const struct rule *rule) {
  return rule->points_fn != FN_NONE && !rule->points_need_lead;
}

static const struct generation_file *file_of(const struct generation *generation, const char *path) {
  for (size_t i = 0; i < generation->file_count; i++)
    if (strcmp(generation->files[i].path, path) == 0) return &generation->files[i];
  return NULL;
}

static bool same_file(const struct generation *a, const struct generation *b, const char *path) {
  const struct generation_file *left = file_of(a, path), *right = file_of(b, path);
  return left && right && left->text.low == right->text.low && left->text.high == right->text.high;
}

/* Its answer follows from the event and its file, and from lists. */
static bool same_function(const struct generation *from, const struct generation *to, uint32_t number) {
  const struct rule *a = &from->rules->rules[number], *b = &to->rules->rules[number];
  if (!is_called_early(a) && !is_called_early(b)) return true;
  return is_called_early(a) && is_called_early(b) && strcmp(a->id, b->id) == 0 && same_set(a->on, b->on) &&
         !script_stopped(from->script, a->points_fn) &&
         same_file(from, to, from->rules->functions[a->points_fn].place.file);
}

static bool same_lists(const struct generation *from, const struct generation *to) {
  for (size_t i = 0; i < from->file_count; i++)
    if (from->files[i].kind == RULE_FILE_LIST && !same_file(from, to, from->files[i].path)) return false;
  return true;
}

static bool same_functions(const struct generation *from, const struct generation *to) {
  const struct ruleset *a = from->rules, *b = to->rules;
  uint32_t most = a->behaviour_count > b->behaviour_count ? a->behaviour_count : b->behaviour_count;
  uint32_t least = a->behaviour_count < b->behaviour_count ? a->behaviour_count : b->behaviour_count;
  const struct ruleset *longer = a->behaviour_count > b->behaviour_count ? a : b;
  bool any = false;
  for (uint32_t i = 0; i < least; i++) {
    any = any || is_called_early(&a->rules[i]);
    if (!same_function(from, to, i)) return false;
  }
  for (uint32_t i = least; i < most; i++)
    if (is_called_early(&longer->rules[i])) return false;
  return !any || same_lists(from, to);
}

bool generation_keeps_touches(const struct generation *from, const struct generation *to) {
  const struct ruleset *a = from->rules, *b = to->rules;
  return same_names(a, b) && same_account_keys(a, b) && same_criteria(a, b) &&
         a->merge_by_email == b->merge_by_email && matcher_same(a->never_id, b->never_id) &&
         same_set(a->activity, b->activity) && same_set(a->content, b->content) && same_ignores(a, b) &&
         same_patterns(a, b) && same_functions(from, to);
}
