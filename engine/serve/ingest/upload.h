/* upload.h - a request's body that is taken as it comes, by somebody who may hand it on to somebody else on the way.
 *
 * What uploads hold in memory is counted for all of them together, since their number is only bounded by that of
 * connections. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_UPLOAD_H
#define EMBUDO_SERVE_UPLOAD_H

#include "serve/daemon.h"

enum { UPLOAD_HELD_MAX = 128 << 20 /* bytes, of all uploads together */ };

struct upload { /* the first member of whoever takes the body */
  struct daemon *daemon;
  struct http_exchange *exchange;
  size_t held_bytes;
  void (*chunk)(struct upload *upload, struct str bytes);
  /* As of struct http_reader; and again, with a failure, when the client leaves after the body's end. */
  void (*ended)(struct upload *upload, const struct http_failure *failure);
  void (*stopping)(struct upload *upload); /* the daemon wants to end; NULL: the body's end is waited for */
  struct upload *next, **at;               /* in the daemon's list */
};

/* Begins to read; may call back before it returns. */
void upload_read(struct upload *upload);

/* From now on `next` takes the body of `upload`, which goes away. */
void upload_hand_over(struct upload *upload, struct upload *next);

/* It goes away before, or together with, its exchange's end. */
void upload_release(struct upload *upload);

/* Tells all of them that the daemon wants to end. */
void uploads_stop(struct daemon *daemon);

/* Says how much is held now. False: it is too much for all together, and the upload must fail (upload_crowded). */
bool upload_hold(struct upload *upload, size_t bytes);
void upload_crowded(struct http_failure *failure);

#endif
