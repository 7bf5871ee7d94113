/* event.h - one accepted event in its normal form, still attached to its JSON: one of the Segment spec's six calls, which
 * clients send, or a system event, which only embudo writes: what a person did about a lead, what an enricher answered.
 *
 * Made by core/intake/normalise.h from any wire form; everything after it sees only this. Strings and references borrow from the
 * JSON reader and die with the next parse. Identifiers that the contract blocks ("", "null", "0" ...) are already empty.
 */
#ifndef EMBUDO_MODEL_EVENT_H
#define EMBUDO_MODEL_EVENT_H

#include "base/json.h"
#include "base/str.h"

enum event_type {
  EVENT_TRACK,
  EVENT_PAGE,
  EVENT_SCREEN,
  EVENT_IDENTIFY,
  EVENT_GROUP,
  EVENT_ALIAS,
  EVENT_CALLS, /* types below are calls, what clients may send; from here on they are system events */
  EVENT_ACT = EVENT_CALLS, /* somebody did something about a lead: accepted it, logged a call */
  EVENT_ENRICHMENT,        /* an enricher's answer */
  EVENT_TYPES              /* how many there are */
};

struct event {
  enum event_type type;
  struct str
      name; /* track: the event's name; act: the act's; enrichment: the enricher's; page, screen: the page's name,
                              often empty */
  struct str user_id;      /* empty: anonymous */
  struct str anonymous_id; /* empty: none */
  struct str group_id;     /* group: the account; elsewhere context.groupId */
  struct str previous_id;  /* alias: the id that is merged away */
  struct str message_id;   /* given by the client, or a hash of the canonical event */
  struct str source;   /* who sent it (a write key's source, a file's --source); part of the total order */
  int64_t time_ms;     /* corrected and clamped once, see contracts: the event's place in time for ever */
  int64_t received_ms; /* 0: unknown (a file without receivedAt) */
  struct json_ref root;
  struct json_ref properties;
  struct json_ref context;
  struct json_ref actor; /* act: {"id", "role"}, both texts that are not blank */
  struct json_ref
      traits; /* identify, enrichment: the person's (context.traits when there are no top-level ones); group: the account's */
};

const char *event_type_word(enum event_type type); /* "track", "page" ... */
bool event_type_tells(enum event_type type);       /* it is about traits, not about properties */
bool event_type_parse(struct str word, enum event_type *type);

#endif
