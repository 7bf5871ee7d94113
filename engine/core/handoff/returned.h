/* returned.h - values that embudo had sent and that have come back, so that each comes back once.
 *
 * Two hashes stand for one: of the message and the value in it, and of the item that told of it. The same item, told again, comes
 * back again; another one is somebody setting the value anew. The newest RETURNED_MAX are kept. Pure.
 */
#ifndef EMBUDO_CORE_RETURNED_H
#define EMBUDO_CORE_RETURNED_H

#include "base/str.h"

enum { RETURNED_MAX = 4096 };

struct returned_value {
  struct hash128 sent, item; /* zeros: none */
};

struct returned { /* zeros: nothing has */
  struct returned_value ring[RETURNED_MAX];
  uint32_t at;
};

enum returned_before { RETURNED_NEVER, RETURNED_SO /* with this item */, RETURNED_OTHERWISE };
enum returned_before returned_before(const struct returned *returned, struct returned_value value);

void returned_note(struct returned *returned, struct returned_value value); /* once */
void returned_forget(struct returned *returned, struct returned_value value);

#endif
