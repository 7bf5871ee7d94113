/* slips.h - what is probably behind a mistake that Lua's own words do not explain: a word without quotes, a comma, a sign of another
 * language. Looks at the message and at the line it is about, hardly at others, and guesses; where it has nothing to say it says nothing. Pure. */
#ifndef EMBUDO_VM_SLIPS_H
#define EMBUDO_VM_SLIPS_H

#include "base/arena.h"

/* The `line`-th line of the text, without its end; empty when there is none. */
struct str slips_line(struct str text, int line);

/* Of an error on the `number`-th line of the text, "'}' expected near 'Demo'". NULL: nothing. May stand in the arena. */
const char *slips_syntax(const char *message, struct str text, int number, struct arena *arena);

/* The first line on which most brackets and blocks are open: where it got too much for a compiler that does not say where. */
int slips_deepest(struct str text);

/* Of a name that nobody knows, on that line: what was meant in its place, when it was no name. NULL: nothing. */
const char *slips_name(const char *name, struct str line, struct arena *arena);

#endif
