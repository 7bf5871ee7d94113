#include "store/sqlite/journal.h"
#include "store/dirlock.h"
#include "store/reserve.h"
#include "store/sqlite/block.h"
#include "store/sqlite/repack.h"
#include "store/sqlite/room.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/scrub.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

enum { RESERVE_BYTES = 16 << 20, CHECKPOINT_BYTES = 4 << 20, PAGE_BYTES = 4096 };
enum { COUNT_US = 2000000, STEPS_BETWEEN_LOOKS = 10000 };
enum {
  FREE_PAGES_MIN = 256,          /* so many are kept in any case */
  REPACK_REST_US = 60 * 1000000, /* after the disk was full */
};

struct journal {
  char *dir;
  size_t reserve_bytes;
  int checkpoint_pages; /* each time the log has grown by so many, they are moved into place */
  sqlite3 *db;
  sqlite3_stmt *begin, *commit, *rollback, *add_block, *set_value, *remove_value;
  struct block_packer *packer;
  struct buf run; /* of a group's records */
  struct edit *edit;
  struct scrub *scrub;
  struct repack *repack;
  uint64_t repack_us; /* the next step's turn, monotonic */
  bool room_changed;  /* pages may have become free, more than are wanted */
  bool giving_back;
  atomic_size_t block_bytes; /* struct store_repack's */
  atomic_uint share, free_share;
  bool counted;    /* all changes since `blocks` was told were appends, which it counts */
  uint64_t blocks; /* with something in them, for readers */
  int ahead_pages; /* in the log, as of the last commit */
  int next_checkpoint;
  bool reserved;
  atomic_uint_fast64_t stored_bytes, checkpoints, ahead_bytes;
  atomic_uint_fast64_t repacked_blocks, repacked_into, repacked_us, free_bytes;
  atomic_bool marked; /* scrub_marked, for other threads */
};

/* --- transactions ----------------------------------------------------------------------------------------------- */

static enum store_state begin(struct journal *journal, struct err *err) {
  return database_run(journal->begin, "beginning to write", err);
}

/* Commits, or rolls back when `state` says that something failed. On a full disk what was held in reserve helps the
 * tidying. */
static enum store_state end(struct journal *journal, enum store_state state, struct err *err) {
  struct err ignored;
  if (state == STORE_OK) state = database_run(journal->commit, "committing", err);
  if (state != STORE_OK) {
    edit_drop(journal->edit);
    if (!sqlite3_get_autocommit(journal->db) && database_run(journal->rollback, "rolling back", &ignored))
      state = STORE_BROKEN;
    if (scrub_read(journal->scrub, &ignored) || repack_read(journal->repack, &ignored)) state = STORE_BROKEN;
  }
  if (state == STORE_FULL) {
    reserve_give(journal->dir);
    journal->reserved = false;
  }
  atomic_store(&journal->marked, scrub_marked(journal->scrub));
  return state;
}

/* --- commits --------------------------------------------------------------------------------------------------- */

/* The records of all requests in one run; a single request's are there already. */
static struct str run_of(struct journal *journal, const struct writer_group *group) {
  if (group->requests == 1) return buf_str(&group->first->bytes);
  buf_clear(&journal->run);
  buf_reserve(&journal->run, group->bytes);
  for (const struct writer_request *request = group->first; request; request = request->next)
    if (request->kind == WRITER_RECORDS) buf_add_str(&journal->run, buf_str(&request->bytes));
  return buf_str(&journal->run);
}

static enum store_state add_block(struct journal *journal, const struct writer_group *group,
                                  struct err *err) {
  const struct writer_request *oldest = group->first;
  while (oldest->kind != WRITER_RECORDS) oldest = oldest->next;
  struct block block = {.first_seq = group->first_seq, .records = group->records};
  struct fit_row row = {.records = group->records, .received_ms = oldest->received_ms};
  row.len = block_pack(journal->packer, &block, run_of(journal, group));
  struct str bytes = block_seal(journal->packer, fit_new(&row));
  sqlite3_stmt *stmt = journal->add_block;
  sqlite3_bind_int64(stmt, 1, (sqlite3_int64)block.first_seq);
  sqlite3_bind_int64(stmt, 2, row.records);
  sqlite3_bind_int64(stmt, 3, row.received_ms);
  sqlite3_bind_blob64(stmt, 4, bytes.p, bytes.len, SQLITE_STATIC);
  atomic_fetch_add(&journal->stored_bytes, bytes.len);
  return database_run(stmt, "writing records", err);
}

