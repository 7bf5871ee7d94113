/* scan.h - a rule file's tokens: for what Lua itself cannot tell about a declaration.
 *
 * Lua drops a part of `a and b`, and the first of two fields of one name, without a word, and a table does not remember the
 * lines its fields stand on. The scanner reads the source once more and answers both. It knows Lua's tokens and brackets, not
 * its grammar, and is only used on source that Lua has compiled; what it cannot find, or finds too far into a large table, it
 * says it cannot find.
 */
#ifndef EMBUDO_VM_SCAN_H
#define EMBUDO_VM_SCAN_H

#include "notation/problems.h"

struct scan; /* borrows the source text */

struct scan *scan_new(struct str source);
void scan_free(struct scan *scan); /* NULL is fine */

/* Adds an error for each `and`, `or`, `not` outside function bodies, for each text among `|` and `&`, for dates without quotes,
 * and for each field that stands twice in a table there. */
void scan_check(const struct scan *scan, const char *file, struct problems *problems);

/* A table constructor in the source; {0}: not known. */
struct scan_table {
  uint32_t open; /* its brace's token number plus one */
};

/* The table that is argument `arg` (from 0) of the call of `name` on `line`: arguments in parentheses, or one after
 * the other as in `rule "x" { .. }`. */
struct scan_table scan_argument(const struct scan *scan, int line, struct str name, uint32_t arg);

/* Where a named field, or a positional item (from 0), stands in a table: its line, 0 when it is not found; *inner is
 * its value when that is a table constructor. */
int scan_field(const struct scan *scan, struct scan_table table, struct str key, struct scan_table *inner);
int scan_item(const struct scan *scan, struct scan_table table, uint32_t index, struct scan_table *inner);

#endif
