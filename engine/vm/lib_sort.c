/* lib_sort.c - table.sort: a stable merge sort, bounded in items and charged by comparison. Texts compare bytewise, and
 * pay for the bytes they share: sorting one long text repeated would else run for minutes within a single
 * instruction. */
#include "base/str.h"
#include "vm/libs.h"
#include "vm/state.h"

#include <lauxlib.h>

/* Items live in the Lua table at `items`, merged by way of the one at `spare`. */
struct sort {
  lua_State *L;
  int items, spare;
  bool has_function; /* argument 2 */
};

bool lib_less(lua_State *L, int a, int b) {
  if (lua_type(L, a) != LUA_TSTRING || lua_type(L, b) != LUA_TSTRING) return lua_compare(L, a, b, LUA_OPLT);
  struct str left, right;
  left.p = lua_tolstring(L, a, &left.len);
  right.p = lua_tolstring(L, b, &right.len);
  vm_charge(L, (int64_t)(left.len < right.len ? left.len : right.len) / VM_BYTES_PER_STEP);
  return str_cmp(left, right) < 0;
}

static bool sort_less(struct sort *sort, int a, int b) {
  lua_State *L = sort->L;
  vm_charge(L, 4);
  if (!sort->has_function) return lib_less(L, a, b);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, a);
  lua_pushvalue(L, b);
  lua_call(L, 2, 1);
  bool less = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return less;
}

/* Merges items[from .. middle) and [middle .. to) into `spare`. The right one goes first only if it is less:
 * stable. */
static void sort_merge(struct sort *sort, lua_Integer from, lua_Integer middle, lua_Integer to) {
  lua_State *L = sort->L;
  lua_Integer left = from, right = middle;
  for (lua_Integer out = from; out < to; out++) {
    bool take_right = left >= middle;
    if (left < middle && right < to) {
      lua_rawgeti(L, sort->items, right);
      lua_rawgeti(L, sort->items, left);
      take_right = sort_less(sort, lua_gettop(L) - 1, lua_gettop(L));
      lua_pop(L, 2);
    }
    lua_rawgeti(L, sort->items, take_right ? right++ : left++);
    lua_rawseti(L, sort->spare, out);
  }
}

int lib_sort(lua_State *L) {
  lib_writable(L, 1);
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  if (count > LIB_SORT_MAX) return luaL_error(L, "table.sort: more than %d items", LIB_SORT_MAX);
  bool has_function = !lua_isnoneornil(L, 2);
  if (has_function) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  vm_charge(L, count);
  lua_createtable(L, (int)count, 0);
  lua_createtable(L, (int)count, 0);
  struct sort sort = {.L = L, .items = 3, .spare = 4, .has_function = has_function};
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    lua_rawseti(L, 3, i);
  }
  for (lua_Integer width = 1; width < count; width *= 2) {
    for (lua_Integer from = 1; from <= count; from += 2 * width) {
      lua_Integer end = count + 1;
      lua_Integer middle = from + width < end ? from + width : end;
      sort_merge(&sort, from, middle, from + 2 * width < end ? from + 2 * width : end);
    }
    int swap = sort.items;
    sort.items = sort.spare;
    sort.spare = swap;
  }
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, sort.items, i);
    lua_rawseti(L, 1, i); /* still without a metatable, or its metamethods are not asked */
  }
  return 0;
}
