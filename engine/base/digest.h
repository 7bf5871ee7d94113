/* digest.h - SHA-256 as lower-case hex, for naming rulesets and files and for keeping keys; comparison in constant time;
 * keyed hashes; signatures; random bytes. The only place that knows libsodium. */
#ifndef EMBUDO_BASE_DIGEST_H
#define EMBUDO_BASE_DIGEST_H

#include "base/str.h"

enum { DIGEST_HEX_MAX = 65 };

struct digest; /* running state */

struct digest *digest_new(void);
void digest_add(struct digest *digest, struct str bytes);
void digest_end(struct digest *digest, char hex[DIGEST_HEX_MAX]); /* frees it */

void digest_hex(struct str bytes, char hex[DIGEST_HEX_MAX]); /* of a whole text */

/* Whether two digests are equal, in a time that does not tell where they differ. */
bool digest_equal(const char a[DIGEST_HEX_MAX], const char b[DIGEST_HEX_MAX]);

/* 128 bits that nobody without the key can tie to the text (SipHash-2-4). Fast: for looking up short texts. */
enum { DIGEST_KEY_BYTES = 16 };
struct hash128 digest_keyed(const unsigned char key[DIGEST_KEY_BYTES], struct str text);

/* HMAC-SHA-256 (RFC 2104) of the parts, one after the other. */
enum { DIGEST_HMAC_BYTES = 32 };
void digest_hmac(struct str key, const struct str *parts, size_t count, unsigned char out[DIGEST_HMAC_BYTES]);

/* Whether two runs of bytes are equal, in a time that tells their lengths alone. */
bool digest_same(struct str a, struct str b);

/* From the system's source of randomness. The text is of letters and digits (base 62: 5.95 bits a character), `len` of
 * them and a NUL. */
void digest_random(void *bytes, size_t len);
void digest_random_text(char *out, size_t len);

#endif
