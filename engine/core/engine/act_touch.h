/* act_touch.h - what is kept of an act: who did what, and the move it made, under one ruleset. Pure. */
#ifndef EMBUDO_CORE_ACT_TOUCH_H
#define EMBUDO_CORE_ACT_TOUCH_H

#include "base/json.h"
#include "model/touch.h"

/* Of an event of type act that was normalised; in `arena`. What is missing or malformed counts as not there. */
const struct touch_act *act_touch(const struct ruleset *rules, const struct event *event,
                                  struct arena *arena);

/* Whose doing something was, into an open object: "act", "actor", "role", and where they are "reason" and "overridden". */
void act_json(const struct touch_act *act, struct json_writer *w);

#endif
