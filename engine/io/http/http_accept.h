/* http_accept.h - which of several media types a request's Accept likes best (RFC 9110, 12.5.1). Pure. */
#ifndef EMBUDO_IO_HTTP_ACCEPT_H
#define EMBUDO_IO_HTTP_ACCEPT_H

#include "io/http/http_request.h"

enum { HTTP_ACCEPT_RANGES_MAX = 64 /* that are looked at */ };

/* The index of the best of `offers` ("text/plain; version=0.0.4"). Of each, the most specific range that fits it tells its weight;
 * a range's parameter fits unless the offer has another value for it. Of equal weight the one that is named more exactly wins, then
 * the one that is named first, then the first offer. So it is without an Accept, and where nothing on offer is wanted:
 * an answer in another form is of more use than 406. */
size_t http_accept_best(const struct http_request *request, const char *const *offers, size_t count);

#endif
