/* lib_number.c - numbers that are given as texts. Lua takes "12" for 12 wherever a number is wanted, and reads the whole text
 * to find out: a megabyte of blanks before a digit is a millisecond within one instruction, which no fuel would pay. No
 * number is written in that many characters, so such a text is refused before it is read. */
#include "vm/library/libs.h"

#include "vm/sandbox/state.h"

#include <lauxlib.h>

static void refuse_long(lua_State *L, int arg) {
  if (lua_type(L, arg) == LUA_TSTRING && lua_rawlen(L, arg) > LIB_NUMBER_TEXT_MAX)
    luaL_argerror(L, arg, "a number is expected, this is a long text");
}

lua_Integer lib_integer(lua_State *L, int arg) {
  refuse_long(L, arg);
  return luaL_checkinteger(L, arg);
}

lua_Integer lib_opt_integer(lua_State *L, int arg, lua_Integer otherwise) {
  refuse_long(L, arg);
  return luaL_optinteger(L, arg, otherwise);
}

lua_Number lib_double(lua_State *L, int arg) {
  refuse_long(L, arg);
  return luaL_checknumber(L, arg);
}

/* Upvalues: the stock function, its first and its last argument that is a number, what an argument costs. */
static int numeric(lua_State *L) {
  int first = (int)lua_tointeger(L, lua_upvalueindex(2)), last = (int)lua_tointeger(L, lua_upvalueindex(3));
  int given = lua_gettop(L);
  vm_charge(L, given * lua_tointeger(L, lua_upvalueindex(4)));
  for (int arg = first; arg <= last && arg <= given; arg++) refuse_long(L, arg);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void lib_copy_numeric(lua_State *L, int from, const char *const *names, const struct lib_numbers *numbers) {
  from = lua_absindex(L, from);
  for (; *names; names++) {
    lua_getfield(L, from, *names);
    lua_pushinteger(L, numbers->first);
    lua_pushinteger(L, numbers->last);
    lua_pushinteger(L, numbers->steps);
    lua_pushcclosure(L, numeric, 4);
    lua_setfield(L, -2, *names);
  }
}
