/* spec_framework.c - what a test expects of frameworks: qualified, criteria, totals, next_question. */
#include "core/spec/spec_private.h"

#include "model/fold/fold_framework.h"

static struct value text_value(const char *text) {
  return text && *text ? value_str(str_of(text)) : VALUE_NONE;
}

static int find_framework(struct spec *spec, const char *label, struct str name) {
  const struct ruleset *rules = spec->generation->rules;
  const char *words[RULESET_MAX_FRAMEWORKS + 1] = {NULL};
  int found = ruleset_framework(rules, name);
  for (uint32_t i = 0; i < rules->framework_count; i++) words[i] = rules->frameworks[i].id;
  if (found == NONE)
    spec_miss(spec, "%s: there is no framework '%.*s'; %s", label, STR_ARG(name),
              problem_hint(&spec->problems, name, words));
  return found;
}

static void expect_qualified(struct spec *spec, const char *label, const struct node_pair *pair) {
  struct result result;
  int framework = find_framework(spec, label, pair->key);
  if (framework == NONE) return;
  fold_result(spec->fold, framework, &result);
  spec_check_value(spec, label, &pair->value, value_bool(result.qualified == TRUTH_YES));
}

/* ["bant.need"] = "met" */
static void expect_criterion(struct spec *spec, const char *label, const struct node_pair *pair) {
  const char *dot = memchr(pair->key.p, '.', pair->key.len);
  if (!dot) {
    spec_miss(spec, "%s: write [\"bant.need\"] = \"met\": the framework, a dot, the criterion", label);
    return;
  }
  struct str name = {pair->key.p, (size_t)(dot - pair->key.p)};
  struct str tail = {dot + 1, pair->key.len - name.len - 1};
  int framework = find_framework(spec, label, name);
  if (framework == NONE) return;
  int criterion = ruleset_criterion(spec->generation->rules, framework, tail);
  if (criterion == NONE) {
    spec_miss(spec, "%s: framework '%.*s' has no criterion '%.*s'", label, STR_ARG(name), STR_ARG(tail));
    return;
  }
  struct assessed assessed;
  fold_assess(spec->fold, criterion, &assessed);
  spec_check_value(spec, label, &pair->value, text_value(criterion_state_word(assessed.state)));
}

static void expect_total(struct spec *spec, const char *label, const struct node_pair *pair) {
  struct result result;
  int framework = find_framework(spec, label, pair->key);
  if (framework == NONE) return;
  fold_result(spec->fold, framework, &result);
  spec_check_value(spec, label, &pair->value, value_number((double)result.total / (double)MILLI));
}

/* bant = "need"; false: nothing is left to ask. */
static void expect_question(struct spec *spec, const char *label, const struct node_pair *pair) {
  int order[FRAMEWORK_CRITERIA_MAX], framework = find_framework(spec, label, pair->key);
  if (framework == NONE) return;
  uint32_t count = fold_open_criteria(spec->fold, framework, order);
  struct value next = count ? text_value(spec->generation->rules->criteria[order[0]].id) : value_bool(false);
  spec_check_value(spec, label, &pair->value, next);
}

void spec_expect_framework(struct spec *spec, const char *field, const char *label,
                           const struct node_pair *pair) {
  if (strcmp(field, "qualified") == 0)
    expect_qualified(spec, label, pair);
  else if (strcmp(field, "totals") == 0)
    expect_total(spec, label, pair);
  else if (strcmp(field, "criteria") == 0)
    expect_criterion(spec, label, pair);
  else
    expect_question(spec, label, pair);
}
