/* http_client.h - asks an HTTP server and waits for the answer: what commands need, not the daemon.
 *
 * One connection, kept open between requests; TLS is verified. No redirects are followed: a POST that is redirected is
 * lost. Bounded in time and in the answer's size. The only home of libcurl's easy interface. One thread.
 */
#ifndef EMBUDO_IO_HTTP_CLIENT_H
#define EMBUDO_IO_HTTP_CLIENT_H

#include "base/buf.h"
#include "base/err.h"

enum {
  HTTP_CLIENT_ANSWER_MAX = 64 << 20, /* bytes */
  HTTP_CLIENT_CONNECT_MS = 5000,
  HTTP_CLIENT_TOTAL_MS = 60000
};

struct http_client;

/* `base`: "http://127.0.0.1:8080". NULL and *err. */
struct http_client *http_client_new(const char *base, struct err *err);
void http_client_free(struct http_client *client); /* NULL is fine */

/* A header of all further requests. */
void http_client_header(struct http_client *client, const char *name, const char *value);

struct http_reply {
  int status;
  struct str body;   /* until the next request */
  int retry_after_s; /* 0: not said */
};

/* `body` NULL bytes: GET. -1 and *err when there was no answer: refused, reset, timed out. */
int http_client_ask(struct http_client *client, const char *path, struct str body, struct http_reply *reply,
                    struct err *err);

/* The same, DELETE. */
int http_client_delete(struct http_client *client, const char *path, struct http_reply *reply,
                       struct err *err);

#endif
