#include "store/sqlite/edit.h"
#include "store/record.h"
#include "store/sqlite/block.h"

struct edit {
  sqlite3 *db;
  sqlite3_stmt *find, *rewrite;
  struct block_packer *packer;
  struct block_unpacker *unpacker;
  struct buf bytes;             /* of the row found */
  struct buf run;               /* of records, to be packed */
  struct block block;           /* open for changes: borrows from `bytes` */
  struct fit_row row;           /* as it stands in the table */
  struct store_record *records; /* of the block; NULL: none is open */
  size_t run_len;               /* they take at most */
  bool changed;
};

static int prepare(struct edit *edit, struct err *err) {
  edit->find = database_prepare(edit->db,
                                "SELECT first_seq, records, received_ms, gone, bytes FROM block"
                                " WHERE first_seq <= ?1 AND records > 0 ORDER BY first_seq DESC LIMIT 1",
                                err);
  edit->rewrite =
      database_prepare(edit->db, "UPDATE block SET gone = ?2, bytes = ?3 WHERE first_seq = ?1", err);
  return edit->find && edit->rewrite ? 0 : -1;
}

struct edit *edit_new(sqlite3 *db, struct err *err) {
  struct edit *edit = xcalloc(1, sizeof *edit);
  edit->db = db;
  edit->packer = block_packer_new();
  edit->unpacker = block_unpacker_new();
  buf_init(&edit->bytes);
  buf_init(&edit->run);
  if (prepare(edit, err) == 0) return edit;
  edit_free(edit);
  return NULL;
}

void edit_free(struct edit *edit) {
  if (!edit) return;
  edit_drop(edit);
  sqlite3_finalize(edit->find);
  sqlite3_finalize(edit->rewrite);
  block_packer_free(edit->packer);
  block_unpacker_free(edit->unpacker);
  buf_release(&edit->bytes);
  buf_release(&edit->run);
  free(edit);
}

void edit_drop(struct edit *edit) {
  free(edit->records);
  edit->records = NULL;
  edit->changed = false;
}

/* --- writing -------------------------------------------------------------------------------------------------- */

/* Writes the block with `run` over the row `old`. */
static enum store_state rewrite(struct edit *edit, const struct block *block, const struct fit_row *old,
                                struct err *err) {
  struct fit_row row = {
      .records = old->records, .received_ms = old->received_ms, .gone = (int64_t)block->gone};
  row.len = block_pack(edit->packer, block, buf_str(&edit->run));
  struct str bytes = block_seal(edit->packer, fit_again(&row, old));
  sqlite3_bind_int64(edit->rewrite, 1, (sqlite3_int64)block->first_seq);
  sqlite3_bind_int64(edit->rewrite, 2, row.gone);
  sqlite3_bind_blob64(edit->rewrite, 3, bytes.p, bytes.len, SQLITE_STATIC);
  return database_run(edit->rewrite, "rewriting records", err);
}

enum store_state edit_flush(struct edit *edit, struct err *err) {
  enum store_state state = STORE_OK;
  if (edit->changed) {
    struct block block = edit->block;
    block.gone = 0;
    buf_clear(&edit->run);
    buf_reserve(&edit->run, edit->run_len);
    for (uint64_t i = 0; i < block.records; i++) {
      record_add(&edit->run, &edit->records[i]);
      block.gone += edit->records[i].kind == RECORD_GONE;
    }
    state = rewrite(edit, &block, &edit->row, err);
  }
  edit_drop(edit);
  return state;
}

enum store_state edit_empty(struct edit *edit, uint64_t first_seq, const struct fit_row *row,
                            struct err *err) {
  static const struct store_record gone = {.kind = RECORD_GONE};
  enum store_state state = edit_flush(edit, err);
  if (state != STORE_OK) return state;
  uint64_t records = (uint64_t)row->records;
  buf_clear(&edit->run);
  for (uint64_t i = 0; i < records; i++) record_add(&edit->run, &gone);
  return rewrite(edit, &(struct block){.first_seq = first_seq, .records = records, .gone = records}, row,
                 err);
}

/* --- changes ---------------------------------------------------------------------------------------------------- */

