/* lib_charged.c - stock library functions, some behind a charge for the text they are given, and the checks on table
 * arguments. */
#include "vm/library/libs.h"
#include "vm/sandbox/bytecode.h"
#include "vm/sandbox/state.h"
#include "vm/source/freeze.h"

#include <lauxlib.h>
#include <lualib.h>

enum { SLOWER_THAN_COPYING = 4 /* these functions look at each byte */, PLACES_PER_STEP = 4 };
enum { UTF8_CHAR_STEPS = 32 /* each argument becomes a text of its own, and is joined */ };

/* Upvalue: the stock function. */
static int charged(lua_State *L) {
  int64_t bytes = 0;
  for (int i = lua_gettop(L); i > 0; i--)
    if (lua_type(L, i) == LUA_TSTRING) bytes += (int64_t)lua_rawlen(L, i);
  vm_charge(L, bytes * SLOWER_THAN_COPYING / VM_BYTES_PER_STEP);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* The same for functions (text, from, to) that return a value for each byte or character from `from` to `to`. */
static int charged_range(lua_State *L) {
  size_t bytes;
  luaL_checklstring(L, 1, &bytes);
  lua_Integer len = (lua_Integer)bytes;
  lua_Integer from = lib_opt_integer(L, 2, 1), to = lib_opt_integer(L, 3, from);
  if (from < 0) from = from < -len ? 1 : len + from + 1;
  if (to < 0) to = to < -len ? 0 : len + to + 1;
  if (to > len) to = len;
  if (from < 1) from = 1;
  if (to >= from && to - from >= LIB_RESULTS_MAX)
    return luaL_error(L, "more than %d results", LIB_RESULTS_MAX);
  return charged(L);
}

void lib_copy_range(lua_State *L, int from, const char *name) {
  lua_getfield(L, from, name);
  lua_pushcclosure(L, charged_range, 1);
  lua_setfield(L, -2, name);
}

void lib_copy(lua_State *L, int from, const char *const *names, bool charge) {
  from = lua_absindex(L, from);
  for (; *names; names++) {
    lua_getfield(L, from, *names);
    if (charge) lua_pushcclosure(L, charged, 1);
    lua_setfield(L, -2, *names);
  }
}

/* A list of the host's (of the lead or the event) is read item by item into a plain table. Its length is honest. */
static void copy_view(lua_State *L, int arg) {
  lua_Integer count = luaL_len(L, arg);
  if (count > LIB_ITEMS_MAX) luaL_error(L, "a list of more than %d items", LIB_ITEMS_MAX);
  vm_charge(L, count);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, arg, i);
    lua_rawseti(L, -2, i);
  }
  lua_replace(L, arg);
}

void lib_readable(lua_State *L, int arg) {
  if (lua_type(L, arg) == LUA_TUSERDATA && luaL_getmetafield(L, arg, "__len") != LUA_TNIL) {
    lua_pop(L, 1);
    copy_view(L, arg);
    return;
  }
  luaL_checktype(L, arg, LUA_TTABLE);
  enum freeze_kind kind = freeze_kind(L, arg);
  if (kind == FREEZE_USER || kind == FREEZE_HOST)
    luaL_argerror(L, arg, "a plain table is expected, this one has a metatable");
  freeze_push_contents(L, arg);
  lua_replace(L, arg);
}

void lib_charge_walk(lua_State *L, int index) {
  vm_charge(L, (int64_t)(bytecode_table_places(L, index) / PLACES_PER_STEP));
}

void lib_writable(lua_State *L, int arg) {
  luaL_checktype(L, arg, LUA_TTABLE);
  enum freeze_kind kind = freeze_kind(L, arg);
  if (kind == FREEZE_FROZEN) luaL_argerror(L, arg, "this table is read-only");
  if (kind != FREEZE_PLAIN) luaL_argerror(L, arg, "a plain table is expected, this one has a metatable");
}

void lib_math_open(lua_State *L) {
  static const char *const plain[] = {"huge", "maxinteger", "mininteger", "pi", "type", NULL};
  static const char *const of_numbers[] = {"abs",       "ceil", "floor", "fmod", "max", "min", "modf",
                                           "tointeger", "ult",  "sqrt",  "exp",  "log", "sin", "cos",
                                           "tan",       "asin", "acos",  "atan", NULL};
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 0);
  lua_newtable(L);
  lib_copy(L, -2, plain, false);
  lib_copy_numeric(L, -2, of_numbers, &(struct lib_numbers){1, LIB_LAST, 1});
  lua_remove(L, -2);
}

/* Upvalue: the stock iterator. Called by hand, it skips all bytes that continue a character, however many there are. */
static int next_code(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer at = lib_integer(L, 2);
  size_t from = at > 0 && (size_t)at < len ? (size_t)at : len, end = from;
  while (end < len && ((unsigned char)text[end] & 0xc0) == 0x80) end++;
  vm_charge(L, (int64_t)(end - from) * SLOWER_THAN_COPYING / VM_BYTES_PER_STEP);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Upvalue: utf8.codes. */
static int codes(lua_State *L) {
  int count = lua_tocfunction(L, lua_upvalueindex(1))(L);
  lua_pushvalue(L, -count);
  lua_pushcclosure(L, next_code, 1);
  lua_replace(L, -count - 1);
  return count;
}

void lib_utf8_open(lua_State *L) {
  static const char *const plain[] = {"charpattern", NULL}, *const of_numbers[] = {"char", NULL};
  static const char *const paid[] = {"len", "offset", NULL};
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  lua_newtable(L);
  lib_copy(L, -2, plain, false);
  lib_copy(L, -2, paid, true);
  lib_copy_numeric(L, -2, of_numbers, &(struct lib_numbers){1, LIB_LAST, UTF8_CHAR_STEPS});
  lib_copy_range(L, -2, "codepoint");
  lua_getfield(L, -2, "codes");
  lua_pushcclosure(L, codes, 1);
  lua_setfield(L, -2, "codes");
  lua_remove(L, -2);
}
