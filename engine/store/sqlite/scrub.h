/* scrub.h - the work that is left when records were replaced or removed, done in small steps between commits.
 *
 * First what stands before the floor (see store_remove_before) is removed: block by block it is overwritten, then the
 * rows are deleted but for FIT_FENCE of them. When a scrub is asked for, free pages are given back to the disk and the log
 * is moved into place and emptied, after which nothing of what was removed is left in any file.
 *
 * What is left to do is known from the file: the floor, and a mark that is set with the first change and cleared with the
 * last step. So a process that dies on the way leaves it to the next, which begins at once.
 */
#ifndef EMBUDO_STORE_SQLITE_SCRUB_H
#define EMBUDO_STORE_SQLITE_SCRUB_H

#include "store/sqlite/edit.h"
#include "store/writer.h"

#define SCRUB_MARK "store.scrub" /* the value that is there from the first change until the end of a scrub */
#define SCRUB_FLOOR                                                                                          \
  "store.floor" /* the value that says which record is the first to keep: 8 bytes, little-endian */

enum scrub_step {
  SCRUB_IDLE,      /* nothing is left to do */
  SCRUB_WORKED,    /* a step is to be committed; there may be more */
  SCRUB_EMPTY_LOG, /* all was committed: the log is to be emptied, then scrub_end called */
};

struct scrub;

/* Reads what was left undone. `edit` stays the caller's. NULL and *err on failure. */
struct scrub *scrub_new(sqlite3 *db, struct edit *edit, struct err *err);
void scrub_free(struct scrub *scrub); /* NULL is fine */

/* Reads it anew, after a transaction was rolled back. -1 and *err. */
int scrub_read(struct scrub *scrub, struct err *err);

/* All that writes does so in a transaction that the caller has begun and will commit. */

/* With a change: what makes the next process go on with it. */
enum store_state scrub_note_change(struct scrub *scrub, struct err *err);
enum store_state scrub_raise_floor(struct scrub *scrub, uint64_t seq, struct err *err);

void scrub_ask(struct scrub *scrub); /* for a scrub */

enum store_state scrub_step(struct scrub *scrub, enum scrub_step *step, struct err *err);

/* The log is empty, and nothing was committed since SCRUB_EMPTY_LOG. */
enum store_state scrub_end(struct scrub *scrub, struct err *err);

uint64_t scrub_floor(const struct scrub *scrub); /* the first record to keep; 0: all */
bool scrub_marked(const struct scrub *scrub);    /* something may be left in the files */
bool scrub_due(const struct scrub *scrub);       /* scrub_step has something to do */

#endif
