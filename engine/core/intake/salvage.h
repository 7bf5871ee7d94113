/* salvage.h - a batch that cannot be read because of some of its events: which those are, and the body without them.
 *
 * JSON that is well-formed may still have what is not taken: a NUL in a text, a number beyond all bounds, nesting beyond the
 * bound. Within a batch that is the fault of one event, and the others are as good as ever. Each event is read by itself, at its
 * own depth; one that cannot be becomes null in a copy of the body, and is told with its reason. The body is looked at again only when it was
 * refused, once, whatever is in it.
 */
#ifndef EMBUDO_CORE_SALVAGE_H
#define EMBUDO_CORE_SALVAGE_H

#include "core/intake/normalise.h"

enum { SALVAGE_REASON_MAX = 96 /* bytes */ };

struct salvage_item {
  uint32_t item; /* its place in the batch */
  enum reject_code code;
  char reason[SALVAGE_REASON_MAX];
};

struct salvage {
  struct buf body; /* without them */
  struct buf text; /* scratch */
  struct salvage_item *items;
  size_t count, cap;
};

void salvage_init(struct salvage *salvage);
void salvage_release(struct salvage *salvage);
void salvage_clear(struct salvage *salvage); /* nothing was salvaged */

/* Whether there is a batch whose events are the reason why `body` was refused; then salvage->body is the rest, and the items
 * say what was left out, in their order. */
bool salvage_batch(struct salvage *salvage, struct json_reader *reader, struct str body);

/* Why the item was left out, for people; NULL: it was not. */
const char *salvage_reason(const struct salvage *salvage, uint32_t item, enum reject_code *code);

#endif
