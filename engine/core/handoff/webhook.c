#include "core/handoff/webhook.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/timefmt.h"
#include <inttypes.h>

int webhook_secret_parse(struct str text, struct webhook_secret *secret, struct err *err) {
  static const struct str prefix = {"whsec_", 6};
  struct buf key;
  if (!str_starts(text, prefix))
    return err_set(err, ERR_INVALID, "a webhook secret begins with whsec_; make one with: %s",
                   "printf 'whsec_%s\\n' \"$(openssl rand -base64 32)\"");
  buf_init(&key);
  int code = base64_decode((struct str){text.p + prefix.len, text.len - prefix.len}, &key);
  bool fits = code == 0 && key.len >= WEBHOOK_KEY_MIN && key.len <= WEBHOOK_KEY_MAX;
  if (fits) {
    memcpy(secret->key, key.data, key.len);
    secret->len = key.len;
  }
  buf_release(&key);
  if (fits) return 0;
  return err_set(err, ERR_INVALID, "a webhook secret is whsec_ and the base64 of %d to %d bytes",
                 WEBHOOK_KEY_MIN, WEBHOOK_KEY_MAX);
}

static void add_signature(const struct webhook_secret *secret, struct str id, struct str time,
                          struct str body, struct buf *out) {
  unsigned char mac[DIGEST_HMAC_BYTES];
  const struct str parts[] = {id, STR("."), time, STR("."), body};
  digest_hmac((struct str){(const char *)secret->key, secret->len}, parts, 5, mac);
  buf_add_text(out, "v1,");
  base64_encode((struct str){(const char *)mac, sizeof mac}, out);
}

void webhook_sign(const struct webhook_secret *secrets, size_t count, struct str id, int64_t time_s,
                  struct str body, struct buf *out) {
  char time[24];
  snprintf(time, sizeof time, "%" PRId64, time_s);
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_char(out, ' ');
    add_signature(&secrets[i], id, str_of(time), body, out);
  }
}

/* --- receiving ------------------------------------------------------------------------------------------------------ */

static bool parse_seconds(struct str text, int64_t *seconds) {
  *seconds = 0;
  if (text.len == 0 || text.len > 12) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.p[i] < '0' || text.p[i] > '9') return false;
    *seconds = *seconds * 10 + (text.p[i] - '0');
  }
  return true;
}

/* The next word of a list with blanks between. */
static bool next_word(struct str *rest, struct str *word) {
  while (rest->len && rest->p[0] == ' ') *rest = (struct str){rest->p + 1, rest->len - 1};
  const char *blank = rest->len ? memchr(rest->p, ' ', rest->len) : NULL;
  *word = (struct str){rest->p, blank ? (size_t)(blank - rest->p) : rest->len};
  *rest = (struct str){rest->p + word->len, rest->len - word->len};
  return word->len > 0;
}

/* Every pair is compared, so that the time it takes tells nothing of which one it was. */
static bool any_matches(const struct webhook_secret *secrets, size_t count,
                        const struct webhook_headers *headers, struct str body) {
  struct buf expected;
  bool found = false;
  buf_init(&expected);
  for (size_t i = 0; i < count; i++) {
    struct str rest = headers->signature, word;
    buf_clear(&expected);
    add_signature(&secrets[i], headers->id, headers->timestamp, body, &expected);
    for (int n = 0; n < WEBHOOK_SIGNATURES_MAX && next_word(&rest, &word); n++)
      found |= digest_same(word, buf_str(&expected));
  }
  buf_release(&expected);
  return found;
}

int webhook_verify(const struct webhook_secret *secrets, size_t count, const struct webhook_headers *headers,
                   struct str body, int64_t now_ms, struct err *err) {
  int64_t seconds;
  if (!headers->id.len || !headers->timestamp.len || !headers->signature.len)
    return err_set(err, ERR_INVALID, "webhook-id, webhook-timestamp and webhook-signature are needed");
  if (!parse_seconds(headers->timestamp, &seconds))
    return err_set(err, ERR_INVALID, "webhook-timestamp is not a number of seconds since 1970");
  int64_t off_ms = seconds * TIME_MS_PER_SECOND - now_ms;
  if (off_ms > WEBHOOK_TOLERANCE_MS || off_ms < -(int64_t)WEBHOOK_TOLERANCE_MS)
    return err_set(err, ERR_INVALID, "webhook-timestamp is more than five minutes off");
  if (!any_matches(secrets, count, headers, body))
    return err_set(err, ERR_INVALID, "no signature in webhook-signature is right");
  return 0;
}
