/* writer.h - the writer thread: takes requests from a bounded queue, commits them in groups, hands back how they ended.
 *
 * Knows nothing of files; what a commit is, its disk says. While a commit is under way the next group gathers; beyond
 * that a commit waits (at most group_wait_us) for as many requests as the last one had, which callers that were all
 * answered together are about to send: the sync, not the work, is what costs. Requests that nobody waits for go along with
 * the next that somebody waits for, and are committed by themselves after along_wait_us at the latest. The order stays.
 *
 * When a commit finds no room, its requests and all that wait fail, and new ones are refused, until the disk's recover
 * has found room. After a failure of any other kind the disk is not called again.
 *
 * Threads: all functions are the owner's, as in store.h; the disk's are called by the writer thread alone.
 */
#ifndef EMBUDO_STORE_WRITER_H
#define EMBUDO_STORE_WRITER_H

#include "store/store.h"

enum writer_kind {
  WRITER_RECORDS,
  WRITER_VALUE,
  WRITER_REPLACE, /* a record */
  WRITER_REMOVE,  /* all records before one */
  WRITER_SCRUB,   /* ends when the disk is at rest */
};

struct writer_request {
  struct writer_request *next;
  enum writer_kind kind;
  struct buf bytes;       /* records as record.h writes them, the value's or the replaced record's bytes */
  char *name;             /* of the value */
  uint64_t first_seq;     /* of the records; the record to replace; the first not to remove */
  uint32_t records;       /* how many; for others 0 until the commit, which says how many it changed */
  int64_t received_ms;    /* of the first record */
  bool along;             /* nobody waits for it */
  enum store_state state; /* how it ended */
  void (*done)(void *arg, const struct store_outcome *outcome);
  void *arg;
};

struct writer_group {
  struct writer_request *first; /* in order */
  uint32_t requests;
  uint32_t records;   /* numbered without a gap */
  uint64_t first_seq; /* of them */
  size_t bytes;       /* of their requests; others not counted */
};

enum writer_rest {
  WRITER_AT_REST,    /* nothing is left to do */
  WRITER_AT_LEISURE, /* nothing that anybody waits for; call again after a while, or after the next commit */
  WRITER_AT_WORK,    /* more is; let commits pass and call again */
  WRITER_HELD_UP,    /* more is, when a reader has gone on; call again a little later */
};

struct writer_disk {
  void *self;
  /* All of the group durable, or nothing of it acknowledged. */
  enum store_state (*commit)(void *self, const struct writer_group *group, struct err *err);
  /* Upkeep: after each commit, again while it is not at rest, and once when nothing came for idle_ms. Takes no longer
   * than a large commit does. */
  enum store_state (*tend)(void *self, bool idle, enum writer_rest *rest, struct err *err);
  /* While full, each probe_ms: STORE_OK when there is room again. */
  enum store_state (*recover)(void *self, struct err *err);
  bool undone; /* to be tended at once: an earlier process left something to do */
};

struct writer;

/* Starts the thread; `state` (with `why`) is what the disk already knows of itself. The defaults of `options` are filled
 * in. NULL and *err when there is no thread to be had. */
struct writer *writer_new(const struct writer_disk *disk, const struct store_options *options,
                          enum store_state state, const struct err *why, struct err *err);

/* Commits what is queued, ends the thread, delivers the rest; scrubs under way end as STORE_FULL. What the state was at
 * the end. */
enum store_state writer_free(struct writer *writer);

/* A request to fill in and add, with memory of earlier ones where there is some. */
struct writer_request *writer_request(struct writer *writer);

struct writer_request *writer_request_new(void);

/* Whether a request of so many bytes would be taken now; see store_append for the errors. */
int writer_room(struct writer *writer, size_t bytes, struct err *err);
void writer_add(struct writer *writer,
                struct writer_request *request); /* takes it; writer_room came before */

void writer_deliver(struct writer *writer);
void writer_drain(struct writer *writer);

/* From any thread: what the writer could not know by itself makes the store STORE_BROKEN. */
void writer_break(struct writer *writer, const struct err *why);

/* From any thread: there is something to deliver that the writer does not know of. */
void writer_wake(struct writer *writer);

/* The disk is to be tended now, though nothing was written: it was told something. */
void writer_tend(struct writer *writer);

enum store_state writer_state(struct writer *writer);
enum store_state writer_why(struct writer *writer,
                            struct err *err); /* the same; *err unless it is STORE_OK */
void writer_stats(struct writer *writer, struct store_stats *stats); /* its part of them */

#endif
