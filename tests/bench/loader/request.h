/* request.h - HTTP requests full of events, made once and then only patched: ids, people, time stamps. */
#ifndef LOADER_REQUEST_H
#define LOADER_REQUEST_H

#include "base/buf.h"

enum { REQUEST_CYCLE = 20, REQUEST_TIME_DIGITS = sizeof "2026-01-01T00:00:00.000Z" - 1 };

struct request_plan { /* what all requests of a run have in common */
  const char *host, *key, *run;
  uint64_t batch, leads, pad;
};

struct patch { /* where one event's texts stand in a request */
  uint32_t lead, message, time;
};

struct request {
  struct buf text;
  struct patch *patches;
  uint32_t sent_at; /* 0: it says none */
};

/* Kinds of events repeat after REQUEST_CYCLE of them; `variant` says where the request begins. */
void request_init(struct request *request, uint64_t variant, const struct request_plan *plan);
void request_release(struct request *request);

/* Makes it the request of the events from number `first` on, with that time (REQUEST_TIME_DIGITS bytes). */
void request_patch(struct request *request, uint64_t first, const char *time,
                   const struct request_plan *plan);

#endif
