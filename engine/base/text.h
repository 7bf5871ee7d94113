/* text.h - text as people compare it: ignoring case and Latin accents. Folding is Unicode's (libutf8proc: compatibility
 * decomposition, accents stripped, case folded, invisible characters dropped), so "DIRECCIÓN" equals "direccion", and
 * letters that Unicode does not take apart are spelled plainly: "Ørsted" as "orsted", "Łódź" as "lodz", "æ" as "ae".
 * Vowel signs of other scripts stay: there they are letters. The only place that knows libutf8proc. */
#ifndef EMBUDO_BASE_TEXT_H
#define EMBUDO_BASE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"

/* The bytes of the well-formed UTF-8 character that `s` starts with (1 to 4), or 0 when it starts with none. */
size_t text_char(struct str s);

bool text_is_utf8(struct str s); /* well-formed throughout */

/* Well-formed, and nothing in it that cannot be seen or turns what is seen: no control characters, no signs of direction and the like. */
bool text_is_plain(struct str s);

/* True when a word of it (a run of letters) has Latin letters beside Greek or Cyrillic ones: "pаid" with a Cyrillic а. UTF-8. */
bool text_mixes_alphabets(struct str s);

/* Appends the folded form of `s` to `out`. ASCII takes a fast path. Invalid UTF-8 bytes are kept as they are. */
void text_fold(struct str s, struct buf *out);

/* The folded form: `s` itself when it is already folded ASCII, otherwise built in `scratch` (cleared first). */
struct str text_folded(struct str s, struct buf *scratch);

/* Both sides already folded. */
bool text_contains(struct str s, struct str part);

/* `*` any run, `?` one character. No recursion; at most as many steps as the texts' lengths multiplied. */
bool text_glob(struct str s, struct str pattern);

/* Whether `phrase` (one or several words) stands in `s` as whole words: a word ends where letters and digits (Unicode's)
 * end. A blank in the phrase stands for anything between two words, so "vp sales" is in "vp, sales"; all else is
 * literal: "c.t.o." is not "cto", "c++" is found. False for a blank phrase. Both sides folded. */
bool text_has_word(struct str s, struct str phrase);

/* "firstName", "First Name" and "first-name" as "first_name": the one spelling of trait names, a copy in `arena`. Dots
 * are kept, other punctuation separates words; "userID" is "user_id", "HTTPServer" "http_server", "line2" stays. A name
 * without any letter or digit stays as it is. */
struct str text_snake(struct str name, struct arena *arena);

size_t text_width(struct str s); /* columns on a terminal (East Asian wide characters count two) */

#endif
