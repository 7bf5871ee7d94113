/* lifecycle.h - stages, what moves a lead between them, what people do about it. Part of a ruleset (ruleset.h). */
#ifndef EMBUDO_MODEL_LIFECYCLE_H
#define EMBUDO_MODEL_LIFECYCLE_H

#include "model/ruleset/cond.h"
#include "model/ruleset/signal.h"

enum { RULESET_MAX_STAGES = 64 /* a lifecycle's stages are a bit mask */, RULESET_MAX_LIFECYCLES = 8 };

struct ask {                     /* a field that an act must bring along */
  struct str field;              /* `a|b`: either of them is enough */
  const struct matcher *matcher; /* what its value must be */
};

struct asks {
  const struct ask *items;
  uint32_t count;
};

struct texts {
  const struct str *items;
  uint32_t count;
};

/* Something that people do about a lead. Whether it moves the lead, and what it asks for then, is said by moves. */
struct act_kind {
  const char *name, *doc;
  struct place place;
  const char *const *by; /* roles that may do it where it moves nothing */
  uint32_t by_count;
  struct asks asks;
  struct
      texts private; /* fields that are kept apart: nobody but the one who asks for all of a person's data sees them */
  struct texts sets; /* fields that become traits of the lead */
  bool alone;        /* it may be done without moving the lead */
};

struct contact_block { /* why somebody must not be contacted */
  const char *id;
  struct place place;
  const struct cond *when;
};

struct gate {
  const char *id, *doc;
  struct place place;
  uint64_t into; /* mask of stages */
  const struct cond *need;
};

struct verdict_reason { /* a human move's coded reason */
  const char *code;
  int64_t stands_ms;       /* how long the verdict stands; TIME_NEVER: for ever; 0: not at all */
  const char *alternative; /* what to offer instead; "": nothing */
};

struct move {
  const char *doc;
  struct place place;
  int lifecycle;
  uint64_t from; /* mask of stages */
  int to;
  const struct cond *when; /* automatic; NULL: only people fire it */
  const char *const *by;   /* roles that may fire it */
  uint32_t by_count;
  const struct verdict_reason *reasons;
  uint32_t reason_count;
  int64_t again_ms;        /* wait before the same move may fire again; 0: none */
  int act;                 /* the act by which people make it; NONE: "move" */
  const struct cond *need; /* what must hold when people make it; NULL: nothing */
  struct asks asks;        /* what the act must bring along, beside what the act asks anyway */
  struct texts learns;     /* of these fields the act must bring one that is new */
  bool claim;              /* without marketing's word: counted apart */
  uint32_t resets;         /* mask of dimensions that begin anew */
};

struct lifecycle {
  const char *name;
  struct place place;
  const char *stages[RULESET_MAX_STAGES];
  uint32_t stage_count;
  int start;
  uint64_t final;    /* mask: `any` as a from-stage excludes these */
  uint64_t sales;    /* mask: stages in which the lead is sales'; entering one from elsewhere is a hand-off */
  uint64_t endorsed; /* mask: stages that are marketing's word */
  uint64_t outside;  /* mask: stages that count in no figure of the funnel */
  uint64_t handed;   /* mask: stages in which somebody of sales gets to see the lead (desk_handed_stages) */
  const struct cond *who; /* NULL: everybody */
  const struct move *moves;
  uint32_t move_count;
  const struct gate *gates;
  uint32_t gate_count;
};

#endif
