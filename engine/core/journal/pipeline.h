/* pipeline.h - a record of the journal -> leads folded again -> decisions. The same live and at a restart.
 *
 * Owns the engine, the workspace of folds, the book of leads and the outbox, for one generation of rules. Records are taken in the
 * order of the journal (pipeline_take); that only stores them and marks leads. Marked leads, and leads whose deadline has
 * come, are folded one at a time by pipeline_step, which tells what changed. So a burst of events on one lead costs one
 * fold, and the caller decides how long it may take. One thread; no clock, no disk.
 */
#ifndef EMBUDO_CORE_PIPELINE_H
#define EMBUDO_CORE_PIPELINE_H

#include "core/desk/agreement.h"
#include "core/desk/assign.h"
#include "core/desk/clocks.h"
#include "core/engine/engine.h"
#include "core/handoff/outbox.h"
#include "core/identity/apart.h"
#include "core/identity/blocklist.h"
#include "core/journal/decide.h"
#include "core/rules/generation.h"
#include "store/store.h"

#define PIPELINE_HORIZON_MS                                                                                  \
  (400 * TIME_MS_PER_DAY) /* how far ahead deadlines are looked for; a lead is looked at then */

struct pipeline;

struct pipeline_options { /* zeros are the defaults */
  size_t dedupe_ids_max;
  uint64_t dedupe_seed;
  const struct apart *apart; /* copied */
};

/* Borrows the generation. NULL options: the defaults. */
struct pipeline *pipeline_new(struct generation *generation, const struct pipeline_options *options);
void pipeline_free(struct pipeline *pipeline);

struct engine *pipeline_engine(struct pipeline *pipeline);
struct leadbook *pipeline_book(struct pipeline *pipeline);
struct fold *pipeline_fold(struct pipeline *pipeline); /* a workspace; what was folded last */
struct outbox *pipeline_outbox(struct pipeline *pipeline);

/* How records about an outbox's row name its lead: as the first one does, since they are somebody's together; as the lead is called now
 * where nobody has that id any more. */
struct identity_member pipeline_row_lead(struct pipeline *pipeline, const struct outbox_row *row);
const struct approvals *pipeline_approvals(const struct pipeline *pipeline); /* of the agreement */
struct generation *pipeline_generation(const struct pipeline *pipeline);

/* A committed record. *result (may be NULL) is about its events. -1: *err says what is wrong with it; it is skipped. */
int pipeline_take(struct pipeline *pipeline, const struct store_record *record, struct feed_result *result,
                  struct err *err);

/* Somebody's data is to go (JOURNAL_ERASE): the record that asks for it was taken, and the pipeline has forgotten the lead, or
 * the leads. Whose data it was: the caller's, to be released and freed; NULL when nobody asked since the last call. */
struct erasure *pipeline_detach_erasure(struct pipeline *pipeline);

/* What is to be recorded (JOURNAL_RETOLD) and taken with the erasure's ids, before anybody is folded: what was recorded of leads that stay,
 * under ids that are not theirs any more. */
void pipeline_retell(struct pipeline *pipeline, const struct erasure *erasure,
                     void (*told)(void *context, struct str record), void *context);

/* Whose turn it is to get a lead. */
const struct roster *pipeline_roster(const struct pipeline *pipeline);

/* Ids that must not come again (JOURNAL_TOMBSTONE). */
struct blocklist *pipeline_blocklist(struct pipeline *pipeline);

struct pipeline_visitor {
  void *context;
  /* The lead was folded; `fold` is at that instant, with the effects met by events that came since the last look
   * (fold_effects_met). Called before `decided`. */
  void (*folded)(void *context, struct lead_entry *entry, const struct fold *fold,
                 const struct decide_summary *summary, enum touch_reason reason);
  void (*decided)(void *context, struct lead_entry *entry, const struct decided *decided);
  /* What is told from here to the next call belongs together: it is written whole or not at all. This and the next two may
   * be NULL. */
  void (*apart)(void *context);
  void (*clocked)(void *context, struct lead_entry *entry, const struct clock_fact *fact);
  /* Somebody gets the lead: `record` is an act of embudo's own, a record of system events. */
  void (*assigned)(void *context, struct lead_entry *entry, struct str record);
  /* Others have become part of the lead since it was folded last: called before `folded`. May be NULL. */
  void (*merged)(void *context, struct lead_entry *entry);
  void (*differs)(void *context, struct lead_entry *entry); /* only while rebuilding */
};

/* Who is told at once that `other` has become part of the lead, while a record is taken or somebody is folded. What was kept by its node
 * is the lead's from now on. NULL: nobody. */
