/* hubspot.h - how HubSpot signs what it sends (its third version): X-HubSpot-Signature-v3 is the base64 of HMAC-SHA256, keyed with the
 * app's client secret, of method, address, body and X-HubSpot-Request-Timestamp (milliseconds since 1970), one after the
 * other. In the address some escapes are written out before it is signed.
 * https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
 *
 * Pure: the instant is an argument. Errors do not quote secrets.
 */
#ifndef EMBUDO_CORE_HUBSPOT_H
#define EMBUDO_CORE_HUBSPOT_H

#include "base/buf.h"
#include "base/err.h"

enum { HUBSPOT_TOLERANCE_MS = 5 * 60 * 1000 }; /* how far a request's clock may be from ours */

struct hubspot_request {
  struct str method, uri, body;    /* as the sender has called it: scheme, host, path and query */
  struct str timestamp, signature; /* the headers; empty: missing */
};

/* 0 when it is signed with one of the secrets and of now; else -1 and *err says why. */
int hubspot_verify(const struct str *secrets, size_t count, const struct hubspot_request *request,
                   int64_t now_ms, struct err *err);

#endif
