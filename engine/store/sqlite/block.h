/* block.h - what one commit writes, or what many small ones were packed together into: records, compressed, framed and
 * check-summed.
 *
 * Little-endian, 8 bytes each: version, first seq, records, how many of them are gone, bytes when unpacked. In a deep block
 * (version 2, see fit.h) BLOCK_DEPTH zeros. Then a zstd frame of what record.h writes, zeros up to the length that fit.h
 * asks for, how many zeros those are, and XXH3's 64 bits over all that stands before. Any flipped bit is found before the
 * frame is unpacked.
 */
#ifndef EMBUDO_STORE_SQLITE_BLOCK_H
#define EMBUDO_STORE_SQLITE_BLOCK_H

#include "store/sqlite/fit.h"
#include "store/writer.h"

enum {
  BLOCK_UNPACKED_MAX = STORE_APPEND_BYTES_MAX, /* a commit has one append or less than that */
  BLOCK_DEPTH = FIT_CELL_MIN, /* more than a row as short as can be shows of itself in its page */
  BLOCK_HEAD = 5 * 8          /* what block_peek needs */
};

struct block_packer; /* memory kept from block to block */
struct block_unpacker;

struct block_packer *block_packer_new(void);
void block_packer_free(struct block_packer *packer);
struct block_unpacker *block_unpacker_new(void);
void block_unpacker_free(struct block_unpacker *unpacker);

struct block {
  uint64_t first_seq;
  uint64_t records; /* numbered, whether or not they are still there */
  uint64_t gone;    /* of them are not */
  bool deep;        /* its first BLOCK_DEPTH bytes, and more, hold nothing of its records */
  struct str packed;
  size_t unpacked_len;
};

/* Packs a run of records (`block` gives their numbers and whether it is to be deep, its other members are not looked at): the least length that the
 * block can have. */
size_t block_pack(struct block_packer *packer, const struct block *block, struct str records);

/* The block packed last, made `len` bytes long, at least that length; valid until the next block_pack. */
struct str block_seal(struct block_packer *packer, size_t len);

/* Looks at the frame and its check sum. -1 and *err (without a place) when it is damaged or of a newer version. */
int block_open(struct block *block, struct str bytes, struct err *err);

/* The same from its first BLOCK_HEAD bytes alone, for a first look: without a check sum, and without `packed`. */
int block_peek(struct block *block, struct str head, struct err *err);

/* The records' run as record.h writes it; valid until the next call. */
int block_unpack(struct block_unpacker *unpacker, const struct block *block, struct str *records,
                 struct err *err);

#endif
