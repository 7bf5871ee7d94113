#include "store/sqlite/schema.h"

enum { APPLICATION_ID = 0x656d6275 }; /* "embu" */

/* Step n makes layout n + 1 of layout n. Steps are never changed once released, only added. */
static const char *const steps[] = {
    "CREATE TABLE block (first_seq INTEGER PRIMARY KEY, records INTEGER NOT NULL, received_ms INTEGER NOT "
    "NULL,"
    "                    gone INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE value (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE layout (number INTEGER PRIMARY KEY, since TEXT NOT NULL) STRICT;"
    "PRAGMA application_id=1701667445;",
};
enum { LAYOUT = sizeof steps / sizeof *steps };

static int refuse_foreign(sqlite3 *db, struct err *err) {
  return err_set(err, ERR_INVALID, "%s: is a database of another program; embudo does not touch it",
                 sqlite3_db_filename(db, "main"));
}

static int refuse_newer(sqlite3 *db, int64_t layout, struct err *err) {
  return err_set(
      err, ERR_INVALID,
      "%s: its layout %lld is of a newer embudo, this one knows up to %d; use the newer program, or a backup "
      "made before it ran",
      sqlite3_db_filename(db, "main"), (long long)layout, LAYOUT);
}

/* The file's layout; 0: a new file. */
static int layout_of(sqlite3 *db, int64_t *layout, struct err *err) {
  int64_t application, tables;
  if (database_number(db, "PRAGMA user_version", layout, err) ||
      database_number(db, "PRAGMA application_id", &application, err) ||
      database_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
    return -1;
  if (application != APPLICATION_ID && (*layout || application || tables)) return refuse_foreign(db, err);
  return *layout > LAYOUT ? refuse_newer(db, *layout, err) : 0;
}

static int run_step(sqlite3 *db, int64_t step) {
  struct buf sql;
  buf_init(&sql);
  buf_printf(&sql,
             "BEGIN IMMEDIATE; %s"
             "INSERT INTO layout VALUES (%d, strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', 'now')); PRAGMA "
             "user_version=%d; COMMIT",
             steps[step], (int)step + 1, (int)step + 1);
  int result = sqlite3_exec(db, sql.data, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
  buf_release(&sql);
  return result;
}

int schema_bring_up(sqlite3 *db, enum store_state *state, struct err *err) {
  int64_t layout = 0;
  *state = STORE_BROKEN;
  if (layout_of(db, &layout, err)) return -1;
  for (int64_t step = layout; step < LAYOUT; step++) {
    if (run_step(db, step) == 0) continue;
    *state = database_failure(db, "bringing its layout up to date", err);
    if (!sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return -1;
  }
  *state = STORE_OK;
  return 0;
}

int schema_expect(sqlite3 *db, struct err *err) {
  int64_t layout = 0;
  if (layout_of(db, &layout, err)) return -1;
  if (layout == LAYOUT) return 0;
  return err_set(err, ERR_INVALID,
                 "%s: its layout %lld is older than this embudo's %d; start `embudo run` on it once to bring "
                 "it up to date",
                 sqlite3_db_filename(db, "main"), (long long)layout, LAYOUT);
}

int schema_value(sqlite3 *db, const char *name, struct buf *bytes, struct err *err) {
  sqlite3_stmt *stmt = database_prepare(db, "SELECT bytes FROM value WHERE name = ?1", err);
  if (!stmt) return -1;
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
  int code = sqlite3_step(stmt), found = code == SQLITE_ROW;
  if (found)
    buf_add_str(bytes, database_bytes(stmt, 0));
  else if (code != SQLITE_DONE) {
    database_failure(db, "reading a value", err);
    found = -1;
  }
  sqlite3_finalize(stmt);
  return found;
}
