#include "vm/script/views.h"

#include "vm/script/views_internal.h"
#include <math.h>

static const char view_keys[VIEW_KINDS]; /* addresses: where the registry keeps each kind's metatable */

static int read_only(struct lua_State *L) {
  return luaL_error(L, "lead and event are read-only");
}

void view_metatable(struct script *script, struct lua_State *L, enum view_kind kind, const char *name,
                    const luaL_Reg *functions) {
  lua_newtable(L);
  for (; functions->name; functions++) {
    lua_pushlightuserdata(L, script);
    lua_pushcclosure(L, functions->func, 1);
    lua_setfield(L, -2, functions->name);
  }
  lua_pushcfunction(L, read_only);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &view_keys[kind]);
}

struct view *view_new(const struct script *script, struct lua_State *L, enum view_kind kind,
                      int user_values) {
  struct view *view = lua_newuserdatauv(L, sizeof *view, user_values);
  view->call = script->call.number;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &view_keys[kind]);
  lua_setmetatable(L, -2);
  return view;
}

struct script *view_script(struct lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

struct view *view_alive(struct lua_State *L, const struct script *script) {
  struct view *view = lua_touserdata(L, 1);
  if (view->call != script->call.number)
    luaL_error(L, "this lead or event is over: it ends with the call it was given to");
  return view;
}

struct str view_key(struct lua_State *L) {
  struct str key;
  if (lua_type(L, 2) != LUA_TSTRING) luaL_error(L, "fields have names, not %s keys", luaL_typename(L, 2));
  key.p = lua_tolstring(L, 2, &key.len);
  return key;
}

int view_unknown(struct lua_State *L, const char *what, const char *const *words) {
  struct str key = view_key(L);
  const char *near = str_nearest(key, words);
  if (near) return luaL_error(L, "%s has no \"%s\": did you mean \"%s\"?", what, key.p, near);
  return luaL_error(L, "%s has no \"%s\"", what, key.p);
}

void view_push_number(struct lua_State *L, double number) {
  static const double exact = 9007199254740992.0; /* 2^53 */
  if (number == floor(number) && fabs(number) <= exact)
    lua_pushinteger(L, (lua_Integer)number);
  else
    lua_pushnumber(L, number);
}

void views_push_json(struct script *script, struct lua_State *L, struct json_ref json) {
  view_push_json(script, L, json);
}

static bool is_of_kind(struct lua_State *L, int index, enum view_kind kind) {
  if (!lua_getmetatable(L, index)) return false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &view_keys[kind]);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

bool views_put_json(struct script *script, struct lua_State *L, int index, struct json_writer *w) {
  const struct view *view = lua_touserdata(L, index);
  struct buf text;
  if (!view || view->call + 1 != script->call.number) return false;
  if (is_of_kind(L, index, VIEW_VALUE)) {
    json_put_value(w, view->value);
    return true;
  }
  if (!is_of_kind(L, index, VIEW_JSON)) return false;
  buf_init(&text);
  json_minify(view->json, &text);
  json_put_raw(w, buf_str(&text));
  buf_release(&text);
  return true;
}

void views_open(struct script *script) {
  lua_State *L = vm_lua(script->vm);
  view_open_data(script, L);
  view_open_event(script, L);
  view_open_lead(script, L);
}
