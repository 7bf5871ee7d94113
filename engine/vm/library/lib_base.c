/* lib_base.c - the scripts' basic functions: assert, error, pcall, tostring, setmetatable and their like. */
#include "vm/library/libs.h"
#include "vm/sandbox/call.h"
#include "vm/sandbox/state.h"
#include "vm/source/freeze.h"

#include <lauxlib.h>
#include <lualib.h>

static const char *const METAMETHODS[] = {
    "__index",  "__newindex", "__call", "__tostring", "__len", "__eq",  "__lt",   "__le",
    "__concat", "__unm",      "__add",  "__sub",      "__mul", "__div", "__mod",  "__pow",
    "__idiv",   "__band",     "__bor",  "__bxor",     "__shl", "__shr", "__bnot", NULL};

enum { NEW_METATABLE_STEPS = 24 };

static bool is_metamethod(const char *name) {
  for (const char *const *known = METAMETHODS; *known; known++)
    if (strcmp(*known, name) == 0) return true;
  return false;
}

int lib_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_callmeta(L, 1, "__tostring")) {
    if (!lua_isstring(L, -1)) return luaL_error(L, "'__tostring' must return a string");
    return 1;
  }
  switch (lua_type(L, 1)) {
  case LUA_TNUMBER:
    if (!lua_isinteger(L, 1) && lua_tonumber(L, 1) != lua_tonumber(L, 1)) {
      lua_pushliteral(L, "nan"); /* whose sign differs between processors */
      return 1;
    } /* fall through */
  case LUA_TSTRING:
    lua_settop(L, 1);
    lua_tolstring(L, 1, NULL);
    return 1;
  case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false"); return 1;
  default: lua_pushstring(L, luaL_typename(L, 1)); return 1;
  }
}

/* Metamethods are copied, so that no later edit of the table can bring in one that was refused. */
static int set_metatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int type = lua_type(L, 2);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  enum freeze_kind kind = freeze_kind(L, 1);
  if (kind == FREEZE_FROZEN) return luaL_argerror(L, 1, "this table is read-only");
  if (kind == FREEZE_HOST) return luaL_argerror(L, 1, "its metatable is protected");
  lua_settop(L, 2);
  if (type == LUA_TNIL) {
    lua_setmetatable(L, 1);
    return 1;
  }
  vm_charge(L, NEW_METATABLE_STEPS);
  freeze_push_contents(L, 2);
  lib_charge_walk(L, 3);
  lua_newtable(L);
  for (lua_pushnil(L); lua_next(L, 3);) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    vm_charge(L, 1);
    if (name[0] != '_' || name[1] != '_') {
      lua_pop(L, 1);
      continue;
    }
    if (!is_metamethod(name)) return luaL_error(L, "metamethod \"%s\" is not available in rules", name);
    lua_setfield(L, 4, name);
  }
  lua_pushvalue(L, 2);
  lua_rawsetp(L, 4, &freeze_user_key);
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}

/* The table that was given to setmetatable; false for what is protected. */
static int get_metatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (!lua_getmetatable(L, 1)) return lua_pushnil(L), 1;
  if (lua_rawgetp(L, -1, &freeze_user_key) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  if (lua_rawgetp(L, -1, &freeze_contents_key) != LUA_TNIL) return lua_pushnil(L), 1;
  lua_pushboolean(L, 0);
  return 1;
}

static int raw_len(lua_State *L) {
  if (lua_type(L, 1) == LUA_TTABLE) freeze_push_contents(L, 1);
  int type = lua_type(L, -1);
  luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  return 1;
}

void lib_base_open(lua_State *L) {
  static const char *const plain[] = {"assert", "ipairs", "rawequal", "type", NULL};
  static const char *const paid[] = {"tonumber", NULL}, *const selects[] = {"select", NULL},
                           *const raises[] = {"error", NULL};
  static const luaL_Reg own[] = {{"getmetatable", get_metatable},
                                 {"setmetatable", set_metatable},
                                 {"next", lib_next},
                                 {"pairs", lib_pairs},
                                 {"pcall", call_pcall},
                                 {"xpcall", call_xpcall},
                                 {"rawlen", raw_len},
                                 {"tostring", lib_tostring},
                                 {NULL, NULL}};
  luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
  lua_newtable(L);
  lib_copy(L, -2, plain, false);
  lib_copy(L, -2, paid, true);
  lib_copy_numeric(L, -2, selects, &(struct lib_numbers){1, 1, 0});
  lib_copy_numeric(L, -2, raises, &(struct lib_numbers){2, 2, 0});
  luaL_setfuncs(L, own, 0);
  lua_remove(L, -2);
}
