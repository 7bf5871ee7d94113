#include "vm/script/task_value.h"

#include "vm/sandbox/sandbox.h"
#include "vm/sandbox/state.h"
#include "vm/source/marshal.h"
#include <lauxlib.h>
#include <lua.h>
#include <math.h>
#include <stdlib.h>

/* --- Lua -> value ---------------------------------------------------------------------------------------------------- */

struct reading {
  struct arena *arena;
  int depth, items;
  size_t bytes;
};

static void count_bytes(struct lua_State *L, size_t bytes, struct reading *reading) {
  size_t max = vm_output_bytes(vm_of(L));
  reading->bytes += bytes;
  if (reading->bytes > max) luaL_error(L, "more than %d KiB at once (limits.rule_output)", (int)(max / 1024));
}

static struct value read(struct lua_State *L, int index, struct reading *reading);

static int by_key(const void *a, const void *b) {
  return str_cmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

/* What a phrase at `index` says is pushed, with its kind in *kind; nothing is pushed, and false, when it is none. */
static bool phrase_content(struct lua_State *L, int index, const char **kind) {
  index = lua_absindex(L, index);
  marshal_contents(L);
  lua_pushvalue(L, index);
  if (lua_rawget(L, -2) != LUA_TTABLE) {
    lua_pop(L, 2);
    return false;
  }
  lua_remove(L, -2);
  lua_getfield(L, -1, "kind");
  *kind = lua_tostring(L, -1); /* the content keeps it */
  lua_pop(L, 1);
  return true;
}

bool task_value_is_nothing(struct lua_State *L, int index) {
  const char *kind;
  if (!lua_istable(L, index) || !phrase_content(L, index, &kind)) return false;
  lua_pop(L, 1);
  return kind && strcmp(kind, "answer") == 0;
}

/* Argument `number` of the phrase whose content is on top of the stack, a text. */
static struct str argument(struct lua_State *L, int number, struct reading *reading, const char *otherwise) {
  struct str text = {NULL, 0};
  lua_rawgeti(L, -1, number);
  text.p = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &text.len) : otherwise;
  if (!text.p) luaL_error(L, "secret takes a name, hmac a secret and a text");
  text = arena_str(reading->arena, text.len || text.p != otherwise ? text : str_of(otherwise));
  lua_pop(L, 1);
  return text;
}

/* The content of secret or hmac is on top of the stack, which is popped. */
static struct value read_secret(struct lua_State *L, const char *kind, struct reading *reading) {
  struct pair *pairs = arena_alloc(reading->arena, 3 * sizeof *pairs);
  uint32_t count = 1;
  if (!kind || strcmp(kind, "secret") != 0) luaL_error(L, "a %s is no data", kind ? kind : "phrase");
  lua_getfield(L, -1, "name");
  bool hmac = strcmp(lua_tostring(L, -1), "hmac") == 0;
  lua_pop(L, 1);
  if (hmac) {
    const char *of;
    pairs[count++] = (struct pair){STR("form"), value_str(argument(L, 3, reading, "hex"))};
    pairs[count++] = (struct pair){STR("hmac"), value_str(argument(L, 2, reading, NULL))};
    lua_rawgeti(L, -1, 1);
    if (!lua_istable(L, -1) || !phrase_content(L, -1, &of) || !of || strcmp(of, "secret") != 0)
      luaL_error(L, "hmac takes a secret and a text");
    lua_replace(L, -3);
    lua_pop(L, 1);
  }
  pairs[0] = (struct pair){TASK_SECRET, value_str(argument(L, 1, reading, NULL))};
  lua_pop(L, 1);
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}

static struct value read_list(struct lua_State *L, size_t count, struct reading *reading) {
  struct value *items = arena_alloc(reading->arena, count * sizeof *items);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    items[i] = read(L, -1, reading);
    lua_pop(L, 1);
  }
  return (struct value){.kind = VALUE_LIST, .len = (uint32_t)count, .items = items};
}

