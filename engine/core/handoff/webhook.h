/* webhook.h - Standard Webhooks 1.0.0: how a delivery is signed, and how a receiver knows that it is genuine.
 *
 * Signed is `id "." seconds "." body`, with HMAC-SHA256; a secret is written `whsec_` and the base64 of 24 to 64 random
 * bytes, which are the key. A request carries one signature for each active secret, so that a receiver can change over
 * without a gap. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * Pure: the instant is an argument. Secrets are never printed; errors do not quote them.
 */
#ifndef EMBUDO_CORE_WEBHOOK_H
#define EMBUDO_CORE_WEBHOOK_H

#include "base/buf.h"
#include "base/err.h"

enum {
  WEBHOOK_KEY_MIN = 24, /* bytes of a key */
  WEBHOOK_KEY_MAX = 64,
  WEBHOOK_SIGNATURES_MAX = 16,          /* looked at in one request */
  WEBHOOK_TOLERANCE_MS = 5 * 60 * 1000, /* how far a request's clock may be from ours */
};

struct webhook_secret {
  unsigned char key[WEBHOOK_KEY_MAX];
  size_t len;
};

int webhook_secret_parse(struct str text, struct webhook_secret *secret, struct err *err);

/* The value of `webhook-signature`, appended to `out`: "v1,.." for each secret, blanks between. */
void webhook_sign(const struct webhook_secret *secrets, size_t count, struct str id, int64_t time_s,
                  struct str body, struct buf *out);

struct webhook_headers { /* as they were received; empty: missing */
  struct str id, timestamp, signature;
};

/* 0 when one of the signatures is one of the secrets' and the request is of now; else -1 and *err says why. */
int webhook_verify(const struct webhook_secret *secrets, size_t count, const struct webhook_headers *headers,
                   struct str body, int64_t now_ms, struct err *err);

#endif
