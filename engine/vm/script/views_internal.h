/* views_internal.h - between the views*.c files. */
#ifndef EMBUDO_VM_VIEWS_INTERNAL_H
#define EMBUDO_VM_VIEWS_INTERNAL_H

#include "vm/script/views.h"
#include <lauxlib.h>
#include <lua.h>

struct view {
  uint64_t call; /* number of the call it belongs to */
  union {
    struct json_ref json; /* of an event */
    struct value value;   /* of a lead */
  };
};

enum view_kind {
  VIEW_LEAD,
  VIEW_EVENT,
  VIEW_JSON,
  VIEW_VALUE,
  VIEW_TRAITS,
  VIEW_ACCOUNT,
  VIEW_SCORES,
  VIEW_KINDS
};

/* Makes the metatable of a kind. `functions` is ended by a NULL name; each gets the script as its first upvalue. */
void view_metatable(struct script *script, struct lua_State *L, enum view_kind kind, const char *name,
                    const luaL_Reg *functions);

struct view *view_new(const struct script *script, struct lua_State *L, enum view_kind kind, int user_values);

/* The script of a metamethod, and its view (argument 1), after checking that its call still runs. */
struct script *view_script(struct lua_State *L);
struct view *view_alive(struct lua_State *L, const struct script *script);

/* Argument 2 as a field's name; an error for other keys. */
struct str view_key(struct lua_State *L);
int view_unknown(struct lua_State *L, const char *what, const char *const *words);

void view_push_number(struct lua_State *L, double number);
void view_push_json(struct script *script, struct lua_State *L, struct json_ref json);
void view_push_value(struct script *script, struct lua_State *L, struct value value);

void view_open_event(struct script *script, struct lua_State *L);
void view_open_lead(struct script *script, struct lua_State *L);
void view_open_data(struct script *script, struct lua_State *L);

#endif
