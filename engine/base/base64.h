/* base64.h - Base64 (RFC 4648, section 4) as clients send it (in Basic authorization, in
 * data_base64) and as webhooks are signed. */
#ifndef EMBUDO_BASE_BASE64_H
#define EMBUDO_BASE_BASE64_H

#include "base/buf.h"

/* Appends the bytes of `text` to `out`. Padding may be missing, but not wrong; blanks, line ends, the URL alphabet and
 * left-over bits other than 0 are refused with -1, and `out` is then as it was. Two texts never decode to the same. */
int base64_decode(struct str text, struct buf *out);

/* Appends the text for the bytes, with padding. */
void base64_encode(struct str bytes, struct buf *out);

#endif
