/* lib_table.c - table.*: raw access to plain tables in bounded ranges. The stock functions ask metamethods for each item
 * and for the length, which lets a script lie to them or loop inside C. */
#include "vm/library/libs.h"
#include "vm/sandbox/state.h"

#include <lauxlib.h>

enum { NUMBER_STEPS = 32 /* writing one as text */ };

static int table_insert(lua_State *L) {
  lib_writable(L, 1);
  lua_Integer end = (lua_Integer)lua_rawlen(L, 1) + 1;
  int args = lua_gettop(L);
  if (args == 2) {
    lua_rawseti(L, 1, end);
    return 0;
  }
  if (args != 3) return luaL_error(L, "wrong number of arguments to 'insert'");
  lua_Integer at = lib_integer(L, 2);
  luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of bounds");
  vm_charge(L, (end - at) / 4);
  for (lua_Integer i = end; i > at; i--) {
    lua_rawgeti(L, 1, i - 1);
    lua_rawseti(L, 1, i);
  }
  lua_rawseti(L, 1, at);
  return 0;
}

static int table_remove(lua_State *L) {
  lib_writable(L, 1);
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  lua_Integer at = lib_opt_integer(L, 2, count);
  if (!lua_isnoneornil(L, 2)) /* as in stock Lua, one past the end is allowed, and 0 in an empty table */
    luaL_argcheck(L, (at >= 1 && at <= count + 1) || (count == 0 && at == 0), 2, "position out of bounds");
  lua_rawgeti(L, 1, at);
  vm_charge(L, count > at ? (count - at) / 4 : 0);
  for (; at < count; at++) {
    lua_rawgeti(L, 1, at + 1);
    lua_rawseti(L, 1, at);
  }
  if (at >= 1 && at <= count) {
    lua_pushnil(L);
    lua_rawseti(L, 1, at);
  }
  return 1;
}

/* Number of items in [from, to], refused beyond LIB_ITEMS_MAX and charged. */
static lua_Integer range_count(lua_State *L, lua_Integer from, lua_Integer to) {
  if (from > to) return 0;
  lua_Unsigned count = (lua_Unsigned)to - (lua_Unsigned)from;
  if (count >= LIB_ITEMS_MAX) luaL_error(L, "a range of more than %d items", LIB_ITEMS_MAX);
  vm_charge(L, (int64_t)count / 4 + 1);
  return (lua_Integer)count + 1;
}

static int table_concat(lua_State *L) {
  size_t gap_len;
  lib_readable(L, 1);
  const char *gap = luaL_optlstring(L, 2, "", &gap_len);
  lua_Integer from = lib_opt_integer(L, 3, 1);
  lua_Integer to = lib_opt_integer(L, 4, (lua_Integer)lua_rawlen(L, 1));
  lua_Integer count = range_count(L, from, to);
  luaL_Buffer buffer;
  size_t total = 0;
  lua_settop(L, 4);
  luaL_buffinit(L, &buffer);
  for (lua_Integer i = 0; i < count; i++) {
    int type = lua_rawgeti(L, 1, (lua_Integer)((lua_Unsigned)from + (lua_Unsigned)i));
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
      return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                        (LUAI_UACINT)from + i);
    size_t len;
    if (type == LUA_TNUMBER) vm_charge(L, NUMBER_STEPS);
    lua_tolstring(L, -1, &len);
    total += len + gap_len;
    if (total > LIB_TEXT_MAX)
      return luaL_error(L, "table.concat would make more than %d bytes", LIB_TEXT_MAX);
    luaL_addvalue(&buffer);
    if (i + 1 < count) luaL_addlstring(&buffer, gap, gap_len);
  }
  luaL_pushresult(&buffer);
  vm_charge(L, (int64_t)total / VM_BYTES_PER_STEP);
  return 1;
}

static int table_unpack(lua_State *L) {
  lib_readable(L, 1);
  lua_Integer from = lib_opt_integer(L, 2, 1);
  lua_Integer to = lib_opt_integer(L, 3, (lua_Integer)lua_rawlen(L, 1));
  lua_Integer count = range_count(L, from, to);
  if (count > LIB_RESULTS_MAX) return luaL_error(L, "table.unpack: more than %d values", LIB_RESULTS_MAX);
  luaL_checkstack(L, (int)count, "too many results to unpack");
  for (lua_Integer i = 0; i < count; i++)
    lua_rawgeti(L, 1, (lua_Integer)((lua_Unsigned)from + (lua_Unsigned)i));
  return (int)count;
}

static int table_pack(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--) lua_rawseti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

/* table.move(a, from, to, at [, b]) */
static int table_move(lua_State *L) {
  lua_Integer from = lib_integer(L, 2), to = lib_integer(L, 3), at = lib_integer(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  lib_writable(L, target);
  lua_pushvalue(L, target); /* the result, before a frozen source is replaced by its contents */
  int result = lua_gettop(L);
  if (target != 1) lib_readable(L, 1);
  lua_Integer count = range_count(L, from, to);
  if (count > 0) luaL_argcheck(L, at <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
  bool backwards = lua_rawequal(L, 1, result) && at > from && at <= to;
  for (lua_Integer n = 0; n < count; n++) {
    lua_Integer i = backwards ? count - 1 - n : n;
    lua_rawgeti(L, 1, from + i);
    lua_rawseti(L, result, at + i);
  }
  return 1;
}

void lib_table_open(lua_State *L) {
  static const luaL_Reg own[] = {
      {"insert", table_insert}, {"remove", table_remove}, {"concat", table_concat}, {"unpack", table_unpack},
      {"pack", table_pack},     {"move", table_move},     {"sort", lib_sort},       {NULL, NULL}};
  luaL_newlib(L, own);
}