static enum store_state set_value(struct journal *journal, const char *name, struct str bytes,
                                  struct err *err) {
  sqlite3_stmt *stmt = bytes.len ? journal->set_value : journal->remove_value;
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
  if (bytes.len) sqlite3_bind_blob64(stmt, 2, bytes.p, bytes.len, SQLITE_STATIC);
  return database_run(stmt, "writing a value", err);
}

static enum store_state replace(struct journal *journal, struct writer_request *request, struct err *err) {
  bool changed;
  enum store_state state =
      edit_replace(journal->edit, request->first_seq, buf_str(&request->bytes), &changed, err);
  request->records = state == STORE_OK && changed;
  return request->records ? scrub_note_change(journal->scrub, err) : state;
}

/* Everything but records, which stand in the group's one block. */
static enum store_state follow(struct journal *journal, struct writer_request *request, struct err *err) {
  switch (request->kind) {
  case WRITER_VALUE: return set_value(journal, request->name, buf_str(&request->bytes), err);
  case WRITER_REPLACE: return replace(journal, request, err);
  case WRITER_REMOVE: return scrub_raise_floor(journal->scrub, request->first_seq, err);
  case WRITER_RECORDS:
  case WRITER_SCRUB: break;
  }
  return STORE_OK;
}

static enum store_state write_group(struct journal *journal, const struct writer_group *group,
                                    struct err *err) {
  enum store_state state = begin(journal, err);
  if (state == STORE_OK && group->records) state = add_block(journal, group, err);
  for (struct writer_request *request = group->first; request && state == STORE_OK; request = request->next)
    state = follow(journal, request, err);
  return state == STORE_OK ? edit_flush(journal->edit, err) : state;
}

enum store_state journal_commit(void *self, const struct writer_group *group, struct err *err) {
  struct journal *journal = self;
  enum store_state state = end(journal, write_group(journal, group, err), err);
  if (state != STORE_OK) return state;
  if (group->records) {
    journal->blocks++;
    repack_note(journal->repack, group->bytes);
  }
  for (const struct writer_request *request = group->first; request; request = request->next) {
    if (request->kind == WRITER_SCRUB) scrub_ask(journal->scrub);
    if (request->kind == WRITER_REPLACE || request->kind == WRITER_REMOVE) journal->counted = false;
  }
  return state;
}

static uint64_t monotonic_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static int is_late(void *arg) {
  return monotonic_us() > *(uint64_t *)arg;
}

/* Looks at the table, which for a large one that is not in memory takes longer than a stop may. */
static int count_rows(struct journal *journal, struct err *err) {
  uint64_t until_us = monotonic_us() + COUNT_US;
  char sql[128];
  int64_t blocks = 0;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM block WHERE gone < records AND first_seq + records > %llu",
           (unsigned long long)scrub_floor(journal->scrub));
  sqlite3_progress_handler(journal->db, STEPS_BETWEEN_LOOKS, is_late, &until_us);
  int result = database_number(journal->db, sql, &blocks, err);
  bool late = result && (sqlite3_errcode(journal->db) & 0xff) == SQLITE_INTERRUPT;
  sqlite3_progress_handler(journal->db, 0, NULL, NULL);
  journal->counted = result == 0;
  journal->blocks = (uint64_t)blocks;
  return late ? 0 : result;
}

/* How many blocks with something in them a reader will find, in decimal; nothing when that would take too long. Damage that
 * hides some of them leaves their number here. */
