/* handoff_private.h - between handoff.c, which chooses, and handoff_message.c, which writes. */
#ifndef EMBUDO_CORE_HANDOFF_PRIVATE_H
#define EMBUDO_CORE_HANDOFF_PRIVATE_H

#include "core/handoff/handoff.h"

struct handoff_about { /* what a message is about */
  struct pipeline *pipeline;
  const struct fold *fold;
  struct identity_member lead;
  const struct effect *effect;
  /* What it follows from; the others are NULL. */
  const struct decision *decision;
  const struct touch *touch;
  const struct clock_fact *clocked;
  const struct hash128 *corrects; /* the message that this one takes back; NULL: none */
  const char *type;
  const char *public_url;
  struct str brief; /* JSON; empty: it hands nobody over */
  uint32_t sequence;
  int64_t at_ms;
};

/* The message, {"type":..,"timestamp":..,"data":{..}}, appended to `out`. -1 and *err: its `data` function failed; the message is there
 * without what it would have given. */
int handoff_message(const struct handoff_about *about, struct buf *out, struct err *err);

#endif
