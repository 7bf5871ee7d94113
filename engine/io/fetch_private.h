/* fetch_private.h - between the files of fetch.h.
 *
 * fetch.c        life of a fetch: request in, answer out
 * fetch_body.c   what of an answer is kept, inflated where it is compressed
 * fetch_check.c  what of a request is refused before anything is opened
 * fetch_multi.c  libcurl's sockets and deadlines on the loop
 */
#ifndef EMBUDO_IO_FETCH_PRIVATE_H
#define EMBUDO_IO_FETCH_PRIVATE_H

#include "io/curl_common.h"
#include "io/fetch.h"
#include "io/http/http_inflate.h"

struct fetch {
  struct fetcher *fetcher;
  struct fetch *prev, *next;
  CURL *curl;
  struct curl_slist *headers;
  char *host; /* of the URL, as libcurl reads it, without brackets */
  struct buf sent, body, head;
  size_t answer_max, head_bytes; /* head_bytes: of headers that came, kept or not */
  bool denied, too_large;
  enum http_coding coding;      /* of the answer's body */
  struct http_inflate *inflate; /* NULL until it is needed */
  struct http_failure unknown;  /* a coding that was not asked for; status 0: none */
  struct http_failure damage;   /* of a body; status 0: none */
  bool is_cut;                  /* and that is the damage */
  char error[CURL_ERROR_SIZE];
  void (*done)(void *arg, const struct fetch_answer *answer);
  void *arg;
};

struct fetcher {
  struct loop *loop;
  struct fetcher_options options;
  CURLM *multi;
  struct loop_timer *timer;
  struct fetch *first;
  struct fetcher_stats stats;
};

/* The host of an acceptable URL, to be freed; NULL and *err. */
char *fetch_check_url(const struct fetcher *fetcher, const char *text, struct err *err);

/* The request's headers as lines; NULL and *err. */
int fetch_check_headers(const struct fetch_request *request, struct curl_slist **lines, struct err *err);

bool fetch_check_method(const char *method);

/* One of the answer's header lines; whether it is the header `name`. */
bool fetch_line_is(struct str line, struct str name, struct str *value);

void fetch_body_restart(struct fetch *fetch); /* another answer begins */
void fetch_body_header(struct fetch *fetch, struct str line);
bool fetch_body_take(struct fetch *fetch, struct str piece); /* false: no more of it is wanted */
void fetch_body_end(struct fetch *fetch);

void fetch_multi_open(struct fetcher *fetcher);
void fetch_multi_close(struct fetcher *fetcher);

/* Takes the ended fetch out and tells; called for each by the loop. */
void fetch_ended(struct fetch *fetch, CURLcode code);

#endif
