/* regex.h - PCRE2 with bounds. UTF mode (\w, \b, \d know Unicode's letters and digits), no JIT. The only place that knows
 * pcre2.h.
 *
 * Matching backtracks, so a pattern such as (a+)+$ would take ages on a subject made for it. All steps of one match are
 * bounded by REGEX_STEPS_MAX, whatever the number of places a match may start at: a pattern that needs more does not match
 * and says so. The bound counts steps, not time: the same subject always gets the same answer. A regex carries scratch
 * memory: one thread at a time may match with it.
 */
#ifndef EMBUDO_BASE_REGEX_H
#define EMBUDO_BASE_REGEX_H

#include "base/err.h"
#include "base/str.h"

enum {
  REGEX_PATTERN_MAX = 4096, /* bytes */
  REGEX_SUBJECT_MAX = 8192, /* bytes; longer subjects are given up */
  REGEX_STEPS_MAX = 200000  /* backtracking steps beyond the few that every start is granted */
};

struct regex;

enum regex_result { REGEX_NO, REGEX_YES, REGEX_GAVE_UP /* a bound was reached */ };

/* NULL and *err: what is wrong and at which offset */
struct regex *regex_new(struct str pattern, struct err *err);
void regex_free(struct regex *regex);
struct str regex_pattern(const struct regex *regex); /* as it was given; borrowed */

/* Whether the pattern matches anywhere in the subject. A subject that is not UTF-8 does not match. */
enum regex_result regex_match(const struct regex *regex, struct str subject);

#endif
