/* lib_pairs.c - pairs and next in one order, whatever the table's history: numbers rising, then texts bytewise, then false,
 * true. Lua's own order depends on how a table grew and on when garbage was collected, and would leak into
 * scores. Keys of other types have no order that two processes share, so a table with such keys is refused.
 */
#include "base/str.h"
#include "vm/library/iterator.h"
#include "vm/library/libs.h"
#include "vm/sandbox/state.h"
#include "vm/source/freeze.h"

#include <lauxlib.h>
#include <stdlib.h>

struct key {
  int type; /* LUA_TNUMBER < LUA_TSTRING < LUA_TBOOLEAN in rank */
  int rank;
  union {
    long double number; /* holds every lua_Integer and every lua_Number exactly */
    struct str text;
    bool boolean;
  };
  uint32_t place; /* in the list of keys */
};

/* What an iterator walks: the places of the keys in their order. */
struct walk {
  uint32_t at, count;
  uint32_t places[];
};

static void key_read(lua_State *L, int index, struct key *key) {
  key->type = lua_type(L, index);
  switch (key->type) {
  case LUA_TNUMBER:
    key->rank = 0;
    key->number = lua_isinteger(L, index) ? (long double)lua_tointeger(L, index) : lua_tonumber(L, index);
    break;
  case LUA_TSTRING:
    key->rank = 1;
    key->text.p = lua_tolstring(L, index, &key->text.len);
    break;
  default:
    if (key->type != LUA_TBOOLEAN)
      luaL_error(L, "a table with a key that is a %s cannot be walked: such keys have no order",
                 luaL_typename(L, index));
    key->rank = 2;
    key->boolean = lua_toboolean(L, index);
  }
}

static int key_order(const struct key *a, const struct key *b) {
  if (a->rank != b->rank) return a->rank - b->rank;
  if (a->rank == 0) return (a->number > b->number) - (a->number < b->number);
  if (a->rank == 1) return str_cmp(a->text, b->text);
  return (int)a->boolean - (int)b->boolean;
}

static int key_compare(const void *a, const void *b) {
  return key_order(a, b);
}

enum {
  FEW_MAX = 32, /* keys that a closure holds */
  FEW_GIVEN = ITERATOR_FIRST + 1,
  FEW_STEPS = 12, /* what putting a key in its place costs, in instructions */
  MANY_STEPS = 32,
  SCAN_STEPS = 4
};

static int sequence_next(lua_State *L) {
  lua_Integer i = lib_integer(L, 2) + 1;
  lua_pushinteger(L, i);
  return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

/* Upvalues: mark, contents, list of keys, struct walk. */
static int walk_next(lua_State *L) {
  struct walk *walk = lua_touserdata(L, lua_upvalueindex(ITERATOR_FIRST + 2));
  while (walk->at < walk->count) {
    lua_rawgeti(L, lua_upvalueindex(ITERATOR_FIRST + 1), walk->places[walk->at++]);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(ITERATOR_FIRST)) != LUA_TNIL) return 2;
    lua_pop(L, 2); /* removed by the loop's body */
  }
  return 0;
}

/* Counts the keys of the table at `table` and tells whether they are 1 .. n in that order. */
static uint32_t count_keys(lua_State *L, int table, bool *sequence) {
  uint32_t count = 0;
  *sequence = true;
  for (lua_pushnil(L); lua_next(L, table);) {
    lua_pop(L, 1);
    count++;
    if (*sequence) *sequence = lua_isinteger(L, -1) && lua_tointeger(L, -1) == count;
    if (count > LIB_SORT_MAX && !*sequence)
      luaL_error(L, "a table of more than %d keys cannot be walked in order", LIB_SORT_MAX);
  }
  return count;
}

/* Upvalues: mark, contents, number of keys given, the keys. */
static int few_next(lua_State *L) {
  lua_Integer given = lua_tointeger(L, lua_upvalueindex(FEW_GIVEN));
  int type = LUA_TNIL;
  do {
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(FEW_GIVEN + (int)++given));
    if (lua_isnil(L, 1)) return 0;
    lua_pushvalue(L, 1);
    type = lua_rawget(L, lua_upvalueindex(ITERATOR_FIRST));
  } while (type == LUA_TNIL); /* removed by the loop's body */
  lua_pushinteger(L, given);
  lua_replace(L, lua_upvalueindex(FEW_GIVEN));
  return 2;
}

