/* acting.h - people's acts on their way: judged, journaled, fed, one at a time for each lead.
 *
 * Two people who act on one lead at once are judged one after the other: the second one waits until the first one's act is a
 * fact, and then finds the lead where that act has put it. Acts on different leads do not wait for each other. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_ACTING_H
#define EMBUDO_SERVE_ACTING_H

#include "core/desk/act.h"
#include "serve/daemon.h"

enum { ACTING_MAX = 1024 }; /* acts on their way; further ones are told to come again */

struct acted {                /* what became of an act */
  enum service_answer answer; /* SERVICE_COMMITTED: *refusal or *event says more */
  bool no_lead, duplicate;
  const struct act_refusal *refusal; /* NULL: it was accepted */
  struct str event;                  /* as it was journaled */
};

struct acting_ask {
  struct str lead;    /* any of its ids */
  struct str request; /* JSON as act_read has it */
  struct str key;     /* a messageId from elsewhere, where the request names none; empty: one is made */
  struct str actor;   /* where the request names nobody */
  unsigned roles;     /* the actor's (roles.h) */
  bool told;          /* another system says that it was done there */
};

/* `done` is called once, now or later. -1 and *err: the request cannot be read; ERR_LIMIT: too many are on their way. Copies
 * what is asked. */
int acting_begin(struct daemon *daemon, const struct acting_ask *ask,
                 void (*done)(void *arg, const struct acted *acted), void *arg, struct err *err);

/* When the daemon closes, after the service: nobody waits any more. */
void acting_free(struct daemon *daemon);

/* Whether one who has these roles may act in that one: admin may in every one. */
bool acting_may(unsigned roles, struct str role);

#endif
