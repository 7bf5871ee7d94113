/* vocabulary.h - events that a ruleset has words for, drawn by chance: those its patterns match, and what people tell of
 * themselves that its conditions ask for. For histories nobody wrote: properties and benchmarks.
 *
 * An event is a node as a test's t:event takes it, without ids and times.
 */
#ifndef EMBUDO_CORE_SPEC_VOCABULARY_H
#define EMBUDO_CORE_SPEC_VOCABULARY_H

#include "notation/node.h"

struct vocabulary;

/* The ruleset must outlive it. */
struct vocabulary *vocabulary_new(const struct ruleset *rules);
void vocabulary_free(struct vocabulary *vocabulary); /* NULL is fine */
bool vocabulary_is_empty(const struct vocabulary *vocabulary);

/* Draws one event; the node lives in the arena. Dates are about `now`. */
void vocabulary_draw(const struct vocabulary *vocabulary, int64_t now, uint64_t *chance, struct arena *arena,
                     struct node *out);

/* An event that this pattern matches; false when none was found. */
bool vocabulary_event(const struct atom *atom, int64_t now, uint64_t *chance, struct arena *arena,
                      struct node *out);

#endif
