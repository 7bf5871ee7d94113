/* sample.h - a value that a matcher matches, drawn by chance. */
#ifndef EMBUDO_CORE_SPEC_SAMPLE_H
#define EMBUDO_CORE_SPEC_SAMPLE_H

#include "model/match/matcher.h"

enum { SAMPLE_TRIES = 64 };

/* False when none was found in SAMPLE_TRIES: some patterns of regular expressions, contradictions. What is drawn does match, at
 * `now`. VALUE_MISSING: the field is to be left out. Texts live in the arena or in the matcher. */
bool sample_value(const struct matcher *matcher, int64_t now, uint64_t *chance, struct arena *arena,
                  struct value *out);

#endif
