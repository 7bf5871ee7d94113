/* matcher.h - tests on one field: a value and an instant in, true or false out. Compiled once, evaluated without Lua.
 *
 * Matchers are immutable and live in their ruleset's arena. Text forms (starts ... word) hold text already folded
 * (base/text.h). A missing field is VALUE_MISSING; null and blank text count as missing for `present` and `missing`.
 *
 * What meets what: equality compares values of one kind, but a number also equals the text that spells it ("5", not
 * "05"), for ids arrive as either; numeric forms also take text that is a plain decimal; text forms also take a number,
 * by its spelling; dates are RFC 3339 text, a bare date, or seconds or milliseconds since 1970. Any other meeting does
 * not match: lists are for `some` and `every` alone.
 */
#ifndef EMBUDO_MODEL_MATCHER_H
#define EMBUDO_MODEL_MATCHER_H

#include "base/buf.h"
#include "base/netaddr.h"
#include "base/regex.h"
#include "base/timefmt.h"
#include "base/value.h"

struct list;

/* Three-valued: UNKNOWN while a fact is pending (an enrichment under way, a quarantined rule), and for a regular
 * expression that ran out of steps. */
enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

enum matcher_op {
  MATCH_ANY,     /* always */
  MATCH_PRESENT, /* has a non-empty value */
  MATCH_MISSING,
  MATCH_EQUALS,   /* .equals: strings exactly */
  MATCH_ONE_OF,   /* .set */
  MATCH_NONE_OF,  /* .set; missing matches */
  MATCH_AT_LEAST, /* .low */
  MATCH_AT_MOST,  /* .high */
  MATCH_ABOVE,    /* .low */
  MATCH_BELOW,    /* .high */
  MATCH_BETWEEN,  /* .low, .high, ends included */
  MATCH_STARTS,   /* .texts[0], like ends, contains and glob: ignoring case and Latin accents */
  MATCH_ENDS,
  MATCH_CONTAINS,
  MATCH_GLOB,
  MATCH_WORD,   /* .texts: any of them as whole words */
  MATCH_REGEX,  /* .regex */
  MATCH_LISTED, /* .list */
  MATCH_CIDR,   /* .networks */
  MATCH_PAST,   /* .span_ms: a date in [now - span, now] */
  MATCH_AHEAD,  /* .span_ms: a date in [now, now + span] */
  MATCH_SOME,   /* .kids[0]: a list with some item matching */
  MATCH_EVERY,  /* .kids[0]: a non-empty list with all items matching */
  MATCH_AND,    /* .kids */
  MATCH_OR,     /* .kids */
  MATCH_NOT     /* .kids[0] */
};

struct matcher {
  enum matcher_op op;
  bool timed;   /* can change with time alone: past or ahead somewhere inside */
  uint32_t len; /* of set, texts, networks, kids */
  union {
    struct value equals;
    const struct value *set;
    struct {
      double low, high; /* numbers as written; scores are compared in points */
    };
    const struct str *texts; /* folded */
    const struct regex *regex;
    const struct list *list;
    const struct network *networks;
    int64_t span_ms;
    const struct matcher *const *kids;
  };
};

/* Numbers written as text ("300") match numeric forms when they are plain decimals. */
enum truth matcher_eval(const struct matcher *matcher, struct value v, int64_t now);

/* The first instant after `now` at which the answer for this value may differ (TIME_NEVER: it cannot). */
int64_t matcher_next(const struct matcher *matcher, struct value v, int64_t now);

/* Which answers are possible for a number somewhere in [low, high]: bit 1 << TRUTH_NO, 1 << TRUTH_YES. */
unsigned matcher_range(const struct matcher *matcher, double low, double high);

/* Whether it compares sizes: at_least and its like, also within & and |. */
bool matcher_wants_number(const struct matcher *matcher);

/* As it would be written in a rule file: `at_least(20)`, `one_of { "a", "b" }`. */
void matcher_describe(const struct matcher *matcher, struct buf *out);

#endif
