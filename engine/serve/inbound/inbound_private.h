/* inbound_private.h - a message on its way, for the files of this room. */
#ifndef EMBUDO_SERVE_INBOUND_PRIVATE_H
#define EMBUDO_SERVE_INBOUND_PRIVATE_H

#include "core/handoff/outbox.h"
#include "serve/inbound/inbound.h"
#include "serve/ingest/ingest.h"

struct inbound_desk {
  struct map names; /* of receivers that have taken something: sources live as long as the daemon */
  struct inbound_message *messages;
};

struct inbound_act {
  struct str lead, request; /* any of its ids; JSON as act_read has it */
  struct str key;           /* messageId of the act */
  struct str same;          /* JSON of an object; empty: it is no echo */
};

struct inbound_message {
  struct inbound_message *next;
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct arena arena;
  struct str source; /* the receiver's name */
  struct str of;     /* the destination that leads to the same system; empty: none is named */
  unsigned roles;    /* that its acts may be made in (roles.h) */
  struct inbound_act *acts;
  uint32_t act_count, at; /* the one that is being made */
  uint32_t made, known, own, refused;
  bool waits, runs;           /* for an answer; go_on is on the stack */
  enum service_answer failed; /* SERVICE_COMMITTED: nothing has */
  int64_t since_us;
  struct buf refusals; /* JSON, commas between */
  struct ingest_totals totals;
};

/* 0: whoever sent the request knows one of the receiver's secrets. -1 and *err: why it is not believed. */
int inbound_trust(const struct daemon *daemon, const struct inbound *inbound,
                  const struct http_request *request, struct err *err);

/* Takes on what the receiver's function returned, a list; the request is answered when all of it has been done. -1 and *err:
 * it is not as a function must return it, and nothing has been done. */
int inbound_begin(struct http_exchange *exchange, struct daemon *daemon, const struct inbound *inbound,
                  struct json_ref said, struct err *err);

/* Whether the message's present act is embudo's own doing: told later, on the loop. False: it cannot be, or too much is being
 * read; then nothing is told. */
bool inbound_echo_ask(struct inbound_message *message,
                      void (*done)(struct inbound_message *message, bool own));

#endif
