#include "store/sqlite/database.h"
#include "store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* "./" keeps a name that begins with "file:" from being taken for a URI. */
void database_path(struct buf *path, const char *dir, const char *name) {
  buf_init(path);
  buf_printf(path, "%s%s/%s", dir[0] == '/' ? "" : "./", dir, name);
}

static bool lacks_room(int code, int error) {
  switch (code) {
  case SQLITE_FULL:
  case SQLITE_IOERR_SHMSIZE: /* the log's index, which a crash loses anyway */
  case SQLITE_IOERR_SHMMAP: return true;
  case SQLITE_IOERR_WRITE:
  case SQLITE_IOERR_TRUNCATE: return reserve_no_room(error);
  default: return (code & 0xff) == SQLITE_CANTOPEN && reserve_no_room(error);
  }
}

enum store_state database_failure(sqlite3 *db, const char *attempt, struct err *err) {
  int error = sqlite3_system_errno(db) ? sqlite3_system_errno(db) : errno;
  int code = sqlite3_extended_errcode(db);
  const char *path = sqlite3_db_filename(db, "main"), *reason = sqlite3_errmsg(db);
  bool io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  if (lacks_room(code, error)) {
    err_set(err, ERR_LIMIT, "%s: no room on the disk, %s failed (%s); free some, or enlarge it", path,
            attempt, reason);
    return STORE_FULL;
  }
  errno = error;
  if (io && error)
    err_system(err, "%s: %s failed: %s (%d)", path, attempt, reason, code);
  else
    err_set(err, ERR_SYSTEM, "%s: %s failed: %s (%d)", path, attempt, reason, code);
  return STORE_BROKEN;
}

enum store_state database_run(sqlite3_stmt *stmt, const char *attempt, struct err *err) {
  errno = 0;
  bool done = sqlite3_step(stmt) == SQLITE_DONE;
  int error = errno;
  if (sqlite3_reset(stmt) == SQLITE_OK && done) return STORE_OK;
  errno = error;
  return database_failure(sqlite3_db_handle(stmt), attempt, err);
}

int database_exec(sqlite3 *db, const char *sql, struct err *err) {
  errno = 0;
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return 0;
  database_failure(db, sql, err);
  return -1;
}

sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql, struct err *err) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) == SQLITE_OK) return stmt;
  database_failure(db, sql, err);
  return NULL;
}

int database_number(sqlite3 *db, const char *sql, int64_t *number, struct err *err) {
  sqlite3_stmt *stmt = database_prepare(db, sql, err);
  if (!stmt) return -1;
  int result = 0;
  if (sqlite3_step(stmt) == SQLITE_ROW)
    *number = sqlite3_column_int64(stmt, 0);
  else {
    database_failure(db, sql, err);
    result = -1;
  }
  sqlite3_finalize(stmt);
  return result;
}

struct str database_bytes(sqlite3_stmt *stmt, int column) {
  const char *bytes = sqlite3_column_blob(stmt, column);
  return (struct str){bytes, (size_t)sqlite3_column_bytes(stmt, column)};
}

static const char *const settings[] = {
    [DATABASE_WRITE] = ("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                        "PRAGMA wal_autocheckpoint=0;"
                        "PRAGMA mmap_size=0; PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON;"
                        "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY"),
    [DATABASE_READ] = ("PRAGMA query_only=ON; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;"
                       "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY"),
    [DATABASE_COPY] = "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; "
                      "PRAGMA mmap_size=0",
};

/* Only a file without a page yet can be made one that gives room back; asking it of others would write to them. */
static bool prepare_new(sqlite3 *db) {
  struct err ignored;
  int64_t pages = 0;
  if (database_number(db, "PRAGMA page_count", &pages, &ignored)) return false;
  return pages > 0 || sqlite3_exec(db, "PRAGMA auto_vacuum=INCREMENTAL", NULL, NULL, NULL) == SQLITE_OK;
}

static int set_up(sqlite3 *db, enum database_use use, enum store_state *state, struct err *err) {
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, DATABASE_BUSY_MS);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, use != DATABASE_COPY, NULL);
  bool ready = use == DATABASE_READ || prepare_new(db);
  if (ready && sqlite3_exec(db, settings[use], NULL, NULL, NULL) == SQLITE_OK) return 0;
  *state = database_failure(db, "opening", err);
  return -1;
}

/* Records are about people: nobody else may read a file that is made (its log takes over the mode). Only a file that is
 * not there yet may be touched beside SQLite. */
static void make_private(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
}

sqlite3 *database_open(const char *path, enum database_use use, enum store_state *state, struct err *err) {
  static const int flags[] = {
      [DATABASE_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
      [DATABASE_READ] = SQLITE_OPEN_READONLY,
      [DATABASE_COPY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
  };
  enum store_state ignored;
  if (!state) state = &ignored;
  sqlite3 *db = NULL;
  *state = STORE_BROKEN;
  if (use != DATABASE_READ) make_private(path);
  if (sqlite3_open_v2(path, &db, flags[use] | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    if (db)
      *state = database_failure(db, "opening", err);
    else
      err_set(err, ERR_MEMORY, "%s: no memory to open it", path);
  } else if (set_up(db, use, state, err) == 0) {
    *state = STORE_OK;
    return db;
  }
  sqlite3_close(db);
  return NULL;
}

void database_close(sqlite3 *db) {
  ASSERT(sqlite3_close(db) == SQLITE_OK);
}
