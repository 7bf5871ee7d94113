/* number.h - numbers and the texts that spell them: forms and CSV files send 300 as "300", and ids come as either.
 *
 * Reading is lenient about blanks around a number and nothing else. Spelling is exact and one-to-one: a text stands for
 * a number only when it is how that number is written, so the postcode "08001" is not the number 8001.
 */
#ifndef EMBUDO_MODEL_NUMBER_H
#define EMBUDO_MODEL_NUMBER_H

#include "base/buf.h"
#include "base/value.h"

/* A plain decimal: an optional minus, digits, at most one point with digits on both sides. No exponent, no separators. */
bool number_parse(struct str text, double *out);

/* The number that `v` is, or that it spells as a plain decimal. */
bool number_of(struct value v, double *out);

/* The one spelling of `n`: whole numbers plain, fractions in the shortest form that reads back. Built in `scratch`
 * (cleared first). */
struct str number_spelling(double n, struct buf *scratch);

/* A string's text, or a number's spelling (built in `scratch`); false for every other kind. */
bool number_or_text(struct value v, struct buf *scratch, struct str *out);

#endif
