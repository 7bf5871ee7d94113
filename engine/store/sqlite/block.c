#include "store/sqlite/block.h"
#include "store/record.h"

#include <zstd.h>

enum { VERSION = 1, VERSION_DEEP = 2, TAIL = 2 * 8, CHECK = 8 };
enum { LEVEL = 1, LEVEL_DEEP = 3 }; /* zstd's: while somebody waits, and when nobody does */

struct block_packer {
  ZSTD_CCtx *zstd;
  struct buf block;
};

struct block_packer *block_packer_new(void) {
  struct block_packer *packer = xcalloc(1, sizeof *packer);
  packer->zstd = ZSTD_createCCtx();
  ASSERT(packer->zstd);
  buf_init(&packer->block);
  return packer;
}

void block_packer_free(struct block_packer *packer) {
  ZSTD_freeCCtx(packer->zstd);
  buf_release(&packer->block);
  free(packer);
}

struct block_unpacker {
  ZSTD_DCtx *zstd;
  struct buf records;
};

struct block_unpacker *block_unpacker_new(void) {
  struct block_unpacker *unpacker = xcalloc(1, sizeof *unpacker);
  unpacker->zstd = ZSTD_createDCtx();
  ASSERT(unpacker->zstd);
  buf_init(&unpacker->records);
  return unpacker;
}

void block_unpacker_free(struct block_unpacker *unpacker) {
  ZSTD_freeDCtx(unpacker->zstd);
  buf_release(&unpacker->records);
  free(unpacker);
}

size_t block_pack(struct block_packer *packer, const struct block *block, struct str records) {
  struct buf *out = &packer->block;
  size_t bound = ZSTD_compressBound(records.len);
  const uint64_t head[] = {block->deep ? VERSION_DEEP : VERSION, block->first_seq, block->records,
                           block->gone, records.len};
  buf_clear(out);
  for (size_t i = 0; i < sizeof head / sizeof *head; i++) record_put_u64(out, head[i]);
  if (block->deep) buf_add_repeat(out, '\0', BLOCK_DEPTH);
  buf_reserve(out, bound + TAIL);
  size_t len = ZSTD_compressCCtx(packer->zstd, out->data + out->len, bound, records.p, records.len,
                                 block->deep ? LEVEL_DEEP : LEVEL);
  ASSERT(!ZSTD_isError(len));
  out->len += len;
  return out->len + TAIL;
}

struct str block_seal(struct block_packer *packer, size_t len) {
  struct buf *out = &packer->block;
  ASSERT(len >= out->len + TAIL);
  size_t zeros = len - TAIL - out->len;
  buf_add_repeat(out, '\0', zeros);
  record_put_u64(out, zeros);
  record_put_u64(out, str_hash(buf_str(out)));
  return buf_str(out);
}

int block_peek(struct block *block, struct str head, struct err *err) {
  if (head.len < BLOCK_HEAD) return err_set(err, ERR_SYNTAX, "a block is cut short");
  uint64_t version = record_u64(head.p);
  if (version != VERSION && version != VERSION_DEEP)
    return err_set(err, ERR_INVALID,
                   "a block is of version %llu; this embudo reads versions up to %d: use a newer one",
                   (unsigned long long)version, VERSION_DEEP);
  *block = (struct block){.first_seq = record_u64(head.p + 8),
                          .records = record_u64(head.p + 16),
                          .gone = record_u64(head.p + 24),
                          .deep = version == VERSION_DEEP,
                          .unpacked_len = (size_t)record_u64(head.p + 32)};
  if (block->unpacked_len > BLOCK_UNPACKED_MAX || block->records == 0 || block->gone > block->records)
    return err_set(err, ERR_SYNTAX, "a block's frame makes no sense");
  return 0;
}

int block_open(struct block *block, struct str bytes, struct err *err) {
  if (bytes.len < BLOCK_HEAD + TAIL) return err_set(err, ERR_SYNTAX, "a block is cut short");
  struct str checked = {bytes.p, bytes.len - CHECK};
  if (record_u64(bytes.p + checked.len) != str_hash(checked))
    return err_set(err, ERR_SYNTAX, "a block's check sum is wrong: the file is damaged");
  if (block_peek(block, bytes, err)) return -1;
  size_t head = BLOCK_HEAD + (block->deep ? BLOCK_DEPTH : 0), room = bytes.len - TAIL;
  uint64_t zeros = record_u64(bytes.p + room);
  if (head > room || zeros > room - head) return err_set(err, ERR_SYNTAX, "a block's frame makes no sense");
  block->packed = (struct str){bytes.p + head, room - head - (size_t)zeros};
  return 0;
}

int block_unpack(struct block_unpacker *unpacker, const struct block *block, struct str *records,
                 struct err *err) {
  struct buf *out = &unpacker->records;
  buf_clear(out);
  buf_reserve(out, block->unpacked_len);
  size_t len =
      ZSTD_decompressDCtx(unpacker->zstd, out->data, block->unpacked_len, block->packed.p, block->packed.len);
  if (ZSTD_isError(len) || len != block->unpacked_len)
    return err_set(err, ERR_SYNTAX, "a block cannot be unpacked: %s",
                   ZSTD_isError(len) ? ZSTD_getErrorName(len) : "its length is wrong");
  out->len = len;
  *records = buf_str(out);
  return 0;
}
