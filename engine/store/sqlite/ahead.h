/* ahead.h - feed.h from a thread of its own, which reads and unpacks the next blocks while the caller is at one.
 *
 * For whoever reads much, in order: unpacking costs as much as a good part of what is then done with the records. The
 * thread rests while AHEAD_BLOCKS wait, and before the first call.
 */
#ifndef EMBUDO_STORE_SQLITE_AHEAD_H
#define EMBUDO_STORE_SQLITE_AHEAD_H

#include "store/sqlite/feed.h"

enum { AHEAD_BLOCKS = 8 };

struct ahead;

/* NULL and *err when the store cannot be read or there is no thread to be had. */
struct ahead *ahead_new(const char *dir, struct err *err);
void ahead_free(struct ahead *ahead); /* NULL is fine */

void ahead_seek(struct ahead *ahead, uint64_t seq); /* what waits is thrown away */

/* As feed_next; its records are valid until the next call of a function of this header. After 0 or -1 the next call looks
 * again. */
int ahead_next(struct ahead *ahead, struct feed *feed, struct err *err);

#endif
