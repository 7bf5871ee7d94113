#include "base/arena.h"

#include "base/err.h"

enum { DEFAULT_BLOCK_SIZE = 64 * 1024, ALIGNMENT = 8 };

struct arena_block {
  struct arena_block *older;
  size_t size;
  _Alignas(16) char bytes[];
};

void arena_init(struct arena *arena, size_t block_size) {
  if (block_size == 0) block_size = DEFAULT_BLOCK_SIZE;
  *arena = (struct arena){.block_size = block_size, .largest = block_size};
}

void arena_init_growing(struct arena *arena, size_t smallest, size_t largest) {
  ASSERT(smallest > 2 * sizeof(struct arena_block) && smallest <= largest);
  *arena = (struct arena){.block_size = smallest, .largest = largest};
}

void arena_release(struct arena *arena) {
  struct arena_block *block = arena->head;
  while (block) {
    struct arena_block *older = block->older;
    free(block);
    block = older;
  }
  *arena = (struct arena){.block_size = arena->block_size, .largest = arena->largest};
}

/* What a block of that many bytes has room for. */
static size_t room_of(size_t block_size) {
  return block_size - sizeof(struct arena_block);
}

void arena_clear(struct arena *arena) {
  struct arena_block *kept = NULL, *older = NULL;
  for (struct arena_block *block = arena->head; block; block = older) {
    older = block->older;
    if (!kept && block->size == room_of(arena->block_size))
      kept = block;
    else
      free(block);
  }
  *arena = (struct arena){.block_size = arena->block_size, .largest = arena->largest};
  if (!kept) return;
  kept->older = NULL;
  arena->head = kept;
  arena->next = kept->bytes;
  arena->end = kept->bytes + kept->size;
}

static struct arena_block *block_new(size_t room) {
  struct arena_block *block = xmalloc(sizeof *block + room);
  block->size = room;
  return block;
}

/* A request larger than a block gets one of its own, placed behind the newest so that its free room is kept.
 */
static void *alloc_alone(struct arena *arena, size_t size) {
  struct arena_block *block = block_new(size);
  block->older = NULL;
  if (arena->head) {
    block->older = arena->head->older;
    arena->head->older = block;
  } else {
    arena->head = block;
  }
  return block->bytes;
}

static void *alloc_slow(struct arena *arena, size_t size) {
  if (arena->block_size == 0) arena_init(arena, 0);
  if (size > arena->block_size / 2) return alloc_alone(arena, size);
  if (arena->head && arena->block_size < arena->largest) arena->block_size *= 2;
  struct arena_block *block = block_new(room_of(arena->block_size));
  block->older = arena->head;
  arena->head = block;
  arena->next = block->bytes + size;
  arena->end = block->bytes + block->size;
  return block->bytes;
}

void *arena_alloc(struct arena *arena, size_t size) {
  ASSERT(size < SIZE_MAX / 2);
  size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
  arena->used += size;
  if (arena->next && size <= (size_t)(arena->end - arena->next)) {
    void *memory = arena->next;
    arena->next += size;
    return memory;
  }
  return alloc_slow(arena, size);
}

void *arena_zalloc(struct arena *arena, size_t size) {
  return memset(arena_alloc(arena, size), 0, size);
}

void *arena_dup(struct arena *arena, const void *bytes, size_t len) {
  void *copy = arena_alloc(arena, len);
  return len ? memcpy(copy, bytes, len) : copy;
}

struct str arena_str(struct arena *arena, struct str s) {
  char *copy = arena_alloc(arena, s.len + 1);
  if (s.len) memcpy(copy, s.p, s.len);
  copy[s.len] = '\0';
  return (struct str){copy, s.len};
}

char *arena_printf(struct arena *arena, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  va_end(args);
  ASSERT(len >= 0);
  char *text = arena_alloc(arena, (size_t)len + 1);
  vsnprintf(text, (size_t)len + 1, format, again);
  va_end(again);
  return text;
}
