/* handoff.h - from what happened to a lead to what others are told: which effects it has, and their records.
 *
 * Effects follow from decisions (a stage was entered), from clocks and from events (fold_effects_met), as they are known live; what
 * comes out are records for the journal, to be appended together with the decision they follow from. Each is made once: its id is
 * a hash of what it follows from, and what the outbox knows is not made again, whatever is folded again, rebuilt or restarted.
 *
 *   - A stage that is entered by a rule, a person's act, a correction or a merge has the effects that wait for it. What was imported
 *     has none, and what other rules changed by themselves only when it is released.
 *   - A clock that warns or is breached has the effects that wait for it, with the instant at which it was due.
 *   - An effect that hands the lead over (`handoff`) has none while the lead must not be contacted (fold_contactable).
 *   - A correction that takes a lead out of a stage takes back what entering it has told: what was not attempted yet is
 *     cancelled, what may have arrived is followed by `lead.stage_corrected` at the same destination.
 *   - When a lead turns out to be part of another, what it had to tell of stages and was not attempted is cancelled, and told of the
 *     other instead, unless that has been told already. What it has to tell of events is still told.
 *
 * Rendering runs Lua and may fail: then the record says so, and the row is parked. Pure otherwise: no clock, no disk.
 */
#ifndef EMBUDO_CORE_HANDOFF_H
#define EMBUDO_CORE_HANDOFF_H

#include "core/journal/journal.h"
#include "core/journal/pipeline.h"

enum { HANDOFF_EXPLANATION_MAX = 64 * 1024 }; /* bytes; a longer explanation stays behind its link */

#define HANDOFF_CORRECTED "lead.stage_corrected" /* the type of what takes something back */

struct handoff;

struct handoff_calls {
  void *context;
  void (*record)(void *context, enum journal_kind kind, struct str bytes); /* to be appended; copied */
};

struct handoff *handoff_new(const struct handoff_calls *calls);
void handoff_free(struct handoff *handoff); /* NULL is fine */

/* Where people reach this embudo, for links; borrowed; "": no links. */
void handoff_set_url(struct handoff *handoff, const char *public_url);

/* What is known of the lead as a decision hands it over (desk_handed_stages), to be kept in its record, whoever is told: brief.h's
 * JSON, borrowed until the next call. Empty: it does not, or not live, or nobody may contact the lead. */
struct str handoff_brief(struct handoff *handoff, struct pipeline *pipeline, const struct decision *decision);

/* As a pipeline's visitor is told; `fold` is the pipeline's. The decision itself is the caller's to record, before. */
void handoff_decided(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                     const struct decision *decision);
void handoff_clocked(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                     const struct clock_fact *fact);
void handoff_folded(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry);
void handoff_merged(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry);

/* Renders what could not be, of a record (JOURNAL_EFFECT): the request's JSON, appended to `out`. */
int handoff_render(struct generation *generation, struct json_ref effect, struct buf *out, struct err *err);

#endif
