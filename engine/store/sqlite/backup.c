/* backup.c - store.h's store_backup: a new file, block by block, so that the writer is held up by nothing. */
#include "store/dirlock.h"
#include "store/record.h"
#include "store/sqlite/fit.h"
#include "store/sqlite/journal.h"
#include "store/sqlite/repack.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct backup {
  struct walk from;
  sqlite3 *to;
  char *path, *partial; /* the copy's name, and its name until it is complete */
  uint64_t last_seq;    /* what comes after this is not copied */
  uint64_t records;
  struct block_packer *packer; /* of what was packed together while it was copied */
  struct block_unpacker *unpacker;
};

static bool insert(sqlite3_stmt *stmt) {
  bool done = sqlite3_step(stmt) == SQLITE_DONE;
  return sqlite3_reset(stmt) == SQLITE_OK && done;
}

static int insert_block(struct backup *backup, sqlite3_stmt *stmt, const struct block *block,
                        struct str bytes, struct err *err) {
  sqlite3_bind_int64(stmt, 1, (sqlite3_int64)block->first_seq);
  sqlite3_bind_int64(stmt, 2, (sqlite3_int64)block->records);
  sqlite3_bind_int64(stmt, 3, backup->from.received_ms);
  sqlite3_bind_int64(stmt, 4, (sqlite3_int64)block->gone);
  sqlite3_bind_blob64(stmt, 5, bytes.p, bytes.len, SQLITE_STATIC);
  backup->records += block->records - block->gone;
  if (insert(stmt)) return 0;
  database_failure(backup->to, "copying records", err);
  return -1;
}

/* Takes `count` records off the run; *gone: how many of them are. */
static int skip(struct str *run, uint64_t count, uint64_t *gone, struct err *err) {
  struct store_record record;
  *gone = 0;
  for (uint64_t i = 0; i < count; i++) {
    if (!record_take(run, &record))
      return err_set(err, ERR_SYNTAX, "the block holds fewer than it should: the file is damaged");
    *gone += record.kind == RECORD_GONE;
  }
  return 0;
}

/* The block was packed together from some of which the first were copied already, up to record `seq`: copies the others. */
static int insert_rest(struct backup *backup, sqlite3_stmt *stmt, const struct block *block, uint64_t seq,
                       struct err *err) {
  struct str run;
  uint64_t gone;
  if (block_unpack(backup->unpacker, block, &run, err) || skip(&run, seq - block->first_seq, &gone, err))
    return walk_blame(&backup->from, block->first_seq, err);
  const struct block rest = {.first_seq = seq,
                             .records = block->first_seq + block->records - seq,
                             .gone = block->gone - gone,
                             .deep = block->deep};
  struct fit_row row = {.records = (int64_t)rest.records,
                        .received_ms = backup->from.received_ms,
                        .gone = (int64_t)rest.gone,
                        .len = block_pack(backup->packer, &rest, run)};
  size_t len = rest.deep ? fit_small(&row) : fit_new(&row);
  return insert_block(backup, stmt, &rest, block_seal(backup->packer, len), err);
}

/* From the floor on; the last block in any case, for numbers go on from there. */
static int copy_blocks(struct backup *backup, struct err *err) {
  uint64_t seq;
  if (walk_floor(&backup->from, &seq, err)) return -1;
  if (seq > backup->last_seq) seq = backup->last_seq;
  sqlite3_stmt *stmt = database_prepare(backup->to, "INSERT INTO block VALUES (?1, ?2, ?3, ?4, ?5)", err);
  if (!stmt) return -1;
  struct block block = {0};
  int found = 1;
  for (uint64_t start = seq; seq <= backup->last_seq && found > 0; seq = block.first_seq + block.records) {
    found = walk_block(&backup->from, seq, &block, err);
    if (found <= 0 || block.first_seq > backup->last_seq) break;
    bool partly = block.first_seq < seq && seq > start;
    if (partly ? insert_rest(backup, stmt, &block, seq, err)
               : insert_block(backup, stmt, &block, buf_str(&backup->from.bytes), err))
      found = -1;
  }
  sqlite3_finalize(stmt);
  return found < 0 ? -1 : 0;
}

