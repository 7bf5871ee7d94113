#include "store/sqlite/journal.h"
#include "store/dirlock.h"
#include "store/reserve.h"
#include "store/sqlite/block.h"
#include "store/sqlite/schema.h"

#include <stdatomic.h>

enum { RESERVE_BYTES = 16 << 20, CHECKPOINT_BYTES = 4 << 20, PAGE_BYTES = 4096 };

struct journal {
  char *dir;
  size_t reserve_bytes;
  int checkpoint_pages; /* each time the log has grown by so many, they are moved into place */
  sqlite3 *db;
  sqlite3_stmt *begin, *commit, *rollback, *add_block, *set_value, *remove_value;
  struct block_packer *packer;
  int ahead_pages; /* in the log, as of the last commit */
  int next_checkpoint;
  bool reserved;
  atomic_uint_fast64_t stored_bytes, checkpoints, ahead_bytes;
};

/* --- commits --------------------------------------------------------------------------------------------------- */

/* Steps a statement that answers nothing and readies it for the next time. */
static bool run(sqlite3_stmt *stmt) {
  bool done = sqlite3_step(stmt) == SQLITE_DONE;
  return sqlite3_reset(stmt) == SQLITE_OK && done;
}

static bool add_block(struct journal *journal, const struct writer_group *group) {
  const struct writer_request *oldest = group->first;
  while (!oldest->records) oldest = oldest->next;
  struct str block = block_pack(journal->packer, group);
  sqlite3_stmt *stmt = journal->add_block;
  sqlite3_bind_int64(stmt, 1, (sqlite3_int64)group->first_seq);
  sqlite3_bind_int64(stmt, 2, group->records);
  sqlite3_bind_int64(stmt, 3, oldest->received_ms);
  sqlite3_bind_blob64(stmt, 4, block.p, block.len, SQLITE_STATIC);
  if (!run(stmt)) return false;
  atomic_fetch_add(&journal->stored_bytes, block.len);
  return true;
}

static bool set_value(struct journal *journal, const char *name, struct str bytes) {
  sqlite3_stmt *stmt = bytes.len ? journal->set_value : journal->remove_value;
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
  if (bytes.len) sqlite3_bind_blob64(stmt, 2, bytes.p, bytes.len, SQLITE_STATIC);
  return run(stmt);
}

static bool write_group(struct journal *journal, const struct writer_group *group) {
  if (!run(journal->begin)) return false;
  if (group->records && !add_block(journal, group)) return false;
  for (const struct writer_request *request = group->first; request; request = request->next)
    if (!request->records && !set_value(journal, request->name, buf_str(&request->bytes))) return false;
  return run(journal->commit);
}

/* What the failure means, and no transaction left open. On a full disk what was held in reserve helps the tidying. */
static enum store_state fail(struct journal *journal, const char *attempt, struct err *err) {
  enum store_state state = database_failure(journal->db, attempt, err);
  if (!sqlite3_get_autocommit(journal->db) && !run(journal->rollback)) state = STORE_BROKEN;
  if (state == STORE_FULL) {
    reserve_give(journal->dir);
    journal->reserved = false;
  }
  return state;
}

enum store_state journal_commit(void *self, const struct writer_group *group, struct err *err) {
  struct journal *journal = self;
  return write_group(journal, group) ? STORE_OK : fail(journal, "writing records", err);
}

static enum store_state write_mark(struct journal *journal, bool clean, struct err *err) {
  bool written = run(journal->begin) && set_value(journal, JOURNAL_CLEAN, clean ? STR("1") : STR("0")) &&
                 run(journal->commit);
  return written ? STORE_OK : fail(journal, "writing its mark", err);
}

/* Something written that changes nothing. It must reach the disk: setting a value to what it is does not. */
static enum store_state write_probe(struct journal *journal, struct err *err) {
  bool written = run(journal->begin) && set_value(journal, "store.probe", STR("1")) &&
                 set_value(journal, "store.probe", STR("")) && run(journal->commit);
  return written ? STORE_OK : fail(journal, "looking for room", err);
}

