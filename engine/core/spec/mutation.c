#include "core/spec/mutation.h"

#include "core/spec/draw.h"
#include "model/ruleset/framework.h"
#include "notation/reach.h"
#include <stdlib.h>

struct seen { /* what one test has to do with one declaration */
  bool looked, acted;
};

struct mutation {
  struct generation *generation;
  const struct ruledir *bundle;
  struct mutants mutants;
  enum mutant_fate *fates; /* per mutant */
  size_t *order;           /* the mutants to try */
  size_t count, next;
  struct seen *seen; /* per declaration, then test */
  bool *traced;      /* per declaration: a test that saw nothing of it has nothing to do with it */
  size_t *tests;     /* scratch: the tests of one mutant, in order */
  struct mutation_tally tally;
};

/* --- who sees what ---------------------------------------------------------------------------------------------------------- */

static const char *kind_of(enum covered_kind kind) {
  if (kind == COVERED_MOVE || kind == COVERED_GATE) return "lifecycle";
  return coverage_kind_word(kind == COVERED_CRITERION ? COVERED_FRAMEWORK : kind);
}

/* The declaration that an outcome's move, gate or criterion stands in, or itself. */
static const char *name_of(const struct ruleset *rules, const struct outcome *outcome) {
  if (outcome->kind == COVERED_MOVE || outcome->kind == COVERED_GATE)
    return rules->lifecycles[outcome->lifecycle].name;
  if (outcome->kind == COVERED_CRITERION)
    return rules->frameworks[rules->criteria[outcome->index].framework].id;
  return outcome->id;
}

static size_t declaration_of(const struct mutation *mutation, const struct outcome *outcome) {
  const struct declarations *declared = mutation->generation->declared;
  const char *name = name_of(mutation->generation->rules, outcome);
  for (size_t i = 0; i < declared->count; i++)
    if (strcmp(declared->items[i].kind, kind_of(outcome->kind)) == 0 &&
        str_eq(declared->items[i].name, str_of(name)))
      return i;
  return declared->count;
}

/* A rule that did not fire, a segment that the lead is not in, and so on, were only looked at. */
static bool is_act(const struct outcome *outcome) {
  return !str_starts(str_of(outcome->what), STR("not "));
}

static void note_test(struct mutation *mutation, const struct coverage *coverage, size_t test,
                      const size_t *declaration) {
  uint32_t count;
  const struct outcome *outcomes = coverage_outcomes(coverage, &count);
  size_t tests = mutation->generation->test_count;
  for (uint32_t i = 0; i < count; i++) {
    if (!coverage_saw(coverage, i)) continue;
    struct seen *seen = &mutation->seen[declaration[i] * tests + test];
    seen->looked = true;
    seen->acted = seen->acted || is_act(&outcomes[i]);
  }
}

static void trace(struct mutation *mutation) {
  struct generation *generation = mutation->generation;
  struct coverage *coverage = coverage_new(generation->rules);
  const struct spec_options options = {.coverage = coverage};
  uint32_t count;
  const struct outcome *outcomes = coverage_outcomes(coverage, &count);
  size_t *declaration = xcalloc(count + 1, sizeof *declaration);
  for (uint32_t i = 0; i < count; i++) {
    declaration[i] = declaration_of(mutation, &outcomes[i]);
    mutation->traced[declaration[i]] = outcomes[i].kind == COVERED_RULE;
  }
  for (size_t test = 0; test < generation->test_count; test++) {
    spec_passes(generation, test, &options);
    note_test(mutation, coverage, test, declaration);
  }
  free(declaration);
  coverage_free(coverage);
}

/* The tests to run for a declaration, likeliest first; how many. A rule is looked at in every test that
 * it could matter to; a move or reset that does not happen may, once changed, happen anywhere. */
static size_t choose_tests(struct mutation *mutation, size_t declaration) {
  size_t tests = mutation->generation->test_count, count = 0;
  const struct seen *seen = &mutation->seen[declaration * tests];
  bool all = !mutation->traced[declaration];
  for (size_t t = 0; t < tests; t++)
    if (seen[t].acted) mutation->tests[count++] = t;
  for (size_t t = 0; t < tests; t++)
    if (!seen[t].acted && (all || seen[t].looked)) mutation->tests[count++] = t;
  return count;
}

/* --- one mutant ----------------------------------------------------------------------------------------------------------------- */

static bool below(struct range reach, int64_t min) {
  return min != INT64_MIN && reach.low < (double)min / (double)MILLI;
}

static bool beyond(struct range reach, int64_t max) {
  return max != INT64_MAX && reach.high > (double)max / (double)MILLI;
}

