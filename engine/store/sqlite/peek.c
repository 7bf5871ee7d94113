#include "store/sqlite/peek.h"

#include <errno.h>

static enum store_state damaged(sqlite3 *db, uint64_t first_seq, struct err *err) {
  err_set(err, ERR_SYNTAX, "%s: records from number %llu on: %s", sqlite3_db_filename(db, "main"),
          (unsigned long long)first_seq, err->text);
  return STORE_BROKEN;
}

static int open_row(struct peek *peek, sqlite3 *db, uint64_t first_seq) {
  if (peek->blob) return sqlite3_blob_reopen(peek->blob, (sqlite3_int64)first_seq);
  return sqlite3_blob_open(db, "main", "block", "bytes", (sqlite3_int64)first_seq, 0, &peek->blob);
}

enum store_state peek_block(struct peek *peek, sqlite3 *db, uint64_t first_seq, struct block *block,
                            struct err *err) {
  char head[BLOCK_HEAD];
  errno = 0;
  int code = open_row(peek, db, first_seq);
  int len = code == SQLITE_OK ? sqlite3_blob_bytes(peek->blob) : 0;
  if (len > BLOCK_HEAD) len = BLOCK_HEAD;
  if (code == SQLITE_OK) code = sqlite3_blob_read(peek->blob, head, len, 0);
  if (code != SQLITE_OK) return database_failure(db, "looking at a block", err);
  if (block_peek(block, (struct str){head, (size_t)len}, err)) return damaged(db, first_seq, err);
  if (block->first_seq == first_seq) return STORE_OK;
  err_set(err, ERR_SYNTAX, "the block is that of other records: the file is damaged");
  return damaged(db, first_seq, err);
}

void peek_end(struct peek *peek) {
  sqlite3_blob_close(peek->blob);
  peek->blob = NULL;
}
