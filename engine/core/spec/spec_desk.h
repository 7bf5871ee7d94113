/* spec_desk.h - a test's events taken as a daemon takes them, for expectations on what follows from decisions. */
#ifndef EMBUDO_CORE_SPEC_DESK_H
#define EMBUDO_CORE_SPEC_DESK_H

#include "core/handoff/handoff.h"
#include "core/journal/pipeline.h"
#include "core/spec/spec_private.h"

struct desk_told { /* a record of what others are told */
  struct desk_told *next;
  enum journal_kind kind;
  struct str record;
};

struct desk {
  struct pipeline *pipeline;
  struct handoff *handoff;
  struct arena *arena;    /* the test's */
  struct desk_told *told; /* in order */
  struct desk_told **told_end, **untaken;
  struct buf act; /* of embudo's own, to be taken next */
  uint64_t records;
  int steps;
};

/* All that the test has sent so far, up to its clock. */
void desk_open(struct desk *desk, struct spec *spec);
void desk_close(struct desk *desk, struct spec *spec);

#endif