static int count_blocks(struct journal *journal, struct buf *count, struct err *err) {
  if (!journal->counted && count_rows(journal, err)) return -1;
  if (journal->counted) buf_printf(count, "%llu", (unsigned long long)journal->blocks);
  return 0;
}

static enum store_state write_mark(struct journal *journal, bool clean, struct err *err) {
  struct buf count;
  buf_init(&count);
  enum store_state state = begin(journal, err);
  if (state == STORE_OK && clean && count_blocks(journal, &count, err)) state = STORE_BROKEN;
  if (state == STORE_OK && clean) state = repack_note_done(journal->repack, err);
  if (state == STORE_OK) state = set_value(journal, JOURNAL_BLOCKS, buf_str(&count), err);
  if (state == STORE_OK) state = set_value(journal, JOURNAL_CLEAN, clean ? STR("1") : STR("0"), err);
  buf_release(&count);
  return end(journal, state, err);
}

/* Something written that changes nothing. It must reach the disk: setting a value to what it is does not. */
static enum store_state write_probe(struct journal *journal, struct err *err) {
  enum store_state state = begin(journal, err);
  if (state == STORE_OK) state = set_value(journal, "store.probe", STR("1"), err);
  if (state == STORE_OK) state = set_value(journal, "store.probe", STR(""), err);
  return end(journal, state, err);
}

/* --- the log ---------------------------------------------------------------------------------------------------- */

static int note_log(void *arg, sqlite3 *db, const char *name, int pages) {
  (void)db, (void)name;
  struct journal *journal = arg;
  journal->ahead_pages = pages;
  atomic_store(&journal->ahead_bytes, (uint64_t)pages * PAGE_BYTES);
  return SQLITE_OK;
}

/* Moves into place what readers do not hold up; the next attempt is due when the log has grown as much again. *whole:
 * nothing was held up. */
static enum store_state checkpoint(struct journal *journal, int mode, bool *whole, struct err *err) {
  errno = 0;
  int code = sqlite3_wal_checkpoint_v2(journal->db, "main", mode, NULL, NULL);
  *whole = code == SQLITE_OK;
  if (code != SQLITE_OK && code != SQLITE_BUSY)
    return end(journal, database_failure(journal->db, "moving the log into place", err), err);
  if (*whole && mode == SQLITE_CHECKPOINT_TRUNCATE) note_log(journal, journal->db, "main", 0);
  journal->next_checkpoint = journal->ahead_pages + journal->checkpoint_pages;
  atomic_fetch_add(&journal->checkpoints, 1);
  return STORE_OK;
}

/* At rest the log is emptied too, unless a reader is at it: no waiting, there will be another rest. */
static enum store_state empty_log(struct journal *journal, bool *empty, struct err *err) {
  sqlite3_busy_timeout(journal->db, 0);
  enum store_state state = checkpoint(journal, SQLITE_CHECKPOINT_TRUNCATE, empty, err);
  sqlite3_busy_timeout(journal->db, DATABASE_BUSY_MS);
  return state;
}

static enum store_state tidy_log(struct journal *journal, bool idle, struct err *err) {
  bool ignored;
  if (idle) return empty_log(journal, &ignored, err);
  if (journal->ahead_pages < journal->checkpoint_pages) journal->next_checkpoint = journal->checkpoint_pages;
  if (journal->ahead_pages < journal->next_checkpoint) return STORE_OK;
  return checkpoint(journal, SQLITE_CHECKPOINT_PASSIVE, &ignored, err);
}

/* What was replaced or removed is nowhere but in the log: empties it and notes that. */
static enum store_state finish_scrub(struct journal *journal, enum writer_rest *rest, struct err *err) {
  bool empty;
  enum store_state state = empty_log(journal, &empty, err);
  *rest = WRITER_HELD_UP;
  if (state != STORE_OK || !empty) return state;
  *rest = WRITER_AT_REST;
  state = begin(journal, err);
  if (state == STORE_OK) state = scrub_end(journal->scrub, err);
  return end(journal, state, err);
}

