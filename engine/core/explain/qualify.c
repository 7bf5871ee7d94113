#include "core/explain/qualify.h"

#include "base/timefmt.h"
#include "core/explain/explain.h"
#include <stdlib.h>

static void put_str(struct json_writer *w, const char *key, struct str text) {
  if (text.len == 0) return;
  json_key(w, key);
  json_put_str(w, text);
}

static const struct criterion *criterion_at(const struct fold *fold, int number) {
  return &fold_rules(fold)->criteria[number];
}

static const struct framework *framework_at(const struct fold *fold, int number) {
  return &fold_rules(fold)->frameworks[number];
}

/* --- one criterion ---------------------------------------------------------------------------------------------------- */

/* What a form or a chat needs in order to ask. */
static void put_criterion(const struct fold *fold, int number, struct json_writer *w) {
  const struct criterion *criterion = criterion_at(fold, number);
  json_member_text(w, "framework", framework_at(fold, criterion->framework)->id);
  json_member_text(w, "criterion", criterion->id);
  json_member_text(w, "ask", criterion->ask);
  if (*criterion->doc) json_member_text(w, "doc", criterion->doc);
  json_member_text(w, "value", answer_kind_word(criterion->kind));
  if (*criterion->currency) json_member_text(w, "currency", criterion->currency);
  if (criterion->kind == ANSWER_CHOICE || criterion->kind == ANSWER_GRADE) {
    json_key(w, criterion->kind == ANSWER_GRADE ? "grades" : "choices");
    json_open(w, '[');
    for (uint32_t i = 0; i < criterion->choice_count; i++) json_put_text(w, criterion->choices[i]);
    json_close(w, ']');
  }
  json_member_bool(w, "must", criterion->must);
  json_member_int(w, "weight", criterion->weight);
}

static void put_answer(const struct evidence *evidence, struct json_writer *w) {
  const struct touch_answer *answer = evidence->answer;
  json_open(w, '{');
  json_key(w, "value");
  json_put_value(w, answer->value);
  json_key(w, "at");
  json_put_time(w, evidence->time_ms);
  put_str(w, "by", answer->by);
  put_str(w, "role", answer->role);
  put_str(w, "source", answer->source);
  json_key(w, "confidence");
  json_put_milli(w, answer->confidence);
  put_str(w, "note", answer->note);
  put_str(w, "lead", evidence->lead);
  if (!answer->understood) json_member_bool(w, "understood", false);
  json_close(w, '}');
}

static void put_state(const struct fold *fold, int number, struct json_writer *w) {
  struct assessed assessed;
  struct evidence history[QUALIFY_HISTORY];
  fold_assess(fold, number, &assessed);
  json_member_text(w, "state", criterion_state_word(assessed.state));
  json_member_bool(w, "inferred", assessed.inferred);
  json_key(w, "answer");
  if (assessed.evidence.answer && assessed.evidence.answer->value.kind != VALUE_MISSING)
    put_answer(&assessed.evidence, w);
  else
    json_put_null(w);
  json_member_bool(w, "expired", assessed.expired);
  if (assessed.expires_ms != TIME_NEVER) {
    json_key(w, "expires");
    json_put_time(w, assessed.expires_ms);
  }
  uint32_t count = fold_evidence(fold, number, history, QUALIFY_HISTORY);
  json_key(w, "history");
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) put_answer(&history[i], w);
  json_close(w, ']');
}

/* --- frameworks ------------------------------------------------------------------------------------------------------- */

/* The criterion to ask for next: the first of the framework's, or of the first framework that is not qualified; NONE: nothing is
 * open. */
static int next_criterion(const struct fold *fold, int framework) {
  int order[FRAMEWORK_CRITERIA_MAX];
  if (framework == NONE) framework = qualify_framework(fold);
  return framework != NONE && fold_open_criteria(fold, framework, order) ? order[0] : NONE;
}

static void put_result(const struct fold *fold, int number, struct json_writer *w) {
  const struct framework *framework = framework_at(fold, number);
  struct result result;
  fold_result(fold, number, &result);
  json_member_text(w, "framework", framework->id);
  json_member_text(w, "doc", framework->doc);
  json_member_text(w, "of", framework->of_account ? "account" : "lead");
  json_key(w, "qualified");
  if (result.qualified == TRUTH_UNKNOWN)
    json_put_null(w);
  else
    json_put_bool(w, result.qualified == TRUTH_YES);
  json_member_int(w, "met", result.met);
  json_member_int(w, "unmet", result.unmet);
  json_member_int(w, "unknown", result.unknown);
  json_member_int(w, "completeness", result.answered);
  json_key(w, "total");
  json_put_milli(w, result.total);
  json_member_int(w, "out_of", framework_weight(fold_rules(fold), framework));
  int next = next_criterion(fold, number);
  json_key(w, "next");
  if (next == NONE)
    json_put_null(w);
  else
    json_put_text(w, criterion_at(fold, next)->id);
}

