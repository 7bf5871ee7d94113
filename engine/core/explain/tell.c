/* Telling one condition: its answer, what is there, and how much is missing. */
#include "core/explain/explain.h"
#include "model/fold/fold_framework.h"
#include "model/ruleset/cond_describe.h"

const char *points_text(int64_t milli, bool sign, char out[32]) {
  uint64_t size = milli < 0 ? (uint64_t)-milli : (uint64_t)milli;
  const char *head = milli < 0 ? "-" : sign ? "+" : "";
  int n = snprintf(out, 32, "%s%llu", head, (unsigned long long)(size / MILLI));
  if (size % MILLI == 0) return out;
  n += snprintf(out + n, (size_t)(32 - n), ".%03llu", (unsigned long long)(size % MILLI));
  while (out[n - 1] == '0') out[--n] = 0;
  return out;
}

static const char *finish(struct buf *buf, struct arena *arena) {
  const char *text = arena_str(arena, buf_str(buf)).p;
  buf_release(buf);
  return text;
}

static const char *told_value(struct value v, struct arena *arena) {
  struct buf buf;
  buf_init(&buf);
  struct json_writer writer;
  json_writer_init(&writer, &buf);
  if (v.kind == VALUE_MISSING)
    buf_add_text(&buf, "missing");
  else
    json_put_value(&writer, v);
  if (buf.len > 80) { /* long texts and lists: their beginning is enough */
    buf.len = 77;
    buf_add_text(&buf, "...");
  }
  return finish(&buf, arena);
}

/* "fit is 20", and for a plain lower or upper bar how far away it is. */
static const char *told_number(struct arena *arena, const char *name, int64_t milli,
                               const struct matcher *matcher, bool holds) {
  char is[32], gap[32];
  points_text(milli, false, is);
  double bar = matcher->op == MATCH_AT_LEAST || matcher->op == MATCH_ABOVE  ? matcher->low
               : matcher->op == MATCH_AT_MOST || matcher->op == MATCH_BELOW ? matcher->high
                                                                            : 0;
  bool up = matcher->op == MATCH_AT_LEAST || matcher->op == MATCH_ABOVE;
  bool down = matcher->op == MATCH_AT_MOST || matcher->op == MATCH_BELOW;
  if (holds || !(up || down)) return arena_printf(arena, "%s is %s", name, is);
  int64_t away = (int64_t)(bar * (double)MILLI) - milli;
  if (up ? away < 0 || (away == 0 && matcher->op == MATCH_AT_LEAST)
         : away > 0 || (away == 0 && matcher->op == MATCH_AT_MOST))
    return arena_printf(arena, "%s is %s, and not certain yet", name,
                        is); /* something is still being asked */
  if (away == 0) return arena_printf(arena, "%s is %s: %s than that", name, is, up ? "more" : "less");
  points_text(away < 0 ? -away : away, false, gap);
  return arena_printf(arena, "%s is %s: %s %s", name, is, gap, up ? "more" : "less");
}

static struct told leaf(const struct fold *fold, const struct cond *cond, struct arena *arena,
                        const char *actual) {
  struct buf text;
  buf_init(&text);
  cond_describe(fold_rules(fold), cond, &text);
  return (struct told){.form = TOLD_LEAF,
                       .truth = fold_test(fold, cond),
                       .text = finish(&text, arena),
                       .actual = actual,
                       .changes_ms = fold_next_change(fold, cond, fold_now(fold) + EXPLAIN_HORIZON_MS)};
}

static const char *told_traits(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  const struct trait_test *test = &cond->traits[0];
  if (cond->op == COND_ACCOUNT && fold_account(fold).len == 0) return "the lead has no account";
  if (cond->op == COND_ACCOUNT)
    return arena_printf(arena, "%.*s of %.*s is %s", STR_ARG(test->path), STR_ARG(fold_account(fold)),
                        told_value(fold_account_trait(fold, test->path), arena));
  return arena_printf(arena, "%.*s is %s", STR_ARG(test->path),
                      told_value(fold_trait(fold, test->path), arena));
}

