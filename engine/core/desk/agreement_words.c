#include "core/desk/agreement_words.h"

#include "base/timefmt.h"
#include "core/explain/explain.h"
#include "model/match/number.h"
#include "model/ruleset/cond_describe.h"
#include "model/ruleset/framework.h"
#include "model/ruleset/list.h"

void words_indent(int depth, struct buf *out) {
  for (int i = 0; i < depth; i++) buf_add_text(out, "  ");
  buf_add_text(out, "- ");
}

void words_doc(const char *doc, struct buf *out) {
  if (doc && *doc) buf_printf(out, ": %s", doc);
}

/* Before the item `index` of `count`. */
static void join(uint32_t index, uint32_t count, const char *last, struct buf *out) {
  if (index == 0) return;
  if (index + 1 == count)
    buf_printf(out, " %s ", last);
  else
    buf_add_text(out, ", ");
}

void words_list(const char *const *words, uint32_t count, const char *last, struct buf *out) {
  for (uint32_t i = 0; i < count; i++) {
    join(i, count, last, out);
    buf_add_text(out, words[i]);
  }
}

void words_stages(const struct lifecycle *lifecycle, uint64_t stages, const char *last, struct buf *out) {
  const char *words[RULESET_MAX_STAGES];
  uint32_t count = 0;
  for (uint32_t i = 0; i < lifecycle->stage_count; i++)
    if (stages >> i & 1) words[count++] = lifecycle->stages[i];
  words_list(words, count, last, out);
}

/* --- spans ---------------------------------------------------------------------------------------------------------------- */

static void add_units(int64_t count, const char *unit, struct buf *out) {
  buf_printf(out, "%lld %s%s", (long long)count, unit, count == 1 ? "" : "s");
}

void words_span(int64_t ms, struct buf *out) {
  static const struct {
    int64_t ms;
    const char *unit;
  } units[] = {{TIME_MS_PER_DAY, "day"}, {TIME_MS_PER_HOUR, "hour"}, {TIME_MS_PER_MINUTE, "minute"}};
  char text[TIME_TEXT_MAX];
  if (ms == TIME_NEVER) {
    buf_add_text(out, "for ever");
    return;
  }
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (ms >= units[i].ms && ms % units[i].ms == 0) {
      add_units(ms / units[i].ms, units[i].unit, out);
      return;
    }
  buf_add_text(out, duration_text(ms, text));
}

void words_working(int64_t ms, struct buf *out) {
  int64_t hours = ms / TIME_MS_PER_HOUR, minutes = ms % TIME_MS_PER_HOUR / TIME_MS_PER_MINUTE;
  char text[TIME_TEXT_MAX];
  if (ms % TIME_MS_PER_MINUTE) {
    buf_printf(out, "%s of work", duration_text(ms, text));
    return;
  }
  if (hours) add_units(hours, "working hour", out);
  if (hours && minutes) buf_add_text(out, " and ");
  if (minutes) add_units(minutes, hours ? "minute" : "working minute", out);
}

/* --- values --------------------------------------------------------------------------------------------------------------- */

static void add_value(struct value v, struct buf *out) {
  struct buf scratch;
  buf_init(&scratch);
  switch (v.kind) {
  case VALUE_BOOL: buf_add_text(out, v.boolean ? "yes" : "no"); break;
  case VALUE_NUMBER: buf_add_str(out, number_spelling(v.number, &scratch)); break;
  case VALUE_STRING: buf_printf(out, "“%.*s”", STR_ARG(value_text(v))); break;
  default: buf_add_text(out, "nothing");
  }
  buf_release(&scratch);
}

static void add_bound(const char *words, double bound, struct buf *out) {
  buf_add_text(out, words);
  add_value((struct value){.kind = VALUE_NUMBER, .number = bound}, out);
}

static void add_set(const struct matcher *matcher, const char *last, struct buf *out) {
  for (uint32_t i = 0; i < matcher->len; i++) {
    join(i, matcher->len, last, out);
    add_value(matcher->set[i], out);
  }
}

