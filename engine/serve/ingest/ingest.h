/* ingest.h - what all ways of sending events have in common: who sends, one record submitted, one answer.
 *
 * ingest_segment.c     the Segment tracking API: one JSON body
 * ingest_events.c      /v1/events: which of the following a body is
 * ingest_cloudevent.c  CloudEvents
 * ndjson.h             one event a line, of any size
 * ingest_history.c     /v1/history: events of the past
 * ingest_form.c        /v1/forms: what a page's form sends
 * ingest_compat.c      what some SDKs ask for besides
 */
#ifndef EMBUDO_SERVE_INGEST_H
#define EMBUDO_SERVE_INGEST_H

#include "core/intake/cloudevent.h"
#include "serve/daemon.h"

enum {
  INGEST_RETRY_BUSY_S = 1,  /* Retry-After when the journal's queue is full */
  INGEST_RETRY_FULL_S = 10, /* when the disk is */
};

/* Handlers of the routes, see routes.c. */
void ingest_batch(struct http_exchange *exchange,
                  void *app);                                /* a batch, or any one call that says its type */
void ingest_call(struct http_exchange *exchange, void *app); /* one call, its type in the path */
void ingest_jitsu(struct http_exchange *exchange, void *app);   /* the same, of anything the path may say */
void ingest_pixel(struct http_exchange *exchange, void *app);   /* one call, in the query; an image */
void ingest_events(struct http_exchange *exchange, void *app);  /* CloudEvents, NDJSON, JSON: a stream */
void ingest_history(struct http_exchange *exchange, void *app); /* what happened before, told by an admin */
void ingest_form(struct http_exchange *exchange, void *app);    /* a form of a page: traits and an event */
void ingest_form_fields(struct http_exchange *exchange,
                        void *app);                             /* which fields are still to be asked for */
void ingest_nothing(struct http_exchange *exchange, void *app); /* accepted, of no interest */
void ingest_source_config(struct http_exchange *exchange, void *app); /* what Rudder's browser SDK asks for */
void ingest_settings(struct http_exchange *exchange, void *app);      /* and what Segment's does */

/* Whether the journal takes anything now; if not, *failure says when to come again. */
int ingest_admit(struct daemon *daemon, struct http_failure *failure);

enum ingest_reply { INGEST_JSON, INGEST_IMAGE };

struct ingest_totals { /* of one request */
  uint32_t accepted, duplicates, conflicts, rejected;
  uint32_t problem_count;
  const char *item_word; /* what a problem's number counts: "item", "line" */
  enum ingest_reply reply;
  struct feed_problem problems[RECEIVE_PROBLEMS_TOLD]; /* the first `problem_count` */
};

/* Adds what a checked body, line or item was found to be. */
void ingest_count(struct daemon *daemon, struct str source, const struct received *received,
                  struct ingest_totals *totals);

int64_t ingest_now_us(void); /* monotonic, for ingest_stored */

/* Adds what became of a record that was submitted at `since_us`. */
void ingest_stored(struct daemon *daemon, struct str source, int64_t since_us,
                   const struct service_result *result, struct ingest_totals *totals);

/* Journals a record of so many events and answers after its commit; at once when there are none. The source lives as long
 * as the keys. */
void ingest_submit(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                   struct str record, uint32_t events, const struct ingest_totals *totals);

/* Checks, journals and answers a JSON body, an event or a batch, from feed->source. */
void ingest_json(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                 struct str body, enum ingest_reply reply);

/* The same for CloudEvents: `mode` is BINARY, STRUCTURED or BATCHED. */
void ingest_cloudevents(struct http_exchange *exchange, struct daemon *daemon, const struct feed *feed,
                        enum cloudevent_mode mode, struct str body);
enum cloudevent_mode ingest_cloudevent_mode(const struct http_request *request);

/* --- answers ------------------------------------------------------------------------------------------------------- */

void ingest_answer(struct http_exchange *exchange, const struct ingest_totals *totals);
void ingest_put_totals(struct json_writer *w, const struct ingest_totals *totals); /* members of an answer */

/* The failure for a service's answer other than SERVICE_COMMITTED. */
void ingest_failure(enum service_answer answer, struct http_failure *failure);
void ingest_refuse(struct http_exchange *exchange, enum service_answer answer); /* answers with it */
void ingest_stopping(struct http_failure *failure); /* that of a daemon which is draining */

/* A failure in the middle of a stream, with what has become of its first `lines` lines. */
void ingest_refuse_rest(struct http_exchange *exchange, const struct http_failure *failure,
                        const struct ingest_totals *totals, uint64_t lines);

#endif