/* Pushes the iterator over a table of at most FEW_MAX keys: they fit into its closure. */
static void push_few(lua_State *L, int table) {
  struct key keys[FEW_MAX];
  int first = lua_gettop(L) + 1, count = 0;
  luaL_checkstack(L, 2 * FEW_MAX + FEW_GIVEN, NULL);
  for (lua_pushnil(L); lua_next(L, table); count++) {
    lua_pop(L, 1);
    struct key key;
    key_read(L, -1, &key);
    key.place = (uint32_t)(first + count);
    int at = count;
    for (; at > 0 && key_order(&key, &keys[at - 1]) < 0; at--) keys[at] = keys[at - 1];
    keys[at] = key;
    lua_pushvalue(L, -1); /* one stays, one is for lua_next */
  }
  iterator_push_mark(L);
  lua_pushvalue(L, table);
  lua_pushinteger(L, 0);
  for (int i = 0; i < count; i++) lua_pushvalue(L, (int)keys[i].place);
  lua_pushnil(L);
  lua_pushcclosure(L, few_next, FEW_GIVEN + count + 1);
}

/* Pushes the iterator over a table of any size. */
static void push_many(lua_State *L, int table, uint32_t count) {
  iterator_push_mark(L);
  lua_pushvalue(L, table);
  lua_createtable(L, (int)count, 0);
  int list = lua_gettop(L);
  struct walk *walk = lua_newuserdatauv(L, sizeof *walk + count * sizeof *walk->places, 0);
  struct key *keys = lua_newuserdatauv(L, count * sizeof *keys, 0);
  uint32_t at = 0;
  for (lua_pushnil(L); lua_next(L, table); at++) {
    lua_pop(L, 1);
    key_read(L, -1, &keys[at]);
    keys[at].place = at + 1;
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, at + 1); /* keeps texts alive */
  }
  qsort(keys, count, sizeof *keys, key_compare);
  walk->at = 0;
  walk->count = count;
  for (uint32_t i = 0; i < count; i++) walk->places[i] = keys[i].place;
  lua_pop(L, 1);
  lua_pushcclosure(L, walk_next, 4);
}

int lib_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) { /* the host's: scripts cannot make one */
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  freeze_push_contents(L, 1);
  lib_charge_walk(L, 2);
  bool sequence;
  uint32_t count = count_keys(L, 2, &sequence);
  vm_charge(L, sequence ? count : count * (count <= FEW_MAX ? FEW_STEPS : MANY_STEPS));
  if (sequence) {
    lua_pushcfunction(L, sequence_next);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
  }
  if (count <= FEW_MAX)
    push_few(L, 2);
  else
    push_many(L, 2, count);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* next(view, key) for what the host walks itself; its __pairs is on top. The order is the walk's. */
static int next_of_host(lua_State *L) {
  lua_pushvalue(L, 1);
  lua_call(L, 1, 3); /* slots 3 to 5: iterator, state, first key */
  bool found = lua_isnil(L, 2);
  for (;;) {
    lua_settop(L, 5);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 4);
    lua_pushvalue(L, 5);
    lua_call(L, 2, 2);
    vm_charge(L, SCAN_STEPS);
    if (found || lua_isnil(L, 6)) return 2;
    found = lua_compare(L, 6, 2, LUA_OPEQ);
    lua_copy(L, 6, 5);
  }
}

/* The smallest key above the given one (the smallest of all for nil): a scan, so loops should use pairs. */
int lib_next(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 2);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) return next_of_host(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  freeze_push_contents(L, 1);
  lua_replace(L, 1);
  lib_charge_walk(L, 1);
  bool first = lua_isnil(L, 2);
  struct key after = {0}, best = {0}, key;
  if (!first) key_read(L, 2, &after);
  lua_pushnil(L); /* slot 3: the best key so far */
  bool found = false;
  int64_t count = 0;
  for (lua_pushnil(L); lua_next(L, 1); count++) {
    lua_pop(L, 1);
    key_read(L, -1, &key);
    if (!first && key_order(&key, &after) <= 0) continue;
    if (found && key_order(&key, &best) >= 0) continue;
    found = true;
    best = key;
    lua_copy(L, -1, 3);
  }
  vm_charge(L, count * SCAN_STEPS);
  if (!found) return lua_pushnil(L), 1;
  lua_settop(L, 3);
  lua_pushvalue(L, 3);
  lua_rawget(L, 1);
  return 2;
}