static void put_framework(const struct fold *fold, int number, struct json_writer *w) {
  const struct framework *framework = framework_at(fold, number);
  json_open(w, '{');
  put_result(fold, number, w);
  json_key(w, "criteria");
  json_open(w, '[');
  for (uint32_t i = framework->first; i < framework->first + framework->count; i++) {
    json_open(w, '{');
    put_criterion(fold, (int)i, w);
    put_state(fold, (int)i, w);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}

static bool is_wanted(int framework, uint32_t number) {
  return framework == NONE || (uint32_t)framework == number;
}

void qualify_json(const struct fold *fold, int framework, struct json_writer *w) {
  json_open(w, '[');
  for (uint32_t i = 0; i < fold_rules(fold)->framework_count; i++)
    if (is_wanted(framework, i)) put_framework(fold, (int)i, w);
  json_close(w, ']');
}

/* --- the next question ------------------------------------------------------------------------------------------------ */

int qualify_framework(const struct fold *fold) {
  int order[FRAMEWORK_CRITERIA_MAX];
  for (uint32_t i = 0; i < fold_rules(fold)->framework_count; i++) {
    struct result result;
    fold_result(fold, (int)i, &result);
    if (result.qualified != TRUTH_YES && fold_open_criteria(fold, (int)i, order)) return (int)i;
  }
  return NONE;
}

struct missing {
  const struct profile_field *field;
  bool present;
};

static int by_importance(const void *a, const void *b) {
  const struct profile_field *x = ((const struct missing *)a)->field, *y = ((const struct missing *)b)->field;
  if (x->required != y->required) return x->required ? -1 : 1;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  return x < y ? -1 : x > y;
}

void qualify_missing(const struct fold *fold, struct json_writer *w) {
  const struct ruleset *rules = fold_rules(fold);
  struct missing *missing = xcalloc(rules->profile_count + 1, sizeof *missing);
  uint32_t count = 0;
  for (uint32_t i = 0; i < rules->profile_count; i++) {
    const struct profile_field *field = &rules->profile[i];
    struct value value = fold_trait(fold, field->path);
    bool present = value_present(value);
    bool valid = present && (!field->valid || matcher_eval(field->valid, value, fold_now(fold)) == TRUTH_YES);
    if (!valid) missing[count++] = (struct missing){field, present};
  }
  if (count) qsort(missing, count, sizeof *missing, by_importance);
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    json_open(w, '{');
    json_key(w, "field");
    json_put_str(w, missing[i].field->path);
    json_member_bool(w, "required", missing[i].field->required);
    json_member_int(w, "weight", missing[i].field->weight);
    json_member_bool(w, "invalid", missing[i].present);
    json_close(w, '}');
  }
  json_close(w, ']');
  free(missing);
}

static void put_question(const struct fold *fold, int number, struct json_writer *w) {
  struct assessed assessed;
  fold_assess(fold, number, &assessed);
  json_open(w, '{');
  put_criterion(fold, number, w);
  json_member_text(w, "state", criterion_state_word(assessed.state));
  json_member_bool(w, "expired", assessed.expired);
  json_close(w, '}');
}

void qualify_question(const struct fold *fold, int framework, struct json_writer *w) {
  int order[FRAMEWORK_CRITERIA_MAX], next = framework == NONE ? qualify_framework(fold) : framework;
  uint32_t count = next == NONE ? 0 : fold_open_criteria(fold, next, order);
  json_key(w, "question");
  if (count)
    put_question(fold, order[0], w);
  else
    json_put_null(w);
  json_key(w, "then");
  json_open(w, '[');
  for (uint32_t i = 1; i < count; i++) put_question(fold, order[i], w);
  json_close(w, ']');
  json_key(w, "missing");
  qualify_missing(fold, w);
}

/* --- for people ------------------------------------------------------------------------------------------------------- */

/* Something of it is known: of the others there is nothing to say. */
static bool is_begun(const struct fold *fold, int framework) {
  struct result result;
  fold_result(fold, framework, &result);
  return result.met + result.unmet > 0;
}

static void text_result(const struct fold *fold, int number, struct buf *out) {
  const struct framework *framework = framework_at(fold, number);
  struct result result;
  char total[32];
  fold_result(fold, number, &result);
  buf_printf(out, "%s: %u of %u met, %d %% known, %s of %u",
             result.qualified == TRUTH_YES  ? "qualified"
             : result.qualified == TRUTH_NO ? "not qualified"
                                            : "undecided",
             result.met, framework->count, result.answered, points_text(result.total, false, total),
             framework_weight(fold_rules(fold), framework));
}

