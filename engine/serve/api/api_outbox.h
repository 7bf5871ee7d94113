/* api_outbox.h - between the files that answer about the outbox.
 *
 * api_outbox.c      lists of rows and destinations
 * api_outbox_row.c  one row, with what happened to it
 * api_outbox_act.c  what people decide about rows and destinations
 */
#ifndef EMBUDO_SERVE_API_OUTBOX_H
#define EMBUDO_SERVE_API_OUTBOX_H

#include "serve/api/api.h"

struct outbox_filter { /* what a list's parameters ask for */
  unsigned states;     /* bits; 0: all */
  bool has_destination, has_type, has_lead;
  uint16_t destination, type; /* the outbox's names; 0: nobody has that one */
  uint32_t lead;
  int64_t from_ms, to_ms; /* of when they were made; the end is not included */
};
int outbox_filter_read(struct outbox_filter *filter, struct http_exchange *exchange,
                       struct pipeline *pipeline); /* -1 after answering 400 */
bool outbox_filter_takes(const struct outbox_filter *filter, const struct outbox_row *row);

/* A row's members, into an open object. */
void outbox_put_row(struct json_writer *w, struct pipeline *pipeline, const struct outbox_row *row);

/* The row that the path's {id} names; OUTBOX_NONE after answering 404. */
uint32_t outbox_of_path(struct http_exchange *exchange, struct pipeline *pipeline);

/* Reads records of the journal on a thread: the one that holds the row's message, and all that happened to it, oldest first. */
struct outbox_reading {
  struct work_job job;
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct hash128 id;
  uint64_t record, last; /* of the row */
  struct str by;         /* whose doing it is; lives as long as the keys */
  struct buf message;    /* the record; empty: it is gone */
  struct buf history;    /* a JSON list */
  bool failed;           /* the journal cannot be read: `err`, and 503 is the answer */
  struct err err;
  void (*done)(struct outbox_reading *reading); /* on the loop; it is released and freed afterwards */
};
/* False after answering that too much is being read. */
bool outbox_read(struct daemon *daemon, struct http_exchange *exchange, const struct outbox_row *row,
                 struct str by, void (*done)(struct outbox_reading *reading));

#endif
