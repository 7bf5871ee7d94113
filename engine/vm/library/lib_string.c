/* lib_string.c - the string library and the metatable of texts. */
#include "vm/library/libs.h"
#include "vm/sandbox/state.h"

#include <lauxlib.h>
#include <lualib.h>

/* Fills `total` bytes with the `unit` bytes at their start, again and again. */
static void repeat_bytes(char *bytes, size_t unit, size_t total) {
  for (size_t done = unit; done < total;) {
    size_t next = done < total - done ? done : total - done;
    memcpy(bytes + done, bytes, next);
    done += next;
  }
}

void lib_bound_text(lua_State *L, const luaL_Buffer *out, size_t bound, const char *name) {
  if (luaL_bufflen(out) > bound) luaL_error(L, "%s would make more than %d bytes", name, (int)bound);
}

static int string_rep(lua_State *L) {
  size_t len, gap_len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer count = lib_integer(L, 2);
  const char *gap = luaL_optlstring(L, 3, "", &gap_len);
  if (count <= 0 || len + gap_len == 0) return lua_pushliteral(L, ""), 1;
  if ((lua_Unsigned)count > LIB_TEXT_MAX / (len + gap_len))
    return luaL_error(L, "string.rep would make more than %d bytes", LIB_TEXT_MAX);
  size_t total = (size_t)count * (len + gap_len); /* with a last gap that is not part of the result */
  vm_charge(L, (int64_t)total / VM_BYTES_PER_STEP);
  luaL_Buffer out;
  char *bytes = luaL_buffinitsize(L, &out, total);
  memcpy(bytes, text, len);
  memcpy(bytes + len, gap, gap_len);
  repeat_bytes(bytes, len + gap_len, total);
  luaL_pushresultsize(&out, total - gap_len);
  return 1;
}

/* Rule files combine matchers with | and &; two plain texts have no such meaning, and a matcher on the other
 * side decides itself. Upvalue: the operator's event, e.g. "__bor". */
static int combine(lua_State *L) {
  const char *event = lua_tostring(L, lua_upvalueindex(1));
  int other = lua_type(L, 1) == LUA_TSTRING ? 2 : 1;
  if (lua_type(L, other) != LUA_TSTRING && luaL_getmetafield(L, other, event) != LUA_TNIL) {
    lua_insert(L, 1);
    lua_settop(L, 3);
    lua_call(L, 2, 1);
    return 1;
  }
  if (strcmp(event, "__bor") == 0)
    return luaL_error(L, "use one_of { \"a\", \"b\" } instead of \"|\" between plain texts");
  if (strcmp(event, "__bnot") == 0)
    return luaL_error(L, "use none_of { \"a\" } instead of \"~\" before a plain text");
  return luaL_error(L, "a plain text cannot be combined with \"%s\"",
                    strcmp(event, "__band") == 0 ? "&" : "~");
}

/* Arithmetic on numeric texts stays as in stock Lua; methods come from the table on top, which scripts never
 * see. */
static void set_metatable(lua_State *L) {
  static const char *const arithmetic[] = {"__add", "__sub",  "__mul", "__div", "__mod",
                                           "__pow", "__idiv", "__unm", NULL};
  static const char *const combined[] = {"__bor", "__band", "__bxor", "__bnot"};
  int methods = lua_gettop(L);
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1); /* the one luaopen_string made */
  lua_newtable(L);
  lib_copy_numeric(L, -2, arithmetic, &(struct lib_numbers){1, 2, 0});
  for (size_t i = 0; i < sizeof combined / sizeof *combined; i++) {
    lua_pushstring(L, combined[i]);
    lua_pushcclosure(L, combine, 1);
    lua_setfield(L, -2, combined[i]);
  }
  lua_pushvalue(L, methods);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -3);
  lua_settop(L, methods);
}

void lib_string_open(lua_State *L) {
  static const char *const plain[] = {"len", NULL}, *const of_numbers[] = {"char", NULL},
                           *const cut[] = {"sub", NULL};
  static const char *const paid[] = {"lower", "reverse", "upper", NULL};
  static const luaL_Reg own[] = {{"find", lib_find}, {"format", lib_format}, {"gmatch", lib_gmatch},
                                 {"gsub", lib_gsub}, {"match", lib_match},   {"rep", string_rep},
                                 {NULL, NULL}};
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 0);
  lua_newtable(L);
  lib_copy(L, -2, plain, false);
  lib_copy(L, -2, paid, true);
  lib_copy_numeric(L, -2, of_numbers, &(struct lib_numbers){1, LIB_LAST, 1});
  lib_copy_numeric(L, -2, cut, &(struct lib_numbers){2, 3, 0});
  lib_copy_range(L, -2, "byte");
  luaL_setfuncs(L, own, 0);
  set_metatable(L);
  lua_remove(L, -2);
}
