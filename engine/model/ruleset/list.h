/* list.h - a named set of texts (rules/lists/NAME.txt): one entry a line, `*.edu` for every name below `edu`, at any
 * depth, but not `edu` itself. Entries and subjects are compared folded (case and accents).
 *
 * Blank lines mean nothing, and neither does anything from a `#` on that starts a line or follows a blank. Blanks around
 * an entry are dropped, repeated entries are harmless. Immutable after list_new, so safe to read from any thread.
 */
#ifndef EMBUDO_MODEL_LIST_H
#define EMBUDO_MODEL_LIST_H

#include "base/err.h"
#include "base/map.h"

enum { LIST_ENTRY_MAX = 256 /* bytes */, LIST_MAX_LINES = 20000000 };

struct list {
  struct str name; /* borrowed, as `file` is */
  struct str file;
  struct map entries;   /* folded text -> line */
  struct map wildcards; /* "edu" for `*.edu` -> line */
  struct hash128 text;  /* of the file's bytes: equal for equal lists */
  size_t longest;       /* bytes of the longest folded entry: no longer text is looked up */
};

/* Reads a list file's text. Bad lines (over LIST_ENTRY_MAX bytes, invalid UTF-8, a `*` anywhere but in a leading `*.`)
 * are errors that name their line. */
struct list *list_new(struct str name, struct str file, struct str text, struct err *err);
void list_free(struct list *list); /* NULL is fine */
bool list_has(const struct list *list, struct str subject);

#endif