/* --- the log ---------------------------------------------------------------------------------------------------- */

static int note_log(void *arg, sqlite3 *db, const char *name, int pages) {
  (void)db, (void)name;
  struct journal *journal = arg;
  journal->ahead_pages = pages;
  atomic_store(&journal->ahead_bytes, (uint64_t)pages * PAGE_BYTES);
  return SQLITE_OK;
}

/* Moves into place what readers do not hold up; the next attempt is due when the log has grown as much again. */
static enum store_state checkpoint(struct journal *journal, int mode, struct err *err) {
  int code = sqlite3_wal_checkpoint_v2(journal->db, "main", mode, NULL, NULL);
  if (code != SQLITE_OK && code != SQLITE_BUSY) return fail(journal, "moving the log into place", err);
  if (code == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE) note_log(journal, journal->db, "main", 0);
  journal->next_checkpoint = journal->ahead_pages + journal->checkpoint_pages;
  atomic_fetch_add(&journal->checkpoints, 1);
  return STORE_OK;
}

/* At rest the log is emptied too, unless a reader is at it: no waiting, there will be another rest. */
static enum store_state empty_log(struct journal *journal, struct err *err) {
  sqlite3_busy_timeout(journal->db, 0);
  enum store_state state = checkpoint(journal, SQLITE_CHECKPOINT_TRUNCATE, err);
  sqlite3_busy_timeout(journal->db, DATABASE_BUSY_MS);
  return state;
}

enum store_state journal_tend(void *self, bool idle, struct err *err) {
  struct journal *journal = self;
  if (idle) return empty_log(journal, err);
  if (journal->ahead_pages < journal->checkpoint_pages) journal->next_checkpoint = journal->checkpoint_pages;
  if (journal->ahead_pages < journal->next_checkpoint) return STORE_OK;
  return checkpoint(journal, SQLITE_CHECKPOINT_PASSIVE, err);
}

/* Room means: the log could be moved into place, the reserve is whole again, and something could be written. */
enum store_state journal_recover(void *self, struct err *err) {
  struct journal *journal = self;
  enum store_state state = empty_log(journal, err);
  if (state != STORE_OK) return state;
  if (!journal->reserved && reserve_take(journal->dir, journal->reserve_bytes, err))
    return err->code == ERR_LIMIT ? STORE_FULL : STORE_BROKEN;
  journal->reserved = true;
  return write_probe(journal, err);
}

void journal_figures(struct journal *journal, struct store_stats *stats) {
  stats->stored_bytes = atomic_load(&journal->stored_bytes);
  stats->checkpoints = atomic_load(&journal->checkpoints);
  stats->ahead_bytes = atomic_load(&journal->ahead_bytes);
}

/* --- opening and closing ------------------------------------------------------------------------------------------ */

