/* list.h - a named set of texts (rules/lists/NAME.txt): one entry a line, `#` comments, `*.edu` for every name below.
 * Entries and subjects are compared folded (case and accents). */
#ifndef EMBUDO_MODEL_LIST_H
#define EMBUDO_MODEL_LIST_H

#include "base/err.h"
#include "base/map.h"

struct list {
  struct str name;
  struct str file;
  struct map entries;   /* folded text -> line */
  struct map wildcards; /* "edu" for `*.edu` */
};

/* Reads a list file's text. Bad lines (over 256 bytes, invalid UTF-8, a `*` anywhere but in front) are errors with their line. */
struct list *list_new(struct str name, struct str file, struct str text, struct err *err);
void list_free(struct list *list);
bool list_has(const struct list *list, struct str subject);

#endif
