/* feed.h - one unpacked block after the other, without those that hold nothing and what stands before the floor. */
#ifndef EMBUDO_STORE_SQLITE_FEED_H
#define EMBUDO_STORE_SQLITE_FEED_H

#include "store/sqlite/walk.h"

struct feed {
  uint64_t first_seq, end_seq; /* of the block's records, and behind the last */
  uint64_t from_seq;           /* the first of them that was asked for, the block's or a later one */
  struct str records;          /* as record.h writes them; the unpacker's */
};

/* The block of record `seq`, or of the next after it that there is: 1 and *feed; 0: none; -1. */
int feed_next(struct walk *walk, struct block_unpacker *unpacker, uint64_t seq, struct feed *feed,
              struct err *err);

#endif
