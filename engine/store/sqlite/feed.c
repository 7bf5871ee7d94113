#include "store/sqlite/feed.h"

int feed_next(struct walk *walk, struct block_unpacker *unpacker, uint64_t seq, struct feed *feed,
              struct err *err) {
  struct block block = {0};
  uint64_t floor;
  if (walk_floor(walk, &floor, err)) return -1;
  if (seq < floor) seq = floor;
  do {
    int found = walk_block(walk, seq, &block, err);
    if (found <= 0) return found;
    feed->from_seq = seq;
    seq = block.first_seq + block.records;
  } while (block.gone == block.records);
  feed->first_seq = block.first_seq;
  feed->end_seq = seq;
  if (block_unpack(unpacker, &block, &feed->records, err) == 0) return 1;
  return walk_blame(walk, block.first_seq, err);
}
