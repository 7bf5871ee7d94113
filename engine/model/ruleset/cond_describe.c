#include "model/ruleset/cond_describe.h"

#include "base/timefmt.h"
#include "model/ruleset/framework.h"

static void put_key(struct str key, struct buf *out) {
  buf_printf(out, str_is_name(key) ? "%.*s" : "[\"%.*s\"]", STR_ARG(key));
}

static void put_comma(uint32_t index, struct buf *out) {
  if (index) buf_add_text(out, ", ");
}

static void put_traits(const struct cond *cond, struct buf *out) {
  buf_add_text(out, cond->op == COND_ACCOUNT ? "account { " : "trait { ");
  for (uint32_t i = 0; i < cond->len; i++) {
    put_comma(i, out);
    put_key(cond->traits[i].path, out);
    buf_add_text(out, " = ");
    matcher_describe(cond->traits[i].matcher, out);
  }
  buf_add_text(out, " }");
}

static void put_known(const struct cond *cond, struct buf *out) {
  buf_add_text(out, "known { ");
  for (uint32_t i = 0; i < cond->len; i++) {
    put_comma(i, out);
    buf_printf(out, "\"%.*s\"", STR_ARG(cond->traits[i].path));
  }
  buf_add_text(out, " }");
}

static void put_numbers(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  bool score = cond->op == COND_SCORE;
  buf_add_text(out, score ? "score { " : "interest { ");
  for (uint32_t i = 0; i < cond->len; i++) {
    const struct number_test *test = &cond->numbers[i];
    put_comma(i, out);
    put_key(str_of(score ? rules->dimensions[test->index].name : rules->topics[test->index]), out);
    buf_add_text(out, " = ");
    matcher_describe(test->matcher, out);
  }
  buf_add_text(out, " }");
}

static void put_cells(const struct cond *cond, struct buf *out) {
  buf_add_text(out, "grade_is { ");
  for (uint32_t i = 0; i < cond->len; i++) {
    put_comma(i, out);
    buf_printf(out, "\"%.*s\"", STR_ARG(cond->cells[i]));
  }
  buf_add_text(out, " }");
}

/* Outside its own lifecycle a stage is the first lifecycle's; others are named. */
static void put_stages(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  const struct lifecycle *lifecycle = &rules->lifecycles[cond->lifecycle];
  bool single = (cond->stages & (cond->stages - 1)) == 0 && cond->lifecycle == 0;
  uint32_t written = 0;
  buf_add_text(out, single ? "stage " : "stage { ");
  for (uint32_t i = 0; i < lifecycle->stage_count; i++) {
    if (!(cond->stages >> i & 1)) continue;
    put_comma(written++, out);
    buf_printf(out, "\"%s\"", lifecycle->stages[i]);
  }
  if (cond->lifecycle) buf_printf(out, ", lifecycle = \"%s\"", lifecycle->name);
  if (!single) buf_add_text(out, " }");
}

static void put_verdict(const struct cond *cond, struct buf *out) {
  buf_add_text(out, "verdict { ");
  for (uint32_t i = 0; i < cond->len; i++) {
    put_comma(i, out);
    buf_printf(out, "\"%.*s\"", STR_ARG(cond->codes[i]));
  }
  if (cond->lapsed) put_comma(cond->len, out);
  buf_add_text(out, cond->lapsed ? "lapsed = true }" : " }");
}

static void put_span(const char *word, int64_t span_ms, struct buf *out) {
  char span[TIME_TEXT_MAX];
  buf_printf(out, "%s \"%s\"", word, duration_text(span_ms, span));
}

static void put_kids(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  for (uint32_t i = 0; i < cond->len; i++) {
    const struct cond *kid = cond->kids[i];
    bool brackets = (kid->op == COND_AND || kid->op == COND_OR) && kid->op != cond->op && kid->len > 1;
    if (i) buf_add_text(out, cond->op == COND_AND ? " & " : " | ");
    if (brackets) buf_add_char(out, '(');
    cond_describe(rules, kid, out);
    if (brackets) buf_add_char(out, ')');
  }
}

static void put_function(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  bool known = cond->fn >= 0 && (uint32_t)cond->fn < rules->function_count;
  const struct place *place = known ? &rules->functions[cond->fn].place : &cond->place;
  buf_printf(out, "function (%s:%d)", place->file, place->line);
}

static void put_criterion(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  const struct criterion *criterion = &rules->criteria[cond->criterion];
  buf_printf(out, "%s \"%s.%s\"", cond->op == COND_MET ? "met" : "unmet",
             rules->frameworks[criterion->framework].id, criterion->id);
}

static void put_share(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  buf_printf(out, "%s(\"%s\", ", cond->op == COND_TOTAL ? "total" : "completeness",
             rules->frameworks[cond->framework].id);
  matcher_describe(cond->share, out);
  buf_add_char(out, ')');
}

void cond_describe(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  switch (cond->op) {
  case COND_TRAIT:
  case COND_ACCOUNT: put_traits(cond, out); break;
  case COND_SCORE:
  case COND_INTEREST: put_numbers(rules, cond, out); break;
  case COND_GRADE: put_cells(cond, out); break;
  case COND_STAGE: put_stages(rules, cond, out); break;
  case COND_SEEN: buf_add_str(out, rules->counters[cond->counter].written); break;
  case COND_KNOWN: put_known(cond, out); break;
  case COND_COMPLETENESS:
    buf_add_text(out, "completeness(");
    matcher_describe(cond->number.matcher, out);
    buf_add_char(out, ')');
    break;
  case COND_VELOCITY:
    buf_printf(out, "velocity(\"%s\", \"%dd\", ", rules->dimensions[cond->number.index].name,
               cond->number.days);
    matcher_describe(cond->number.matcher, out);
    buf_add_char(out, ')');
    break;
  case COND_IDLE: put_span("idle", cond->span_ms, out); break;
  case COND_IN_STAGE_FOR: put_span("in_stage_for", cond->stage_span_ms, out); break;
  case COND_CYCLE:
    buf_add_text(out, "cycle(");
    matcher_describe(cond->number.matcher, out);
    buf_add_char(out, ')');
    break;
  case COND_VERDICT: put_verdict(cond, out); break;
  case COND_FUNCTION: put_function(rules, cond, out); break;
  case COND_QUALIFIED: buf_printf(out, "qualified \"%s\"", rules->frameworks[cond->framework].id); break;
  case COND_MET:
  case COND_UNMET: put_criterion(rules, cond, out); break;
  case COND_ANSWERED:
  case COND_TOTAL: put_share(rules, cond, out); break;
  case COND_SEGMENT: buf_printf(out, "in_segment \"%s\"", rules->segments[cond->segment].id); break;
  case COND_AND:
  case COND_OR: put_kids(rules, cond, out); break;
  case COND_NOT:
    buf_add_char(out, '~');
    put_kids(rules, cond, out);
    break;
  }
}
