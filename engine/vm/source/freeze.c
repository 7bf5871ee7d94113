#include "vm/source/freeze.h"
#include "vm/sandbox/sandbox.h"

#include <lauxlib.h>

const char freeze_contents_key, freeze_user_key, freeze_own_key;

enum freeze_kind freeze_kind(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return FREEZE_PLAIN;
  enum freeze_kind kind = FREEZE_HOST;
  if (lua_rawgetp(L, -1, &freeze_contents_key) != LUA_TNIL)
    kind = FREEZE_FROZEN;
  else if (lua_rawgetp(L, -2, &freeze_user_key) != LUA_TNIL)
    kind = FREEZE_USER;
  lua_pop(L, kind == FREEZE_FROZEN ? 2 : 3);
  return kind;
}

void freeze_push_contents(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (!lua_getmetatable(L, index)) {
    lua_pushvalue(L, index);
  } else if (lua_rawgetp(L, -1, &freeze_contents_key) == LUA_TNIL) {
    lua_pop(L, 2);
    lua_pushvalue(L, index);
  } else {
    lua_remove(L, -2);
  }
}

static int frozen_write(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING)
    return luaL_error(L, "cannot set \"%s\": this table is read-only", lua_tostring(L, 2));
  return luaL_error(L, "cannot set an item: this table is read-only");
}

static int frozen_len(lua_State *L) {
  freeze_push_contents(L, 1);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  return 1;
}

/* __index of a frozen table whose own __index is a function: contents first, then the function, which must
 * see the frozen table and not its contents. Upvalues: contents, function. */
static int frozen_index(lua_State *L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  lua_settop(L, 2);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1);
  lua_call(L, 2, 1);
  return 1;
}

static void move_contents(lua_State *L, int from, int to) {
  for (lua_pushnil(L); lua_next(L, from);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, to);
  }
  for (lua_pushnil(L); lua_next(L, from);) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, from); /* clearing a field while traversing is allowed */
  }
}

/* Copies a script's metamethods from `own` (0: none) and says what __index has to be: pushes it. */
static void push_index(lua_State *L, int own, int contents, int frozen_meta) {
  if (!own) {
    lua_pushvalue(L, contents);
    return;
  }
  lua_pushvalue(L, own);
  lua_rawsetp(L, frozen_meta, &freeze_own_key);
  for (lua_pushnil(L); lua_next(L, own);) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, frozen_meta);
  }
  lua_pushliteral(L, "__index");
  if (lua_rawget(L, own) == LUA_TFUNCTION) {
    lua_pushvalue(L, contents);
    lua_insert(L, -2);
    lua_pushcclosure(L, frozen_index, 2);
    return;
  }
  if (!lua_isnil(L, -1)) {
    lua_createtable(L, 0, 1);
    lua_insert(L, -2);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, contents);
  } else {
    lua_pop(L, 1);
  }
  lua_pushvalue(L, contents);
}

void freeze_table(lua_State *L, int index) {
  int table = lua_absindex(L, index), top = lua_gettop(L);
  luaL_checkstack(L, 12, NULL);
  int own = lua_getmetatable(L, table) ? lua_gettop(L) : 0;
  lua_createtable(L, (int)lua_rawlen(L, table), 0);
  int contents = lua_gettop(L);
  lua_createtable(L, 0, 4);
  int meta = lua_gettop(L);
  move_contents(L, table, contents);
  push_index(L, own, contents, meta);
  lua_setfield(L, meta, "__index");
  lua_pushcfunction(L, frozen_write);
  lua_setfield(L, meta, "__newindex");
  if (lua_getfield(L, meta, "__len") == LUA_TNIL) {
    lua_pushcfunction(L, frozen_len);
    lua_setfield(L, meta, "__len");
  }
  lua_pushvalue(L, contents);
  lua_rawsetp(L, meta, &freeze_contents_key);
  lua_pushvalue(L, meta);
  lua_setmetatable(L, table);
  lua_settop(L, top);
}

bool sandbox_is_frozen(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TTABLE && freeze_kind(L, index) == FREEZE_FROZEN;
}

void sandbox_raw(lua_State *L, int index) {
  freeze_push_contents(L, index);
}