static void add_kids(const struct matcher *matcher, const char *last, struct buf *out) {
  for (uint32_t i = 0; i < matcher->len; i++) {
    join(i, matcher->len, last, out);
    words_matcher(matcher->kids[i], out);
  }
}

static void add_texts(const char *words, const struct matcher *matcher, struct buf *out) {
  buf_add_text(out, words);
  for (uint32_t i = 0; i < matcher->len; i++) {
    join(i, matcher->len, "or", out);
    buf_printf(out, "“%.*s”", STR_ARG(matcher->texts[i]));
  }
}

/* Whether "is" goes before its words. */
static bool is_state(const struct matcher *matcher) {
  switch (matcher->op) {
  case MATCH_STARTS:
  case MATCH_ENDS:
  case MATCH_CONTAINS:
  case MATCH_GLOB:
  case MATCH_WORD:
  case MATCH_LISTED: return false;
  case MATCH_AND:
  case MATCH_OR: return is_state(matcher->kids[0]);
  default: return true;
  }
}

void words_test(struct str field, const struct matcher *matcher, struct buf *out) {
  buf_printf(out, "%.*s %s", STR_ARG(field), is_state(matcher) ? "is " : "");
  words_matcher(matcher, out);
}

void words_function(const struct ruleset *rules, int fn, struct buf *out) {
  const struct fn_info *info = &rules->functions[fn];
  buf_printf(out, "a function says (%s, as of %08x)", info->place.file, (unsigned)(info->file_hash >> 32));
}

void words_matcher(const struct matcher *matcher, struct buf *out) {
  switch (matcher->op) {
  case MATCH_ANY: buf_add_text(out, "anything"); break;
  case MATCH_PRESENT: buf_add_text(out, "known"); break;
  case MATCH_MISSING: buf_add_text(out, "not known"); break;
  case MATCH_EQUALS: add_value(matcher->equals, out); break;
  case MATCH_ONE_OF: add_set(matcher, "or", out); break;
  case MATCH_NONE_OF:
    buf_add_text(out, "none of ");
    add_set(matcher, "and", out);
    break;
  case MATCH_AT_LEAST: add_bound("at least ", matcher->low, out); break;
  case MATCH_AT_MOST: add_bound("at most ", matcher->high, out); break;
  case MATCH_ABOVE: add_bound("above ", matcher->low, out); break;
  case MATCH_BELOW: add_bound("below ", matcher->high, out); break;
  case MATCH_BETWEEN:
    add_bound("from ", matcher->low, out);
    add_bound(" to ", matcher->high, out);
    break;
  case MATCH_PAST:
    buf_add_text(out, "a date at most ");
    words_span(matcher->span_ms, out);
    buf_add_text(out, " ago");
    break;
  case MATCH_AHEAD:
    buf_add_text(out, "a date within ");
    words_span(matcher->span_ms, out);
    break;
  case MATCH_STARTS: add_texts("begins with ", matcher, out); break;
  case MATCH_ENDS: add_texts("ends with ", matcher, out); break;
  case MATCH_CONTAINS: add_texts("contains ", matcher, out); break;
  case MATCH_GLOB: add_texts("looks like ", matcher, out); break;
  case MATCH_WORD:
    add_texts(matcher->len == 1 ? "has the word " : "has one of the words ", matcher, out);
    break;
  case MATCH_LISTED: buf_printf(out, "stands in the list %.*s", STR_ARG(matcher->list->name)); break;
  case MATCH_OR: add_kids(matcher, "or", out); break;
  case MATCH_AND: add_kids(matcher, "and", out); break;
  default:
    buf_add_char(out, '`');
    matcher_describe(matcher, out);
    buf_add_char(out, '`');
  }
}

/* --- events --------------------------------------------------------------------------------------------------------------- */

static void add_tests(const struct atom *atom, struct buf *out) {
  for (uint32_t i = 0; i < atom->test_count; i++) {
    buf_add_text(out, i ? ", " : " (");
    words_test(atom->tests[i].field.written, atom->tests[i].matcher, out);
  }
  if (atom->test_count) buf_add_char(out, ')');
}

