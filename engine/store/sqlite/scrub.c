#include "store/sqlite/scrub.h"
#include "store/record.h"
#include "store/sqlite/room.h"
#include "store/sqlite/schema.h"

#include <errno.h>

enum { STEP_BYTES = 1 << 20, STEP_ROWS = 256 };

struct scrub {
  sqlite3 *db;
  struct edit *edit;
  sqlite3_stmt *set, *unset, *next_row, *fence, *remove_rows;
  bool marked, asked;
  uint64_t floor;
  bool removing;    /* there may be rows before the floor to empty or to delete */
  uint64_t emptied; /* those before this number are */
};

static int prepare(struct scrub *scrub, struct err *err) {
  const struct {
    sqlite3_stmt **stmt;
    const char *sql;
  } all[] = {
      {&scrub->set, "INSERT INTO value (name, bytes) VALUES (?1, ?2) "
                    "ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes"},
      {&scrub->unset, "DELETE FROM value WHERE name = ?1"},
      {&scrub->next_row, "SELECT first_seq, records, received_ms, gone, length(bytes) FROM block"
                         " WHERE first_seq >= ?1 AND first_seq < ?2 AND gone < records"
                         " ORDER BY first_seq LIMIT 1"},
      {&scrub->fence, "SELECT first_seq FROM block WHERE first_seq < ?1 ORDER BY first_seq DESC"
                      " LIMIT 1 OFFSET ?2"},
      {&scrub->remove_rows,
       "DELETE FROM block WHERE first_seq IN"
       " (SELECT first_seq FROM block WHERE first_seq < ?1 AND gone = records ORDER BY first_seq LIMIT ?2)"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    *all[i].stmt = database_prepare(scrub->db, all[i].sql, err);
    if (!*all[i].stmt) return -1;
  }
  return 0;
}

int scrub_read(struct scrub *scrub, struct err *err) {
  struct buf bytes;
  buf_init(&bytes);
  int marked = schema_value(scrub->db, SCRUB_MARK, &bytes, err);
  scrub->marked = marked > 0;
  if (marked > 0) scrub->asked = true;
  buf_clear(&bytes);
  int found = marked < 0 ? -1 : schema_value(scrub->db, SCRUB_FLOOR, &bytes, err);
  scrub->floor = found > 0 && bytes.len == 8 ? record_u64(bytes.data) : 0;
  scrub->removing = scrub->floor > 0;
  scrub->emptied = 0;
  buf_release(&bytes);
  return found < 0 ? -1 : 0;
}

struct scrub *scrub_new(sqlite3 *db, struct edit *edit, struct err *err) {
  struct scrub *scrub = xcalloc(1, sizeof *scrub);
  scrub->db = db;
  scrub->edit = edit;
  if (prepare(scrub, err) == 0 && scrub_read(scrub, err) == 0) return scrub;
  scrub_free(scrub);
  return NULL;
}

void scrub_free(struct scrub *scrub) {
  if (!scrub) return;
  sqlite3_stmt *const all[] = {scrub->set, scrub->unset, scrub->next_row, scrub->fence, scrub->remove_rows};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) sqlite3_finalize(all[i]);
  free(scrub);
}

uint64_t scrub_floor(const struct scrub *scrub) {
  return scrub->floor;
}

bool scrub_marked(const struct scrub *scrub) {
  return scrub->marked;
}

bool scrub_due(const struct scrub *scrub) {
  return scrub->removing || scrub->asked;
}

/* --- what is to be done --------------------------------------------------------------------------------------- */

static enum store_state set_value(struct scrub *scrub, const char *name, struct str bytes, struct err *err) {
  sqlite3_bind_text(scrub->set, 1, name, -1, SQLITE_STATIC);
  sqlite3_bind_blob64(scrub->set, 2, bytes.p, bytes.len, SQLITE_TRANSIENT);
  return database_run(scrub->set, "noting what is to be removed", err);
}

enum store_state scrub_note_change(struct scrub *scrub, struct err *err) {
  if (scrub->marked) return STORE_OK;
  scrub->marked = true;
  return set_value(scrub, SCRUB_MARK, STR("1"), err);
}

enum store_state scrub_raise_floor(struct scrub *scrub, uint64_t seq, struct err *err) {
  if (seq <= scrub->floor) return STORE_OK;
  enum store_state state = scrub_note_change(scrub, err);
  if (state != STORE_OK) return state;
  struct buf bytes;
  buf_init(&bytes);
  record_put_u64(&bytes, seq);
  state = set_value(scrub, SCRUB_FLOOR, buf_str(&bytes), err);
  buf_release(&bytes);
  scrub->floor = seq;
  scrub->removing = true;
  scrub->emptied = 0; /* the block at the old floor holds more to remove */
  return state;
}