/* A bound of a group or dimension matters when points reach the old or the new one. Bands are tested by grades, or by nothing. */
static bool is_equal(const struct mutation *mutation, const struct mutant *mutant,
                     const struct ruleset *changed) {
  const struct declaration *d = &mutation->generation->declared->items[mutant->declaration];
  const struct ruleset *rules = mutation->generation->rules;
  bool group = strcmp(d->kind, "group") == 0, min = strcmp(mutant->part, "min") == 0;
  if ((!group && strcmp(d->kind, "dimension") != 0) || (!min && strcmp(mutant->part, "max") != 0))
    return false;
  for (uint32_t i = 0; group && i < rules->group_count; i++) {
    if (!str_eq(d->name, str_of(rules->groups[i].name))) continue;
    struct range reach = reach_group(rules, (int)i, true);
    return min ? !below(reach, rules->groups[i].min) && !below(reach, changed->groups[i].min)
               : !beyond(reach, rules->groups[i].max) && !beyond(reach, changed->groups[i].max);
  }
  int i = ruleset_dimension(rules, d->name);
  struct range reach = reach_dimension(rules, i, true);
  return min ? !below(reach, rules->dimensions[i].min) && !below(reach, changed->dimensions[i].min)
             : !beyond(reach, rules->dimensions[i].max) && !beyond(reach, changed->dimensions[i].max);
}

static enum mutant_fate run_tests(struct mutation *mutation, const struct mutant *mutant,
                                  struct ruleset *changed) {
  static const struct spec_options options = {0};
  struct generation *generation = mutation->generation;
  struct ruleset *rules = generation->rules;
  size_t count = choose_tests(mutation, mutant->declaration);
  enum mutant_fate fate = count ? MUTANT_SURVIVED : MUTANT_UNSEEN;
  generation->rules = changed;
  for (size_t i = 0; i < count && fate == MUTANT_SURVIVED; i++)
    if (!spec_passes(generation, mutation->tests[i], &options)) fate = MUTANT_CAUGHT;
  generation->rules = rules;
  return fate;
}

static enum mutant_fate try_mutant(struct mutation *mutation, const struct mutant *mutant) {
  struct declarations declarations;
  enum mutant_fate fate = MUTANT_NONE;
  mutant_apply(mutant, mutation->generation->declared, &declarations);
  struct ruleset *changed = generation_vary(mutation->generation, mutation->bundle, &declarations);
  free(declarations.items);
  if (changed && !is_equal(mutation, mutant, changed)) fate = run_tests(mutation, mutant, changed);
  ruleset_free(changed);
  return fate;
}

bool mutation_step(struct mutation *mutation) {
  if (mutation->next == mutation->count) return false;
  size_t index = mutation->order[mutation->next++];
  enum mutant_fate fate = try_mutant(mutation, &mutation->mutants.items[index]);
  mutation->fates[index] = fate;
  mutation->tally.tried += fate != MUTANT_NONE;
  mutation->tally.caught += fate == MUTANT_CAUGHT;
  mutation->tally.survived += fate == MUTANT_SURVIVED;
  mutation->tally.unseen += fate == MUTANT_UNSEEN;
  return true;
}

/* --- all of them ---------------------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct mutation *mutation, const struct mutant *mutant, struct str only) {
  struct str name = mutation->generation->declared->items[mutant->declaration].name;
  return only.len == 0 || memmem(name.p, name.len, only.p, only.len);
}

static void shuffle(struct mutation *mutation, uint64_t seed) {
  for (size_t i = mutation->count; i > 1; i--) {
    size_t other = draw(&seed) % i, kept = mutation->order[i - 1];
    mutation->order[i - 1] = mutation->order[other];
    mutation->order[other] = kept;
  }
}

struct mutation *mutation_new(struct generation *generation, const struct ruledir *bundle,
                              const struct mutation_options *options) {
  struct mutation *mutation = xcalloc(1, sizeof *mutation);
  mutation->generation = generation;
  mutation->bundle = bundle;
  mutants_init(&mutation->mutants, generation->declared);
  size_t declared = generation->declared->count + 1, mutants = mutation->mutants.count;
  mutation->fates = xcalloc(mutants + 1, sizeof *mutation->fates);
  mutation->order = xcalloc(mutants + 1, sizeof *mutation->order);
  mutation->seen = xcalloc(declared * (generation->test_count + 1), sizeof *mutation->seen);
  mutation->traced = xcalloc(declared, sizeof *mutation->traced);
  mutation->tests = xcalloc(generation->test_count + 1, sizeof *mutation->tests);
  for (size_t i = 0; i < mutants; i++)
    if (is_wanted(mutation, &mutation->mutants.items[i], options->only))
      mutation->order[mutation->count++] = i;
  shuffle(mutation, options->seed);
  trace(mutation);
  return mutation;
}

void mutation_free(struct mutation *mutation) {
  if (!mutation) return;
  mutants_release(&mutation->mutants);
  free(mutation->fates);
  free(mutation->order);
  free(mutation->seen);
  free(mutation->traced);
  free(mutation->tests);
  free(mutation);
}

size_t mutation_count(const struct mutation *mutation) {
  return mutation->count;
}

struct mutation_tally mutation_tally(const struct mutation *mutation) {
  return mutation->tally;
}

double mutation_percent(const struct mutation_tally *tally) {
  return tally->tried ? 100.0 * (double)tally->caught / (double)tally->tried : 100;
}

const struct mutant *mutation_mutant(const struct mutation *mutation, size_t index, enum mutant_fate *fate,
                                     struct str *declaration) {
  if (index >= mutation->mutants.count) return NULL;
  const struct mutant *mutant = &mutation->mutants.items[index];
  *fate = mutation->fates[index];
  *declaration = mutation->generation->declared->items[mutant->declaration].name;
  return mutant;
}
