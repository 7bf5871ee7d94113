#include "vm/sandbox/prelude.h"

#include "vm/sandbox/sandbox.h"
#include "vm/source/marshal.h"
#include <lauxlib.h>
#include <lua.h>

/* In the order they need one another. */
static const char *const modules[] = {"phrase",
                                      "reference_groups",
                                      "reference_forms",
                                      "reference_nouns",
                                      "reference_lifecycle",
                                      "reference_desk",
                                      "reference_frameworks",
                                      "reference_selectors",
                                      "reference_matchers",
                                      "reference_conditions",
                                      "reference_handoffs",
                                      "reference_enrichment",
                                      "reference_functions",
                                      "reference_library",
                                      "reference_tests",
                                      "reference",
                                      "words",
                                      "spec",
                                      "show",
                                      NULL};

static struct script *script_of(struct lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

/* --- what the prelude asks of the host ---------------------------------------------------------------------------- */

static int host_mode(struct lua_State *L) {
  static const char *const names[] = {"load", "run", "enrich", "test"};
  lua_pushstring(L, names[script_of(L)->mode]);
  return 1;
}

static struct place position(struct lua_State *L) {
  struct script *script = script_of(L);
  struct place place = {script->loading.file, 0};
  const char *file;
  if (!vm_position(L, &file, &place.line)) place.line = 0;
  return place;
}

/* where() -> file, line of the rule file that is being executed. */
static int host_where(struct lua_State *L) {
  const char *file;
  int line;
  if (!vm_position(L, &file, &line)) return 0;
  lua_pushstring(L, file);
  lua_pushinteger(L, line);
  return 2;
}

/* problem(text, hint): noted at the place that is being executed. */
static int host_problem(struct lua_State *L) {
  struct script *script = script_of(L);
  const char *text = luaL_checkstring(L, 1);
  const char *hint = luaL_optstring(L, 2, NULL);
  problem_add(script->loading.problems, SEVERITY_ERROR, "declaration", position(L), hint, "%s", text);
  return 0;
}

static int host_setmetatable(struct lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

/* combines_functions(band, bor, bnot): functions are conditions, so & | ~ work on them too. */
static int host_combines_functions(struct lua_State *L) {
  static const char *const events[] = {"__band", "__bor", "__bnot"};
  lua_settop(L, 3);
  lua_pushcfunction(L, host_combines_functions);
  lua_createtable(L, 0, 4);
  for (int i = 0; i < 3; i++) {
    lua_pushvalue(L, i + 1);
    lua_setfield(L, -2, events[i]);
  }
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2); /* one metatable serves all functions */
  return 0;
}

/* --- declaring ---------------------------------------------------------------------------------------------------- */

/* open(kind, name) -> number: a declaration that waits for its body. */
static int host_open(struct lua_State *L) {
  struct script_loading *loading = &script_of(L)->loading;
  struct str name;
  const char *kind = luaL_checkstring(L, 1);
  name.p = luaL_checklstring(L, 2, &name.len);
  if (loading->pending_count == SCRIPT_PENDING_MAX)
    return luaL_error(L, "more than %d declarations in one file", SCRIPT_PENDING_MAX);
  if (loading->pending_count == loading->pending_cap) {
    loading->pending_cap = loading->pending_cap ? loading->pending_cap * 2 : 64;
    loading->pending = xrealloc(loading->pending, loading->pending_cap * sizeof *loading->pending);
  }
  struct arena *arena = &loading->declarations->arena;
  loading->pending[loading->pending_count++] =
      (struct script_pending){arena_str(arena, str_of(kind)).p, arena_str(arena, name), position(L), false};
  lua_pushinteger(L, loading->pending_count);
  return 1;
}

static int add_function(void *context, struct lua_State *L, const char *owner, struct place place) {
  return script_add_function(context, L, owner, place);
}

static void declare(struct script *script, struct lua_State *L, const struct script_pending *pending) {
  struct script_loading *loading = &script->loading;
  struct arena *arena = &loading->declarations->arena;
  struct marshal marshal = {.arena = arena,
                            .scan = loading->scan,
                            .problems = loading->problems,
                            .add_function = add_function,
                            .context = script};
  marshal.owner = pending->name.len ? arena_printf(arena, "%s %.*s", pending->kind, STR_ARG(pending->name))
                                    : pending->kind;
  struct scan_table table = {0};
  if (loading->scan)
    table =
        scan_argument(loading->scan, pending->place.line, str_of(pending->kind), pending->name.p[0] ? 1 : 0);
  struct declaration declaration = {pending->kind, pending->name, pending->place, {.kind = NODE_MISSING}};
  if (marshal_node(&marshal, L, 2, table, pending->place, &declaration.body))
    declarations_add(loading->declarations, declaration);
}

/* close(number, body): the declaration is complete. */
static int host_close(struct lua_State *L) {
  struct script *script = script_of(L);
  struct script_loading *loading = &script->loading;
  lua_Integer number = luaL_checkinteger(L, 1);
  lua_settop(L, 2);
  if (script->mode != SCRIPT_LOADING || number < 1 || number > (lua_Integer)loading->pending_count)
    return luaL_error(L, "a declaration ends with the file it stands in");
  struct script_pending pending = loading->pending[number - 1];
  if (pending.closed)
    return luaL_error(L, "%s \"%s\" was given a second table", pending.kind, pending.name.p);
  loading->pending[number - 1].closed = true;
  declare(script, L, &pending);
  return 0;
}

/* --- loading ------------------------------------------------------------------------------------------------------ */

static const char *const modules_key = "embudo.modules";

static void modules_table(struct lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, modules_key);
}