static int prepare(struct journal *journal, struct err *err) {
  const struct {
    sqlite3_stmt **stmt;
    const char *sql;
  } all[] = {
      {&journal->begin, "BEGIN IMMEDIATE"},
      {&journal->commit, "COMMIT"},
      {&journal->rollback, "ROLLBACK"},
      {&journal->add_block,
       "INSERT INTO block (first_seq, records, received_ms, bytes) VALUES (?1, ?2, ?3, ?4)"},
      {&journal->set_value, "INSERT INTO value (name, bytes) VALUES (?1, ?2) "
                            "ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes"},
      {&journal->remove_value, "DELETE FROM value WHERE name = ?1"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    *all[i].stmt = database_prepare(journal->db, all[i].sql, err);
    if (!*all[i].stmt) return -1;
  }
  return 0;
}

static int read_newest(struct journal *journal, struct journal_found *found, struct err *err) {
  int64_t newest = 0;
  const char *sql =
      "SELECT coalesce((SELECT first_seq + records - 1 FROM block ORDER BY first_seq DESC LIMIT 1), 0)";
  if (database_number(journal->db, sql, &newest, err)) return -1;
  found->newest_seq = (uint64_t)newest;
  return 0;
}

static int read_mark(struct journal *journal, struct journal_found *found, struct err *err) {
  int64_t marks = 0, clean = 0;
  if (database_number(journal->db, "SELECT count(*) FROM value WHERE name = '" JOURNAL_CLEAN "'", &marks,
                      err) ||
      database_number(journal->db,
                      "SELECT count(*) FROM value WHERE name = '" JOURNAL_CLEAN
                      "' AND bytes = CAST('1' AS BLOB)",
                      &clean, err))
    return -1;
  found->fresh = marks == 0 && found->newest_seq == 0;
  found->clean = found->fresh || clean > 0;
  return 0;
}

static int open_database(struct journal *journal, struct journal_found *found, struct err *err) {
  struct buf path;
  database_path(&path, journal->dir, DATABASE_JOURNAL);
  enum store_state state;
  journal->db = database_open(path.data, DATABASE_WRITE, &state, err);
  buf_release(&path);
  if (journal->db && schema_bring_up(journal->db, &state, err) == 0) return 0;
  database_close(journal->db);
  journal->db = NULL;
  found->state = state;
  return -1;
}

/* On a full disk even opening can find no room (for the log's index): then what is in reserve makes it. */
static int open_somehow(struct journal *journal, struct journal_found *found, struct err *err) {
  if (open_database(journal, found, err) == 0) return 0;
  if (found->state != STORE_FULL) return -1;
  found->why = *err;
  reserve_give(journal->dir);
  return open_database(journal, found, err);
}

/* From here on, until a clean close, this is a store that somebody may have left in the middle of something. */
static void begin_use(struct journal *journal, struct journal_found *found) {
  if (found->state == STORE_OK && reserve_take(journal->dir, journal->reserve_bytes, &found->why))
    found->state = found->why.code == ERR_LIMIT ? STORE_FULL : STORE_BROKEN;
  journal->reserved = found->state == STORE_OK;
  if (found->state == STORE_OK) found->state = write_mark(journal, false, &found->why);
}

static int open_and_read(struct journal *journal, struct journal_found *found, struct err *err) {
  if (open_somehow(journal, found, err) || prepare(journal, err) || read_newest(journal, found, err) ||
      read_mark(journal, found, err))
    return -1;
  sqlite3_wal_hook(journal->db, note_log, journal);
  begin_use(journal, found);
  if (found->state == STORE_BROKEN) *err = found->why;
  return found->state == STORE_BROKEN ? -1 : dirlock_sync(journal->dir, err);
}

struct journal *journal_open(const char *dir, const struct store_options *options,
                             struct journal_found *found, struct err *err) {
  struct journal *journal = xcalloc(1, sizeof *journal);
  *found = (struct journal_found){.state = STORE_OK};
  journal->dir = xstrdup(dir);
  journal->reserve_bytes = options->reserve_bytes ? options->reserve_bytes : RESERVE_BYTES;
  size_t log_bytes = options->checkpoint_bytes ? options->checkpoint_bytes : CHECKPOINT_BYTES;
  journal->checkpoint_pages = journal->next_checkpoint = (int)(log_bytes / PAGE_BYTES) + 1;
  journal->packer = block_packer_new();
  if (open_and_read(journal, found, err) == 0) return journal;
  journal_close(journal, false);
  return NULL;
}

void journal_close(struct journal *journal, bool clean) {
  struct err ignored; /* what cannot be put in order is found at the next start */
  if (clean && write_mark(journal, true, &ignored) == STORE_OK)
    sqlite3_db_config(journal->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  sqlite3_stmt *const all[] = {journal->begin,     journal->commit,    journal->rollback,
                               journal->add_block, journal->set_value, journal->remove_value};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_finalize(all[i]);
  database_close(journal->db);
  block_packer_free(journal->packer);
  free(journal->dir);
  free(journal);
}
