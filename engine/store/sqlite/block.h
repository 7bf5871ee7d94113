/* block.h - what one commit writes: a group's records, compressed, framed and check-summed.
 *
 * Little-endian: version (8 bytes), records (8), first seq (8), bytes when unpacked (8), a zstd frame of what record.h
 * writes, and XXH3's 64 bits over all that stands before. Any flipped bit is found before the frame is unpacked.
 */
#ifndef EMBUDO_STORE_SQLITE_BLOCK_H
#define EMBUDO_STORE_SQLITE_BLOCK_H

#include "store/writer.h"

enum { BLOCK_UNPACKED_MAX = STORE_APPEND_BYTES_MAX }; /* a commit has one append or less than that */

struct block_packer; /* memory kept from block to block */
struct block_unpacker;

struct block_packer *block_packer_new(void);
void block_packer_free(struct block_packer *packer);
struct block_unpacker *block_unpacker_new(void);
void block_unpacker_free(struct block_unpacker *unpacker);

/* The block of the group's records; valid until the next call. */
struct str block_pack(struct block_packer *packer, const struct writer_group *group);

struct block {
  uint64_t first_seq;
  uint64_t records;
  struct str packed;
  size_t unpacked_len;
};

/* Looks at the frame and its check sum. -1 and *err (without a place) when it is damaged or of a newer version. */
int block_open(struct block *block, struct str bytes, struct err *err);

/* The records' run as record.h writes it; valid until the next call. */
int block_unpack(struct block_unpacker *unpacker, const struct block *block, struct str *records,
                 struct err *err);

#endif
