#include "store/sqlite/repack.h"
#include "store/record.h"
#include "store/sqlite/block.h"
#include "store/sqlite/gaps.h"
#include "store/sqlite/peek.h"
#include "store/sqlite/schema.h"

#include <errno.h>

struct repack {
  sqlite3 *db;
  sqlite3_stmt *heads, *rows, *put, *set_done;
  struct gaps *gaps;
  struct block_packer *packer;
  struct block_unpacker *unpacker;
  struct buf run;     /* of records, to be packed */
  uint64_t done;      /* the record from which on blocks have not been looked at */
  uint64_t noted;     /* as it stands in the file */
  bool known;         /* how much there is from there on: */
  uint32_t open_rows; /* that wait for one that does not go with them */
  size_t open_bytes;
};

/* Neighbours that go into one block, by their frames alone. */
struct run {
  uint64_t first_seq, end_seq;
  uint32_t rows;
  size_t bytes;
  bool closed; /* a block follows that does not go into it */
};

static int prepare(struct repack *repack, struct err *err) {
  const struct {
    sqlite3_stmt **stmt;
    const char *sql;
  } all[] = {
      {&repack->heads, "SELECT first_seq FROM block"
                       " WHERE first_seq >= ?1 AND records > 0 ORDER BY first_seq"},
      {&repack->rows, "SELECT first_seq, records, received_ms, gone, bytes FROM block"
                      " WHERE first_seq >= ?1 AND first_seq < ?2 AND records > 0 ORDER BY first_seq"},
      {&repack->put, "UPDATE block SET records = ?2, gone = ?3, bytes = ?4 WHERE first_seq = ?1"},
      {&repack->set_done, "INSERT INTO value (name, bytes) VALUES ('" REPACK_DONE "', ?1) "
                          "ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    *all[i].stmt = database_prepare(repack->db, all[i].sql, err);
    if (!*all[i].stmt) return -1;
  }
  repack->gaps = gaps_new(repack->db, err);
  return repack->gaps ? 0 : -1;
}

int repack_read(struct repack *repack, struct err *err) {
  struct buf bytes;
  buf_init(&bytes);
  int found = schema_value(repack->db, REPACK_DONE, &bytes, err);
  repack->done = repack->noted = found > 0 && bytes.len == 8 ? record_u64(bytes.data) : 0;
  repack->known = false;
  buf_release(&bytes);
  return found < 0 ? -1 : 0;
}

struct repack *repack_new(sqlite3 *db, struct err *err) {
  struct repack *repack = xcalloc(1, sizeof *repack);
  repack->db = db;
  repack->packer = block_packer_new();
  repack->unpacker = block_unpacker_new();
  buf_init(&repack->run);
  if (prepare(repack, err) == 0 && repack_read(repack, err) == 0) return repack;
  repack_free(repack);
  return NULL;
}

void repack_free(struct repack *repack) {
  if (!repack) return;
  sqlite3_stmt *const all[] = {repack->heads, repack->rows, repack->put, repack->set_done};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_finalize(all[i]);
  gaps_free(repack->gaps);
  block_packer_free(repack->packer);
  block_unpacker_free(repack->unpacker);
  buf_release(&repack->run);
  free(repack);
}

/* --- is there something to do? ---------------------------------------------------------------------------------- */

static bool is_full(uint32_t rows, size_t bytes, size_t block_bytes) {
  return rows >= REPACK_ROWS_MAX || bytes > block_bytes;
}

void repack_note(struct repack *repack, size_t bytes) {
  repack->open_rows++;
  repack->open_bytes += bytes;
}

bool repack_due(const struct repack *repack, size_t block_bytes) {
  return !repack->known || is_full(repack->open_rows, repack->open_bytes, block_bytes);
}

/* --- finding a run ----------------------------------------------------------------------------------------------- */

static enum store_state damaged(const struct repack *repack, uint64_t first_seq, struct err *err) {
  err_set(err, ERR_SYNTAX, "%s: records from number %llu on: %s", sqlite3_db_filename(repack->db, "main"),
          (unsigned long long)first_seq, err->text);
  return STORE_BROKEN;
}

/* Whether the block goes on where the run ends, and into it. */
static bool goes_into(const struct run *run, const struct block *block, size_t block_bytes) {
  if (run->rows == 0) return true;
  return run->rows < REPACK_ROWS_MAX && block->first_seq == run->end_seq &&
         run->bytes + block->unpacked_len <= block_bytes;
}

static void add_to(struct run *run, const struct block *block) {
  if (run->rows++ == 0) run->first_seq = block->first_seq;
  run->end_seq = block->first_seq + block->records;
  run->bytes += block->unpacked_len;
}

/* The row that `heads` stands at. */
static enum store_state add_row(struct repack *repack, struct peek *peek, struct run *run, size_t block_bytes,
                                struct err *err) {
  struct block block;
  uint64_t first_seq = (uint64_t)sqlite3_column_int64(repack->heads, 0);
  enum store_state state = peek_block(peek, repack->db, first_seq, &block, err);
  if (state != STORE_OK) return state;
  run->closed = !goes_into(run, &block, block_bytes);
  if (!run->closed) add_to(run, &block);
  return STORE_OK;
}

/* The run that begins at `seq` or after it. */
static enum store_state find_run(struct repack *repack, uint64_t seq, size_t block_bytes, struct run *run,
                                 struct err *err) {
  struct peek peek = {NULL};
  enum store_state state = STORE_OK;
  int code = SQLITE_DONE;
  *run = (struct run){.first_seq = seq, .end_seq = seq};
  sqlite3_bind_int64(repack->heads, 1, (sqlite3_int64)seq);
  while (state == STORE_OK && !run->closed && (code = sqlite3_step(repack->heads)) == SQLITE_ROW)
    state = add_row(repack, &peek, run, block_bytes, err);
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    state = database_failure(repack->db, "looking for small blocks", err);
  sqlite3_reset(repack->heads);
  peek_end(&peek);
  return state;
}

/* --- packing it -------------------------------------------------------------------------------------------------- */

/* Adds the records of the row that the statement stands at. */
static enum store_state take_row(struct repack *repack, struct block *whole, struct repack_step *step,
                                 struct err *err) {
  struct block block;
  struct str records;
  uint64_t first_seq = (uint64_t)sqlite3_column_int64(repack->rows, 0);
  if (block_open(&block, database_bytes(repack->rows, 4), err) ||
      block_unpack(repack->unpacker, &block, &records, err))
    return damaged(repack, first_seq, err);
  if (block.first_seq != whole->first_seq + whole->records ||
      block.records != (uint64_t)sqlite3_column_int64(repack->rows, 1) ||
      block.gone != (uint64_t)sqlite3_column_int64(repack->rows, 3)) {
    err_set(err, ERR_SYNTAX, "the block is that of other records: the file is damaged");
    return damaged(repack, first_seq, err);
  }
  buf_add_str(&repack->run, records);
  whole->records += block.records;
  whole->gone += block.gone;
  step->rows++;
  step->full += block.gone < block.records;
  return STORE_OK;
}

/* The records of all its rows, checked, as those of one block; *received_ms: when the first was received. */
static enum store_state take_rows(struct repack *repack, const struct run *run, struct block *whole,
                                  int64_t *received_ms, struct repack_step *step, struct err *err) {
  enum store_state state = STORE_OK;
  int code = SQLITE_DONE;
  *whole = (struct block){.first_seq = run->first_seq, .deep = true};
  buf_clear(&repack->run);
  buf_reserve(&repack->run, run->bytes);
  sqlite3_bind_int64(repack->rows, 1, (sqlite3_int64)run->first_seq);
  sqlite3_bind_int64(repack->rows, 2, (sqlite3_int64)run->end_seq);
  while (state == STORE_OK && (code = sqlite3_step(repack->rows)) == SQLITE_ROW) {
    if (step->rows == 0) *received_ms = sqlite3_column_int64(repack->rows, 2);
    state = take_row(repack, whole, step, err);
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW)
    state = database_failure(repack->db, "reading small blocks", err);
  sqlite3_reset(repack->rows);
  return state;
}

static enum store_state put_whole(struct repack *repack, const struct block *whole, int64_t received_ms,
                                  struct err *err) {
  struct fit_row row = {
      .records = (int64_t)whole->records, .received_ms = received_ms, .gone = (int64_t)whole->gone};
  row.len = block_pack(repack->packer, whole, buf_str(&repack->run));
  struct str bytes = block_seal(repack->packer, fit_small(&row));
  sqlite3_bind_int64(repack->put, 1, (sqlite3_int64)whole->first_seq);
  sqlite3_bind_int64(repack->put, 2, row.records);
  sqlite3_bind_int64(repack->put, 3, row.gone);
  sqlite3_bind_blob64(repack->put, 4, bytes.p, bytes.len, SQLITE_STATIC);
  return database_run(repack->put, "packing blocks together", err);
}

enum store_state repack_note_done(struct repack *repack, struct err *err) {
  if (repack->done == repack->noted) return STORE_OK;
  struct buf bytes;
  buf_init(&bytes);
  record_put_u64(&bytes, repack->done);
  sqlite3_bind_blob64(repack->set_done, 1, bytes.data, bytes.len, SQLITE_STATIC);
  enum store_state state = database_run(repack->set_done, "noting what was packed together", err);
  buf_release(&bytes);
  if (state == STORE_OK) repack->noted = repack->done;
  return state;
}

static enum store_state pack(struct repack *repack, const struct run *run, struct repack_step *step,
                             struct err *err) {
  struct block whole;
  int64_t received_ms = 0;
  enum store_state state = take_rows(repack, run, &whole, &received_ms, step, err);
  if (state == STORE_OK) state = put_whole(repack, &whole, received_ms, err);
  if (state == STORE_OK) state = gaps_make(repack->gaps, run->first_seq, run->end_seq, err);
  if (state == STORE_OK) state = gaps_remove(repack->gaps, run->first_seq, run->end_seq, err);
  step->empty = whole.gone == whole.records;
  return state == STORE_OK ? repack_note_done(repack, err) : state;
}

enum store_state repack_step(struct repack *repack, uint64_t floor, size_t block_bytes,
                             struct repack_step *step, struct err *err) {
  struct run run;
  *step = (struct repack_step){0};
  if (repack->done < floor) repack->done = floor;
  enum store_state state = find_run(repack, repack->done, block_bytes, &run, err);
  if (state != STORE_OK) return state;
  repack->known = !run.closed;
  repack->open_rows = run.rows;
  repack->open_bytes = run.bytes;
  if (!run.closed) return STORE_OK;
  repack->done = run.end_seq;
  return run.rows < REPACK_ROWS_MIN ? STORE_OK : pack(repack, &run, step, err);
}
