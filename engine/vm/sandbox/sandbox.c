#include "vm/sandbox/sandbox.h"
#include "vm/library/libs.h"
#include "vm/source/freeze.h"

#include <lauxlib.h>

/* In the registry. */
static const char shared_key;      /* the library: what every environment answers */
static const char environment_key; /* the metatable of environments without names of their own */

enum { SUGGESTIONS_MAX = 512 };

/* Names of stock Lua that are missing on purpose, and what to use. */
static const struct {
  const char *name, *instead;
} REMOVED[] = {
    {"collectgarbage", "memory is managed by the host"},
    {"coroutine", "a rule computes at once"},
    {"debug", "scripts cannot inspect the host"},
    {"dofile", "every file of the rules directory is loaded"},
    {"io", "a rule sees only the lead and the event"},
    {"load", "a rule is its text"},
    {"loadfile", "every file of the rules directory is loaded"},
    {"loadstring", "a rule is its text"},
    {"os", "lead.now is the only clock"},
    {"package", "every file of the rules directory is loaded"},
    {"print", "a rule only returns a result; try expressions in embudo repl"},
    {"rawget", "shared tables are protected"},
    {"rawset", "shared tables are protected"},
    {"require", "every file of the rules directory is loaded"},
    {"unpack", "it is table.unpack"},
    {"_G", "there are no globals"},
    {"random", "scores must not depend on chance"},
    {"randomseed", "scores must not depend on chance"},
    {"dump", "bytecode is not loaded"},
    {"pack", "bytes are not read or made in rules"},
};

static const char *removed_reason(const char *name) {
  for (size_t i = 0; i < sizeof REMOVED / sizeof *REMOVED; i++)
    if (strcmp(REMOVED[i].name, name) == 0) return REMOVED[i].instead;
  return NULL;
}

/* The known name that was probably meant, of the table at `table`. */
static const char *nearest_name(lua_State *L, int table, const char *name) {
  const char *names[SUGGESTIONS_MAX + 1];
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, table);) {
    lua_pop(L, 1);
    if (count < SUGGESTIONS_MAX && lua_type(L, -1) == LUA_TSTRING) names[count++] = lua_tostring(L, -1);
  }
  names[count] = NULL;
  return str_nearest(str_of(name), names);
}

/* __index of last resort. Upvalue: "" for globals, "string." for the fields of a library. */
static int unknown_name(lua_State *L) {
  const char *prefix = lua_tostring(L, lua_upvalueindex(1));
  if (lua_type(L, 2) != LUA_TSTRING) return lua_pushnil(L), 1;
  const char *name = lua_tostring(L, 2);
  const char *reason = removed_reason(name);
  if (reason) return luaL_error(L, "\"%s%s\" is not available in rules: %s", prefix, name, reason);
  const char *near = nearest_name(L, 1, name);
  if (near) return luaL_error(L, "unknown name \"%s%s\": did you mean \"%s%s\"?", prefix, name, prefix, near);
  return luaL_error(L, "unknown name \"%s%s\": it is neither a local variable nor part of the notation",
                    prefix, name);
}

/* __newindex of environments: table, name, value. Upvalue: the shared library. */
static int assign_global(lua_State *L) {
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
    return luaL_error(
        L, "\"%s\" is part of the notation and cannot be assigned: choose another name, as a local", name);
  return luaL_error(L, "assignment to the global \"%s\": write \"local %s%s\"", name,
                    lua_type(L, 3) == LUA_TFUNCTION ? "function " : "", name);
}

static void set_unknown(lua_State *L, const char *prefix) {
  lua_newtable(L);
  lua_pushstring(L, prefix);
  lua_pushcclosure(L, unknown_name, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
}

/* Pushes a metatable for environments whose __index is the value on top, which it pops. */
static void push_environment_meta(lua_State *L) {
  lua_createtable(L, 0, 2);
  lua_insert(L, -2);
  lua_setfield(L, -2, "__index");
  lua_rawgetp(L, LUA_REGISTRYINDEX, &shared_key);
  lua_pushcclosure(L, assign_global, 1);
  lua_setfield(L, -2, "__newindex");
}

void sandbox_environment(lua_State *L) {
  lua_newtable(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &environment_key);
  lua_setmetatable(L, -2);
}

/* Pushes the table of an environment's own names, made at the first one: look-ups then go by way of it. */
static void push_own_names(lua_State *L, int environment) {
  lua_getmetatable(L, environment);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &environment_key);
  bool has_own = !lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  if (has_own) {
    lua_getfield(L, -1, "__index");
    lua_remove(L, -2);
    return;
  }
  lua_pop(L, 1);
  lua_newtable(L);
  lua_newtable(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &shared_key);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  push_environment_meta(L);
  lua_setmetatable(L, environment);
}

void sandbox_define(lua_State *L, int index, const char *name) {
  index = lua_absindex(L, index);
  push_own_names(L, index);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

void sandbox_share(lua_State *L, const char *name) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &shared_key);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

/* The library table is on top: its contents answer unknown fields with an error, then it is frozen and
 * shared. */
static void share_library(lua_State *L, const char *name) {
  char prefix[16];
  snprintf(prefix, sizeof prefix, "%s.", name);
  freeze_table(L, -1);
  freeze_push_contents(L, -1);
  set_unknown(L, prefix);
  lua_pop(L, 1);
  sandbox_share(L, name);
}

/* What the stock libraries left in the registry: nothing reaches it, but error messages would search it for names. */
static void forget_stock(lua_State *L) {
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

void sandbox_open(lua_State *L) {
  static const struct {
    const char *name;
    void (*open)(lua_State *L);
  } libraries[] = {{"string", lib_string_open},
                   {"table", lib_table_open},
                   {"math", lib_math_open},
                   {"utf8", lib_utf8_open}};
  lib_base_open(L);
  set_unknown(L, "");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &shared_key);
  push_environment_meta(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &environment_key);
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    libraries[i].open(L);
    share_library(L, libraries[i].name);
  }
  forget_stock(L);
}
