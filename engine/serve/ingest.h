/* ingest.h - what all ways of sending events have in common: who sends, one record submitted, one answer. */
#ifndef EMBUDO_SERVE_INGEST_H
#define EMBUDO_SERVE_INGEST_H

#include "serve/daemon.h"

enum {
  INGEST_RETRY_BUSY_S = 1,  /* Retry-After when the journal's queue is full */
  INGEST_RETRY_FULL_S = 10, /* when the disk is */
};

/* Handlers of the routes, see routes.c. */
void ingest_batch(struct http_exchange *exchange,
                  void *app);                                /* a batch, or any one call that says its type */
void ingest_call(struct http_exchange *exchange, void *app); /* one call, its type in the path */
void ingest_events(struct http_exchange *exchange, void *app);  /* CloudEvents, NDJSON, JSON: a stream */
void ingest_nothing(struct http_exchange *exchange, void *app); /* accepted, of no interest */

/* Whether the journal takes anything now; if not, *failure says when to come again. */
int ingest_admit(struct daemon *daemon, struct http_failure *failure);

struct ingest_totals { /* of one request */
  uint32_t accepted, duplicates, conflicts, rejected;
  struct feed_problem problems[RECEIVE_PROBLEMS_TOLD];
  uint32_t problem_count;
  const char *item_word; /* what a problem's number counts: "item", "line" */
};

/* Adds what was refused in a checked body; its problems' numbers are moved by `first_item`. */
void ingest_count(struct ingest_totals *totals, const struct received *received, uint32_t first_item);

void ingest_answer(struct http_exchange *exchange, const struct ingest_totals *totals);

/* The failure for a service's answer other than SERVICE_COMMITTED. */
void ingest_failure(enum service_answer answer, struct http_failure *failure);

#endif
