/* http_rules.h - what a parsed head must satisfy beyond HTTP's grammar, so that no proxy in front can read it as another
 * request than we do. Pure; the parser's last step. */
#ifndef EMBUDO_IO_HTTP_RULES_H
#define EMBUDO_IO_HTTP_RULES_H

#include "io/http/http_request.h"

/* `line_len`: bytes of the request line at the head's front. Takes the URL apart as well. */
int http_rules_check(struct http_request *request, size_t line_len, struct http_failure *failure);

#endif
