#include "core/config/secret_text.h"

#include "base/base64.h"

static const char *find(const struct config *config, struct str name, struct err *err) {
  const char *value = config ? config_secret(config, name) : NULL;
  if (!value)
    err_set(err, ERR_NOT_FOUND, "the settings have no secret '%.*s': add it under secrets:", STR_ARG(name));
  return value;
}

int secret_text(const struct config *config, struct str name, struct buf *out, struct err *err) {
  const char *value = find(config, name, err);
  if (!value) return -1;
  buf_add_text(out, value);
  return 0;
}

bool secret_form_known(struct str form) {
  return form.len == 0 || str_eq(form, STR("hex")) || str_eq(form, STR("base64"));
}

static void add_hex(const unsigned char *bytes, size_t len, struct buf *out) {
  for (size_t i = 0; i < len; i++) buf_printf(out, "%02x", bytes[i]);
}

int secret_hmac(const struct config *config, struct str name, struct str text, struct str form,
                struct buf *out, struct err *err) {
  static const struct str prefix = {"whsec_", 6};
  unsigned char mac[DIGEST_HMAC_BYTES];
  const char *value = find(config, name, err);
  struct str key = str_of(value ? value : "");
  struct buf bytes;
  if (!value) return -1;
  if (!secret_form_known(form))
    return err_set(err, ERR_INVALID, "hmac writes \"hex\" or \"base64\", not \"%.*s\"", STR_ARG(form));
  buf_init(&bytes);
  if (str_starts(key, prefix) &&
      base64_decode((struct str){key.p + prefix.len, key.len - prefix.len}, &bytes) == 0)
    key = buf_str(&bytes);
  digest_hmac(key, &text, 1, mac);
  buf_release(&bytes);
  if (str_eq(form, STR("base64")))
    base64_encode((struct str){(const char *)mac, sizeof mac}, out);
  else
    add_hex(mac, sizeof mac, out);
  return 0;
}
