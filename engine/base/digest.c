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

void digest_hex(struct str bytes, char hex[DIGEST_HEX_MAX]) {
  struct digest *digest = digest_new();
  digest_add(digest, bytes);
  digest_end(digest, hex);
}

bool digest_equal(const char a[DIGEST_HEX_MAX], const char b[DIGEST_HEX_MAX]) {
  return sodium_memcmp(a, b, DIGEST_HEX_MAX) == 0;
}

struct hash128 digest_keyed(const unsigned char key[DIGEST_KEY_BYTES], struct str text) {
  struct hash128 hash;
  static const unsigned char none[1];
  const unsigned char *bytes = text.len ? (const unsigned char *)text.p : none;
  crypto_shorthash_siphashx24((unsigned char *)&hash, bytes, text.len, key);
  return hash;
}

void digest_hmac(struct str key, const struct str *parts, size_t count,
                 unsigned char out[DIGEST_HMAC_BYTES]) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, (const unsigned char *)key.p, key.len);
  for (size_t i = 0; i < count; i++)
    if (parts[i].len) crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts[i].p, parts[i].len);
  crypto_auth_hmacsha256_final(&state, out);
  sodium_memzero(&state, sizeof state);
}

bool digest_same(struct str a, struct str b) {
  return a.len == b.len && (a.len == 0 || sodium_memcmp(a.p, b.p, a.len) == 0);
}

void digest_random(void *bytes, size_t len) {
  ASSERT(sodium_init() >= 0);
  randombytes_buf(bytes, len);
}

void digest_random_text(char *out, size_t len) {
  static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  ASSERT(sodium_init() >= 0);
  for (size_t i = 0; i < len; i++) out[i] = letters[randombytes_uniform(sizeof letters - 1)];
  out[len] = '\0';
}
