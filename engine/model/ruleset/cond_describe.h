/* cond_describe.h - a condition in one line, as it would be written in a rule file:
 * `score { fit = at_least(30) } & (stage "mql" | idle "30d")`. A function is named by where it stands. Pure. */
#ifndef EMBUDO_MODEL_COND_DESCRIBE_H
#define EMBUDO_MODEL_COND_DESCRIBE_H

#include "base/buf.h"
#include "model/ruleset/ruleset.h"

void cond_describe(const struct ruleset *rules, const struct cond *cond, struct buf *out);

#endif
