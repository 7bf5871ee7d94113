/* fingerprint.h - whether two functions of rules, in two Lua states, do the same: their code and what they captured.
 *
 * Names of local variables, lines and comments are no part of it; functions, phrases and plain tables that are captured are, so
 * that a helper that was changed shows. Functions with equal fingerprints do the same, but for what they hold beyond
 * FINGERPRINT_VALUES_MAX values or FINGERPRINT_DEPTH_MAX levels, and for their code where a build cannot look into it
 * (bytecode.h). */
#ifndef EMBUDO_VM_FINGERPRINT_H
#define EMBUDO_VM_FINGERPRINT_H

#include <lua.h>
#include <stdint.h>

enum { FINGERPRINT_DEPTH_MAX = 12, FINGERPRINT_VALUES_MAX = 10000 };

/* Of the Lua function at `index`, before it is sealed. Runs nothing of it. */
uint64_t fingerprint_function(lua_State *L, int index);

#endif
