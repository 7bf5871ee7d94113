/* seal.c - sandbox_freeze and sandbox_seal: one walk over everything that can be reached from a value. */
#include "vm/library/iterator.h"
#include "vm/sandbox/bytecode.h"
#include "vm/sandbox/sandbox.h"
#include "vm/source/freeze.h"

#include <lauxlib.h>

static const char sealed_key; /* registry: functions and tables that were walked for sandbox_seal */

struct walk {
  lua_State *L;
  int queue, visited; /* stack indexes of Lua tables */
  lua_Integer first, last;
  const char *what; /* the rule, NULL when only tables are walked */
};

/* Queues the value on top, once, and pops it. */
static void walk_visit(struct walk *walk) {
  lua_State *L = walk->L;
  int type = lua_type(L, -1);
  if (type != LUA_TTABLE && !(type == LUA_TFUNCTION && walk->what)) {
    lua_pop(L, 1);
    return;
  }
  lua_pushvalue(L, -1);
  if (lua_rawget(L, walk->visited) != LUA_TNIL) {
    lua_pop(L, 2);
    return;
  }
  lua_pop(L, 1);
  lua_pushvalue(L, -1);
  lua_pushboolean(L, 1);
  lua_rawset(L, walk->visited);
  lua_rawseti(L, walk->queue, ++walk->last);
}

static void walk_fields(struct walk *walk, int table) {
  lua_State *L = walk->L;
  table = lua_absindex(L, table);
  for (lua_pushnil(L); lua_next(L, table);) {
    walk_visit(walk);
    lua_pushvalue(L, -1);
    walk_visit(walk);
    vm_charge(L, 1);
  }
}

static void walk_table(struct walk *walk, int table) {
  lua_State *L = walk->L;
  enum freeze_kind kind = freeze_kind(L, table);
  if (kind == FREEZE_HOST) return;
  if (kind != FREEZE_FROZEN) freeze_table(L, table);
  lua_getmetatable(L, table);
  if (lua_rawgetp(L, -1, &freeze_own_key) != LUA_TNIL) walk_fields(walk, -1); /* a script's metamethods */
  lua_pop(L, 2);
  freeze_push_contents(L, table);
  walk_fields(walk, -1);
  lua_pop(L, 1);
}

static int refuse_write(struct walk *walk, const char *file, const struct bytecode_write *write) {
  if (write->field && strcmp(write->name, "_ENV") == 0)
    return luaL_error(walk->L, "%s:%d: %s assigns the global \"%s\": write \"local %s\"", file, write->line,
                      walk->what, write->field, write->field);
  if (write->field)
    return luaL_error(walk->L,
                      "%s:%d: %s assigns \"%s.%s\", but \"%s\" belongs to the file: what a rule's function "
                      "captures is read-only, so that no call can change the next one's result",
                      file, write->line, walk->what, write->name, write->field, write->name);
  return luaL_error(
      walk->L,
      "%s:%d: %s assigns \"%s\", a variable of the file outside its function: make it local to the "
      "function, so that no call can change the next one's result",
      file, write->line, walk->what, write->name);
}

static void walk_function(struct walk *walk, int function) {
  lua_State *L = walk->L;
  if (lua_iscfunction(L, function)) {
    if (iterator_is_stateful(L, function))
      luaL_error(L, "%s captures an iterator made outside its function: make it inside", walk->what);
    return;
  }
  lua_Debug ar;
  lua_pushvalue(L, function);
  lua_getinfo(L, ">S", &ar);
  if (ar.source[0] != '@') return;
  struct bytecode_write write;
  if (bytecode_captured_write(L, function, &write)) refuse_write(walk, ar.source + 1, &write);
  for (int i = 1; lua_getupvalue(L, function, i); i++) walk_visit(walk);
}

/* The start value is on top; it is popped. */
static void walk_run(struct walk *walk) {
  lua_State *L = walk->L;
  walk_visit(walk);
  while (walk->first < walk->last) {
    lua_rawgeti(L, walk->queue, ++walk->first);
    if (lua_type(L, -1) == LUA_TTABLE)
      walk_table(walk, lua_gettop(L));
    else
      walk_function(walk, lua_gettop(L));
    lua_pop(L, 1);
    lua_pushnil(L);
    lua_rawseti(L, walk->queue, walk->first);
  }
}

void sandbox_freeze(lua_State *L, int index) {
  luaL_checkstack(L, 20, NULL);
  index = lua_absindex(L, index);
  int top = lua_gettop(L);
  lua_newtable(L);
  lua_newtable(L);
  struct walk walk = {.L = L, .queue = top + 1, .visited = top + 2};
  lua_pushvalue(L, index);
  walk_run(&walk);
  lua_settop(L, top);
}

/* Arguments: the function, a pointer to what it is called. */
static int seal(lua_State *L) {
  luaL_checkstack(L, 20, NULL);
  lua_newtable(L);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &sealed_key) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &sealed_key);
  }
  struct walk walk = {.L = L, .queue = 3, .visited = 4, .what = *(const char **)lua_touserdata(L, 2)};
  lua_pushvalue(L, 1);
  walk_run(&walk);
  return 0;
}

int sandbox_seal(struct vm *vm, int index, const char *what, struct err *err) {
  lua_State *L = vm_lua(vm);
  struct vm_failure failure;
  index = lua_absindex(L, index);
  lua_pushcfunction(L, seal);
  lua_pushvalue(L, index);
  lua_pushlightuserdata(L, &what);
  if (vm_call(vm, what, 2, 0, VM_LOAD, &failure) == 0) return 0;
  return err_set(err, failure.kind == VM_ERROR ? ERR_RULES : ERR_LIMIT, "%s", failure.message);
}
