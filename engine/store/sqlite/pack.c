/* Values that are large, packed: see store.h. */
#include "store/store.h"

#include <zstd.h>

enum { PACK_LEVEL = 3 };

void store_pack(struct str bytes, struct buf *out) {
  size_t bound = ZSTD_compressBound(bytes.len);
  buf_reserve(out, bound);
  size_t len = ZSTD_compress(out->data + out->len, bound, bytes.p, bytes.len, PACK_LEVEL);
  ASSERT(!ZSTD_isError(len));
  out->len += len;
}

int store_unpack(struct str packed, size_t bytes_max, struct buf *out, struct err *err) {
  unsigned long long size = ZSTD_getFrameContentSize(packed.p, packed.len);
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > bytes_max)
    return err_set(err, ERR_SYNTAX, "what was packed is damaged");
  buf_reserve(out, (size_t)size);
  size_t len = ZSTD_decompress(out->data + out->len, (size_t)size, packed.p, packed.len);
  if (ZSTD_isError(len) || len != size) return err_set(err, ERR_SYNTAX, "what was packed is damaged");
  out->len += len;
  return 0;
}
