#include "store/sqlite/block.h"
#include "store/record.h"

#include <zstd.h>

enum { VERSION = 1, LEVEL = 1, HEAD = 4 * 8, CHECK = 8 };

struct block_packer {
  ZSTD_CCtx *zstd;
  struct buf raw, block;
};

struct block_packer *block_packer_new(void) {
  struct block_packer *packer = xcalloc(1, sizeof *packer);
  packer->zstd = ZSTD_createCCtx();
  ASSERT(packer->zstd);
  buf_init(&packer->raw);
  buf_init(&packer->block);
  return packer;
}

void block_packer_free(struct block_packer *packer) {
  ZSTD_freeCCtx(packer->zstd);
  buf_release(&packer->raw);
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

/* The records of all requests in one run; a single request's are there already. */
static struct str raw_records(struct block_packer *packer, const struct writer_group *group) {
  if (group->requests == 1) return buf_str(&group->first->bytes);
  buf_clear(&packer->raw);
  buf_reserve(&packer->raw, group->bytes);
  for (const struct writer_request *request = group->first; request; request = request->next)
    if (request->records) buf_add_str(&packer->raw, buf_str(&request->bytes));
  return buf_str(&packer->raw);
}

struct str block_pack(struct block_packer *packer, const struct writer_group *group) {
  struct str raw = raw_records(packer, group);
  struct buf *block = &packer->block;
  size_t bound = ZSTD_compressBound(raw.len);
  buf_clear(block);
  record_put_u64(block, VERSION);
  record_put_u64(block, group->records);
  record_put_u64(block, group->first_seq);
  record_put_u64(block, raw.len);
  buf_reserve(block, bound + CHECK);
  size_t len = ZSTD_compressCCtx(packer->zstd, block->data + block->len, bound, raw.p, raw.len, LEVEL);
  ASSERT(!ZSTD_isError(len));
  block->len += len;
  record_put_u64(block, str_hash(buf_str(block)));
  return buf_str(block);
}

int block_open(struct block *block, struct str bytes, struct err *err) {
  if (bytes.len < HEAD + CHECK) return err_set(err, ERR_SYNTAX, "a block is cut short");
  struct str checked = {bytes.p, bytes.len - CHECK};
  if (record_u64(bytes.p + checked.len) != str_hash(checked))
    return err_set(err, ERR_SYNTAX, "a block's check sum is wrong: the file is damaged");
  uint64_t version = record_u64(bytes.p);
  if (version != VERSION)
    return err_set(err, ERR_INVALID,
                   "a block is of version %llu; this embudo reads version %d: use a newer one",
                   (unsigned long long)version, VERSION);
  uint64_t unpacked_len = record_u64(bytes.p + 24);
  *block = (struct block){.records = record_u64(bytes.p + 8),
                          .first_seq = record_u64(bytes.p + 16),
                          .packed = {bytes.p + HEAD, checked.len - HEAD},
                          .unpacked_len = (size_t)unpacked_len};
  if (unpacked_len > BLOCK_UNPACKED_MAX || block->records == 0)
    return err_set(err, ERR_SYNTAX, "a block's frame makes no sense");
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
