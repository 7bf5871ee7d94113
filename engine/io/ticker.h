/* ticker.h - something done again and again, at even distances of time, on the loop. Monotonic; ticks that were missed while
 * the loop was busy are not made up for. */
#ifndef EMBUDO_IO_TICKER_H
#define EMBUDO_IO_TICKER_H

#include "io/loop.h"

struct ticker;

struct ticker *ticker_new(struct loop *loop, int64_t every_ms, void (*tick)(void *arg), void *arg);
void ticker_free(struct ticker *ticker); /* NULL is fine; the loop must turn once more, or end */

#endif