static void add_atom(const struct atom *atom, struct buf *out) {
  static const struct {
    unsigned types;
    const char *word;
  } words[] = {{1u << EVENT_PAGE, "a page"},
               {1u << EVENT_SCREEN, "a screen"},
               {1u << EVENT_IDENTIFY, "who they are"},
               {1u << EVENT_GROUP, "their company"},
               {1u << EVENT_TRACK, ""},
               {1u << EVENT_ACT, "the act"}};
  const char *word = "anything they do";
  bool named = atom->name.p || (atom->name_matcher && atom->name_matcher->op != MATCH_ANY);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (atom->types == words[i].types) word = words[i].word;
  buf_printf(out, "%s%s", word, *word && named ? " " : "");
  if (atom->name.p)
    buf_printf(out, "“%.*s”", STR_ARG(atom->name));
  else if (named)
    words_matcher(atom->name_matcher, out);
  else if (!*word)
    buf_add_text(out, "anything they do");
  add_tests(atom, out);
}

static bool add_atoms(const struct ruleset *rules, uint32_t signal, bool first, struct buf *out) {
  for (uint32_t i = 0; i < rules->atom_count; i++) {
    if (rules->atoms[i].signal != signal) continue;
    if (!first) buf_add_text(out, " or ");
    add_atom(&rules->atoms[i], out);
    first = false;
  }
  return first;
}

void words_signals(const struct ruleset *rules, const struct signal_set *set, struct buf *out) {
  bool first = true;
  for (uint32_t i = 0; i < set->count; i++) {
    const struct signal *signal = &rules->signals[set->ids[i]];
    if (signal->kind == SIGNAL_EVENT) {
      first = add_atoms(rules, set->ids[i], first, out);
      continue;
    }
    buf_add_text(out, first ? "" : " or ");
    first = false;
    if (signal->kind == SIGNAL_ENTERED) {
      buf_add_text(out, "entering ");
      words_stages(&rules->lifecycles[signal->lifecycle], signal->stages, "or", out);
    } else {
      buf_printf(out, "`%.*s`", STR_ARG(signal->written));
    }
  }
}

/* --- conditions ----------------------------------------------------------------------------------------------------------- */

static void add_scores(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  for (uint32_t i = 0; i < cond->len; i++) {
    join(i, cond->len, "and", out);
    buf_printf(out, "%s ", rules->dimensions[cond->numbers[i].index].name);
    words_matcher(cond->numbers[i].matcher, out);
  }
}

static void add_traits(const struct cond *cond, struct buf *out) {
  for (uint32_t i = 0; i < cond->len; i++) {
    join(i, cond->len, "and", out);
    buf_add_text(out, cond->op == COND_ACCOUNT ? "the company's " : "");
    words_test(cond->traits[i].path, cond->traits[i].matcher, out);
  }
}

static void add_known(const struct cond *cond, struct buf *out) {
  for (uint32_t i = 0; i < cond->len; i++) {
    join(i, cond->len, "and", out);
    buf_add_str(out, cond->traits[i].path);
  }
  buf_add_text(out, cond->len == 1 ? " is known" : " are known");
}

static void add_seen(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  const struct counter *counter = &rules->counters[cond->counter];
  buf_add_text(out, counter->distinct ? "different " : "");
  words_signals(rules, &counter->on, out);
  buf_printf(out, counter->times > 1 ? ", %u times" : ", once", counter->times);
  if (counter->within_ms) buf_add_text(out, " within ");
  if (counter->within_ms) words_span(counter->within_ms, out);
  if (counter->since_cycle) buf_add_text(out, " since they began, or began anew");
  if (counter->since_stage) buf_add_text(out, " since the stage was entered");
}

static void add_verdict(const struct cond *cond, struct buf *out) {
  buf_add_text(out, cond->lapsed ? "the time of the verdict is over" : "a verdict stands");
  for (uint32_t i = 0; i < cond->len; i++)
    buf_printf(out, "%s%.*s", i ? ", " : " (", STR_ARG(cond->codes[i]));
  if (cond->len) buf_add_char(out, ')');
}

