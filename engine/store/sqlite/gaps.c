#include "store/sqlite/gaps.h"
#include "store/sqlite/peek.h"

#include <errno.h>

enum { LOOK_BACK = 4 * FIT_FENCE }; /* rows: the gaps that two steps can have left, and a fence before them */

struct gaps {
  sqlite3 *db;
  sqlite3_stmt *make, *back, *ahead, *behind, *remove;
  size_t len; /* of a gap's bytes */
};

static int prepare(struct gaps *gaps, struct err *err) {
  const struct {
    sqlite3_stmt **stmt;
    const char *sql;
  } all[] = {
      {&gaps->make, "UPDATE block SET records = 0, received_ms = 0, gone = 0, bytes = zeroblob(?3)"
                    " WHERE first_seq > ?1 AND first_seq < ?2"},
      {&gaps->back, "SELECT first_seq, gone < records FROM block WHERE first_seq < ?1"
                    " ORDER BY first_seq DESC"},
      {&gaps->ahead,
       "SELECT first_seq FROM block WHERE first_seq >= ?1 ORDER BY first_seq LIMIT 1 OFFSET ?2"},
      {&gaps->behind,
       "SELECT first_seq FROM block WHERE first_seq < ?1 ORDER BY first_seq DESC LIMIT 1 OFFSET ?2"},
      {&gaps->remove, "DELETE FROM block WHERE first_seq > ?1 AND first_seq < ?2 AND records = 0"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    *all[i].stmt = database_prepare(gaps->db, all[i].sql, err);
    if (!*all[i].stmt) return -1;
  }
  return 0;
}

struct gaps *gaps_new(sqlite3 *db, struct err *err) {
  struct gaps *gaps = xcalloc(1, sizeof *gaps);
  gaps->db = db;
  gaps->len = fit_small(&(struct fit_row){0});
  if (prepare(gaps, err) == 0) return gaps;
  gaps_free(gaps);
  return NULL;
}

void gaps_free(struct gaps *gaps) {
  if (!gaps) return;
  sqlite3_stmt *const all[] = {gaps->make, gaps->back, gaps->ahead, gaps->behind, gaps->remove};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_finalize(all[i]);
  free(gaps);
}

enum store_state gaps_make(struct gaps *gaps, uint64_t first_seq, uint64_t end_seq, struct err *err) {
  sqlite3_bind_int64(gaps->make, 1, (sqlite3_int64)first_seq);
  sqlite3_bind_int64(gaps->make, 2, (sqlite3_int64)end_seq);
  sqlite3_bind_int64(gaps->make, 3, (sqlite3_int64)gaps->len);
  return database_run(gaps->make, "emptying rows", err);
}

/* Whether the row that `back` stands at may be moved: nothing of anybody's stands in its page. */
static enum store_state may_move(struct gaps *gaps, struct peek *peek, bool *may, struct err *err) {
  struct block block = {.deep = true};
  enum store_state state = STORE_OK;
  if (sqlite3_column_int(gaps->back, 1))
    state = peek_block(peek, gaps->db, (uint64_t)sqlite3_column_int64(gaps->back, 0), &block, err);
  *may = block.deep;
  return state;
}

/* The first number that the statement answers with; `otherwise` when it answers nothing. */
static enum store_state number_of(struct gaps *gaps, sqlite3_stmt *stmt, uint64_t from, int64_t offset,
                                  uint64_t *number, struct err *err) {
  enum store_state state = STORE_OK;
  sqlite3_bind_int64(stmt, 1, (sqlite3_int64)from);
  sqlite3_bind_int64(stmt, 2, offset);
  int code = sqlite3_step(stmt);
  if (code == SQLITE_ROW)
    *number = (uint64_t)sqlite3_column_int64(stmt, 0);
  else if (code != SQLITE_DONE)
    state = database_failure(gaps->db, "looking for empty rows", err);
  sqlite3_reset(stmt);
  return state;
}

struct before { /* the rows before one, from there back */
  uint64_t seqs[LOOK_BACK];
  uint32_t movable; /* so many of them may be moved */
  bool all;         /* and there is no other */
};

static enum store_state look_back(struct gaps *gaps, uint64_t first_seq, struct before *before,
                                  struct err *err) {
  struct peek peek = {NULL};
  enum store_state state = STORE_OK;
  bool movable = true;
  int code = SQLITE_ROW;
  *before = (struct before){.movable = 0};
  sqlite3_bind_int64(gaps->back, 1, (sqlite3_int64)first_seq);
  while (state == STORE_OK && movable && before->movable < LOOK_BACK &&
         (code = sqlite3_step(gaps->back)) == SQLITE_ROW) {
    state = may_move(gaps, &peek, &movable, err);
    if (movable) before->seqs[before->movable++] = (uint64_t)sqlite3_column_int64(gaps->back, 0);
  }
  before->all = code == SQLITE_DONE;
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    state = database_failure(gaps->db, "looking for empty rows", err);
  sqlite3_reset(gaps->back);
  peek_end(&peek);
  return state;
}

/* Behind which row gaps may be removed: FIT_FENCE rows that may be moved stand up to there, itself included. */
static enum store_state lower_bound(struct gaps *gaps, uint64_t first_seq, uint64_t *low, struct err *err) {
  struct before before;
  *low = 0;
  enum store_state state = look_back(gaps, first_seq, &before, err);
  if (state != STORE_OK || before.all) return state;
  if (before.movable >= FIT_FENCE) {
    *low = before.seqs[before.movable - FIT_FENCE];
    return STORE_OK;
  }
  *low = INT64_MAX;
  return number_of(gaps, gaps->ahead, first_seq, FIT_FENCE - 1 - (int64_t)before.movable, low, err);
}

enum store_state gaps_remove(struct gaps *gaps, uint64_t first_seq, uint64_t end_seq, struct err *err) {
  uint64_t low = 0, high = 0;
  enum store_state state = lower_bound(gaps, first_seq, &low, err);
  if (state == STORE_OK) state = number_of(gaps, gaps->behind, end_seq, FIT_FENCE - 1, &high, err);
  if (state != STORE_OK || low >= high) return state;
  sqlite3_bind_int64(gaps->remove, 1, (sqlite3_int64)low);
  sqlite3_bind_int64(gaps->remove, 2, (sqlite3_int64)high);
  return database_run(gaps->remove, "removing empty rows", err);
}
