/* freeze.h - read-only tables. Lua has none, so a frozen table is emptied in place, its contents moved to a
 * hidden one that its metatable's __index leads to: identity is kept, and so every reference sees the frozen
 * form.
 *
 * Metatables are of three kinds: a script's own (a hidden copy made by setmetatable, marked with the script's
 * table), a frozen table's, and the host's. Only the host's are opaque here.
 */
#ifndef EMBUDO_VM_FREEZE_H
#define EMBUDO_VM_FREEZE_H

#include <lua.h>
#include <stdbool.h>

/* Fields of hidden metatables, under light userdata keys that no script can make. */
extern const char freeze_contents_key; /* the hidden table */
extern const char freeze_user_key;     /* the table that a script gave to setmetatable */
extern const char freeze_own_key;      /* in a frozen table's: the metatable it had before, if a script's */

enum freeze_kind { FREEZE_PLAIN /* no metatable */, FREEZE_USER, FREEZE_FROZEN, FREEZE_HOST };

enum freeze_kind freeze_kind(lua_State *L, int index); /* of a table */

/* Freezes one plain or user table, not what it refers to. */
void freeze_table(lua_State *L, int index);

/* Pushes the hidden table of a frozen one, else the table itself. */
void freeze_push_contents(lua_State *L, int index);

#endif