static const char *told_seen(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  const struct counter *counter = &fold_rules(fold)->counters[cond->counter];
  return arena_printf(arena, "seen %u of %u", fold_count(fold, cond->counter, counter->within_ms),
                      counter->times);
}

static const char *told_grade(const struct fold *fold, struct arena *arena) {
  struct buf grade;
  buf_init(&grade);
  fold_grade(fold, &grade);
  const char *text = arena_printf(arena, "the grade is %s", grade.data);
  buf_release(&grade);
  return text;
}

static const char *told_since(const char *what, int64_t since, int64_t now, struct arena *arena) {
  char about[TIME_TEXT_MAX];
  return arena_printf(arena, "%s %s", what, duration_about(now - since, about));
}

static const char *told_criterion(const struct fold *fold, int number, struct arena *arena) {
  const struct criterion *criterion = &fold_rules(fold)->criteria[number];
  struct assessed assessed;
  fold_assess(fold, number, &assessed);
  if (assessed.state == CRITERION_UNKNOWN)
    return arena_printf(arena, "%s: %s", assessed.expired ? "the answer has expired" : "unknown",
                        criterion->ask);
  if (assessed.inferred) return "inferred, not said by anybody";
  return arena_printf(arena, "%s: the answer is %s", criterion_state_word(assessed.state),
                      told_value(assessed.evidence.answer->value, arena));
}

static const char *told_result(const struct fold *fold, int number, struct arena *arena) {
  const struct framework *framework = &fold_rules(fold)->frameworks[number];
  int order[FRAMEWORK_CRITERIA_MAX];
  struct result result;
  struct buf buf;
  buf_init(&buf);
  fold_result(fold, number, &result);
  buf_printf(&buf, "%u of %u met", result.met, framework->count);
  uint32_t open = fold_open_criteria(fold, number, order);
  for (uint32_t i = 0; i < open; i++) {
    const struct criterion *criterion = &fold_rules(fold)->criteria[order[i]];
    buf_printf(&buf, "%s%s%s", i ? ", " : "; open: ", criterion->id, criterion->must ? " (must)" : "");
  }
  return finish(&buf, arena);
}

static const char *told_share(const struct fold *fold, const struct cond *cond, struct arena *arena,
                              bool holds) {
  struct result result;
  fold_result(fold, cond->framework, &result);
  bool total = cond->op == COND_TOTAL;
  return told_number(arena, total ? "the total" : "what is known, in percent,",
                     total ? result.total : result.answered * MILLI, cond->share, holds);
}

static const char *told_verdict(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  const struct touch_act *verdict = fold_verdict(fold, cond->verdict_of);
  char until[TIME_TEXT_MAX];
  if (!verdict) return "there is none";
  if (verdict->until_ms == TIME_NEVER) return arena_printf(arena, "%.*s, for ever", STR_ARG(verdict->reason));
  return arena_printf(arena, "%.*s, until %s", STR_ARG(verdict->reason), time_text(verdict->until_ms, until));
}

