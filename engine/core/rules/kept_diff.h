/* kept_diff.h - how two rulesets that are kept differ: both are compiled again. Any thread; seconds, for large ones. */
#ifndef EMBUDO_CORE_KEPT_DIFF_H
#define EMBUDO_CORE_KEPT_DIFF_H

#include "base/buf.h"
#include "base/err.h"

/* Whole hashes, in the store of `dir`. Appends both, see ruleset_diff.h. -1 and *err: one is not there or does not load any more. */
int kept_diff(const char *dir, const char *from, const char *to, struct buf *json, struct buf *text,
              struct err *err);

#endif
