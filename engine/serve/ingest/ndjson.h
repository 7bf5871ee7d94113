/* ndjson.h - a body of any size, one event a line, into the journal as it comes.
 *
 * Lines are checked one by one (core/intake/gather.h) and gathered into records; a record goes to the journal when it is full,
 * or when none of this body is on its way there. So a slow client's events wait for nobody, and a fast one's share
 * commits. With NDJSON_IN_FLIGHT records on their way and another one full, the client is not read from: memory is flat
 * whatever the body's size. A full queue of the journal makes it wait, and so does the source's rate; neither fails it.
 *
 * A bad line is refused alone, with its number. When all is committed the answer is 200 with what became of the events and the
 * first problems. When it cannot go on (the disk is full, the body breaks off, the server stops) the answer is the
 * failure's, once what is on its way has ended, with "lines": so many of the first lines are done with, journaled or
 * refused. Sending everything again does no harm where events have a messageId.
 *
 * Who may send is the handler's to ask, before the body. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_NDJSON_H
#define EMBUDO_SERVE_NDJSON_H

#include "serve/ingest/upload.h"

enum {
  NDJSON_RECORD_BYTES = 256 * 1024, /* of a record, before it is full */
  NDJSON_RECORD_EVENTS = 1000,
  NDJSON_IN_FLIGHT = 4,           /* records of one body on their way to the journal */
  NDJSON_LINE_BYTES = 256 * 1024, /* of a line, or twice limits.event_bytes where that is more */
  NDJSON_RETRY_MS = 20,           /* after the journal's queue was full */
};

struct ndjson_options {
  struct str source; /* must live as long as the daemon's keys */
  bool quiet; /* it is history (normalise.h): nobody is told what follows from it, and no rate is kept */
  struct str
      teller; /* quiet: the source of events that do not say it, up to STORE_SOURCE_MAX bytes; copied */
};

/* Takes the body of an exchange whose reading has not begun, and answers it. */
void ndjson_read(struct http_exchange *exchange, struct daemon *daemon, const struct ndjson_options *options);

/* The same for a body that was being read, of which `bytes` have come. */
void ndjson_hand_over(struct upload *upload, const struct ndjson_options *options, struct str bytes);

#endif
