/* deliver_private.h - between the files of the deliverer.
 *
 * deliver.c          choosing, waiting, draining
 * deliver_attempt.c  one attempt: putting the request together, sending it, judging the answer
 * deliver_read.c     messages back from the journal, on a thread; lines into files, too
 * deliver_outcome.c  what became of attempts, into the journal
 */
#ifndef EMBUDO_SERVE_DELIVER_PRIVATE_H
#define EMBUDO_SERVE_DELIVER_PRIVATE_H

#include "core/handoff/request.h"
#include "io/fetch.h"
#include "io/work.h"
#include "serve/deliver/deliver.h"

enum attempt_state {
  ATTEMPT_WANTED,  /* to be read */
  ATTEMPT_READING, /* on a thread */
  ATTEMPT_SENDING, /* a request, or a line */
  ATTEMPT_OVER     /* its outcome is on its way to the journal */
};

struct attempt {
  struct deliverer *deliverer;
  struct attempt *next;
  struct hash128 id;
  uint64_t record;         /* what is sent: its number ... */
  struct buf bytes;        /* ... and its bytes, when they are read; empty: they are gone */
  uint32_t kind;           /* enum journal_kind */
  const char *destination; /* the outbox's name; owned */
  enum attempt_state state;
  struct fetch *fetch; /* SENDING; NULL: a line */
  struct line_job *line;
  int64_t began_ms; /* monotonic */
};

struct pace { /* of a destination: when the next request may begin */
  char *name;
  int64_t next_us; /* monotonic */
};

struct reading { /* a job */
  struct work_job job;
  struct deliverer *deliverer;
  struct attempt *attempts[DELIVER_READS_MAX];
  size_t count;
};

struct outcome {
  struct outcome *next;
  struct hash128 id;
  bool of_row; /* else of a destination */
  struct str bytes;
};

struct deliverer {
  struct loop *loop;
  struct service *service;
  const struct config *config;
  struct log *log;
  struct fetcher *fetcher;
  struct work *work;
  struct loop_timer *timer;       /* the next row is due */
  struct loop_timer *drain_timer; /* draining has its end; NULL: never asked for */
  struct loop_timer *again_timer; /* the journal took no outcome: once more */
  struct loop_task task;          /* looks for what is due, in a turn of its own ... */
  bool posted;                    /* ... which is on its way */
  bool draining, closing;         /* nothing new is begun; it is being freed */
  struct attempt *attempts;       /* a list, in any state */
  uint32_t attempt_count;
  struct pace *paces;
  size_t pace_count;
  struct store_reader *reader; /* the job's, while one runs */
  struct reading reading;
  bool is_reading;
  struct outcome *outcomes, **outcomes_end; /* for the journal, in order; a list and its last link */
  size_t appending;                         /* of the first outcomes: on their way */
  void (*drained)(void *arg);               /* once, when nothing is on its way any more */
  void *drained_arg;
  struct deliverer_stats stats;
};

struct outbox *deliver_outbox(struct deliverer *deliverer);

void deliver_read(struct deliverer *deliverer);    /* what is wanted, if no job runs */
void deliver_begin(struct attempt *attempt);       /* it is read */
void deliver_end_attempt(struct attempt *attempt); /* forgets it */
int deliver_write_line(struct attempt *attempt, const char *path, struct str text,
                       void (*done)(struct attempt *attempt,
                                    const char *error)); /* error NULL: it is on the disk */
void deliver_forget_line(struct attempt *attempt);

/* How the attempt ended; it is forgotten when that is in the journal. */
void deliver_ended(struct attempt *attempt, const struct retry_answer *answer, struct str body,
                   const char *error);

void deliver_flush(struct deliverer *deliverer);

#endif
