/* http_word.h - the smallest parts of HTTP's grammar (RFC 9110, 5.6). Pure. */
#ifndef EMBUDO_IO_HTTP_WORD_H
#define EMBUDO_IO_HTTP_WORD_H

#include "base/str.h"

bool http_word_equal(struct str a, struct str b); /* ASCII case ignored */

/* Takes the next member of a comma-separated list off its front, without blanks; empty ones are skipped. False: there is none. */
bool http_list_next(struct str *list, struct str *member);

bool http_is_token_char(char c); /* of names: letters, digits, !#$%&'*+-.^_`|~ */
bool http_is_token(struct str text);
bool http_is_text_char(char c); /* of values: anything but control characters other than tab */

#endif
