/* lib_sort.c - table.sort: a stable merge sort, bounded in items and charged by comparison. Texts compare bytewise, and
 * pay for the bytes they share: sorting one long text repeated would else run for minutes within a single
 * instruction. */
#include "base/str.h"
#include "vm/library/libs.h"
#include "vm/sandbox/state.h"

#include <lauxlib.h>

/* The items lie on the stack from slot FIRST_ITEM on and stay there; their numbers are sorted. */
struct sort {
  lua_State *L;
  bool has_function; /* argument 2 */
  int uncharged;     /* steps */
};

enum { FIRST_ITEM = 4, STEPS_PER_ROUND = 4, CHARGE_STEPS = 256 };

static void sort_charge(struct sort *sort, size_t steps) {
  sort->uncharged += (int)steps;
  if (sort->uncharged < CHARGE_STEPS) return;
  vm_charge(sort->L, sort->uncharged);
  sort->uncharged = 0;
}

static bool text_less(struct sort *sort, int a, int b) {
  struct str left, right;
  left.p = lua_tolstring(sort->L, a, &left.len);
  right.p = lua_tolstring(sort->L, b, &right.len);
  sort_charge(sort, (left.len < right.len ? left.len : right.len) / VM_BYTES_PER_STEP);
  return str_cmp(left, right) < 0;
}

static bool sort_less(struct sort *sort, uint32_t a, uint32_t b) {
  lua_State *L = sort->L;
  int left = FIRST_ITEM + (int)a, right = FIRST_ITEM + (int)b;
  sort_charge(sort, STEPS_PER_ROUND);
  if (sort->has_function) {
    lua_pushvalue(L, 2);
    lua_pushvalue(L, left);
    lua_pushvalue(L, right);
    lua_call(L, 2, 1);
    bool less = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return less;
  }
  if (lua_type(L, left) == LUA_TSTRING && lua_type(L, right) == LUA_TSTRING)
    return text_less(sort, left, right);
  return lua_compare(L, left, right, LUA_OPLT);
}

/* Merges from[low .. middle) and [middle .. high) into `to`. The right one goes first only if it is less: stable. */
static void sort_merge(struct sort *sort, const uint32_t *from, uint32_t *to, uint32_t low, uint32_t middle,
                       uint32_t high) {
  uint32_t left = low, right = middle;
  for (uint32_t out = low; out < high; out++) {
    bool take_right = left >= middle || (right < high && sort_less(sort, from[right], from[left]));
    to[out] = take_right ? from[right++] : from[left++];
  }
}

static uint32_t min_of(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

/* Sorts the numbers 0 .. count-1; `numbers` has room for twice as many. Gives the sorted half. */
static const uint32_t *sort_numbers(struct sort *sort, uint32_t *numbers, uint32_t count) {
  uint32_t *from = numbers, *to = numbers + count;
  for (uint32_t i = 0; i < count; i++) from[i] = i;
  for (uint32_t width = 1; width < count; width *= 2) {
    for (uint32_t low = 0; low < count; low += 2 * width)
      sort_merge(sort, from, to, low, min_of(low + width, count), min_of(low + 2 * width, count));
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

int lib_sort(lua_State *L) {
  lib_writable(L, 1);
  size_t count = lua_rawlen(L, 1);
  if (count > LIB_SORT_MAX) return luaL_error(L, "table.sort: more than %d items", LIB_SORT_MAX);
  struct sort sort = {.L = L, .has_function = !lua_isnoneornil(L, 2)};
  if (sort.has_function) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  vm_charge(L, (int64_t)count);
  luaL_checkstack(L, (int)count + 8, "too many items to sort");
  uint32_t *numbers = lua_newuserdatauv(L, (2 * count + 1) * sizeof *numbers, 0);
  for (size_t i = 1; i <= count; i++) lua_rawgeti(L, 1, (lua_Integer)i);
  const uint32_t *sorted = sort_numbers(&sort, numbers, (uint32_t)count);
  vm_charge(L, sort.uncharged);
  if (lua_getmetatable(L, 1)) return luaL_error(L, "table.sort: its comparator gave the table a metatable");
  for (size_t i = 0; i < count; i++) {
    lua_pushvalue(L, FIRST_ITEM + (int)sorted[i]);
    lua_rawseti(L, 1, (lua_Integer)i + 1);
  }
  return 0;
}