bool qualify_begun(const struct fold *fold, int framework) {
  for (uint32_t i = 0; i < fold_rules(fold)->framework_count; i++)
    if (is_wanted(framework, i) && is_begun(fold, (int)i)) return true;
  return false;
}

void qualify_lines(const struct fold *fold, struct buf *out) {
  for (uint32_t i = 0; i < fold_rules(fold)->framework_count; i++) {
    int next = next_criterion(fold, (int)i);
    if (!is_begun(fold, (int)i)) continue;
    buf_printf(out, "  %s  ", framework_at(fold, (int)i)->id);
    text_result(fold, (int)i, out);
    if (next != NONE) buf_printf(out, "; next: %s", criterion_at(fold, next)->ask);
    buf_add_char(out, '\n');
  }
}

static void text_value(const struct criterion *criterion, const struct touch_answer *answer,
                       struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  bool graded = criterion->kind == ANSWER_GRADE && answer->understood;
  if (graded)
    buf_printf(out, "%d (%s)", (int)answer->value.number, criterion->choices[(int)answer->value.number]);
  else
    json_put_value(&w, answer->value);
  if (*criterion->currency && answer->understood) buf_printf(out, " %s", criterion->currency);
}

/* "8000 EUR, maria (sales), 2026-03-01T10:00:00Z, by phone, confidence 0.8, until ..." */
static void text_answer(const struct criterion *criterion, const struct evidence *evidence, struct buf *out) {
  const struct touch_answer *answer = evidence->answer;
  char at[TIME_TEXT_MAX], confidence[32];
  if (answer->value.kind == VALUE_MISSING)
    buf_add_text(out, "taken back");
  else
    text_value(criterion, answer, out);
  if (evidence->lead.len) buf_printf(out, ", said of %.*s", STR_ARG(evidence->lead));
  if (answer->by.len) buf_printf(out, ", %.*s (%.*s)", STR_ARG(answer->by), STR_ARG(answer->role));
  if (answer->source.len) buf_printf(out, ", %.*s", STR_ARG(answer->source));
  buf_printf(out, ", %s", time_text(evidence->time_ms, at));
  if (answer->confidence != ANSWER_CERTAIN)
    buf_printf(out, ", confidence %s", points_text(answer->confidence, false, confidence));
  if (!answer->understood) buf_add_text(out, ", not understood");
  if (answer->note.len) buf_printf(out, ": %.*s", STR_ARG(answer->note));
}

static void text_criterion(const struct fold *fold, int number, struct buf *out) {
  const struct criterion *criterion = criterion_at(fold, number);
  struct assessed assessed;
  struct evidence history[QUALIFY_HISTORY];
  char until[TIME_TEXT_MAX];
  fold_assess(fold, number, &assessed);
  buf_printf(out, "  %-7s  %s%s, weight %u: %s\n", criterion_state_word(assessed.state), criterion->id,
             criterion->must ? " (must)" : "", criterion->weight, criterion->ask);
  if (assessed.inferred) buf_add_text(out, "             inferred, not said by anybody\n");
  uint32_t count = fold_evidence(fold, number, history, QUALIFY_HISTORY);
  for (uint32_t i = 0; i < count; i++) {
    bool stands = history[i].answer == assessed.evidence.answer;
    buf_add_text(out, stands ? "           - " : "             earlier: ");
    text_answer(criterion, &history[i], out);
    if (stands && assessed.expires_ms != TIME_NEVER)
      buf_printf(out, ", %s %s", assessed.expired ? "expired" : "until",
                 time_text(assessed.expires_ms, until));
    buf_add_char(out, '\n');
  }
}

static void text_questions(const struct fold *fold, int framework, struct buf *out) {
  int order[FRAMEWORK_CRITERIA_MAX];
  uint32_t count = fold_open_criteria(fold, framework, order);
  if (count) buf_add_text(out, "  ask next\n");
  for (uint32_t i = 0; i < count; i++) buf_printf(out, "    %s\n", criterion_at(fold, order[i])->ask);
}

void qualify_text(const struct fold *fold, int framework, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  char at[TIME_TEXT_MAX];
  buf_printf(out, "%.*s, as of %s\n", STR_ARG(fold_lead_id(fold)), time_text(fold_now(fold), at));
  for (uint32_t f = 0; f < rules->framework_count; f++) {
    const struct framework *declared = &rules->frameworks[f];
    if (!is_wanted(framework, f)) continue;
    buf_printf(out, "\n%s  ", declared->id);
    text_result(fold, (int)f, out);
    buf_add_char(out, '\n');
    for (uint32_t i = declared->first; i < declared->first + declared->count; i++)
      text_criterion(fold, (int)i, out);
    text_questions(fold, (int)f, out);
  }
}
