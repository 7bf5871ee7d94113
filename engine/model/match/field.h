/* field.h - where a selector's field lies in an event, and the hash by which its values are told apart. Pure. */
#ifndef EMBUDO_MODEL_FIELD_H
#define EMBUDO_MODEL_FIELD_H

#include "model/event.h"
#include "model/ruleset/ruleset.h"

/* The field's value, or VALUE_MISSING. Scalars borrow from the event, lists and maps are built in `scratch`.
 *
 * A property that is absent or null is looked up in context.page when the field says so and the event is a page or
 * screen. Traits are named in snake_case by rules, so `first_name` also finds "firstName" when the event has no
 * "first_name". */
struct value field_value(const struct field *field, const struct event *event, struct arena *scratch);

/* A hash of what a value says: the number 5 and the text "5" are the same, key order matters. 0 only for a value without
 * content (missing, null, blank, empty). */
uint64_t field_hash(struct value v);

#endif
