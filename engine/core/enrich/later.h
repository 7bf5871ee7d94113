/* later.h - leads that are to be looked at again when there is room: each once, first come, first served.
 *
 * By one of their ids: what lead that is may change meanwhile. Pure. One thread.
 */
#ifndef EMBUDO_CORE_LATER_H
#define EMBUDO_CORE_LATER_H

#include "base/map.h"

enum { LATER_MAX = 200000 }; /* that wait; further ones are not taken */

struct later {
  struct map ids; /* numbered as they came, also those that do not wait any more */
  bool *waits;    /* per id */
  uint32_t *queue;
  size_t waits_cap, at, end, queue_cap;
};

void later_init(struct later *later);
void later_release(struct later *later);

bool later_add(struct later *later, struct str id); /* false: there is no room. Fine when it waits already */
size_t later_count(const struct later *later);

/* The first one, which waits no more; it lives until the next call. False: nobody waits. */
bool later_take(struct later *later, struct str *id);

/* Who is not to be kept is forgotten, and so is who waits no more. */
void later_keep(struct later *later, bool (*keep)(void *arg, struct str id), void *arg);

#endif