static int copy_each_value(struct backup *backup, sqlite3_stmt *read, sqlite3_stmt *write, struct err *err) {
  int code;
  while ((code = sqlite3_step(read)) == SQLITE_ROW) {
    sqlite3_bind_value(write, 1, sqlite3_column_value(read, 0));
    sqlite3_bind_value(write, 2, sqlite3_column_value(read, 1));
    if (insert(write)) continue;
    database_failure(backup->to, "copying values", err);
    return -1;
  }
  if (code == SQLITE_DONE) return 0;
  database_failure(backup->from.db, "reading values", err);
  return -1;
}

static int copy_values(struct backup *backup, struct err *err) {
  sqlite3_stmt *read = database_prepare(backup->from.db,
                                        "SELECT name, bytes FROM value WHERE name NOT IN"
                                        " ('" JOURNAL_CLEAN "', '" JOURNAL_BLOCKS "', '" REPACK_DONE "')",
                                        err);
  sqlite3_stmt *write = database_prepare(backup->to, "INSERT INTO value VALUES (?1, ?2)", err);
  int result = read && write ? copy_each_value(backup, read, write, err) : -1;
  sqlite3_finalize(read);
  sqlite3_finalize(write);
  if (result) return result;
  return database_exec(backup->to, "INSERT INTO value VALUES ('" JOURNAL_CLEAN "', CAST('1' AS BLOB))", err);
}

/* Everything into the partial file, which nobody else has open. */
static int copy(struct backup *backup, struct err *err) {
  enum store_state ignored;
  backup->to = database_open(backup->partial, DATABASE_COPY, NULL, err);
  if (!backup->to) return -1;
  int result = -1;
  if (schema_bring_up(backup->to, &ignored, err) == 0 && database_exec(backup->to, "BEGIN", err) == 0 &&
      copy_blocks(backup, err) == 0 && copy_values(backup, err) == 0)
    result = database_exec(backup->to, "COMMIT", err);
  database_close(backup->to);
  return result;
}

static int sync_file(const char *path, struct err *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return err_system(err, "%s: cannot be opened", path);
  int result = fsync(fd);
  if (result) err_system(err, "%s: cannot be synced", path);
  close(fd);
  return result;
}

static int complete(const struct backup *backup, const char *target, struct err *err) {
  if (sync_file(backup->partial, err)) return -1;
  if (rename(backup->partial, backup->path) != 0)
    return err_system(err, "%s: cannot be renamed", backup->partial);
  return dirlock_sync(target, err);
}

/* What an earlier attempt left behind goes; a finished copy is not written over. */
static int clear_way(const struct backup *backup, struct err *err) {
  if (access(backup->path, F_OK) == 0)
    return err_set(err, ERR_INVALID, "%s: there is a store already; choose an empty directory for the backup",
                   backup->path);
  if (unlink(backup->partial) != 0 && errno != ENOENT)
    return err_system(err, "%s: cannot be removed", backup->partial);
  return 0;
}

static int run(struct backup *backup, const char *target, struct err *err) {
  int64_t last = 0;
  if (clear_way(backup, err) ||
      database_number(backup->from.db, "SELECT coalesce(max(first_seq + records - 1), 0) FROM block", &last,
                      err))
    return -1;
  backup->last_seq = (uint64_t)last;
  if (copy(backup, err) == 0 && complete(backup, target, err) == 0) return 0;
  unlink(backup->partial);
  return -1;
}

static int run_locked(struct backup *backup, const char *target, struct err *err) {
  int lock = dirlock_take(target, err);
  if (lock < 0) return -1;
  struct buf path, partial;
  database_path(&path, target, DATABASE_JOURNAL);
  database_path(&partial, target, DATABASE_JOURNAL ".partial");
  backup->path = path.data;
  backup->partial = partial.data;
  int result = run(backup, target, err);
  buf_release(&path);
  buf_release(&partial);
  dirlock_release(lock);
  return result;
}

int store_backup(const char *dir, const char *target, uint64_t *records, struct err *err) {
  struct backup backup = {0};
  if (walk_init(&backup.from, dir, err)) return -1;
  backup.packer = block_packer_new();
  backup.unpacker = block_unpacker_new();
  int result = run_locked(&backup, target, err);
  block_packer_free(backup.packer);
  block_unpacker_free(backup.unpacker);
  walk_release(&backup.from);
  if (records) *records = backup.records;
  return result;
}
