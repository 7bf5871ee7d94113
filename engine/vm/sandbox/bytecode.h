/* bytecode.h - what Lua's public interface does not tell: what a compiled function assigns, read from its instructions, and how
 * large a table is inside. The one place that knows Lua's internal headers: the public interface cannot tell an
 * assignment of a captured variable from a read, and a scan of the source would have to redo Lua's scoping. Needs the
 * bundled Lua 5.4.9; with EMBUDO_LUA=system it finds nothing. */
#ifndef EMBUDO_VM_BYTECODE_H
#define EMBUDO_VM_BYTECODE_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct bytecode_write {
  int line;
  const char *name;  /* the captured variable: "_ENV" when a global is assigned */
  const char *field; /* "x" in `name.x = value`, NULL when the variable itself is assigned */
};

/* The first assignment, in the Lua function at `index` or a function nested in it, of a variable that was
 * captured from outside. Nested functions may assign the function's own locals. The strings live as long as
 * the function. */
bool bytecode_captured_write(lua_State *L, int index, struct bytecode_write *out);

/* Calls `found` for each place in the main function at `index`, or a function nested in it, that reads a global. Not
 * exhaustive: in a function with hundreds of constants some escape. */
void bytecode_globals(lua_State *L, int index, void (*found)(void *context, const char *name, int line),
                      void *context);

/* False: the Lua function at `index` never returns a value, whatever happens. True when this build cannot look. */
bool bytecode_returns(lua_State *L, int index);

/* The places, taken or empty, of the table at `index`: what a walk over it goes through. A table that was emptied keeps them
 * all. 0: this build cannot look. */
size_t bytecode_table_places(lua_State *L, int index);

/* A number for the code of the Lua function at `index`, those nested in it included: instructions and constants, no lines or names.
 * 0: this build cannot look. */
uint64_t bytecode_sum(lua_State *L, int index);

bool bytecode_is_known(void); /* false: this build cannot look */

#endif
