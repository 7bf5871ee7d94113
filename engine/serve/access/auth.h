/* auth.h - what a request presents to show who sends it. Pure: nothing is looked up here.
 *
 * Whoever sends events may put a write key in several places, and the first that holds one counts:
 *   Authorization: Basic base64(KEY:), with or without the colon     Segment's and Rudder's SDKs
 *   the body's writeKey                                              analytics-python, browsers
 *   X-Write-Key: KEY or ID:KEY                                       Jitsu
 *   ?writeKey=KEY                                                    Rudder's beacon
 *   Authorization: Bearer TOKEN                                      a token with the role ingest
 * A Basic that cannot be decoded counts as a key that nobody has. With Bearer beside a write key (OAuth mode) the write
 * key decides. Masked keys (`ID:***`), which Jitsu puts in bodies, are none.
 *
 * Everything else takes Authorization alone: Bearer TOKEN, or Basic with the token as the user name. There are no cookies and
 * no WWW-Authenticate challenge, so browsers send nothing by themselves that could be misused by another site's page.
 */
#ifndef EMBUDO_SERVE_AUTH_H
#define EMBUDO_SERVE_AUTH_H

#include "io/http/http_request.h"

enum auth_place { AUTH_NOWHERE, AUTH_BASIC, AUTH_BODY, AUTH_HEADER, AUTH_QUERY, AUTH_BEARER };

struct auth {
  enum auth_place place;
  struct str
      text; /* the key or token; borrowed from the request, the body or `room`; may be empty: nobody's */
};

/* A request with events; `body_key` is the body's writeKey, empty when it has none. `room` is cleared first. */
struct auth auth_of_ingest(const struct http_request *request, struct str body_key, struct buf *room);

/* Any other request. */
struct auth auth_of_reader(const struct http_request *request, struct buf *room);

#endif
