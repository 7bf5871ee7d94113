/* credential.h - write keys and tokens: what they may look like, and their digest, which alone is kept. */
#ifndef EMBUDO_CORE_CREDENTIAL_H
#define EMBUDO_CORE_CREDENTIAL_H

#include "base/digest.h"
#include "base/err.h"

enum {
  CREDENTIAL_WRITE_KEY_MIN = 8, /* bytes: a write key stands in web pages and only lets events in */
  CREDENTIAL_TOKEN_MIN = 16,
  CREDENTIAL_MAX = 200
};

/* The SHA-256 of a key or token of at least `min` bytes. Visible ASCII without a colon, which ends the user name where keys
 * travel. *err never repeats the text. */
int credential_hash(struct str text, size_t min, char sha256[DIGEST_HEX_MAX], struct err *err);

/* A new one of 190 random bits behind `prefix`, such as "wk_". */
enum { CREDENTIAL_MADE_MAX = 48 };
void credential_make(const char *prefix, char out[CREDENTIAL_MADE_MAX]);

#endif
