/* atoms.h - events -> signals: which patterns of a ruleset an event matches.
 *
 * An index from (type, exact name) keeps the cost flat in the number of rules on other events; patterns without an
 * exact name are tried for every event of their types. Pure; no state of any lead.
 */
#ifndef EMBUDO_MODEL_ATOMS_H
#define EMBUDO_MODEL_ATOMS_H

#include "model/touch.h"

void atoms_build(struct ruleset *rules); /* fills rules->atom_index from rules->atoms */
void atoms_free(struct atom_index *index);

struct atom_hits { /* reused from event to event */
  uint16_t *signals; /* rising, without repeats */
  uint64_t *captures; /* parallel; 0 where the signal captures nothing */
  uint32_t count, cap;
  uint64_t *seen; /* bit set over signals, cleared after each use */
};
void atom_hits_init(struct atom_hits *hits, const struct ruleset *rules);
void atom_hits_release(struct atom_hits *hits);

/* `scratch` holds values built for list matchers; the caller clears it. */
void atoms_match(const struct ruleset *rules, const struct event *event, struct arena *scratch,
                 struct atom_hits *hits);

/* The field's value, or VALUE_MISSING. */
struct value field_value(const struct field *field, const struct event *event, struct arena *scratch);

#endif
