/* task_call.c - what an enricher's function can call: http, dns, lookup. */
#include "vm/script/task_private.h"

#include <lauxlib.h>
#include <lua.h>

static const char task_keys[TASK_ARGUMENTS]; /* addresses: where the registry keeps each table */

static struct script *script_of(struct lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

static struct task *task_of(struct lua_State *L) {
  struct task *task = script_of(L)->task;
  if (!task) luaL_error(L, "only the function of an enricher can ask the world, while it runs");
  return task;
}

static struct value text_value(const char *text) {
  return value_str(str_of(text));
}

/* --- calls that wait ------------------------------------------------------------------------------------------------- */

static int ask(struct lua_State *L, struct task *task, const struct pair *pairs, uint32_t count) {
  task->asked = (struct value){
      .kind = VALUE_MAP, .len = count, .pairs = arena_dup(&task->arena, pairs, count * sizeof *pairs)};
  if (!lua_isyieldable(L))
    return luaL_error(L, "the world cannot be asked from inside sort, gsub or a metamethod");
  return lua_yield(L, 0);
}

/* Arguments: url, options; upvalue 2: the method. */
static int http_call(struct lua_State *L) {
  struct task *task = task_of(L);
  if (lua_type(L, 1) != LUA_TSTRING)
    return luaL_error(L, "http takes a URL as text, not a %s", luaL_typename(L, 1));
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  arena_clear(&task->arena);
  const struct pair pairs[] = {{STR("call"), text_value("http")},
                               {STR("method"), text_value(lua_tostring(L, lua_upvalueindex(2)))},
                               {STR("url"), task_value_read(L, 1, &task->arena)},
                               {STR("options"), task_value_read(L, 2, &task->arena)}};
  return ask(L, task, pairs, 4);
}

/* Argument: a name; upvalue 2: the type. */
static int dns_call(struct lua_State *L) {
  struct task *task = task_of(L);
  if (lua_type(L, 1) != LUA_TSTRING)
    return luaL_error(L, "dns takes a name as text, not a %s", luaL_typename(L, 1));
  lua_settop(L, 1);
  arena_clear(&task->arena);
  const struct pair pairs[] = {{STR("call"), text_value("dns")},
                               {STR("type"), text_value(lua_tostring(L, lua_upvalueindex(2)))},
                               {STR("name"), task_value_read(L, 1, &task->arena)}};
  return ask(L, task, pairs, 3);
}

/* --- calls that are answered at once --------------------------------------------------------------------------------- */

enum { LOOKUP_STEPS = 100 /* what one costs, in instructions */ };

/* Arguments: name, key, or the key alone; upvalue 2: what. */
static int lookup_call(struct lua_State *L) {
  struct task *task = task_of(L);
  struct str what = str_of(lua_tostring(L, lua_upvalueindex(2))), name = {"", 0}, key;
  struct value found = VALUE_NONE;
  struct arena arena;
  struct err err;
  int at = 1;
  vm_charge(L, LOOKUP_STEPS);
  if (!str_eq(what, STR("domain")) && !str_eq(what, STR("address")))
    name.p = luaL_checklstring(L, at++, &name.len);
  if (lua_isnoneornil(L, at)) return 0; /* of what is not known nothing is */
  key.p = luaL_checklstring(L, at, &key.len);
  arena_init(&arena, 1024);
  int failed = task->lookup->find(task->lookup->context, what, name, key, &arena, &found, &err);
  if (!failed) { /* pushing may raise an error, which must not lose the arena: from the task's own */
    arena_clear(&task->arena);
    found = value_copy(&task->arena, found);
  }
  arena_release(&arena);
  if (failed) return luaL_error(L, "%s", err.text);
  task_value_push(L, found);
  return 1;
}

/* --- the tables ------------------------------------------------------------------------------------------------------ */

static int read_only(struct lua_State *L) {
  return luaL_error(L, "http, dns and lookup cannot be changed");
}

/* Upvalues: the functions, the table's name. */
static int missing(struct lua_State *L) {
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
  const char *name = lua_tostring(L, lua_upvalueindex(2));
  return lua_type(L, 2) == LUA_TSTRING ? luaL_error(L, "%s has no \"%s\"", name, lua_tostring(L, 2))
                                       : luaL_error(L, "%s has no such field", name);
}

/* The functions are on top of the stack; becomes the read-only table of them. */
static void seal(struct lua_State *L, const char *name) {
  lua_newtable(L);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, -3);
  lua_pushstring(L, name);
  lua_pushcclosure(L, missing, 2);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, read_only);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_remove(L, -2);
}

struct word {
  const char *name, *value;
};

static void open_table(struct script *script, struct lua_State *L, enum task_argument which, const char *name,
                       lua_CFunction function, const struct word *words) {
  lua_newtable(L);
  for (; words->name; words++) {
    lua_pushlightuserdata(L, script);
    lua_pushstring(L, words->value);
    lua_pushcclosure(L, function, 2);
    lua_setfield(L, -2, words->name);
  }
  seal(L, name);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &task_keys[which]);
}

void tasks_open(struct script *script) {
  static const struct word http[] = {{"get", "GET"},     {"post", "POST"}, {"put", "PUT"},
                                     {"patch", "PATCH"}, {"head", "HEAD"}, {NULL, NULL}};
  static const struct word dns[] = {{"mx", "mx"}, {"a", "a"}, {"aaaa", "aaaa"}, {"txt", "txt"}, {NULL, NULL}};
  static const struct word lookup[] = {{"list", "list"},     {"csv", "csv"},         {"mmdb", "mmdb"},
                                       {"domain", "domain"}, {"address", "address"}, {NULL, NULL}};
  lua_State *L = vm_lua(script->vm);
  open_table(script, L, TASK_HTTP, "http", http_call, http);
  open_table(script, L, TASK_DNS, "dns", dns_call, dns);
  open_table(script, L, TASK_LOOKUP, "lookup", lookup_call, lookup);
}

/* --- the lead -------------------------------------------------------------------------------------------------------- */

static int lead_missing(struct lua_State *L) {
  return luaL_error(
      L, "an enricher sees lead.traits alone: its answer is shared by all leads with the same values");
}

static int trait_missing(struct lua_State *L) {
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
  return luaL_error(L, "lead.traits.%s is not among what it needs: add it to needs = { .. }", name);
}

static void set_missing(struct lua_State *L, lua_CFunction function) {
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
}

void task_push_arguments(struct lua_State *L, struct value traits) {
  lua_createtable(L, 0, 1);
  task_value_push(L, traits);
  set_missing(L, trait_missing);
  lua_setfield(L, -2, "traits");
  set_missing(L, lead_missing);
  for (int i = 0; i < TASK_ARGUMENTS; i++) lua_rawgetp(L, LUA_REGISTRYINDEX, &task_keys[i]);
}
