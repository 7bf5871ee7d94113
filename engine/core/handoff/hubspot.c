#include "core/handoff/hubspot.h"

#include "base/base64.h"
#include "base/digest.h"

enum { DIGITS_MAX = 15 };

/* The escapes that are written out; all others stay. */
static char written_out(const char *escape) {
  static const struct {
    char hex[3], plain;
  } table[] = {{"3A", ':'},  {"2F", '/'}, {"3F", '?'}, {"40", '@'}, {"21", '!'}, {"24", '$'},
               {"27", '\''}, {"28", '('}, {"29", ')'}, {"2A", '*'}, {"2C", ','}, {"3B", ';'}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strncasecmp(escape, table[i].hex, 2) == 0) return table[i].plain;
  return 0;
}

static void write_uri(struct str uri, struct buf *out) {
  for (size_t i = 0; i < uri.len; i++) {
    char plain = uri.p[i] == '%' && i + 2 < uri.len ? written_out(uri.p + i + 1) : 0;
    buf_add_char(out, plain ? plain : uri.p[i]);
    if (plain) i += 2;
  }
}

static bool parse_ms(struct str text, int64_t *ms) {
  *ms = 0;
  if (text.len == 0 || text.len > DIGITS_MAX) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.p[i] < '0' || text.p[i] > '9') return false;
    *ms = *ms * 10 + (text.p[i] - '0');
  }
  return true;
}

/* Every secret is compared, so that the time it takes tells nothing of which one it was. */
static bool any_matches(const struct str *secrets, size_t count, const struct hubspot_request *request) {
  struct buf uri, expected;
  bool found = false;
  buf_init(&uri);
  buf_init(&expected);
  write_uri(request->uri, &uri);
  const struct str parts[] = {request->method, buf_str(&uri), request->body, request->timestamp};
  for (size_t i = 0; i < count; i++) {
    unsigned char mac[DIGEST_HMAC_BYTES];
    buf_clear(&expected);
    digest_hmac(secrets[i], parts, 4, mac);
    base64_encode((struct str){(const char *)mac, sizeof mac}, &expected);
    found |= digest_same(request->signature, buf_str(&expected));
  }
  buf_release(&expected);
  buf_release(&uri);
  return found;
}

int hubspot_verify(const struct str *secrets, size_t count, const struct hubspot_request *request,
                   int64_t now_ms, struct err *err) {
  int64_t sent_ms;
  if (!request->timestamp.len || !request->signature.len)
    return err_set(err, ERR_INVALID, "X-HubSpot-Request-Timestamp and X-HubSpot-Signature-v3 are needed");
  if (!parse_ms(request->timestamp, &sent_ms))
    return err_set(err, ERR_INVALID,
                   "X-HubSpot-Request-Timestamp is not a number of milliseconds since 1970");
  if (sent_ms - now_ms > HUBSPOT_TOLERANCE_MS || now_ms - sent_ms > HUBSPOT_TOLERANCE_MS)
    return err_set(err, ERR_INVALID, "X-HubSpot-Request-Timestamp is more than five minutes off");
  if (!any_matches(secrets, count, request))
    return err_set(err, ERR_INVALID,
                   "X-HubSpot-Signature-v3 is not right for %.*s: is the secret the app's client secret, and "
                   "`public_url` of the settings the address that HubSpot calls?",
                   STR_ARG(request->uri));
  return 0;
}
