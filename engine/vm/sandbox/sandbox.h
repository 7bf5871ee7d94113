/* sandbox.h - what scripts can reach: an allow-list, frozen.
 *
 * A file's environment is an empty table that answers from its own names, then from the shared library; any
 * other name is an error that names it and the nearest right spelling. Assigning a global is always an error
 * ("say local"). Shared library: assert error ipairs next pairs pcall xpcall select tonumber tostring type
 * rawequal rawlen getmetatable setmetatable, string, table, math (no random), utf8, and what the host adds
 * with sandbox_share().
 *
 * Frozen tables: every table here that scripts see but do not own is read-only. Freezing happens in place, so
 * each reference to the table, wherever it is held, becomes read-only at once; reading costs one more table
 * look-up. pairs, ipairs, next, #, table.concat, table.unpack and table.move (as the source) work on frozen
 * tables; writing raises an error. In C, read through sandbox_raw(), since lua_next and lua_raw* on a frozen
 * table see nothing.
 */
#ifndef EMBUDO_VM_SANDBOX_H
#define EMBUDO_VM_SANDBOX_H

#include "vm/sandbox/state.h"

/* Opens the library on a new state; for state.c alone. */
void sandbox_open(struct lua_State *L);

/* Pushes a fresh environment on L. */
void sandbox_environment(struct lua_State *L);

/* Pops a value and makes it the name `name` of the environment at `index`, or of every environment. Host
 * only. */
void sandbox_define(struct lua_State *L, int index, const char *name);
void sandbox_share(struct lua_State *L, const char *name);

/* Makes the table at `index` read-only, and every plain table reachable from it through keys and values.
 * Tables with a metatable the host gave are left alone: their __newindex is the host's business. */
void sandbox_freeze(struct lua_State *L, int index);
bool sandbox_is_frozen(struct lua_State *L, int index);

/* Pushes the table that holds the contents: the hidden one of a frozen table, else the table itself. */
void sandbox_raw(struct lua_State *L, int index);

/* Seals the function at `index` of vm_lua() as a rule function: to be called after its file's top level has
 * returned. An assignment to a captured variable, to a field of one, or to a global, in it or in any function
 * it can reach through captured variables and tables, fails with file:line and the variable's name; tables
 * reachable that way are frozen. Functions of trusted files and C functions are left alone. */
int sandbox_seal(struct vm *vm, int index, const char *what, struct err *err);

#endif
