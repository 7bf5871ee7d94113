/* receive.h - what a client sent -> what goes into the journal: the events that were accepted, each complete in itself.
 *
 * A body is checked before anything of it is kept: items that are no events are refused one by one with a code and a reason,
 * events that the engine knows already are counted as duplicates, and what is left becomes one record,
 * {"batch": [...]}, whose items carry what stood beside the list (envelope.h) and no write key. Feeding the record to an
 * engine, with the same source and instant of reception, accepts every item of it, now and after a restart.
 * The engine is only asked, never changed. An event that is twice in one body, or in two bodies on their way, is recorded
 * twice and found to be a duplicate when it is fed.
 */
#ifndef EMBUDO_CORE_RECEIVE_H
#define EMBUDO_CORE_RECEIVE_H

#include "core/engine/engine.h"

struct receive_limits {  /* zeros are the defaults */
  size_t event_bytes;    /* ENGINE_EVENT_MAX */
  uint32_t batch_events; /* RECEIVE_BATCH_EVENTS */
};

enum { RECEIVE_BATCH_EVENTS = 2500, RECEIVE_PROBLEMS_TOLD = 32 };

struct received {
  struct str record; /* as long as the receiver's next call */
  uint32_t events;   /* in the record; 0: there is nothing to keep */
  uint32_t rejected, duplicates, conflicts;
  uint32_t rejects[REJECT_COUNT];
  uint32_t bad_times, clamped;
  enum reject_code fault; /* REJECT_NONE, or why the body as a whole was refused */
  bool is_batch;
  int64_t oldest_ms;    /* of the events in the record */
  struct str write_key; /* that stood in the body; empty: none. Borrowed until the receiver's next call */
  uint32_t problem_count;
  struct feed_problem problems[RECEIVE_PROBLEMS_TOLD]; /* the first `problem_count` */
};

/* Nothing is in it, and nothing was refused. */
void received_clear(struct received *received);

struct receiver;

struct receiver *receiver_new(struct engine *engine, const struct receive_limits *limits);
void receiver_free(struct receiver *receiver);

/* Another engine, from the next body on. */
void receiver_use(struct receiver *receiver, struct engine *engine);

/* First step: parses. -1 and *err: it is no JSON object, ERR_LIMIT for nesting; nothing of it can be taken, and
 * received->fault is set. Events of a batch that alone are why it could not be read are refused one by one (salvage.h). On success received->write_key is known, and the second step may follow at once. */
int receive_parse(struct receiver *receiver, struct str body, struct received *received, struct err *err);

/* Second step: checks every item. -1 and *err when the body as a whole is refused: `batch` is no list, or has too many
 * items. The feed's source and instant of reception are those its events will have. */
int receive_check(struct receiver *receiver, const struct feed *feed, struct received *received,
                  struct err *err);

#endif
