/* arena.h - memory that is freed all at once: allocations are never freed one by one.
 *
 * Used for what lives exactly as long as its owner: a ruleset, an event's scratch values, a batch's timelines.
 * Addresses stay valid until clear or release. Not thread-safe.
 */
#ifndef EMBUDO_BASE_ARENA_H
#define EMBUDO_BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
  struct arena_block *head; /* newest block */
  char *next, *end;         /* free room in it */
  size_t block_size;        /* of a new block, all told; larger requests get a block of their own */
  size_t largest;           /* blocks double up to this size */
  size_t used;              /* bytes handed out since init or clear */
};

void arena_init(struct arena *arena, size_t block_size); /* 0: 64 KiB */

/* For arenas that may become huge: the first block has `smallest` bytes, each further one twice as many as the one
 * before, up to `largest`. */
void arena_init_growing(struct arena *arena, size_t smallest, size_t largest);
void arena_release(struct arena *arena);
void arena_clear(struct arena *arena); /* keeps one block */

void *arena_alloc(struct arena *arena, size_t size);  /* 8-byte aligned, not cleared */
void *arena_zalloc(struct arena *arena, size_t size); /* cleared */
void *arena_dup(struct arena *arena, const void *bytes, size_t len);
struct str arena_str(struct arena *arena, struct str s); /* copy, NUL-terminated past its length */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
