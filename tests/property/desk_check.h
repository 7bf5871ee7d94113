/* desk_check.h - what must hold of the sales desk at any moment, after every lead was folded: no clock survives its stage, who is out is
 * in no list of the stages, and what lists, running clocks and accounts are kept in says what looking at every lead says. */
#ifndef EMBUDO_PROPERTY_DESK_CHECK_H
#define EMBUDO_PROPERTY_DESK_CHECK_H

#include "core/journal/pipeline.h"

/* Fails the test; `seed` is said then. */
void desk_check(struct pipeline *pipeline, uint64_t seed);

#endif
