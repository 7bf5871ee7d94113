/* task_value.h - data between Lua and values, copied both ways: what calls are made with and answered by. */
#ifndef EMBUDO_VM_TASK_VALUE_H
#define EMBUDO_VM_TASK_VALUE_H

#include "base/arena.h"
#include "base/value.h"

struct lua_State;

enum { TASK_VALUE_DEPTH_MAX = 32, TASK_VALUE_ITEMS_MAX = 100000 /* of one value, all told */ };

/* All together at most vm_limits.output_bytes. The value at `index`: texts, finite numbers, true, false, lists, tables with text keys (by key), secret "NAME" as
 * {"secret":"NAME"}. Raises an error for anything else. Nil is VALUE_NONE. */
struct value task_value_read(struct lua_State *L, int index, struct arena *arena);

void task_value_push(struct lua_State *L, struct value value); /* null and missing: nil */

/* Whether the value at `index` is the word `nothing`. */
bool task_value_is_nothing(struct lua_State *L, int index);

#endif
