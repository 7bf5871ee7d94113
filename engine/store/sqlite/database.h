/* database.h - SQLite connections set up the one way that keeps embudo's promises.
 *
 * Exactly one connection of the process writes, and it alone moves the log into place (SQLite before 3.51.3 can damage
 * a file when two connections do so at once); all others are read-only and are told not to. No code of this process may
 * open or close a database file by any other way: closing any descriptor of it drops SQLite's POSIX locks.
 */
#ifndef EMBUDO_STORE_SQLITE_DATABASE_H
#define EMBUDO_STORE_SQLITE_DATABASE_H

#include "store/store.h"
#include <sqlite3.h>

#define DATABASE_JOURNAL "journal.db"

enum database_use {
  DATABASE_WRITE, /* WAL, a sync for each commit, made when it is not there */
  DATABASE_READ,
  DATABASE_COPY, /* a new file nobody else sees: without a log, synced by its maker */
};

enum { DATABASE_BUSY_MS = 10000 }; /* how long a lock of another program is waited for */

/* DIR/NAME as SQLite is to be given it. */
void database_path(struct buf *path, const char *dir, const char *name);

/* NULL and *err on failure; *state, when not NULL, then tells whether it was for lack of room. */
sqlite3 *database_open(const char *path, enum database_use use, enum store_state *state, struct err *err);
void database_close(sqlite3 *db); /* NULL is fine */

/* What SQLite's latest failure on `db` means for the store, told in *err: what was attempted, on which file, why. errno is
 * to be as the failing call left it (0 before it): of a commit SQLite keeps no error number. A
 * failed sync is never for lack of room, whatever it says: what was written before it may be gone. */
enum store_state database_failure(sqlite3 *db, const char *attempt, struct err *err);

/* Steps a statement that answers nothing and readies it for the next time. */
enum store_state database_run(sqlite3_stmt *stmt, const char *attempt, struct err *err);

int database_exec(sqlite3 *db, const char *sql, struct err *err);
sqlite3_stmt *database_prepare(sqlite3 *db, const char *sql, struct err *err);

/* Runs `sql`, which answers with one number. */
int database_number(sqlite3 *db, const char *sql, int64_t *number, struct err *err);

struct str database_bytes(sqlite3_stmt *stmt, int column); /* valid until the statement moves on */

#endif