static enum store_state damaged(const struct edit *edit, struct err *err) {
  err_set(err, ERR_SYNTAX, "%s: records from number %llu on: %s", sqlite3_db_filename(edit->db, "main"),
          (unsigned long long)edit->block.first_seq, err->text);
  return STORE_BROKEN;
}

static enum store_state take_records(struct edit *edit, struct err *err) {
  struct str rest;
  if (block_unpack(edit->unpacker, &edit->block, &rest, err)) return damaged(edit, err);
  edit->run_len = rest.len;
  edit->records = xcalloc(edit->block.records, sizeof *edit->records);
  for (uint64_t i = 0; i < edit->block.records; i++) {
    if (record_take(&rest, &edit->records[i])) continue;
    edit_drop(edit);
    err_set(err, ERR_SYNTAX, "the block holds fewer than it should: the file is damaged");
    return damaged(edit, err);
  }
  return STORE_OK;
}

static enum store_state take_row(struct edit *edit, struct err *err) {
  uint64_t first_seq = (uint64_t)sqlite3_column_int64(edit->find, 0);
  edit->row = (struct fit_row){.records = sqlite3_column_int64(edit->find, 1),
                               .received_ms = sqlite3_column_int64(edit->find, 2),
                               .gone = sqlite3_column_int64(edit->find, 3)};
  buf_clear(&edit->bytes);
  buf_add_str(&edit->bytes, database_bytes(edit->find, 4));
  edit->row.len = edit->bytes.len;
  edit->block.first_seq = first_seq;
  if (block_open(&edit->block, buf_str(&edit->bytes), err)) return damaged(edit, err);
  if (edit->block.first_seq == first_seq && edit->block.records == (uint64_t)edit->row.records)
    return STORE_OK;
  err_set(err, ERR_SYNTAX, "the block is that of other records: the file is damaged");
  return damaged(edit, err);
}

static bool holds(const struct edit *edit, uint64_t seq) {
  return edit->records && seq >= edit->block.first_seq && seq - edit->block.first_seq < edit->block.records;
}

/* Opens the block of `seq`; none is open when there is none. */
static enum store_state open_at(struct edit *edit, uint64_t seq, struct err *err) {
  if (holds(edit, seq)) return STORE_OK;
  enum store_state state = edit_flush(edit, err);
  if (state != STORE_OK) return state;
  sqlite3_bind_int64(edit->find, 1, (sqlite3_int64)seq);
  int code = sqlite3_step(edit->find);
  if (code == SQLITE_ROW)
    state = take_row(edit, err);
  else if (code != SQLITE_DONE)
    state = database_failure(edit->db, "reading records", err);
  sqlite3_reset(edit->find);
  if (state != STORE_OK || code != SQLITE_ROW || seq - edit->block.first_seq >= edit->block.records)
    return state;
  return take_records(edit, err);
}

enum store_state edit_replace(struct edit *edit, uint64_t seq, struct str bytes, bool *changed,
                              struct err *err) {
  *changed = false;
  enum store_state state = open_at(edit, seq, err);
  if (state != STORE_OK || !holds(edit, seq)) return state;
  struct store_record *record = &edit->records[seq - edit->block.first_seq];
  if (record->kind == RECORD_GONE) return STORE_OK;
  size_t run_len = edit->run_len - record->bytes.len + bytes.len + RECORD_FRAME_MAX;
  if (bytes.len > record->bytes.len && run_len > BLOCK_UNPACKED_MAX) return STORE_OK;
  edit->run_len = run_len;
  *changed = edit->changed = true;
  if (bytes.len)
    record->bytes = bytes;
  else
    *record = (struct store_record){.kind = RECORD_GONE};
  return STORE_OK;
}

enum store_state edit_remove_before(struct edit *edit, uint64_t seq, bool *changed, struct err *err) {
  *changed = false;
  enum store_state state = open_at(edit, seq, err);
  if (state != STORE_OK || !holds(edit, seq)) return state;
  for (uint64_t i = 0; i < seq - edit->block.first_seq; i++) {
    if (edit->records[i].kind == RECORD_GONE) continue;
    edit->records[i] = (struct store_record){.kind = RECORD_GONE};
    *changed = edit->changed = true;
  }
  return STORE_OK;
}
