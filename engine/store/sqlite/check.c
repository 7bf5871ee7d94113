/* check.c - store.h's store_check: SQLite's own look at the file, then every block against its check sum.
 *
 * SQLite's look keeps the log from being moved into place while it lasts, so it is left out for large files; the walk
 * over all blocks meets every page of theirs, and sees damage that SQLite cannot. */
#include "store/sqlite/walk.h"

#include <stdatomic.h>

enum { LOOK_PAGES_MAX = 1 << 18, STEPS_BETWEEN_STOPS = 10000 };

static bool told_to_stop(const _Atomic bool *stop) {
  return stop && atomic_load(stop);
}

static int stop_sqlite(void *arg) {
  return told_to_stop(*(const _Atomic bool **)arg);
}

static int look(struct walk *walk, struct err *err) {
  sqlite3_stmt *stmt = database_prepare(walk->db, "PRAGMA quick_check(1)", err);
  if (!stmt) return -1;
  int code = sqlite3_step(stmt), result = 0;
  if (code != SQLITE_ROW && (code & 0xff) != SQLITE_INTERRUPT) {
    database_failure(walk->db, "checking", err);
    result = -1;
  } else if (code == SQLITE_ROW && !str_eq(database_bytes(stmt, 0), STR("ok"))) {
    result = err_set(err, ERR_SYNTAX, "%s: the file is damaged: %.*s", walk->path,
                     STR_ARG(database_bytes(stmt, 0)));
  }
  sqlite3_finalize(stmt);
  return result;
}

static int look_if_small(struct walk *walk, const _Atomic bool *stop, struct err *err) {
  int64_t pages;
  if (database_number(walk->db, "PRAGMA page_count", &pages, err)) return -1;
  if (pages > LOOK_PAGES_MAX) return 0;
  sqlite3_progress_handler(walk->db, STEPS_BETWEEN_STOPS, stop_sqlite, &stop);
  int result = look(walk, err);
  sqlite3_progress_handler(walk->db, 0, NULL, NULL);
  return result;
}

/* A block that begins before the last one ended: it was packed together with it meanwhile, or it overlaps. */
static int look_again(struct walk *walk, const struct block *block, struct err *err) {
  struct block before;
  uint64_t first_seq = block->first_seq;
  int found = first_seq > 1 ? walk_block(walk, first_seq - 1, &before, err) : 0;
  if (found <= 0) return found;
  if (before.first_seq >= first_seq || before.first_seq + before.records <= first_seq) return 0;
  err_set(err, ERR_SYNTAX, "the block overlaps the one before it: the file is damaged");
  return walk_blame(walk, first_seq, err);
}

static int walk_all(struct walk *walk, const _Atomic bool *stop, struct err *err) {
  struct block block;
  int found = 0;
  for (uint64_t seq = 0; !told_to_stop(stop); seq = block.first_seq + block.records) {
    found = walk_block(walk, seq, &block, err);
    if (found <= 0) return found;
    if (block.first_seq < seq && look_again(walk, &block, err)) return -1;
  }
  return 1;
}

int store_check(const char *dir, const _Atomic bool *stop, struct err *err) {
  struct walk walk;
  if (walk_init(&walk, dir, err)) return -1;
  int result = look_if_small(&walk, stop, err);
  if (result == 0) result = walk_all(&walk, stop, err);
  walk_release(&walk);
  return result;
}
