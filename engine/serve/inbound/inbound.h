/* inbound.h - what other systems tell: POST /v1/inbound/{name}, as a receiver of the rule files understands it.
 *
 * A message is believed or refused (inbound_trust.c), and the receiver's function says what it means: events, and acts that
 * somebody has made over there. Its events are journaled first, then its acts are judged like those of people here
 * (acting.h), one after the other. A refused act is told in the answer and in the log and is over: the sender would only get the same
 * refusal again. What could not be written is a failure, after which the sender comes again; ids follow from the
 * message, so what was taken already counts once.
 *
 * What embudo itself has changed over there comes back as a message, too. An act that says which values it stands for
 * (`same`) is passed over where embudo has sent these values for that lead lately: once for every message sent, since
 * somebody may set the value again later. That it came back is journaled before it is answered. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_INBOUND_H
#define EMBUDO_SERVE_INBOUND_H

#include "serve/daemon.h"

enum {
  INBOUND_ITEMS_MAX = 1000,  /* that one message may mean */
  INBOUND_ECHO_ROWS_MAX = 16 /* messages that are looked at for one act, newest first */
};
#define INBOUND_ECHO_MS (24 * 60 * 60 * 1000LL) /* how long after it was made a message may come back */

void inbound_take(struct http_exchange *exchange, void *app); /* the route's handler */

/* When the daemon closes, after acting_free: nobody waits any more. */
void inbound_free(struct daemon *daemon);

#endif
