/* deliver.h - sends what the outbox has: attempts at deliveries, and what becomes of them.
 *
 * Each destination has a queue of its own: so many requests at once, so many a second, none while it is paused or disabled. A
 * slow one holds up nobody else. What is sent is read back from the journal, on a thread; every attempt of a message sends the
 * same id and bytes, signed anew for its own instant. How it ended is journaled before it counts: a process that dies in between
 * sends again. So receivers get everything at least once, and tell doubles by their id.
 *
 * On the loop's thread.
 */
#ifndef EMBUDO_SERVE_DELIVER_H
#define EMBUDO_SERVE_DELIVER_H

#include "base/log.h"
#include "serve/service/service.h"

enum {
  DELIVER_ATTEMPTS_MAX = 192, /* under way at once; a destination with none may still begin one */
  DELIVER_READS_MAX = 64,     /* messages read back at once */
  DELIVER_RECORDS_MAX = 256,  /* outcomes in one append */
  DELIVER_CONNECT_MS = 5000,
  DELIVER_ANSWER_MAX = 64 * 1024, /* bytes of an answer; a 2xx counts whatever comes after */
  DELIVER_LOOK_MS = 60 * 1000     /* how often it looks again at the latest: clocks are set */
};

struct deliverer;

struct deliverer *deliverer_new(struct loop *loop, struct service *service, const struct config *config,
                                struct log *log);
void deliverer_free(struct deliverer *deliverer); /* gives up what is under way; NULL is fine */
void deliverer_reconfigure(struct deliverer *deliverer, const struct config *config); /* borrowed */

/* There may be something to send: rows, rules, settings have changed. */
void deliverer_look(struct deliverer *deliverer);

/* Begins nothing more. `done` is called once, later, when nothing is under way any more or that time has passed. */
void deliverer_drain(struct deliverer *deliverer, int64_t within_ms, void (*done)(void *arg), void *arg);

void deliverer_hurry(struct deliverer *deliverer); /* that time has passed */

struct deliverer_stats {                /* since the start */
  uint64_t ended[HAPPENED_ABORTED + 1]; /* attempts: delivered, failed, parked, aborted */
  uint32_t in_flight;
};
const struct deliverer_stats *deliverer_stats(const struct deliverer *deliverer);

#endif
