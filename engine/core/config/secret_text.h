/* secret_text.h - secrets put in place: the value itself, or an HMAC made with it. Only where a request is about to be sent; what is
 * appended must go nowhere else. Errors name secrets and quote none. Pure.
 */
#ifndef EMBUDO_CORE_SECRET_TEXT_H
#define EMBUDO_CORE_SECRET_TEXT_H

#include "core/config/config.h"

/* Appends the value of a secret. -1 and *err: the settings do not have it. */
int secret_text(const struct config *config, struct str name, struct buf *out, struct err *err);

/* Appends the HMAC-SHA-256 of a text with a secret as its key, as "hex" (lower case; also when `form` is empty) or "base64".
 * A secret that is written `whsec_` and base64 is the bytes that it stands for, as Standard Webhooks has it. */
int secret_hmac(const struct config *config, struct str name, struct str text, struct str form,
                struct buf *out, struct err *err);

bool secret_form_known(struct str form);

#endif
