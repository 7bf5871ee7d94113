/* task_value.h - data between Lua and values, copied both ways: what calls are made with and answered by. */
#ifndef EMBUDO_VM_TASK_VALUE_H
#define EMBUDO_VM_TASK_VALUE_H

#include "base/arena.h"
#include "base/value.h"

struct lua_State;

enum { TASK_VALUE_DEPTH_MAX = 32, TASK_VALUE_ITEMS_MAX = 100000 /* of one value, all told */ };

/* The key that marks a secret: {KEY: name}, or {KEY: name, "hmac": text, "form": "hex"}. It begins with a NUL, which no
 * service's JSON can hold: data from outside cannot pretend to be a secret. */
#define TASK_SECRET STR("\0secret")

/* The value at `index`, all together at most vm_limits.output_bytes: texts, finite numbers, true, false, lists, tables with
 * text keys (by key), secret "NAME" and hmac(..) under TASK_SECRET. Raises an error for anything else. Nil is VALUE_NONE. */
struct value task_value_read(struct lua_State *L, int index, struct arena *arena);

void task_value_push(struct lua_State *L, struct value value); /* null and missing: nil */

/* Whether the value at `index` is the word `nothing`. */
bool task_value_is_nothing(struct lua_State *L, int index);

#endif
