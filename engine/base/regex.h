/* regex.h - PCRE2 with bounds. UTF mode, no JIT, match and depth limits: a pattern that needs more steps does not
 * match and says so. The only place that knows pcre2.h. */
#ifndef EMBUDO_BASE_REGEX_H
#define EMBUDO_BASE_REGEX_H

#include "base/err.h"
#include "base/str.h"

struct regex;

enum regex_result { REGEX_NO, REGEX_YES, REGEX_GAVE_UP /* the step limit was reached */ };

/* NULL and *err: what is wrong and at which offset */
struct regex *regex_new(struct str pattern, struct err *err);
void regex_free(struct regex *regex);
enum regex_result regex_match(const struct regex *regex, struct str subject);

#endif