static void add_code(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  buf_add_char(out, '`');
  cond_describe(rules, cond, out);
  buf_add_char(out, '`');
}

static void add_criterion(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  const struct criterion *criterion = &rules->criteria[cond->criterion];
  buf_printf(out, "%s.%s is %s", rules->frameworks[criterion->framework].id, criterion->id,
             cond->op == COND_MET ? "met" : "answered, and not met");
}

static void add_leaf(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  switch (cond->op) {
  case COND_SCORE: add_scores(rules, cond, out); break;
  case COND_TRAIT:
  case COND_ACCOUNT: add_traits(cond, out); break;
  case COND_KNOWN: add_known(cond, out); break;
  case COND_SEEN: add_seen(rules, cond, out); break;
  case COND_VERDICT: add_verdict(cond, out); break;
  case COND_QUALIFIED: buf_printf(out, "%s is qualified", rules->frameworks[cond->framework].id); break;
  case COND_MET:
  case COND_UNMET: add_criterion(rules, cond, out); break;
  case COND_SEGMENT: buf_printf(out, "in the segment %s", rules->segments[cond->segment].id); break;
  case COND_STAGE:
    buf_add_text(out, "the stage is ");
    words_stages(&rules->lifecycles[cond->lifecycle], cond->stages, "or", out);
    break;
  case COND_IN_STAGE_FOR:
    buf_add_text(out, "in the stage for ");
    words_span(cond->stage_span_ms, out);
    break;
  case COND_COMPLETENESS:
    buf_add_text(out, "of the profile ");
    words_matcher(cond->number.matcher, out);
    buf_add_text(out, " % is known");
    break;
  case COND_IDLE:
    buf_add_text(out, "nothing heard for ");
    words_span(cond->span_ms, out);
    break;
  case COND_CYCLE:
    buf_add_text(out, "the round is ");
    words_matcher(cond->number.matcher, out);
    break;
  case COND_FUNCTION: words_function(rules, cond->fn, out); break;
  default: add_code(rules, cond, out);
  }
}

static bool is_list(const struct cond *cond) {
  return (cond->op == COND_AND || cond->op == COND_OR) && cond->len > 1;
}

/* An alternative of several parts is a list below "all of". */
static void add_bullets(const struct ruleset *rules, const struct cond *cond, enum cond_op around, int depth,
                        struct buf *out) {
  if (!is_list(cond) || cond->op != around) {
    words_cond(rules, cond, depth, out);
    return;
  }
  for (uint32_t i = 0; i < cond->len; i++) add_bullets(rules, cond->kids[i], around, depth, out);
}

void words_cond(const struct ruleset *rules, const struct cond *cond, int depth, struct buf *out) {
  words_indent(depth, out);
  if (cond->op == COND_NOT && is_list(cond->kids[0])) {
    buf_add_text(out, cond->kids[0]->op == COND_OR ? "none of\n" : "not all of\n");
    add_bullets(rules, cond->kids[0], cond->kids[0]->op, depth + 1, out);
    return;
  }
  if (is_list(cond)) {
    buf_add_text(out, cond->op == COND_AND ? "all of\n" : "one of\n");
    add_bullets(rules, cond, cond->op, depth + 1, out);
    return;
  }
  words_inline(rules, cond, out);
  buf_add_char(out, '\n');
}

void words_inline(const struct ruleset *rules, const struct cond *cond, struct buf *out) {
  if (cond->op == COND_NOT) {
    buf_add_text(out, "not: ");
    words_inline(rules, cond->kids[0], out);
    return;
  }
  if ((cond->op != COND_AND && cond->op != COND_OR)) {
    add_leaf(rules, cond, out);
    return;
  }
  for (uint32_t i = 0; i < cond->len; i++) {
    const struct cond *kid = cond->kids[i];
    bool brackets = is_list(kid) && kid->op != cond->op;
    if (i) buf_add_text(out, cond->op == COND_AND ? " and " : " or ");
    if (brackets) buf_add_char(out, '(');
    words_inline(rules, kid, out);
    if (brackets) buf_add_char(out, ')');
  }
}
