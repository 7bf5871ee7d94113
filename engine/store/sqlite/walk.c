#include "store/sqlite/walk.h"
#include "store/record.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/scrub.h"

#include <errno.h>
#include <unistd.h>

static int open_database(struct walk *walk, struct err *err) {
  static const char *const sql =
      "SELECT first_seq, records, received_ms, gone, bytes FROM block WHERE first_seq >="
      "   coalesce((SELECT first_seq FROM block WHERE first_seq <= ?1 AND records > 0"
      "             ORDER BY first_seq DESC LIMIT 1), 0)"
      "   AND records > 0 AND first_seq + records > ?1 ORDER BY first_seq LIMIT 1";
  if (access(walk->path, F_OK) != 0)
    return errno == ENOENT ? err_set(err, ERR_NOT_FOUND, "%s: there is no store here", walk->path)
                           : err_system(err, "%s: cannot be read", walk->path);
  walk->db = database_open(walk->path, DATABASE_READ, NULL, err);
  if (!walk->db || schema_expect(walk->db, err)) return -1;
  walk->next_block = database_prepare(walk->db, sql, err);
  walk->floor = database_prepare(walk->db, "SELECT bytes FROM value WHERE name = '" SCRUB_FLOOR "'", err);
  return walk->next_block && walk->floor ? 0 : -1;
}

int walk_init(struct walk *walk, const char *dir, struct err *err) {
  *walk = (struct walk){0};
  struct buf path;
  database_path(&path, dir, DATABASE_JOURNAL);
  walk->path = buf_detach(&path);
  buf_init(&walk->bytes);
  if (open_database(walk, err) == 0) return 0;
  walk_release(walk);
  return -1;
}

void walk_release(struct walk *walk) {
  sqlite3_finalize(walk->next_block);
  sqlite3_finalize(walk->floor);
  database_close(walk->db);
  buf_release(&walk->bytes);
  free(walk->path);
}

int walk_blame(const struct walk *walk, uint64_t first_seq, struct err *err) {
  return err_set(err, err->code, "%s: records from number %llu on: %s", walk->path,
                 (unsigned long long)first_seq, err->text);
}

/* The row's own columns must agree with what the check sum covers. */
static int take_row(struct walk *walk, struct block *block, struct err *err) {
  uint64_t first_seq = (uint64_t)sqlite3_column_int64(walk->next_block, 0);
  uint64_t records = (uint64_t)sqlite3_column_int64(walk->next_block, 1);
  uint64_t gone = (uint64_t)sqlite3_column_int64(walk->next_block, 3);
  walk->received_ms = sqlite3_column_int64(walk->next_block, 2);
  buf_clear(&walk->bytes);
  buf_add_str(&walk->bytes, database_bytes(walk->next_block, 4));
  if (block_open(block, buf_str(&walk->bytes), err)) return walk_blame(walk, first_seq, err);
  if (block->first_seq == first_seq && block->records == records && block->gone == gone) return 1;
  err_set(err, ERR_SYNTAX, "the block is that of other records: the file is damaged");
  return walk_blame(walk, first_seq, err);
}

int walk_block(struct walk *walk, uint64_t seq, struct block *block, struct err *err) {
  sqlite3_bind_int64(walk->next_block, 1, (sqlite3_int64)seq);
  int code = sqlite3_step(walk->next_block), result = 0;
  if (code == SQLITE_ROW)
    result = take_row(walk, block, err);
  else if (code != SQLITE_DONE) {
    database_failure(walk->db, "reading records", err);
    result = -1;
  }
  sqlite3_reset(walk->next_block);
  return result;
}

int walk_floor(struct walk *walk, uint64_t *seq, struct err *err) {
  int code = sqlite3_step(walk->floor), result = 0;
  *seq = 0;
  struct str bytes = code == SQLITE_ROW ? database_bytes(walk->floor, 0) : STR("");
  if (bytes.len == 8)
    *seq = record_u64(bytes.p);
  else if (code != SQLITE_ROW && code != SQLITE_DONE) {
    database_failure(walk->db, "reading a value", err);
    result = -1;
  }
  sqlite3_reset(walk->floor);
  return result;
}