void scrub_ask(struct scrub *scrub) {
  scrub->asked = scrub->marked;
}

/* --- removing what is before the floor ------------------------------------------------------------------------ */

/* 1: the next row that still holds something. */
static int next_row(struct scrub *scrub, uint64_t *first_seq, struct fit_row *row, struct err *err) {
  sqlite3_bind_int64(scrub->next_row, 1, (sqlite3_int64)scrub->emptied);
  sqlite3_bind_int64(scrub->next_row, 2, (sqlite3_int64)scrub->floor);
  int code = sqlite3_step(scrub->next_row), found = code == SQLITE_ROW;
  *first_seq = (uint64_t)sqlite3_column_int64(scrub->next_row, 0);
  *row = (struct fit_row){.records = sqlite3_column_int64(scrub->next_row, 1),
                          .received_ms = sqlite3_column_int64(scrub->next_row, 2),
                          .gone = sqlite3_column_int64(scrub->next_row, 3),
                          .len = (size_t)sqlite3_column_int64(scrub->next_row, 4)};
  if (!found && code != SQLITE_DONE) {
    database_failure(scrub->db, "looking for old records", err);
    found = -1;
  }
  sqlite3_reset(scrub->next_row);
  return found;
}

static enum store_state empty_row(struct scrub *scrub, uint64_t first_seq, const struct fit_row *row,
                                  struct err *err) {
  bool changed = true;
  enum store_state state = first_seq + (uint64_t)row->records <= scrub->floor
                               ? edit_empty(scrub->edit, first_seq, row, err)
                               : edit_remove_before(scrub->edit, scrub->floor, &changed, err);
  return state == STORE_OK && changed ? scrub_note_change(scrub, err) : state;
}

/* Empties rows until the step is a full one. *more: there are others. */
static enum store_state empty_rows(struct scrub *scrub, bool *more, struct err *err) {
  struct fit_row row;
  uint64_t first_seq;
  size_t bytes = 0;
  *more = true;
  for (unsigned rows = 0; rows < STEP_ROWS && bytes < STEP_BYTES; rows++) {
    int found = next_row(scrub, &first_seq, &row, err);
    if (found < 0) return STORE_BROKEN;
    *more = found;
    if (!found) break;
    enum store_state state = empty_row(scrub, first_seq, &row, err);
    if (state != STORE_OK) return state;
    scrub->emptied = first_seq + (uint64_t)row.records;
    bytes += row.len;
  }
  return edit_flush(scrub->edit, err);
}

/* Deletes some of the empty rows; those before the floor that are to stay, stay. */
static enum store_state delete_rows(struct scrub *scrub, bool *more, struct err *err) {
  sqlite3_bind_int64(scrub->fence, 1, (sqlite3_int64)scrub->floor);
  sqlite3_bind_int64(scrub->fence, 2, FIT_FENCE + 1); /* the row at the floor may hold records */
  int code = sqlite3_step(scrub->fence);
  int64_t fence = code == SQLITE_ROW ? sqlite3_column_int64(scrub->fence, 0) : 0;
  sqlite3_reset(scrub->fence);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return database_failure(scrub->db, "looking for old records", err);
  sqlite3_bind_int64(scrub->remove_rows, 1, fence);
  sqlite3_bind_int64(scrub->remove_rows, 2, STEP_ROWS);
  enum store_state state = database_run(scrub->remove_rows, "removing old records", err);
  *more = state == STORE_OK && sqlite3_changes(scrub->db) > 0;
  return state;
}

static enum store_state remove_some(struct scrub *scrub, struct err *err) {
  bool more;
  enum store_state state = empty_rows(scrub, &more, err);
  if (state == STORE_OK && !more) state = delete_rows(scrub, &more, err);
  if (state == STORE_OK) scrub->removing = more;
  return state;
}

/* --- in steps ---------------------------------------------------------------------------------------------------- */

enum store_state scrub_step(struct scrub *scrub, enum scrub_step *step, struct err *err) {
  enum store_state state = STORE_OK;
  bool more = true;
  *step = SCRUB_IDLE;
  if (scrub->removing)
    state = remove_some(scrub, err);
  else if (scrub->asked)
    state = room_give_back(scrub->db, 0, &more, err);
  else
    return STORE_OK;
  *step = more ? SCRUB_WORKED : SCRUB_EMPTY_LOG;
  return state;
}

enum store_state scrub_end(struct scrub *scrub, struct err *err) {
  sqlite3_bind_text(scrub->unset, 1, SCRUB_MARK, -1, SQLITE_STATIC);
  enum store_state state = database_run(scrub->unset, "noting what was removed", err);
  if (state == STORE_OK) scrub->marked = scrub->asked = false;
  return state;
}
