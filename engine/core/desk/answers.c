#include "core/desk/answers.h"

#include <math.h>

/* --- acts ----------------------------------------------------------------------------------------------------------- */

static struct str text_of(struct json_ref object, const char *key) {
  struct str text = {NULL, 0};
  json_string(json_get(object, str_of(key)), &text);
  return str_trim(text);
}

/* The framework and the criterion, apart or in one: "bant.budget". */
static void names_of(struct json_ref properties, struct str *framework, struct str *criterion) {
  *framework = text_of(properties, "framework");
  *criterion = text_of(properties, "criterion");
  const char *dot = framework->len || !criterion->len ? NULL : memchr(criterion->p, '.', criterion->len);
  if (!dot) return;
  *framework = (struct str){criterion->p, (size_t)(dot - criterion->p)};
  *criterion = (struct str){dot + 1, criterion->len - framework->len - 1};
}

static int criterion_of(const struct ruleset *rules, struct json_ref properties) {
  struct str framework, criterion;
  names_of(properties, &framework, &criterion);
  int found = framework.len ? ruleset_framework(rules, framework) : NONE;
  return found == NONE ? NONE : ruleset_criterion(rules, found, criterion);
}

/* 0 to 1, in thousandths; all of it when nothing is said. */
static bool read_confidence(struct json_ref properties, uint16_t *out) {
  struct json_ref ref = json_get(properties, STR("confidence"));
  double number;
  *out = ANSWER_CERTAIN;
  if (json_is_missing(ref) || json_kind(ref) == JSON_NULL) return true;
  if (!json_number(ref, &number) || !(number >= 0 && number <= 1)) return false;
  *out = (uint16_t)lround(number * ANSWER_CERTAIN);
  return true;
}

static struct touch_answer act_answer(const struct ruleset *rules, int criterion, const struct event *event,
                                      struct arena *scratch) {
  struct touch_answer answer = {.criterion = (uint16_t)criterion};
  struct value raw = json_value(json_get(event->properties, STR("value")), scratch);
  struct err err;
  answer.understood = read_confidence(event->properties, &answer.confidence) &&
                      answer_read(&rules->criteria[criterion], raw, &answer.value, &err) == 0;
  if (!answer.understood) answer.value = raw;
  answer.by = text_of(event->actor, "id");
  answer.role = text_of(event->actor, "role");
  answer.source = text_of(event->properties, "source");
  answer.note = text_of(event->properties, "note");
  return answer;
}

/* --- events ----------------------------------------------------------------------------------------------------------- */

static bool is_hit(struct signal_set set, const struct atom_hits *hits) {
  for (uint32_t i = 0; i < set.count; i++)
    for (uint32_t k = 0; k < hits->count; k++)
      if (set.ids[i] == hits->signals[k]) return true;
  return false;
}

/* False when the event has nothing where the answer would be. */
static bool event_answer(const struct ruleset *rules, int number, const struct event *event,
                         struct arena *scratch, struct touch_answer *answer) {
  const struct criterion *criterion = &rules->criteria[number];
  struct value raw = field_value(&criterion->field, event, scratch);
  struct err err;
  if (!value_present(raw)) return false;
  *answer = (struct touch_answer){
      .criterion = (uint16_t)number, .confidence = ANSWER_CERTAIN, .source = event->name};
  answer->understood = answer_read(criterion, raw, &answer->value, &err) == 0;
  if (!answer->understood) answer->value = raw;
  return answer->value.kind != VALUE_MISSING; /* a field that was left blank takes nothing back */
}

static void keep(struct touch_answer *answer, struct arena *arena) {
  answer->value = value_copy(arena, answer->value);
  answer->by = arena_str(arena, answer->by);
  answer->role = arena_str(arena, answer->role);
  answer->source = arena_str(arena, answer->source);
  answer->note = arena_str(arena, answer->note);
}

