/* walk.h - reads journal.db block by block over a read-only connection of its own.
 *
 * Between two blocks the database's view is let go, so however slow its owner is a walk never keeps the writer's log from
 * being moved into place. Each block's check sum and its place in the order are verified.
 */
#ifndef EMBUDO_STORE_SQLITE_WALK_H
#define EMBUDO_STORE_SQLITE_WALK_H

#include "store/sqlite/block.h"
#include "store/sqlite/database.h"

struct walk {
  sqlite3 *db;
  sqlite3_stmt *next_block, *floor;
  char *path;
  struct buf bytes; /* the current block's */
  int64_t received_ms;
};

/* ERR_NOT_FOUND: `dir` holds no store. */
int walk_init(struct walk *walk, const char *dir, struct err *err);
void walk_release(struct walk *walk);

/* The block that holds record `seq`, or the next after it: 1 and *block, valid until the next call; 0: none; -1. */
int walk_block(struct walk *walk, uint64_t seq, struct block *block, struct err *err);

/* The first record to keep: what stands before it was removed, whether or not it is gone. 0: all. */
int walk_floor(struct walk *walk, uint64_t *seq, struct err *err);

/* Says which file and which records an error found in the block is about. -1. */
int walk_blame(const struct walk *walk, uint64_t first_seq, struct err *err);

#endif
