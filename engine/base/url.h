/* url.h - URLs as people may see them. */
#ifndef EMBUDO_BASE_URL_H
#define EMBUDO_BASE_URL_H

#include "base/buf.h"

/* Appends the URL without what may be secret in it: user and password, and all that stands behind `?` or `#`. It need not be
 * a good one: where it is not clear what is a host, as in http://me:12/ab@x, everything before the last `@` is "***", and
 * all of it where that stands behind `?` or `#`. */
void url_add_shown(struct buf *out, struct str url);

#endif
