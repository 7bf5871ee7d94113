/* views_data.c - objects and lists inside events (JSON) and leads (values). */
#include "vm/script/views_internal.h"

enum { WALKED_PER_STEP = 8 /* members looked past for one step of fuel */ };

/* --- of events ---------------------------------------------------------------------------------------------------- */

void view_push_json(struct script *script, struct lua_State *L, struct json_ref json) {
  struct str text;
  double number;
  bool boolean;
  switch (json_kind(json)) {
  case JSON_STRING:
    json_string(json, &text);
    lua_pushlstring(L, text.p, text.len);
    break;
  case JSON_NUMBER:
    json_number(json, &number);
    view_push_number(L, number);
    break;
  case JSON_BOOL:
    json_bool(json, &boolean);
    lua_pushboolean(L, boolean);
    break;
  case JSON_ARRAY:
  case JSON_OBJECT: view_new(script, L, VIEW_JSON, 0)->json = json; break;
  default: lua_pushnil(L);
  }
}

static struct json_ref json_item(struct json_ref list, lua_Integer index) {
  struct json_iter iter;
  json_iter_init(&iter, list);
  while (index > 0 && json_next(&iter))
    if (--index == 0) return iter.value;
  return (struct json_ref){0};
}

static int json_index(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct view *view = view_alive(L, script);
  vm_charge(L, 1 + (int64_t)json_count(view->json) / WALKED_PER_STEP);
  if (json_kind(view->json) == JSON_OBJECT)
    view_push_json(script, L,
                   lua_type(L, 2) == LUA_TSTRING ? json_path(view->json, view_key(L)) : (struct json_ref){0});
  else
    view_push_json(script, L, json_item(view->json, lua_type(L, 2) == LUA_TNUMBER ? lua_tointeger(L, 2) : 0));
  return 1;
}

static int json_len(struct lua_State *L) {
  const struct view *view = view_alive(L, view_script(L));
  lua_pushinteger(L, json_kind(view->json) == JSON_ARRAY ? (lua_Integer)json_count(view->json) : 0);
  return 1;
}

struct json_walk { /* of pairs */
  uint64_t call;
  lua_Integer position;
  struct json_iter iter;
};

/* Upvalues: the script, the walk. */
static int json_walk_next(struct lua_State *L) {
  struct script *script = view_script(L);
  struct json_walk *walk = lua_touserdata(L, lua_upvalueindex(2));
  if (walk->call != script->call.number) return luaL_error(L, "this event is over");
  do {
    if (!json_next(&walk->iter)) return 0;
    walk->position++;
  } while (json_kind(walk->iter.value) == JSON_NULL);
  if (walk->iter.object)
    lua_pushlstring(L, walk->iter.key.p, walk->iter.key.len);
  else
    lua_pushinteger(L, walk->position);
  view_push_json(script, L, walk->iter.value);
  return 2;
}

static int json_pairs(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct view *view = view_alive(L, script);
  lua_pushlightuserdata(L, script);
  struct json_walk *walk = lua_newuserdatauv(L, sizeof *walk, 0);
  walk->call = script->call.number;
  walk->position = 0;
  json_iter_init(&walk->iter, view->json);
  lua_pushcclosure(L, json_walk_next, 2);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* --- of leads ----------------------------------------------------------------------------------------------------- */

void view_push_value(struct script *script, struct lua_State *L, struct value value) {
  switch (value.kind) {
  case VALUE_STRING: lua_pushlstring(L, value.text, value.len); break;
  case VALUE_NUMBER: view_push_number(L, value.number); break;
  case VALUE_BOOL: lua_pushboolean(L, value.boolean); break;
  case VALUE_LIST:
  case VALUE_MAP: view_new(script, L, VIEW_VALUE, 0)->value = value; break;
  default: lua_pushnil(L);
  }
}

static int value_index(struct lua_State *L) {
  struct script *script = view_script(L);
  struct value value = view_alive(L, script)->value, found = VALUE_NONE;
  vm_charge(L, 1 + value.len / WALKED_PER_STEP);
  if (value.kind == VALUE_MAP) {
    if (lua_type(L, 2) == LUA_TSTRING) found = value_path(value, view_key(L));
  } else {
    lua_Integer index = lua_type(L, 2) == LUA_TNUMBER ? lua_tointeger(L, 2) : 0;
    if (index >= 1 && index <= (lua_Integer)value.len) found = value.items[index - 1];
  }
  view_push_value(script, L, found);
  return 1;
}

static int value_len(struct lua_State *L) {
  const struct view *view = view_alive(L, view_script(L));
  lua_pushinteger(L, view->value.kind == VALUE_LIST ? (lua_Integer)view->value.len : 0);
  return 1;
}

/* Upvalues: the script, the view, how many members were given. */
static int value_walk_next(struct lua_State *L) {
  struct script *script = view_script(L);
  const struct view *view = lua_touserdata(L, lua_upvalueindex(2));
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));
  struct value value = view->value;
  if (view->call != script->call.number) return luaL_error(L, "this lead is over");
  bool map = value.kind == VALUE_MAP;
  while (at < (lua_Integer)value.len && (map ? value.pairs[at].value : value.items[at]).kind == VALUE_NULL)
    at++;
  if (at >= (lua_Integer)value.len) return 0;
  lua_pushinteger(L, at + 1);
  lua_replace(L, lua_upvalueindex(3));
  if (map)
    lua_pushlstring(L, value.pairs[at].key.p, value.pairs[at].key.len);
  else
    lua_pushinteger(L, at + 1);
  view_push_value(script, L, map ? value.pairs[at].value : value.items[at]);
  return 2;
}

static int value_pairs(struct lua_State *L) {
  struct script *script = view_script(L);
  view_alive(L, script);
  lua_pushlightuserdata(L, script);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, value_walk_next, 3);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

void view_open_data(struct script *script, struct lua_State *L) {
  static const luaL_Reg json[] = {
      {"__index", json_index}, {"__len", json_len}, {"__pairs", json_pairs}, {NULL, NULL}};
  static const luaL_Reg value[] = {
      {"__index", value_index}, {"__len", value_len}, {"__pairs", value_pairs}, {NULL, NULL}};
  view_metatable(script, L, VIEW_JSON, "event data", json);
  view_metatable(script, L, VIEW_VALUE, "lead data", value);
}
