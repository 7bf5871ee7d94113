/* http_parser.h - the bytes of a connection as requests, one event at a time. Pure: no sockets, no clock.
 *
 * llhttp parses heads (request line and headers), in strict mode. Before it, a gate collects the head and refuses what llhttp
 * lets pass and what is a way to smuggle requests past a proxy that reads them otherwise: line ends that are not CR LF, NUL,
 * folded and nameless header lines. After it, rules over the finished head refuse a missing or double Host, Content-Length beside
 * Transfer-Encoding, two Content-Lengths, codings other than a single "chunked", any Transfer-Encoding in HTTP/1.0,
 * protocols other than HTTP/1.x (1.2 is answered as 1.1, RFC 9110 2.5). Where the body ends says its length, or http_chunks.h. An upgrade is ignored: the
 * request is served as it stands.
 *
 * After an error the connection's bytes mean nothing any more: the parser stays failed. Body bytes are as on the wire but
 * for chunking; they are not inflated or limited here. One thread.
 */
#ifndef EMBUDO_IO_HTTP_PARSER_H
#define EMBUDO_IO_HTTP_PARSER_H

#include "io/http/http_chunks.h"
#include "io/http/http_request.h"
#include <llhttp.h>

enum { HTTP_BLANK_LINES_MAX = 4 /* before a request: some clients send one after a body */ };

enum http_event {
  HTTP_EVENT_MORE,  /* all bytes are used up */
  HTTP_EVENT_HEAD,  /* the request is there but for its body */
  HTTP_EVENT_BODY,  /* parser->piece is the next part of the body; it lies in the bytes that were fed */
  HTTP_EVENT_DONE,  /* the request is complete; the next one needs http_parser_start */
  HTTP_EVENT_FAILED /* *failure says why */
};

struct http_parser {
  llhttp_t llhttp;
  struct http_request *request; /* NULL between requests */
  struct http_failure *failure; /* while feeding */
  enum http_event event;        /* what llhttp's callbacks saw last */
  struct str piece;
  bool chunked;       /* the body is: */
  uint64_t body_left; /* else so many bytes of it are to come */
  struct http_chunks chunks;
  uint8_t gate;  /* where in a line of the head the bytes have come to */
  bool in_body;  /* the head is behind us */
  bool in_value; /* the last span of a header was of its value */
  bool failed;
  int blank_lines;
  size_t line_end; /* of the request line, in the head; 0: not there yet */
  size_t head_max, target_max;
};

void http_parser_init(struct http_parser *parser, size_t head_max, size_t target_max);

/* The next request goes into *request (initialised, empty), which stays the caller's. */
void http_parser_start(struct http_parser *parser, struct http_request *request);
bool http_parser_between(
    const struct http_parser *parser); /* no request is under way: start one before feeding */

/* Reads from the front of *bytes, up to the next event. After HEAD and BODY the caller feeds again, also when *bytes is
 * empty by then. The request may not be released before the event after HEAD. */
enum http_event http_parser_feed(struct http_parser *parser, struct str *bytes, struct http_failure *failure);

/* The request under way is read to its end but is nobody's any more. Only after HEAD. */
void http_parser_disown(struct http_parser *parser);

#endif
