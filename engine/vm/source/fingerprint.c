#include "vm/source/fingerprint.h"

#include "base/str.h"
#include "vm/sandbox/bytecode.h"
#include "vm/source/marshal.h"

#include <string.h>

struct fingerprint {
  lua_State *L;
  int left; /* values that may still be looked at */
};

static uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t pair[2] = {a, b};
  return str_hash((struct str){(const char *)pair, sizeof pair});
}

static uint64_t of_bytes(int type, const void *bytes, size_t len) {
  return str_hash128((struct str){bytes, len}, (uint64_t)type).low;
}

static uint64_t of_value(struct fingerprint *fingerprint, int index, int depth);

/* The environment is the same for all. */
static uint64_t of_function(struct fingerprint *fingerprint, int index, int depth) {
  lua_State *L = fingerprint->L;
  if (lua_iscfunction(L, index)) return LUA_TFUNCTION;
  uint64_t of = bytecode_sum(L, index);
  const char *name;
  for (int i = 1; (name = lua_getupvalue(L, index, i)); i++) {
    if (strcmp(name, "_ENV") != 0) of = mix(of, of_value(fingerprint, lua_gettop(L), depth + 1));
    lua_pop(L, 1);
  }
  return of;
}

/* A phrase of the language is empty to look at: what it says stands elsewhere. Pushes one table. */
static void push_said(lua_State *L, int index) {
  marshal_contents(L);
  lua_pushvalue(L, index);
  if (lua_rawget(L, -2) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_pushvalue(L, index);
  }
  lua_remove(L, -2);
}

static bool is_serial(lua_State *L, int key) {
  return lua_type(L, key) == LUA_TSTRING && strcmp(lua_tostring(L, key), "serial") == 0;
}

/* In any order: what a table was built from does not show. */
static uint64_t of_table(struct fingerprint *fingerprint, int index, int depth) {
  lua_State *L = fingerprint->L;
  uint64_t of = LUA_TTABLE;
  push_said(L, index);
  int said = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, said); lua_pop(L, 1)) {
    int value = lua_gettop(L);
    if (is_serial(L, value - 1)) continue; /* a number in this state alone */
    of += mix(of_value(fingerprint, value - 1, depth + 1), of_value(fingerprint, value, depth + 1));
  }
  lua_pop(L, 1);
  return of;
}

static uint64_t of_number(lua_State *L, int index) {
  lua_Integer whole = lua_tointeger(L, index);
  lua_Number number = lua_tonumber(L, index);
  return lua_isinteger(L, index) ? of_bytes('i', &whole, sizeof whole)
                                 : of_bytes('f', &number, sizeof number);
}

static uint64_t of_value(struct fingerprint *fingerprint, int index, int depth) {
  lua_State *L = fingerprint->L;
  int type = lua_type(L, index);
  size_t len;
  if (depth > FINGERPRINT_DEPTH_MAX || fingerprint->left == 0 || !lua_checkstack(L, 8)) return (uint64_t)type;
  fingerprint->left--;
  switch (type) {
  case LUA_TBOOLEAN: return mix(LUA_TBOOLEAN, (uint64_t)lua_toboolean(L, index));
  case LUA_TNUMBER: return of_number(L, index);
  case LUA_TSTRING: {
    const char *text = lua_tolstring(L, index, &len);
    return of_bytes(LUA_TSTRING, text, len);
  }
  case LUA_TFUNCTION: return of_function(fingerprint, index, depth);
  case LUA_TTABLE: return of_table(fingerprint, index, depth);
  default: return (uint64_t)type;
  }
}

uint64_t fingerprint_function(lua_State *L, int index) {
  struct fingerprint fingerprint = {L, FINGERPRINT_VALUES_MAX};
  return of_value(&fingerprint, lua_absindex(L, index), 0);
}
