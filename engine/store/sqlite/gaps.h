/* gaps.h - rows whose records stand elsewhere now: emptied, and removed where that moves no row that must stay (see fit.h).
 *
 * All in a transaction of the caller's, on the connection that writes.
 */
#ifndef EMBUDO_STORE_SQLITE_GAPS_H
#define EMBUDO_STORE_SQLITE_GAPS_H

#include "store/sqlite/database.h"

struct gaps;

struct gaps *gaps_new(sqlite3 *db, struct err *err); /* NULL and *err on failure */
void gaps_free(struct gaps *gaps);                   /* NULL is fine */

/* The rows behind `first_seq` and before `end_seq` become gaps. */
enum store_state gaps_make(struct gaps *gaps, uint64_t first_seq, uint64_t end_seq, struct err *err);

/* Removes gaps before `end_seq`, those made now and older ones that stand before the deep block `first_seq`: all but those
 * that keep others apart. */
enum store_state gaps_remove(struct gaps *gaps, uint64_t first_seq, uint64_t end_seq, struct err *err);

#endif
