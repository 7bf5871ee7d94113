/* schema.h - the tables of journal.db, and how older layouts become today's.
 *
 *   block   one row a commit, or for many that were packed together: its first number, how many records, when the first
 *           was received, how many of the records are gone, block.h's bytes. A row of 0 records is a gap between others
 *   value   named values; those of the store itself begin with "store."
 *   layout  which layouts the file has had, and since when
 *
 * The file's user_version is its layout's number; its application_id says that it is embudo's.
 */
#ifndef EMBUDO_STORE_SQLITE_SCHEMA_H
#define EMBUDO_STORE_SQLITE_SCHEMA_H

#include "store/sqlite/database.h"

/* Brings the layout up to date, each step in a transaction of its own. -1 and *err (with *state, see database_open) when
 * a step fails, the file is of another program or of a newer embudo. */
int schema_bring_up(sqlite3 *db, enum store_state *state, struct err *err);

/* For a connection that only reads: 0 when the layout is today's. */
int schema_expect(sqlite3 *db, struct err *err);

/* 1 and the named value's bytes appended, 0 when there is none, -1 and *err. */
int schema_value(sqlite3 *db, const char *name, struct buf *bytes, struct err *err);

#endif
