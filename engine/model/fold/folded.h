/* folded.h - a subject's folded form (base/text.h) for the length of one test, without allocating for short ASCII.
 *
 * Most subjects are paths, titles and domains of a few dozen ASCII bytes; they are lowered into the struct itself.
 *   struct folded folded; struct str s = folded_text(&folded, subject); ... folded_release(&folded);
 */
#ifndef EMBUDO_MODEL_FOLDED_H
#define EMBUDO_MODEL_FOLDED_H

#include "base/buf.h"

enum { FOLDED_SHORT_MAX = 256 };

struct folded {
  struct buf heap; /* for what is long or not ASCII */
  char lowered[FOLDED_SHORT_MAX];
};

/* Borrowed from `folded`, or `s` itself. Initialises `folded`. */
struct str folded_text(struct folded *folded, struct str s);
void folded_release(struct folded *folded);

#endif