static enum store_state scrub(struct journal *journal, enum writer_rest *rest, struct err *err) {
  enum scrub_step step = SCRUB_IDLE;
  enum store_state state = begin(journal, err);
  if (state == STORE_OK) state = scrub_step(journal->scrub, &step, err);
  state = end(journal, state, err);
  *rest = step == SCRUB_IDLE ? WRITER_AT_REST : WRITER_AT_WORK;
  return state == STORE_OK && step == SCRUB_EMPTY_LOG ? finish_scrub(journal, rest, err) : state;
}

/* --- packing together ------------------------------------------------------------------------------------------- */

void journal_set_repack(struct journal *journal, const struct store_repack *policy) {
  ASSERT(policy->block_bytes <= BLOCK_UNPACKED_MAX && policy->share < 100 && policy->free_share <= 100);
  atomic_store(&journal->block_bytes, policy->block_bytes ? policy->block_bytes : REPACK_BLOCK_BYTES);
  atomic_store(&journal->free_share, policy->free_share);
  atomic_store(&journal->share, policy->share);
}

static enum store_state pack_some(struct journal *journal, struct repack_step *step, struct err *err) {
  enum store_state state = begin(journal, err);
  if (state == STORE_OK)
    state = repack_step(journal->repack, scrub_floor(journal->scrub), atomic_load(&journal->block_bytes),
                        step, err);
  state = end(journal, state, err);
  if (state != STORE_OK || step->rows == 0) return state;
  journal->blocks -= step->full - !step->empty;
  journal->room_changed = true;
  atomic_fetch_add(&journal->repacked_blocks, step->rows);
  atomic_fetch_add(&journal->repacked_into, 1);
  return state;
}

/* Begins when more than its share of the file is free, and ends when half of that is. */
static enum store_state give_back_some(struct journal *journal, struct err *err) {
  struct room room;
  bool more = false;
  if (room_look(journal->db, &room, err)) return STORE_BROKEN;
  int64_t most = room.pages * atomic_load(&journal->free_share) / 100;
  if (most < FREE_PAGES_MIN) most = FREE_PAGES_MIN;
  atomic_store(&journal->free_bytes, (uint64_t)room.free_pages * PAGE_BYTES);
  if (room.free_pages > most) journal->giving_back = true;
  enum store_state state = STORE_OK;
  if (journal->giving_back) {
    state = begin(journal, err);
    if (state == STORE_OK) state = room_give_back(journal->db, most / 2, &more, err);
    state = end(journal, state, err);
  }
  journal->room_changed = journal->giving_back = more;
  return state;
}

/* One step, unless the last was a moment ago: for each share of the time that steps take, commits have the rest. */
static enum store_state repack(struct journal *journal, enum writer_rest *rest, struct err *err) {
  struct repack_step step = {0};
  unsigned share = atomic_load(&journal->share);
  bool due = repack_due(journal->repack, atomic_load(&journal->block_bytes));
  if (share == 0 || (!due && !journal->room_changed)) return STORE_OK;
  *rest = WRITER_AT_LEISURE;
  uint64_t start = monotonic_us();
  if (start < journal->repack_us) return STORE_OK;
  enum store_state state = due ? pack_some(journal, &step, err) : give_back_some(journal, err);
  uint64_t took = monotonic_us() - start;
  journal->repack_us = start + took + (state == STORE_OK ? took * (100 - share) / share : REPACK_REST_US);
  atomic_fetch_add(&journal->repacked_us, took);
  return state;
}

enum store_state journal_tend(void *self, bool idle, enum writer_rest *rest, struct err *err) {
  struct journal *journal = self;
  *rest = WRITER_AT_REST;
  enum store_state state = tidy_log(journal, idle, err);
  if (state != STORE_OK) return state;
  return scrub_due(journal->scrub) ? scrub(journal, rest, err) : repack(journal, rest, err);
}

