/* views_event.c - `event`. */
#include "vm/script/views_internal.h"

static const char *const event_words[] = {"id",         "type",    "name",   "time",
                                          "properties", "context", "traits", NULL};

enum {
  EVENT_PROPERTIES = 1,
  EVENT_CONTEXT,
  EVENT_TRAITS,
  EVENT_ROOTS = 3 /* user values: views of the three objects */
};

/* The event of the present call; a touch's bytes are parsed again when a function first asks for them. */
static const struct event *present_event(struct script *script, struct lua_State *L) {
  struct script_call *call = &script->call;
  call->reads |= READS_EVENT;
  if (!call->event && call->touch && script->events.open)
    call->event = script->events.open(script->events.context, call->touch);
  if (!call->event) luaL_error(L, "the event's fields are not kept here");
  return call->event;
}

/* An object of the event as a view, made once and kept in a user value; an event without it has an empty one. */
static int push_root(struct script *script, struct lua_State *L, int slot, struct json_ref json) {
  if (lua_getiuservalue(L, 1, slot) == LUA_TUSERDATA) return 1;
  lua_pop(L, 1);
  view_new(script, L, VIEW_JSON, 0)->json = json;
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, 1, slot);
  return 1;
}

static int push_text(struct lua_State *L, struct str text) {
  if (text.len)
    lua_pushlstring(L, text.p, text.len);
  else
    lua_pushnil(L);
  return 1;
}

static int event_index(struct lua_State *L) {
  struct script *script = view_script(L);
  view_alive(L, script);
  struct str key = view_key(L);
  const struct event *event = present_event(script, L);
  if (str_eq(key, STR("properties"))) return push_root(script, L, EVENT_PROPERTIES, event->properties);
  if (str_eq(key, STR("context"))) return push_root(script, L, EVENT_CONTEXT, event->context);
  if (str_eq(key, STR("traits"))) return push_root(script, L, EVENT_TRAITS, event->traits);
  if (str_eq(key, STR("name"))) return push_text(L, event->name);
  if (str_eq(key, STR("id"))) return push_text(L, event->message_id);
  if (str_eq(key, STR("type"))) return push_text(L, str_of(event_type_word(event->type)));
  if (!str_eq(key, STR("time"))) return view_unknown(L, "event", event_words);
  lua_pushinteger(L, event->time_ms);
  return 1;
}

void views_push_event(struct script *script, struct lua_State *L) {
  view_new(script, L, VIEW_EVENT, EVENT_ROOTS);
}

void view_open_event(struct script *script, struct lua_State *L) {
  static const luaL_Reg event[] = {{"__index", event_index}, {NULL, NULL}};
  view_metatable(script, L, VIEW_EVENT, "event", event);
}
