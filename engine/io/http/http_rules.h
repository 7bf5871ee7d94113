/* http_rules.h - what a head must satisfy beyond what llhttp checks, so that no proxy in front can read it as another
 * request than we do. Pure; the parser's first step and its last. */
#ifndef EMBUDO_IO_HTTP_RULES_H
#define EMBUDO_IO_HTTP_RULES_H

#include "io/http/http_request.h"

/* The request line, without its end: METHOD, a blank, target, a blank, HTTP/1.x, where x above 1 becomes 1. */
int http_rules_check_line(char *text, size_t len, struct http_failure *failure);

/* The head, parsed. Takes the URL apart as well. */
int http_rules_check(struct http_request *request, struct http_failure *failure);

#endif
