/* decide.h - from folds to decisions: what is different about a lead now, and which transitions have to be recorded.
 *
 * A fold derives stages from events alone; what was recorded stays recorded. The two are compared after every fold:
 *   - the fold's transitions go on from those compared before: the new ones are recorded, each with the instant it has in
 *     the fold (cause `rule`, or `person` with whose act it was);
 *   - the past has changed (a late event, a merge, other rules): where a stage is not the recorded one, one transition from
 *     the recorded stage to the fold's, effective since the fold's instant (`correction`, `merge`, `ruleset`; `person` where
 *     the fold is there by an act that is not recorded yet);
 *   - history that was imported is recorded as `import`, so that nobody is told.
 * Pure: it changes the book's entry and says what to write down; writing is the caller's.
 */
#ifndef EMBUDO_CORE_DECIDE_H
#define EMBUDO_CORE_DECIDE_H

#include "core/journal/leadbook.h"

struct decide_summary {  /* what became of the summary */
  bool first;            /* it had none before */
  bool scores_changed;   /* by a thousandth of a point or more, in some dimension */
  uint64_t joined, left; /* segments: bits 1 << number */
};

/* Takes the fold into the entry's summary (all but `id`, which the caller knows to live long enough, and `due_ms`). */
void decide_summarise(struct lead_entry *entry, const struct fold *fold, struct decide_summary *summary);

enum { DECIDE_MAX = 64 }; /* decisions of one fold; a longer chain is one correction */

/* A decision, and how much of the fold's history has been compared when it is the last that is recorded: a restart goes on
 * from there, whatever was to be recorded after it. */
struct decided {
  uint32_t number; /* in the book */
  uint32_t derived_count;
  uint64_t derived_hash;
};

enum { DECIDE_UNCOMPARED = 0xffffffffu /* a derived_count: compare the stages themselves */ };

/* What becomes of the stages that other rules change by themselves, of leads that there were when they took over. */
enum decide_mode {
  DECIDE_NOW, /* is recorded */
  DECIDE_HOLD, /* waits: entry->would says where it would put the lead. What happens from then on is recorded all the same,
                   from the stage that is recorded, and so settles what was held */
  DECIDE_SETTLE /* waited, and is recorded now */
};

struct decide_rules {
  uint16_t ruleset; /* the book's number of its name */
  int64_t
      since_ms; /* in charge since then: what it sees differently before that is its own doing (cause `ruleset`),
                       what comes after is not */
  enum decide_mode mode;
  bool
      first; /* it has not been folded since the start: what is recorded may say more than was known when it was made */
  int64_t
      seen_ms; /* of a lead that is folded for the first time since a start: an earlier process had folded it up to then,
                      and recorded what there was to record; TIME_MIN: none had, or it has been folded */
};

/* What has to be recorded after this fold, in this order, into `out`; returns how many. Each is added to the entry's history
 * already. `reason`: why it was folded. */
size_t decide_stages(struct leadbook *book, struct lead_entry *entry, const struct fold *fold,
                     const struct decide_rules *rules, int64_t now_ms, enum touch_reason reason,
                     struct decided out[DECIDE_MAX]);

/* Without deciding: fills entry->would and answers whether some stage would be another than the recorded one. When none is,
 * the fold counts as compared. */
bool decide_try(struct leadbook *book, struct lead_entry *entry, const struct fold *fold, uint16_t ruleset);

#endif