static const char *told_leaf(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  const struct ruleset *rules = fold_rules(fold);
  const struct number_test *n =
      cond->op == COND_SCORE || cond->op == COND_INTEREST ? cond->numbers : &cond->number;
  bool holds = fold_test(fold, cond) == TRUTH_YES;
  switch (cond->op) {
  case COND_TRAIT:
  case COND_ACCOUNT:
  case COND_KNOWN: return told_traits(fold, cond, arena);
  case COND_SCORE:
    return told_number(arena, rules->dimensions[n->index].name, fold_score(fold, n->index), n->matcher,
                       holds);
  case COND_INTEREST:
    return told_number(arena, rules->topics[n->index], fold_interest(fold, n->index), n->matcher, holds);
  case COND_VELOCITY:
    return told_number(arena, arena_printf(arena, "%s in %d days", rules->dimensions[n->index].name, n->days),
                       fold_velocity(fold, n->index, n->days), n->matcher, holds);
  case COND_COMPLETENESS:
    return told_number(arena, "completeness", fold_completeness(fold) * MILLI, n->matcher, holds);
  case COND_SEEN: return told_seen(fold, cond, arena);
  case COND_GRADE: return told_grade(fold, arena);
  case COND_STAGE:
    return arena_printf(arena, "the stage is %s",
                        rules->lifecycles[cond->lifecycle].stages[fold_stage(fold, cond->lifecycle)]);
  case COND_MET:
  case COND_UNMET: return told_criterion(fold, cond->criterion, arena);
  case COND_QUALIFIED: return told_result(fold, cond->framework, arena);
  case COND_ANSWERED:
  case COND_TOTAL: return told_share(fold, cond, arena, holds);
  case COND_CYCLE: return told_number(arena, "the cycle", fold_cycle(fold) * MILLI, n->matcher, holds);
  case COND_VERDICT: return told_verdict(fold, cond, arena);
  case COND_IDLE: return told_since("silent for", fold_last_activity(fold), fold_now(fold), arena);
  case COND_IN_STAGE_FOR:
    return told_since("in it for", fold_stage_since(fold, cond->lifecycle), fold_now(fold), arena);
  default: return "";
  }
}

/* A leaf with several fields (trait { a, b }, score { x, y }, known { .. }) is told field by field. */
static struct told tell_fields(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  struct told *kids = arena_alloc(arena, cond->len * sizeof *kids);
  bool traits = cond->op == COND_TRAIT || cond->op == COND_KNOWN || cond->op == COND_ACCOUNT;
  for (uint32_t i = 0; i < cond->len; i++) {
    struct cond *one = arena_dup(arena, cond, sizeof *cond);
    one->len = 1;
    if (traits)
      one->traits = &cond->traits[i];
    else
      one->numbers = &cond->numbers[i];
    kids[i] = leaf(fold, one, arena, told_leaf(fold, one, arena));
  }
  return (struct told){.form = TOLD_ALL,
                       .truth = fold_test(fold, cond),
                       .text = "",
                       .actual = "",
                       .changes_ms = TIME_NEVER,
                       .kids = kids,
                       .count = cond->len};
}

static bool has_fields(const struct cond *cond) {
  return cond->len > 1 && (cond->op == COND_TRAIT || cond->op == COND_ACCOUNT || cond->op == COND_KNOWN ||
                           cond->op == COND_SCORE || cond->op == COND_INTEREST);
}

/* A segment is told by its name, and below it by what makes one belong. */
static struct told tell_segment(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  struct told told = leaf(fold, cond, arena, "");
  struct told *kid = arena_alloc(arena, sizeof *kid);
  *kid = tell_cond(fold, cond->kids[0], arena);
  told.kids = kid;
  told.count = 1;
  return told;
}

struct told tell_cond(const struct fold *fold, const struct cond *cond, struct arena *arena) {
  if (has_fields(cond)) return tell_fields(fold, cond, arena);
  if (!cond_has_kids(cond)) return leaf(fold, cond, arena, told_leaf(fold, cond, arena));
  if (cond->op == COND_SEGMENT) return tell_segment(fold, cond, arena);
  struct told *kids = arena_alloc(arena, cond->len * sizeof *kids);
  for (uint32_t i = 0; i < cond->len; i++) kids[i] = tell_cond(fold, cond->kids[i], arena);
  return (struct told){.form = cond->op == COND_AND  ? TOLD_ALL
                               : cond->op == COND_OR ? TOLD_ANY
                                                     : TOLD_NOT,
                       .truth = fold_test(fold, cond),
                       .text = "",
                       .actual = "",
                       .changes_ms = TIME_NEVER,
                       .kids = kids,
                       .count = cond->len};
}