void prelude_module(struct lua_State *L, const char *name) {
  modules_table(L);
  lua_getfield(L, -1, name);
  lua_remove(L, -2);
}

static int host_need(struct lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  prelude_module(L, name);
  return lua_isnil(L, -1) ? luaL_error(L, "the prelude's module %s is not loaded yet", name) : 1;
}

static void push_host(struct script *script, struct lua_State *L) {
  static const struct {
    const char *name;
    lua_CFunction function;
  } functions[] = {{"mode", host_mode},
                   {"where", host_where},
                   {"problem", host_problem},
                   {"setmetatable", host_setmetatable},
                   {"open", host_open},
                   {"close", host_close},
                   {"combines_functions", host_combines_functions}};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    lua_pushlightuserdata(L, script);
    lua_pushcclosure(L, functions[i].function, 1);
    lua_setfield(L, -2, functions[i].name);
  }
  script_test_host(script, L);
  marshal_contents(L);
  lua_setfield(L, -2, "contents");
}

static const struct embedded_file *find_module(const char *name) {
  char path[64];
  snprintf(path, sizeof path, "lua/embudo/%s.lua", name);
  const struct embedded_file *file = embudo_prelude;
  while (file->name && strcmp(file->name, path) != 0) file++;
  ASSERT(file->name);
  return file;
}

/* Runs one module with the host table that is on top of the stack; leaves the stack as it was. */
static int load_module(struct script *script, const char *name, struct err *err) {
  const struct embedded_file *file = find_module(name);
  struct vm_failure failure;
  char chunk[64];
  snprintf(chunk, sizeof chunk, VM_TRUSTED "embudo/%s.lua", name);
  lua_State *L = vm_lua(script->vm);
  sandbox_environment(L);
  if (vm_load_text(script->vm, chunk, (struct str){file->text, file->size}, -1, err)) return -1;
  lua_remove(L, -2);
  lua_pushcfunction(L, host_need);
  lua_pushvalue(L, -3); /* host */
  if (vm_call(script->vm, "prelude", 2, 1, VM_LOAD, &failure))
    return err_set(err, ERR_SCRIPT, "the prelude's %s does not load: %s", name, failure.message);
  modules_table(L);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
  return 0;
}

/* Makes every word of the table on top of the stack known to all environments. */
static void share_words(struct lua_State *L) {
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    sandbox_share(L, lua_tostring(L, -2));
  }
}

int prelude_load(struct script *script, struct err *err) {
  lua_State *L = vm_lua(script->vm);
  push_host(script, L);
  for (const char *const *name = modules; *name; name++)
    if (load_module(script, *name, err)) return -1;
  lua_pop(L, 1);
  prelude_module(L, "words");
  lua_getfield(L, -1, "words");
  share_words(L);
  lua_pop(L, 2);
  return 0;
}

void prelude_define_tests(struct lua_State *L, int index) {
  index = lua_absindex(L, index);
  prelude_module(L, "words");
  lua_getfield(L, -1, "test_words");
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    const char *name = lua_tostring(L, -2);
    sandbox_define(L, index, name);
  }
  lua_pop(L, 2);
}
