#include "base/digest.h"

#include "base/err.h"
#include <sodium.h>

struct digest {
  crypto_hash_sha256_state state;
};

struct digest *digest_new(void) {
  struct digest *digest = xmalloc(sizeof *digest);
  crypto_hash_sha256_init(&digest->state);
  return digest;
}

void digest_add(struct digest *digest, struct str bytes) {
  if (bytes.len) crypto_hash_sha256_update(&digest->state, (const unsigned char *)bytes.p, bytes.len);
}

void digest_end(struct digest *digest, char hex[DIGEST_HEX_MAX]) {
  unsigned char bytes[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&digest->state, bytes);
  sodium_bin2hex(hex, DIGEST_HEX_MAX, bytes, sizeof bytes);
  free(digest);
}