uint32_t answers_of(const struct ruleset *rules, const struct event *event, const struct atom_hits *hits,
                    struct arena *scratch, struct arena *arena, const struct touch_answer **out) {
  if (rules->criterion_count == 0) return 0;
  struct touch_answer *answers = arena_alloc(scratch, (rules->criterion_count + 1) * sizeof *answers);
  uint32_t count = 0;
  bool says = event->type == EVENT_ACT && str_eq(event->name, STR(ACT_ANSWER));
  int named = says ? criterion_of(rules, event->properties) : NONE;
  if (named != NONE) answers[count++] = act_answer(rules, named, event, scratch);
  for (uint32_t i = 0; i < rules->criterion_count; i++)
    if (is_hit(rules->criteria[i].from, hits))
      count += event_answer(rules, (int)i, event, scratch, &answers[count]);
  for (uint32_t i = 0; i < count; i++) keep(&answers[i], arena);
  if (count) *out = arena_dup(arena, answers, count * sizeof *answers);
  return count;
}

/* --- judging ------------------------------------------------------------------------------------------------------------ */

static const char *names_text(struct arena *arena, const char *const *names, uint32_t count) {
  struct buf buf;
  buf_init(&buf);
  for (uint32_t i = 0; i < count; i++) buf_printf(&buf, "%s%s", i ? ", " : "", names[i]);
  const char *text = arena_str(arena, buf_str(&buf)).p;
  buf_release(&buf);
  return text;
}

static int refuse_framework(const struct ruleset *rules, struct str name, struct err *err) {
  struct arena arena;
  arena_init(&arena, 0);
  const char **names = arena_zalloc(&arena, (rules->framework_count + 1) * sizeof *names);
  for (uint32_t i = 0; i < rules->framework_count; i++) names[i] = rules->frameworks[i].id;
  if (rules->framework_count == 0)
    err_set(err, ERR_INVALID, "the rules declare no framework that could be answered");
  else if (name.len == 0)
    err_set(err, ERR_INVALID, "an answer names its criterion: \"criterion\": \"%s.%s\"", names[0],
            rules->criteria[rules->frameworks[0].first].id);
  else
    err_set(err, ERR_INVALID, "there is no framework '%.*s'; there are: %s", STR_ARG(name),
            names_text(&arena, names, rules->framework_count));
  arena_release(&arena);
  return -1;
}

static int refuse_criterion(const struct ruleset *rules, int framework, struct str name, struct err *err) {
  struct arena arena;
  const struct framework *f = &rules->frameworks[framework];
  const char *names[FRAMEWORK_CRITERIA_MAX];
  arena_init(&arena, 0);
  for (uint32_t i = 0; i < f->count; i++) names[i] = rules->criteria[f->first + i].id;
  err_set(err, ERR_INVALID, "framework '%s' has no criterion '%.*s'; it has: %s", f->id, STR_ARG(name),
          names_text(&arena, names, f->count));
  arena_release(&arena);
  return -1;
}

int answers_judge(const struct ruleset *rules, struct json_ref properties, struct err *err) {
  struct str framework, criterion;
  uint16_t confidence;
  names_of(properties, &framework, &criterion);
  int f = framework.len ? ruleset_framework(rules, framework) : NONE;
  if (f == NONE) return refuse_framework(rules, framework, err);
  int number = ruleset_criterion(rules, f, criterion);
  if (number == NONE) return refuse_criterion(rules, f, criterion, err);
  struct json_ref value = json_get(properties, STR("value"));
  if (json_is_missing(value))
    return err_set(err, ERR_INVALID, "an answer needs its \"value\"; null takes back what was said before");
  if (!read_confidence(properties, &confidence))
    return err_set(err, ERR_INVALID, "\"confidence\" is a number from 0 (a guess) to 1 (certain)");
  if (text_of(properties, "note").len > ANSWER_TEXT_MAX)
    return err_set(err, ERR_INVALID, "\"note\" has at most %d bytes", (int)ANSWER_TEXT_MAX);
  struct arena scratch;
  struct value read;
  arena_init(&scratch, 0);
  int code = answer_read(&rules->criteria[number], json_value(value, &scratch), &read, err);
  arena_release(&scratch);
  return code;
}
