/* repack.h - small blocks, as single appends leave them, are packed together into large ones, a little at a time.
 *
 * From the first block on, a run of neighbours is taken that would make one block of the size wanted. When that spares enough
 * rows, one deep block takes the place of the first, and the others become gaps: rows without records, most of which are
 * removed at once. All of that is one transaction, so at any instant either the many stand there or the one. Numbers and bytes
 * of records stay as they are. A run is taken only when a block follows that does not go into it; so what was just written is
 * not looked at, nothing is packed twice, and the last rows of the table stay where they are.
 *
 * Rows are only moved between pages when they may be (see fit.h): gaps nearer than FIT_FENCE rows to one that must not be moved
 * stay, until what stands there has been packed too.
 *
 * How far it has come is a value in the file.
 */
#ifndef EMBUDO_STORE_SQLITE_REPACK_H
#define EMBUDO_STORE_SQLITE_REPACK_H

#include "store/sqlite/database.h"

#define REPACK_DONE                                                                                          \
  "store.repacked" /* the value that says up to which record that is done: 8 bytes, little-endian */

enum {
  REPACK_BLOCK_BYTES = 1 << 20, /* of a block, unless told otherwise */
  REPACK_ROWS_MAX = 512,        /* in one step */
  REPACK_ROWS_MIN = 16,         /* that become one */
};

struct repack;

/* Reads how far an earlier process has come. NULL and *err on failure. */
struct repack *repack_new(sqlite3 *db, struct err *err);
void repack_free(struct repack *repack); /* NULL is fine */

/* Reads it anew, after a transaction was rolled back. -1 and *err. */
int repack_read(struct repack *repack, struct err *err);

/* A block was appended, of so many bytes before compression. */
void repack_note(struct repack *repack, size_t bytes);

/* Whether there may be something to do, for blocks of so many bytes. */
bool repack_due(const struct repack *repack, size_t block_bytes);

struct repack_step {
  uint32_t rows; /* so many became one; 0: nothing was to be packed just here */
  uint32_t full; /* of them had something in them for readers */
  bool empty;    /* and the one has nothing */
};

/* One step, in a transaction that the caller has begun and will commit, from record `floor` on or from where the last ended. */
enum store_state repack_step(struct repack *repack, uint64_t floor, size_t block_bytes,
                             struct repack_step *step, struct err *err);

/* Writes down how far it has come, in the caller's transaction. */
enum store_state repack_note_done(struct repack *repack, struct err *err);

#endif
