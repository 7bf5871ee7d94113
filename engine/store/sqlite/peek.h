/* peek.h - the frame of a row's block, without reading the rest of it: of a large one that has many pages. */
#ifndef EMBUDO_STORE_SQLITE_PEEK_H
#define EMBUDO_STORE_SQLITE_PEEK_H

#include "store/sqlite/block.h"
#include "store/sqlite/database.h"

struct peek { /* zeros; for one look at some rows, none of which is written meanwhile */
  sqlite3_blob *blob;
};

/* As block_peek, and the block must be that of the row `first_seq`. What a failure means for the store, and *err. */
enum store_state peek_block(struct peek *peek, sqlite3 *db, uint64_t first_seq, struct block *block,
                            struct err *err);
void peek_end(struct peek *peek);

#endif
