/* pipeline_private.h - the layout of struct pipeline, shared by pipeline*.c alone.
 *
 * pipeline.c        its parts, its leads
 * pipeline_take.c   records
 * pipeline_erase.c  of those, somebody's data is to go
 * pipeline_fold.c   folding
 * pipeline_rules.c  other rules take over
 */
#ifndef EMBUDO_CORE_PIPELINE_PRIVATE_H
#define EMBUDO_CORE_PIPELINE_PRIVATE_H

#include "core/desk/assign.h"
#include "core/engine/stages.h"
#include "core/journal/pipeline.h"
#include "core/rules/binding.h"

struct charge {                  /* how the present rules took over */
  char recorded[DIGEST_HEX_MAX]; /* the ruleset of the last JOURNAL_RULESET; "": none */
  char before[DIGEST_HEX_MAX];   /* the one in charge before */
  int64_t since_ms;
  uint32_t nodes;  /* ids there were then: leads with one of them were judged before */
  uint16_t number; /* of this taking over, for releases */
  enum decide_mode mode;
  int64_t stages; /* core/engine/stages.h */
};

struct sweep {
  bool under_way, paused;
  uint32_t cursor;
};

struct pipeline {
  struct generation *generation;
  struct apart *apart; /* NULL: none */
  struct binding *binding;
  struct engine_calls calls;
  struct engine *engine;
  struct fold *fold;
  struct leadbook *book;
  struct outbox *outbox;
  struct json_reader *reader; /* of decisions */
  uint16_t ruleset;           /* its number in the book */
  bool rebuilding;
  bool released;          /* what is decided now was held before */
  uint64_t last_record;   /* taken */
  uint64_t effects_after; /* pipeline_set_effects_after */
  uint64_t folded_until;  /* pipeline_set_folded_until */
  int64_t seen_ms;        /* when the last of those records that were taken came; TIME_MIN: none was */
  bool is_news; /* who becomes part of another now had not when an earlier process saw to what followed */
  void (*absorbed)(void *context, uint32_t lead, uint32_t other); /* pipeline_set_absorbed */
  void *absorbed_context;
  uint32_t *joined; /* ids that the record at hand touches */
  size_t joined_count, joined_cap;
  struct charge charge;
  struct sweep sweep;
  struct clock_facts facts;       /* scratch: of the fold at hand */
  struct approvals approvals;     /* of the agreement */
  struct roster roster;           /* whose turn it is to get a lead */
  struct identity_member carrier; /* scratch: whom an act about the lead names */
  struct buf text;                /* scratch */
  struct erasure *erasure;        /* not detached yet */
  struct blocklist *blocklist;    /* ids that must not come again */
  enum touch_reason reason;       /* of what the record at hand touches */
  uint32_t *leads;                /* scratch: of the id at hand */
  size_t lead_count, lead_cap;
  uint32_t *others; /* scratch: nodes to be absorbed */
  size_t other_count, other_cap;
  uint32_t oldest_node; /* of the lead at hand */
};

/* --- pipeline.c --------------------------------------------------------------------------------------------------------- */

void pipeline_note_lead(void *context, uint32_t lead); /* the pipeline: adds to its `leads` */

/* The lead whose public name that is; IDENTITY_NONE: there is none now. */
uint32_t pipeline_lead_named(struct pipeline *pipeline, struct identity_member name);

/* The lead's entry, with what is known of ids that were leads of their own until they turned out to be this one. */
struct lead_entry *pipeline_gather(struct pipeline *pipeline, uint32_t lead);

/* An id of the leads in `leads` whose own lead is no more: a device that several people turn out to share, an address that was told by
 * somebody else's. Its history goes as pipeline_leave says, whichever of its ids is folded first; to the first of `leads` if it has
 * events only later than now. */
void pipeline_gather_gone(struct pipeline *pipeline, uint32_t node, int64_t now_ms);

/* A lead none of whose events are its own any more: what a visitor did counts for whoever they turned out to be. What was recorded of
 * it, and its clocks, are that one's. False: it has events, or nothing was recorded. */
bool pipeline_leave(struct pipeline *pipeline, uint32_t lead);

/* A record of the lead names the id of that node; one of a clock of it does. */
void pipeline_name(struct pipeline *pipeline, struct lead_entry *entry, uint32_t node);
void pipeline_name_clock(struct pipeline *pipeline, struct lead_entry *entry, uint32_t clock, uint32_t node);

/* --- pipeline_erase.c --------------------------------------------------------------------------------------------------- */

int pipeline_take_erasure(struct pipeline *pipeline, const struct store_record *record, struct err *err);
int pipeline_take_tombstone(struct pipeline *pipeline, const struct store_record *record, struct err *err);

/* --- pipeline_rules.c --------------------------------------------------------------------------------------------------- */

/* As what the lead's decisions are to be made. An entry that no decision speaks for is told under which rules it was judged. */
struct decide_rules pipeline_rules_for(struct pipeline *pipeline, struct lead_entry *entry);

/* The next lead that the sweep has to fold; false: none. */
bool pipeline_sweep_next(struct pipeline *pipeline, uint32_t *lead);

int pipeline_take_ruleset(struct pipeline *pipeline, const struct store_record *record, struct err *err);
int pipeline_take_release(struct pipeline *pipeline, const struct store_record *record, struct err *err);

#endif
