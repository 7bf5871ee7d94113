/* atoms.h - events -> signals: which patterns of a ruleset an event matches.
 *
 * An index from (type, exact name) keeps the cost flat in the number of rules on other events; patterns without an
 * exact name are tried for every event of their types. A field that several patterns test is looked up once an event.
 * Pure; no state of any lead.
 */
#ifndef EMBUDO_MODEL_ATOMS_H
#define EMBUDO_MODEL_ATOMS_H

#include "model/match/field.h"
#include "model/touch.h"

/* Fills rules->atom_index from rules->atoms and rules->signals, which must not change afterwards. */
void atoms_build(struct ruleset *rules);
void atoms_free(struct atom_index *index); /* NULL is fine */

struct atom_field { /* what the present event holds in a field that some pattern tests */
  uint32_t round;   /* the event it was looked up for */
  struct value value;
};

struct atom_hits {    /* a workspace for one ruleset, reused from event to event; one a thread */
  uint16_t *signals;  /* rising, without repeats */
  uint64_t *captures; /* parallel; 0 where the signal captures nothing */
  uint32_t count, cap;
  uint64_t *seen; /* bit set over signals, empty between events */
  uint32_t seen_words;
  struct atom_field *fields;
  uint32_t field_count;
  uint32_t round; /* the present event; 0 is never one */
};
void atom_hits_init(struct atom_hits *hits, const struct ruleset *rules); /* after atoms_build */
void atom_hits_release(struct atom_hits *hits);

/* `scratch` holds values built for list matchers; the caller clears it. Dates are judged at the event's time. */
void atoms_match(const struct ruleset *rules, const struct event *event, struct arena *scratch,
                 struct atom_hits *hits);

#endif
