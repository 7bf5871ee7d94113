/* problems.h - everything wrong with a rules directory, found in one pass.
 *
 * Reading a rule file never stops at the first mistake: each is added here with its place, the offending text, what was
 * expected and, when something is spelled nearly right, the nearest valid spelling. Errors keep a ruleset from loading,
 * warnings do not.
 */
#ifndef EMBUDO_NOTATION_PROBLEMS_H
#define EMBUDO_NOTATION_PROBLEMS_H

#include "base/arena.h"
#include "base/json.h"
#include "model/ruleset/ruleset.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

enum { PROBLEMS_MAX = 500 }; /* further ones are counted, not kept */

struct problem {
  enum severity severity;
  const char *code; /* stable word: "unknown_field", "duplicate", "unreachable" ... */
  struct place place;
  const char *text; /* what is wrong, with the offending text in quotes */
  const char *hint; /* how to mend it; "" when the text says all */
};

struct problems {
  struct arena arena;
  struct problem *items;
  size_t count, cap;
  size_t errors, warnings; /* all, kept or not */
};

void problems_init(struct problems *problems);
void problems_release(struct problems *problems);

/* Adds one; `hint` may be NULL. Everything but `code` is copied. */
void problem_add(struct problems *problems, enum severity severity, const char *code, struct place place,
                 const char *hint, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* "did you mean 'within'?" for the nearest of `words` (NULL-ended) to `typed`, else "expected one of: a, b, c". The
 * text lives in the problems' arena. */
const char *problem_hint(struct problems *problems, struct str typed, const char *const *words);

void problems_sort(struct problems *problems); /* by file, line, then severity */

/* "rules/web.lua:12: error: unknown field 'limt' ... " lines, as compilers print them; `prefix` goes before file names. */
void problems_print(const struct problems *problems, const char *prefix, struct buf *out);
void problems_json(const struct problems *problems, struct json_writer *writer); /* an array */

#endif
