/* http_answer.h - the bytes of an answer's head, and the JSON body of every error. Pure. */
#ifndef EMBUDO_IO_HTTP_ANSWER_H
#define EMBUDO_IO_HTTP_ANSWER_H

#include "base/json.h"
#include "io/http/http_failure.h"

enum http_framing {
  HTTP_FRAMING_LENGTH,  /* Content-Length */
  HTTP_FRAMING_CHUNKED, /* a stream to HTTP/1.1 */
  HTTP_FRAMING_TO_END,  /* a stream to HTTP/1.0: the connection's end is its end */
  HTTP_FRAMING_NONE     /* 204 and 304 have no body */
};

struct http_answer {
  int status;
  const char *media_type; /* NULL: no body */
  enum http_framing framing;
  size_t length; /* for HTTP_FRAMING_LENGTH */
  bool close;
  const char *date;       /* as HTTP writes it; "": unknown */
  const char *request_id; /* "": none */
  struct str headers;     /* more lines, each with its CR LF */
};

void http_answer_add_head(const struct http_answer *answer, struct buf *out);

/* {"success":false,"code":...,"message":...,"error":...}: SDKs read one or the other of these. */
void http_answer_add_error(const struct http_failure *failure, struct buf *out);

/* The same members, into an object that is open, for an error that has more to say. */
void http_answer_put_error(const struct http_failure *failure, struct json_writer *json);

/* One header line. Control characters in the value, which would begin another line, become blanks. */
void http_answer_add_header(struct buf *headers, const char *name, struct str value);

enum { HTTP_DATE_MAX = 30 };
void http_date_text(int64_t wall_ms, char out[HTTP_DATE_MAX]); /* "Sun, 06 Nov 1994 08:49:37 GMT" */

#endif
