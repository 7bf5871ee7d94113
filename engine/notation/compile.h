/* compile.h - declarations -> ruleset.
 *
 * Reads every declaration whatever the others' state, adds all problems, and returns a ruleset when there is no error.
 * `lists` (name -> text) are handed over by the caller: only lists that a rule names are parsed, an unknown name is
 * an error with the nearest spelling.
 */
#ifndef EMBUDO_NOTATION_COMPILE_H
#define EMBUDO_NOTATION_COMPILE_H

#include "notation/node.h"
#include "notation/problems.h"

struct list_source { /* rules/lists/NAME.txt */
  struct str name;
  struct str file; /* "lists/freemail.txt" */
  struct str text;
};

/* NULL when there are errors. The ruleset copies what it keeps. */
struct ruleset *notation_compile(const struct declarations *declarations, const struct list_source *lists,
                                 size_t list_count, const char *hash, struct problems *problems);

/* One matcher by itself, as a test expects it of a value; `what` names it in problems. NULL after adding errors. *owner
 * is what the matcher lives in, for ruleset_free; it is set either way. No list can be named. */
const struct matcher *notation_matcher(const struct node *node, const char *what, struct ruleset **owner,
                                       struct problems *problems);

/* One event selector by itself: the patterns of (*owner)->atoms match its events. False after adding errors. */
bool notation_selector(const struct node *node, const char *what, struct ruleset **owner,
                       struct problems *problems);

/* What `embudo check` adds to the compiler's own errors: unreachable stage bars, contradictory conditions, opposite
 * moves that can flap, circles between dimensions, floods that keep a capped rule full, unbounded functions, groups
 * with positive rules and no negative one, and how much of the score rests on functions. */
void notation_check(const struct ruleset *rules, struct problems *problems);

#endif
