/* envelope.h - an item of {"batch": [...]} as it would have been sent alone.
 *
 * What SDKs put beside the list belongs to each item: the envelope's context (the item's own members go first), its
 * sentAt, and the type that the path named. Write keys are left out: what is kept must not hold credentials.
 */
#ifndef EMBUDO_CORE_ENVELOPE_H
#define EMBUDO_CORE_ENVELOPE_H

#include "base/json.h"

struct envelope {
  struct json_ref context; /* an object, or missing */
  struct json_ref sent_at; /* missing: none, or not to be added */
  struct str type;         /* for items without one; empty: none */
};

/* Appends the item, an object, to `out`. `part` is scratch. */
void envelope_open(const struct envelope *envelope, struct json_ref item, struct buf *part, struct buf *out);

#endif
