/* reference.h - the words of the rule language as data: the one table of lua/embudo/reference*.lua, read in a Lua
 * state of its own that is gone afterwards. `embudo help` and the reference page print this and know no word themselves.
 *
 * Everything lives in the reference's arena. Texts are never NULL: what an entry lacks is "". One thread.
 */
#ifndef EMBUDO_VM_REFERENCE_H
#define EMBUDO_VM_REFERENCE_H

#include "base/arena.h"
#include "base/err.h"

struct reference_field { /* what may stand in a word's table */
  const char *name, *form, *doc;
};

struct reference_entry {
  const char *name; /* "glob", "lead.velocity", "t:expect" */
  const char *kind; /* "matcher" ...; see lua/embudo/reference.lua */
  const char *form; /* how it is written */
  const char *doc, *example;
  const struct reference_field *fields;
  uint32_t field_count;
};

struct reference_group { /* a chapter */
  const char *name;      /* "matchers" */
  const char *title, *doc;
  const struct reference_entry *entries; /* in reading order */
  uint32_t entry_count;
};

struct reference {
  struct arena arena;
  struct reference_group *groups; /* in reading order */
  uint32_t group_count;
  struct reference_entry *entries; /* all, group by group */
  uint32_t entry_count;
};

/* Fails only when memory or the prelude itself is broken. */
int reference_load(struct reference *reference, struct err *err);
void reference_release(struct reference *reference);

const struct reference_entry *reference_find(const struct reference *reference,
                                             struct str name); /* NULL: none */
const struct reference_group *reference_group(const struct reference *reference, struct str name);

/* The n-th entry (from 0) that has a field of this name, and the field; NULL when there are fewer. */
const struct reference_entry *reference_with_field(const struct reference *reference, struct str name,
                                                   uint32_t n, const struct reference_field **field);

#endif
