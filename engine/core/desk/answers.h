/* answers.h - what an event says to the criteria of frameworks: an act "answer" to the one it names, any event to those that take
 * their answers from such events (`from`).
 *
 * What is not of a criterion's kind is kept, so that it can be shown, and counts for nothing; acts are refused beforehand
 * (answers_judge). Pure.
 */
#ifndef EMBUDO_CORE_ANSWERS_H
#define EMBUDO_CORE_ANSWERS_H

#include "model/match/atoms.h"
#include "model/ruleset/framework.h"

#define ACT_ANSWER "answer"

/* The event's answers, copied to `arena`; returns how many. */
uint32_t answers_of(const struct ruleset *rules, const struct event *event, const struct atom_hits *hits,
                    struct arena *scratch, struct arena *arena, const struct touch_answer **out);

/* Whether these are the properties of an act "answer" that can be taken: {"framework", "criterion", "value", "confidence",
 * "source", "note"}, or {"criterion": "bant.budget", ..}. -1: *err says what is wrong with them and what was expected. */
int answers_judge(const struct ruleset *rules, struct json_ref properties, struct err *err);

#endif
