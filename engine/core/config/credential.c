#include "core/config/credential.h"

#include <stdio.h>

enum { RANDOM_LETTERS = 32 };

static bool is_plain(struct str text) {
  for (size_t i = 0; i < text.len; i++)
    if (text.p[i] <= ' ' || text.p[i] > '~' || text.p[i] == ':') return false;
  return true;
}

int credential_hash(struct str text, size_t min, char sha256[DIGEST_HEX_MAX], struct err *err) {
  bool plain = is_plain(text);
  if (!plain || text.len < min || text.len > CREDENTIAL_MAX)
    return err_set(err, ERR_INVALID,
                   "cannot be used: expected %zu to %d visible ASCII characters without blanks and colons, "
                   "but it has %zu%s",
                   min, CREDENTIAL_MAX, text.len, plain ? "" : ", others among them");
  digest_hex(text, sha256);
  return 0;
}

void credential_make(const char *prefix, char out[CREDENTIAL_MADE_MAX]) {
  char letters[RANDOM_LETTERS + 1];
  digest_random_text(letters, RANDOM_LETTERS);
  int len = snprintf(out, CREDENTIAL_MADE_MAX, "%s%s", prefix, letters);
  ASSERT(len > 0 && len < CREDENTIAL_MADE_MAX);
}