/* Room means: the log could be moved into place, the reserve is whole again, and something could be written. */
enum store_state journal_recover(void *self, struct err *err) {
  struct journal *journal = self;
  bool ignored;
  enum store_state state = empty_log(journal, &ignored, err);
  if (state != STORE_OK) return state;
  if (!journal->reserved && reserve_take(journal->dir, journal->reserve_bytes, err))
    return err->code == ERR_LIMIT ? STORE_FULL : STORE_BROKEN;
  journal->reserved = true;
  return write_probe(journal, err);
}

static uint64_t size_of(const char *dir, const char *name) {
  struct buf path;
  struct stat stats;
  database_path(&path, dir, name);
  uint64_t size = stat(path.data, &stats) == 0 ? (uint64_t)stats.st_size : 0;
  buf_release(&path);
  return size;
}

void journal_figures(struct journal *journal, struct store_stats *stats) {
  stats->stored_bytes = atomic_load(&journal->stored_bytes);
  stats->checkpoints = atomic_load(&journal->checkpoints);
  stats->ahead_bytes = atomic_load(&journal->ahead_bytes);
  stats->marked = atomic_load(&journal->marked);
  stats->repacked_blocks = atomic_load(&journal->repacked_blocks);
  stats->repacked_into = atomic_load(&journal->repacked_into);
  stats->repack_us = atomic_load(&journal->repacked_us);
  stats->free_bytes = atomic_load(&journal->free_bytes);
  stats->file_bytes =
      size_of(journal->dir, DATABASE_JOURNAL) + size_of(journal->dir, DATABASE_JOURNAL "-wal");
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
       "INSERT INTO block (first_seq, records, received_ms, gone, bytes) VALUES (?1, ?2, ?3, 0, ?4)"},
      {&journal->set_value, "INSERT INTO value (name, bytes) VALUES (?1, ?2) "
                            "ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes"},
      {&journal->remove_value, "DELETE FROM value WHERE name = ?1"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    *all[i].stmt = database_prepare(journal->db, all[i].sql, err);
    if (!*all[i].stmt) return -1;
  }
  journal->edit = edit_new(journal->db, err);
  if (journal->edit) journal->scrub = scrub_new(journal->db, journal->edit, err);
  if (journal->scrub) journal->repack = repack_new(journal->db, err);
  return journal->repack ? 0 : -1;
}

static int read_newest(struct journal *journal, struct journal_found *found, struct err *err) {
  int64_t newest = 0;
  const char *sql = "SELECT coalesce((SELECT first_seq + records - 1 FROM block WHERE records > 0"
                    " ORDER BY first_seq DESC LIMIT 1), 0)";
  if (database_number(journal->db, sql, &newest, err)) return -1;
  found->newest_seq = (uint64_t)newest;
  return 0;
}

static int read_mark(struct journal *journal, struct journal_found *found, struct err *err) {
  struct buf mark;
  buf_init(&mark);
  int marked = schema_value(journal->db, JOURNAL_CLEAN, &mark, err);
  found->fresh = marked == 0 && found->newest_seq == 0;
  found->clean = found->fresh || str_eq(buf_str(&mark), STR("1"));
  found->undone = scrub_due(journal->scrub);
  atomic_store(&journal->marked, scrub_marked(journal->scrub));
  buf_clear(&mark);
  int counted = marked < 0 ? -1 : schema_value(journal->db, JOURNAL_BLOCKS, &mark, err);
  found->counted = found->clean && counted > 0;
  if (found->counted) found->blocks = strtoull(mark.data, NULL, 10);
  journal->counted = found->counted || found->fresh;
  journal->blocks = found->blocks;
  buf_release(&mark);
  return counted < 0 ? -1 : 0;
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
  journal->block_bytes = REPACK_BLOCK_BYTES;
  journal->room_changed = true;
  journal->packer = block_packer_new();
  buf_init(&journal->run);
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
  repack_free(journal->repack);
  scrub_free(journal->scrub);
  edit_free(journal->edit);
  database_close(journal->db);
  block_packer_free(journal->packer);
  buf_release(&journal->run);
  free(journal->dir);
  free(journal);
}
