/* http_exchange.h - one request and its answer, from the handler's side.
 *
 * A handler gets an exchange and finishes it exactly once, now or at any later time on the loop's thread, with one of
 * answer, fail, end or cut. Until then the exchange and its request stay valid, even if the client has gone: finishing
 * such an exchange does nothing but free it. After finishing, the pointer must not be used.
 *
 * Routes with HTTP_ROUTE_STREAM get their exchange before the body and read it with http_exchange_read; nothing is read from
 * the client before that. If they finish before the body's end, the rest of it is skipped or the connection closed. */
#ifndef EMBUDO_IO_HTTP_EXCHANGE_H
#define EMBUDO_IO_HTTP_EXCHANGE_H

#include "io/http/http_failure.h"
#include "io/http/http_request.h"

#define HTTP_JSON "application/json"

struct http_exchange;

const struct http_request *http_exchange_request(const struct http_exchange *exchange);

/* A place for the handler's own pointer. */
void http_exchange_set_user(struct http_exchange *exchange, void *user);
void *http_exchange_user(const struct http_exchange *exchange);

/* The client has left: nobody will read the answer. `on_gone` is called when that happens before the exchange is finished
 * (for readers of a body that is not complete, their `ended` is called instead), never from inside another call on the
 * exchange; it may finish it. A client that merely closed its sending side counts as there, unless an answer is being streamed
 * to it. */
bool http_exchange_is_gone(const struct http_exchange *exchange);
void http_exchange_on_gone(struct http_exchange *exchange, void (*on_gone)(struct http_exchange *exchange));

/* --- answering ---------------------------------------------------------------------------------------------------- */

/* A header line of the answer, before it begins. */
void http_exchange_header(struct http_exchange *exchange, const char *name, struct str value);

/* The whole answer; `body` is copied. media_type NULL: no body (204, 304). */
void http_exchange_answer(struct http_exchange *exchange, int status, const char *media_type,
                          struct str body);

/* An error with its JSON body. */
void http_exchange_fail(struct http_exchange *exchange, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void http_exchange_refuse(struct http_exchange *exchange,
                          const struct http_failure *failure); /* with Retry-After */

/* The same, where its JSON says more (http_answer_put_error). */
void http_exchange_refuse_as(struct http_exchange *exchange, const struct http_failure *failure,
                             struct str json);

/* --- answering with a stream -------------------------------------------------------------------------------------- */

void http_exchange_begin(struct http_exchange *exchange, int status, const char *media_type);

/* Sends the bytes, or keeps them until the client takes them. False: enough for now; `on_ready` is called when there is room
 * again, on a later turn of the loop, or `on_gone`. Writing on regardless ends with the client's being cut off
 * (HTTP_OUT_MAX). */
bool http_exchange_write(struct http_exchange *exchange, struct str bytes);
void http_exchange_on_ready(struct http_exchange *exchange, void (*on_ready)(struct http_exchange *exchange));

/* Sends `beat` (a constant text, e.g. ":\n\n") whenever nothing was written for `every_ms`: proxies close silent streams. */
void http_exchange_heartbeat(struct http_exchange *exchange, struct str beat, int64_t every_ms);

void http_exchange_end(struct http_exchange *exchange);

/* Closes the connection without the stream's proper end, so that the client cannot take what it got for the whole. */
void http_exchange_cut(struct http_exchange *exchange);

/* --- reading a body as a stream ----------------------------------------------------------------------------------- */

struct http_reader {
  /* The next bytes of the body, inflated, never empty; valid during the call. */
  void (*chunk)(struct http_exchange *exchange, struct str bytes);

  /* Once, last: NULL when the body is complete; otherwise why it ended (malformed, too slow, client gone), for the answer.
   * Not called after the exchange is finished. */
  void (*ended)(struct http_exchange *exchange, const struct http_failure *failure);
};
void http_exchange_read(struct http_exchange *exchange, const struct http_reader *reader);

/* No chunk (nor `ended`) comes between pause and resume; meanwhile the client is not read from, and its time stands still.
 * Resume may call `chunk` and `ended` before it returns, unless it is called from one of them. */
void http_exchange_pause(struct http_exchange *exchange);
void http_exchange_resume(struct http_exchange *exchange);

#endif
