#include "store/sqlite/ahead.h"
#include "base/thread.h"

struct slot {
  struct block_unpacker *unpacker;
  struct feed feed;
  int found;      /* what feed_next said */
  unsigned asked; /* ... which was asked during that call of the caller's, or after it */
  struct err err;
};

struct ahead {
  pthread_t thread;
  struct walk walk; /* the thread's */
  struct slot slots[AHEAD_BLOCKS];

  pthread_mutex_t lock; /* for all below; a slot is the thread's until it is filled */
  pthread_cond_t moved;
  unsigned first, filled; /* slots, around the end */
  bool taken;             /* the first is in the caller's hands */
  bool resting;           /* nothing is to be read ahead: not begun, or the last slot says why */
  bool stopping;
  uint64_t next_seq;
  unsigned asked; /* calls of ahead_next */
  unsigned seeks; /* what was being read before the latest is not wanted */
};

static struct slot *slot_at(struct ahead *ahead, unsigned n) {
  return &ahead->slots[(ahead->first + n) % AHEAD_BLOCKS];
}

/* --- the thread; the lock is held except where it says so ---------------------------------------------------------- */

static void fill(struct ahead *ahead) {
  struct slot *slot = slot_at(ahead, ahead->filled);
  uint64_t seq = ahead->next_seq;
  unsigned seeks = ahead->seeks, asked = ahead->asked;
  pthread_mutex_unlock(&ahead->lock);
  int found = feed_next(&ahead->walk, slot->unpacker, seq, &slot->feed, &slot->err);
  pthread_mutex_lock(&ahead->lock);
  if (seeks != ahead->seeks) return;
  slot->found = found;
  slot->asked = asked;
  ahead->filled++;
  ahead->next_seq = found > 0 ? slot->feed.end_seq : seq;
  ahead->resting = found <= 0;
  pthread_cond_broadcast(&ahead->moved);
}

static void *run(void *arg) {
  struct ahead *ahead = arg;
  pthread_mutex_lock(&ahead->lock);
  while (!ahead->stopping) {
    if (ahead->resting || ahead->filled == AHEAD_BLOCKS)
      pthread_cond_wait(&ahead->moved, &ahead->lock);
    else
      fill(ahead);
  }
  pthread_mutex_unlock(&ahead->lock);
  return NULL;
}

/* --- the caller ---------------------------------------------------------------------------------------------------- */

static void release(struct ahead *ahead) {
  for (unsigned i = 0; i < AHEAD_BLOCKS; i++) block_unpacker_free(ahead->slots[i].unpacker);
  pthread_cond_destroy(&ahead->moved);
  pthread_mutex_destroy(&ahead->lock);
  walk_release(&ahead->walk);
  free(ahead);
}

struct ahead *ahead_new(const char *dir, struct err *err) {
  struct ahead *ahead = xcalloc(1, sizeof *ahead);
  if (walk_init(&ahead->walk, dir, err)) {
    free(ahead);
    return NULL;
  }
  for (unsigned i = 0; i < AHEAD_BLOCKS; i++) ahead->slots[i].unpacker = block_unpacker_new();
  ASSERT(pthread_mutex_init(&ahead->lock, NULL) == 0);
  ASSERT(pthread_cond_init(&ahead->moved, NULL) == 0);
  ahead->resting = true;
  if (thread_start(&ahead->thread, "store reader", run, ahead, err) == 0) return ahead;
  release(ahead);
  return NULL;
}

void ahead_free(struct ahead *ahead) {
  if (!ahead) return;
  pthread_mutex_lock(&ahead->lock);
  ahead->stopping = true;
  pthread_cond_broadcast(&ahead->moved);
  pthread_mutex_unlock(&ahead->lock);
  ASSERT(pthread_join(ahead->thread, NULL) == 0);
  release(ahead);
}

void ahead_seek(struct ahead *ahead, uint64_t seq) {
  pthread_mutex_lock(&ahead->lock);
  ahead->seeks++;
  ahead->first = ahead->filled = 0;
  ahead->taken = false;
  ahead->resting = true;
  ahead->next_seq = seq;
  pthread_mutex_unlock(&ahead->lock);
}

static void drop_first(struct ahead *ahead) {
  ahead->taken = false;
  ahead->first = (ahead->first + 1) % AHEAD_BLOCKS;
  ahead->filled--;
}

/* What was the end when it was looked at, also by a thread that was slow to say so, may not be any more. */
static bool is_stale(struct ahead *ahead) {
  const struct slot *slot = slot_at(ahead, 0);
  return slot->found <= 0 && slot->asked != ahead->asked;
}

int ahead_next(struct ahead *ahead, struct feed *feed, struct err *err) {
  pthread_mutex_lock(&ahead->lock);
  ahead->asked++;
  if (ahead->taken) drop_first(ahead);
  for (;;) {
    if (ahead->filled > 0 && is_stale(ahead)) drop_first(ahead);
    if (ahead->filled > 0) break;
    ahead->resting = false;
    pthread_cond_broadcast(&ahead->moved);
    pthread_cond_wait(&ahead->moved, &ahead->lock);
  }
  pthread_cond_broadcast(&ahead->moved); /* there is room for one more */
  const struct slot *slot = slot_at(ahead, 0);
  ahead->taken = true;
  pthread_mutex_unlock(&ahead->lock);
  *feed = slot->feed;
  if (slot->found < 0) *err = slot->err;
  return slot->found;
}
