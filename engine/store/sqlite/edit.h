/* edit.h - rewriting blocks that are on the disk: records replaced, records and whole blocks emptied.
 *
 * Changes to one block are gathered until another is asked for or edit_flush is called, then its row is written once. All
 * of that happens within the transaction that the caller has begun; when that is rolled back, edit_drop forgets what is
 * gathered. Functions answer with what a failure means for the store, and *err.
 */
#ifndef EMBUDO_STORE_SQLITE_EDIT_H
#define EMBUDO_STORE_SQLITE_EDIT_H

#include "store/sqlite/database.h"
#include "store/sqlite/fit.h"

struct edit;

/* On the connection that writes. NULL and *err on failure. */
struct edit *edit_new(sqlite3 *db, struct err *err);
void edit_free(struct edit *edit); /* NULL is fine */

/* Gives record `seq` other bytes, which must stay until the flush; none: removes it. *changed: whether it did, see
 * store_replace. */
enum store_state edit_replace(struct edit *edit, uint64_t seq, struct str bytes, bool *changed,
                              struct err *err);

/* Removes the records of the block that holds `seq` up to, not including, that one. *changed: there were any. */
enum store_state edit_remove_before(struct edit *edit, uint64_t seq, bool *changed, struct err *err);

/* Makes the row of block `first_seq` one without records, unseen: `row` is as it stands. */
enum store_state edit_empty(struct edit *edit, uint64_t first_seq, const struct fit_row *row,
                            struct err *err);

enum store_state edit_flush(struct edit *edit, struct err *err);
void edit_drop(struct edit *edit);

#endif