static struct value read_map(struct lua_State *L, struct reading *reading) {
  struct pair *pairs = NULL;
  uint32_t count = 0, cap = 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    struct str key;
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "a table is a list or has names, not both");
    key.p = lua_tolstring(L, -2, &key.len);
    count_bytes(L, key.len, reading);
    if (count == cap) {
      struct pair *more = arena_alloc(reading->arena, (cap ? cap * 2 : 8) * sizeof *more);
      if (count) memcpy(more, pairs, count * sizeof *more);
      pairs = more;
      cap = cap ? cap * 2 : 8;
    }
    pairs[count++] = (struct pair){arena_str(reading->arena, key), read(L, -1, reading)};
  }
  if (count) qsort(pairs, count, sizeof *pairs, by_key);
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}

static struct value read_table(struct lua_State *L, int index, struct reading *reading) {
  const char *kind;
  luaL_checkstack(L, 8, NULL);
  if (phrase_content(L, index, &kind)) return read_secret(L, kind, reading);
  sandbox_raw(L, index);
  size_t count = lua_rawlen(L, -1);
  struct value value = count ? read_list(L, count, reading) : read_map(L, reading);
  lua_pop(L, 1);
  return value;
}

static struct value read(struct lua_State *L, int index, struct reading *reading) {
  struct value value = VALUE_NONE;
  struct str text;
  index = lua_absindex(L, index);
  if (++reading->items > TASK_VALUE_ITEMS_MAX)
    luaL_error(L, "more than %d values at once", TASK_VALUE_ITEMS_MAX);
  count_bytes(L, 1, reading);
  vm_charge(L, 1);
  switch (lua_type(L, index)) {
  case LUA_TNIL: return VALUE_NONE;
  case LUA_TBOOLEAN: return value_bool(lua_toboolean(L, index));
  case LUA_TNUMBER:
    value = value_number(lua_tonumber(L, index));
    if (!isfinite(value.number)) luaL_error(L, "a number that is not finite is no data");
    return value;
  case LUA_TSTRING:
    text.p = lua_tolstring(L, index, &text.len);
    vm_charge(L, (int64_t)text.len / VM_BYTES_PER_STEP);
    count_bytes(L, text.len, reading);
    return value_str(arena_str(reading->arena, text));
  case LUA_TTABLE:
    if (reading->depth == TASK_VALUE_DEPTH_MAX)
      luaL_error(L, "tables are nested more than %d deep", TASK_VALUE_DEPTH_MAX);
    reading->depth++;
    value = read_table(L, index, reading);
    reading->depth--;
    return value;
  default: luaL_error(L, "a %s is no data", luaL_typename(L, index));
  }
  return value;
}

struct value task_value_read(struct lua_State *L, int index, struct arena *arena) {
  struct reading reading = {.arena = arena};
  return read(L, index, &reading);
}

/* --- value -> Lua ---------------------------------------------------------------------------------------------------- */

static void push_list(struct lua_State *L, struct value list) {
  lua_createtable(L, (int)list.len, 0);
  for (uint32_t i = 0; i < list.len; i++) {
    task_value_push(L, list.items[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_map(struct lua_State *L, struct value map) {
  lua_createtable(L, 0, (int)map.len);
  for (uint32_t i = 0; i < map.len; i++) {
    lua_pushlstring(L, map.pairs[i].key.p, map.pairs[i].key.len);
    task_value_push(L, map.pairs[i].value);
    lua_rawset(L, -3);
  }
}

void task_value_push(struct lua_State *L, struct value value) {
  static const double exact = 9007199254740992.0; /* 2^53 */
  luaL_checkstack(L, 4, NULL);
  switch (value.kind) {
  case VALUE_STRING: lua_pushlstring(L, value.text, value.len); break;
  case VALUE_BOOL: lua_pushboolean(L, value.boolean); break;
  case VALUE_NUMBER:
    if (value.number == floor(value.number) && fabs(value.number) <= exact)
      lua_pushinteger(L, (lua_Integer)value.number);
    else
      lua_pushnumber(L, value.number);
    break;
  case VALUE_LIST: push_list(L, value); break;
  case VALUE_MAP: push_map(L, value); break;
  default: lua_pushnil(L);
  }
}
