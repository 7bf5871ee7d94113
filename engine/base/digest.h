/* digest.h - SHA-256 as lower-case hex, for naming rulesets and files. The only place that knows libsodium's hash. */
#ifndef EMBUDO_BASE_DIGEST_H
#define EMBUDO_BASE_DIGEST_H

#include "base/str.h"

enum { DIGEST_HEX_MAX = 65 };

struct digest; /* running state */

struct digest *digest_new(void);
void digest_add(struct digest *digest, struct str bytes);
void digest_end(struct digest *digest, char hex[DIGEST_HEX_MAX]); /* frees it */

#endif
