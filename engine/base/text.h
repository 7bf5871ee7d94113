/* text.h - text as people compare it: ignoring case and Latin accents. Folding is Unicode's (libutf8proc: NFKD-style
 * decomposition, marks stripped, case folded), so "DIRECCIÓN" equals "direccion". */
#ifndef EMBUDO_BASE_TEXT_H
#define EMBUDO_BASE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* Appends the folded form of `s` to `out`. ASCII takes a fast path. Invalid UTF-8 bytes are kept as they are. */
void text_fold(struct str s, struct buf *out);

/* The folded form: `s` itself when it is already folded ASCII, otherwise built in `scratch` (cleared first). */
struct str text_folded(struct str s, struct buf *scratch);

/* Both sides already folded. */
bool text_contains(struct str s, struct str part);
bool text_glob(struct str s, struct str pattern); /* `*` any run, `?` one character; linear time, no recursion */

/* Whether `phrase` (one or several words) stands in `s` as whole words: a word ends where a letter or digit ends.
 * Non-ASCII bytes are letters. "c.t.o." is not "cto". Both sides folded. */
bool text_has_word(struct str s, struct str phrase);

/* "firstName" and "First Name" as "first_name": the one spelling of trait names. Dots are kept. */
struct str text_snake(struct str name, struct arena *arena);

size_t text_width(struct str s); /* columns on a terminal (East Asian wide characters count two) */

#endif
