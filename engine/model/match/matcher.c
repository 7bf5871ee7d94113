#include "model/match/matcher.h"

#include "base/text.h"
#include "model/fold/folded.h"
#include "model/match/matcher_time.h"
#include "model/match/number.h"
#include "model/ruleset/list.h"

static enum truth truth_of(bool holds) {
  return holds ? TRUTH_YES : TRUTH_NO;
}

/* --- equality ------------------------------------------------------------------------------------------------- */

static bool spells(struct str text, double n) {
  if (text.len == 0 || !((text.p[0] >= '0' && text.p[0] <= '9') || text.p[0] == '-')) return false;
  struct buf scratch;
  buf_init(&scratch);
  bool same = str_eq(text, number_spelling(n, &scratch));
  buf_release(&scratch);
  return same;
}

/* Kinds are not mixed, but for a number and the text that spells it: the wire brings ids as either. */
static bool same_value(struct value a, struct value b) {
  if (a.kind == VALUE_NUMBER && b.kind == VALUE_STRING) return spells(value_text(b), a.number);
  if (a.kind == VALUE_STRING && b.kind == VALUE_NUMBER) return spells(value_text(a), b.number);
  return value_eq(a, b);
}

/* Sets are a handful of written entries: one pass, in which strings differ by their lengths first. Larger ones are
 * lists (`listed`), which are hashed. */
static bool in_set(const struct matcher *matcher, struct value v) {
  for (uint32_t i = 0; i < matcher->len; i++)
    if (same_value(matcher->set[i], v)) return true;
  return false;
}

/* --- numbers -------------------------------------------------------------------------------------------------- */

static bool in_range(const struct matcher *matcher, struct value v) {
  double n;
  if (!number_of(v, &n)) return false;
  switch (matcher->op) {
  case MATCH_AT_LEAST: return n >= matcher->low;
  case MATCH_AT_MOST: return n <= matcher->high;
  case MATCH_ABOVE: return n > matcher->low;
  case MATCH_BELOW: return n < matcher->high;
  default: return n >= matcher->low && n <= matcher->high;
  }
}

/* --- text ----------------------------------------------------------------------------------------------------- */

static bool has_some_word(const struct matcher *matcher, struct str s) {
  for (uint32_t i = 0; i < matcher->len; i++)
    if (text_has_word(s, matcher->texts[i])) return true;
  return false;
}

static bool folded_holds(const struct matcher *matcher, struct str s) {
  switch (matcher->op) {
  case MATCH_STARTS: return str_starts(s, matcher->texts[0]);
  case MATCH_ENDS: return str_ends(s, matcher->texts[0]);
  case MATCH_CONTAINS: return text_contains(s, matcher->texts[0]);
  case MATCH_GLOB: return text_glob(s, matcher->texts[0]);
  default: return has_some_word(matcher, s);
  }
}

static bool text_holds(const struct matcher *matcher, struct str s) {
  struct folded folded;
  bool holds = folded_holds(matcher, folded_text(&folded, s));
  folded_release(&folded);
  return holds;
}

/* A pattern that ran out of steps has neither matched nor failed to: neither it nor its negation holds. */
static enum truth regex_holds(const struct regex *regex, struct str s) {
  switch (regex_match(regex, s)) {
  case REGEX_YES: return TRUTH_YES;
  case REGEX_NO: return TRUTH_NO;
  case REGEX_GAVE_UP: break;
  }
  return TRUTH_UNKNOWN;
}

static enum truth of_text(const struct matcher *matcher, struct str s) {
  if (matcher->op == MATCH_REGEX) return regex_holds(matcher->regex, s);
  if (matcher->op == MATCH_LISTED) return truth_of(list_has(matcher->list, s));
  return truth_of(text_holds(matcher, s));
}

static enum truth of_value_text(const struct matcher *matcher, struct value v) {
  if (v.kind == VALUE_STRING) return of_text(matcher, value_text(v));
  if (v.kind != VALUE_NUMBER) return TRUTH_NO;
  struct buf scratch;
  buf_init(&scratch);
  enum truth t = of_text(matcher, number_spelling(v.number, &scratch));
  buf_release(&scratch);
  return t;
}

static bool in_networks(const struct matcher *matcher, struct value v) {
  struct netaddr addr;
  if (v.kind != VALUE_STRING || !netaddr_parse(str_trim(value_text(v)), &addr)) return false;
  for (uint32_t i = 0; i < matcher->len; i++)
    if (network_contains(&matcher->networks[i], &addr)) return true;
  return false;
}

/* --- combinations: Kleene's three values ------------------------------------------------------------------------ */

static enum truth negated(enum truth t) {
  return t == TRUTH_UNKNOWN ? t : truth_of(t == TRUTH_NO);
}

/* What the kids agree on: `decides` ends the search; otherwise an unknown kid makes the whole unknown. */
static enum truth of_kids(const struct matcher *matcher, struct value v, int64_t now, enum truth decides) {
  enum truth all = negated(decides);
  for (uint32_t i = 0; i < matcher->len; i++) {
    enum truth t = matcher_eval(matcher->kids[i], v, now);
    if (t == decides) return t;
    if (t == TRUTH_UNKNOWN) all = t;
  }
  return all;
}

static enum truth of_items(const struct matcher *matcher, struct value list, int64_t now,
                           enum truth decides) {
  if (list.kind != VALUE_LIST || list.len == 0) return TRUTH_NO;
  enum truth all = negated(decides);
  for (uint32_t i = 0; i < list.len; i++) {
    enum truth t = matcher_eval(matcher->kids[0], list.items[i], now);
    if (t == decides) return t;
    if (t == TRUTH_UNKNOWN) all = t;
  }
  return all;
}

enum truth matcher_eval(const struct matcher *matcher, struct value v, int64_t now) {
  switch (matcher->op) {
  case MATCH_ANY: return TRUTH_YES;
  case MATCH_PRESENT: return truth_of(value_present(v));
  case MATCH_MISSING: return truth_of(!value_present(v));
  case MATCH_EQUALS: return truth_of(same_value(matcher->equals, v));
  case MATCH_ONE_OF: return truth_of(in_set(matcher, v));
  case MATCH_NONE_OF: return truth_of(!in_set(matcher, v));
  case MATCH_AT_LEAST:
  case MATCH_AT_MOST:
  case MATCH_ABOVE:
  case MATCH_BELOW:
  case MATCH_BETWEEN: return truth_of(in_range(matcher, v));
  case MATCH_STARTS:
  case MATCH_ENDS:
  case MATCH_CONTAINS:
  case MATCH_GLOB:
  case MATCH_WORD:
  case MATCH_REGEX:
  case MATCH_LISTED: return of_value_text(matcher, v);
  case MATCH_CIDR: return truth_of(in_networks(matcher, v));
  case MATCH_PAST:
  case MATCH_AHEAD: return truth_of(matcher_in_span(matcher, v, now));
  case MATCH_SOME: return of_items(matcher, v, now, TRUTH_YES);
  case MATCH_EVERY: return of_items(matcher, v, now, TRUTH_NO);
  case MATCH_AND: return of_kids(matcher, v, now, TRUTH_NO);
  case MATCH_OR: return of_kids(matcher, v, now, TRUTH_YES);
  case MATCH_NOT: return negated(matcher_eval(matcher->kids[0], v, now));
  }
  return TRUTH_NO;
}