void pipeline_set_absorbed(struct pipeline *pipeline,
                           void (*absorbed)(void *context, uint32_t lead, uint32_t other), void *context);

/* Folds the leads of one touched id, or a lead whose deadline is not after now_ms. False: there was nothing to do. */
bool pipeline_step(struct pipeline *pipeline, int64_t now_ms, const struct pipeline_visitor *visitor);

/* To be called before records are taken: an earlier process has folded what came up to this one, and recorded what followed. So people
 * who turn out to be one in these records become one as they are taken, in the order in which they did then, and nothing follows
 * again. */
void pipeline_set_folded_until(struct pipeline *pipeline, uint64_t record);

/* Effects of events (fold_effects_met) are looked for in records after this one; those of the present rules, or of what an earlier
 * process has seen to, need not be. A JOURNAL_RULESET record that is taken says so by itself. */
void pipeline_set_effects_after(struct pipeline *pipeline, uint64_t record);
uint64_t pipeline_effects_after(const struct pipeline *pipeline);
bool pipeline_is_released(
    const struct pipeline *pipeline); /* for `decided`: what the rules changed was held, and is released */
uint64_t pipeline_last_record(const struct pipeline *pipeline); /* that was taken; 0: none */

/* Everybody wants to be folded again. */
void pipeline_touch_all(struct pipeline *pipeline, enum touch_reason reason);

/* While it is rebuilding, records are history under other rules: leads are folded and nothing is decided. `differs` is told of
 * leads that would be in another stage (entry->would). When it ends, what differs wants to be touched. */
void pipeline_set_rebuilding(struct pipeline *pipeline, bool rebuilding);

/* --- other rules ----------------------------------------------------------------------------------------------------- */

/* Another generation takes over: what is kept of events stays, so it must keep the same touches (alike.h). Takes effect for what
 * is folded from now on; pipeline_take_over says since when. The old generation is the caller's again. */
void pipeline_use(struct pipeline *pipeline, struct generation *generation);

/* The generation's rules are in charge from that instant on. What they change by themselves, in leads that there are now, is
 * recorded as their doing (cause `ruleset`), or is held: then it waits for a release, or for what happens next. Held or not, everything
 * else goes on as always. JOURNAL_RULESET does the same when it is read. */
void pipeline_take_over(struct pipeline *pipeline, int64_t since_ms, int64_t stages);

bool pipeline_is_holding(const struct pipeline *pipeline); /* something may be held */
int64_t
pipeline_stages(const struct pipeline *pipeline); /* as the present rules took over: core/engine/stages.h */
int64_t pipeline_since_ms(const struct pipeline *pipeline); /* and when; TIME_MIN: the journal does not say */

/* The sweep: all leads that were not folded under the present rules are folded when there is nothing else to do. */
struct pipeline_sweep {
  bool under_way, paused;
  uint32_t done, total; /* ids */
};
void pipeline_sweep_begin(struct pipeline *pipeline);
void pipeline_sweep_pause(struct pipeline *pipeline, bool pause);
struct pipeline_sweep pipeline_sweep(const struct pipeline *pipeline);

/* The leads there are were last judged under the ruleset of that hash: where the present one puts them elsewhere, the rules
 * are why. */
void pipeline_adopt(struct pipeline *pipeline, const char *ruleset);

/* The ruleset that the records taken so far were last judged under (JOURNAL_RULESET); "" when none says so. */
const char *pipeline_recorded_ruleset(const struct pipeline *pipeline);

int64_t pipeline_due_ms(const struct pipeline *pipeline); /* of the next deadline; TIME_NEVER: none */

/* For who looks at leads instead of having them decided, while rebuilding: tells the leads of one touched id, or one whose deadline is
 * not after now_ms (`lead` may be told of one that is part of another by now). False: there is nothing to look at. */
bool pipeline_take_touched(struct pipeline *pipeline, int64_t now_ms,
                           void (*told)(void *context, uint32_t lead), void *context);

/* pipeline_look at such a lead, which is told again when time alone may have changed it. */
size_t pipeline_look_on(struct pipeline *pipeline, uint32_t lead, int64_t at_ms);

/* Folds one lead for a reader, without deciding anything. Returns how many touches; 0: it is not there at that instant. */
size_t pipeline_look(struct pipeline *pipeline, uint32_t lead, int64_t at_ms);

/* The same of what came on one id alone (engine_fold_id). */
size_t pipeline_look_id(struct pipeline *pipeline, uint32_t node, int64_t at_ms);

#endif
