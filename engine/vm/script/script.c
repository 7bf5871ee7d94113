#include "vm/script/script.h"

#include "base/digest.h"
#include "vm/sandbox/prelude.h"
#include "vm/script/script_state.h"
#include "vm/script/task.h"
#include "vm/script/views.h"
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>

void script_limits_default(struct script_limits *limits) {
  vm_limits_default(&limits->vm);
  limits->quarantine_after = SCRIPT_QUARANTINE_AFTER;
}

/* --- one Lua state ------------------------------------------------------------------------------------------------ */

static int open_state(struct script *script, struct err *err) {
  script->vm = vm_new(&script->limits.vm, err);
  if (!script->vm) return -1;
  script->mode = SCRIPT_LOADING;
  if (prelude_load(script, err)) return -1;
  views_open(script);
  tasks_open(script);
  script->mode = SCRIPT_RUNNING;
  return 0;
}

struct script *script_new(const struct script_limits *limits, struct err *err) {
  struct script *script = xcalloc(1, sizeof *script);
  arena_init(&script->arena, 0);
  memcpy(script->secret_mark, "secret:", 7);
  digest_random_text(script->secret_mark + 7, 24);
  if (limits)
    script->limits = *limits;
  else
    script_limits_default(&script->limits);
  if (open_state(script, err)) {
    script_free(script);
    return NULL;
  }
  return script;
}

void script_free(struct script *script) {
  if (!script) return;
  ASSERT(!script->tasks);
  vm_free(script->vm);
  arena_release(&script->arena);
  free(script->sources);
  free(script->functions);
  free(script->failures);
  free(script->loading.pending);
  free(script);
}

struct vm *script_vm(struct script *script) {
  return script->vm;
}

/* --- the function table ------------------------------------------------------------------------------------------- */

void script_functions(struct lua_State *L) {
  static const char key;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

static void keep_info(struct script *script, const char *owner, struct place place) {
  if (script->known_count == script->function_cap) {
    script->function_cap = script->function_cap ? script->function_cap * 2 : 64;
    script->functions = xrealloc(script->functions, script->function_cap * sizeof *script->functions);
  }
  struct script_function *function = &script->functions[script->known_count++];
  *function = (struct script_function){.info = {.owner = arena_str(&script->arena, str_of(owner)).p,
                                                .place = {script->loading.kept_file, place.line}}};
}

int script_add_function(struct script *script, struct lua_State *L, const char *owner, struct place place) {
  if (script->function_count == SCRIPT_FUNCTIONS_MAX)
    return luaL_error(L, "more than %d functions in the rules", SCRIPT_FUNCTIONS_MAX);
  int fn = (int)script->function_count;
  script_functions(L);
  lua_insert(L, -2);
  lua_rawseti(L, -2, (lua_Integer)fn + 1);
  lua_pop(L, 1);
  if (script->function_count++ == script->known_count) keep_info(script, owner, place);
  return fn;
}

uint32_t script_function_count(const struct script *script) {
  return script->known_count;
}

const struct fn_info *script_function(const struct script *script, int fn) {
  ASSERT(fn >= 0 && (uint32_t)fn < script->known_count);
  return &script->functions[fn].info;
}

/* --- a new state after a memory kill ------------------------------------------------------------------------------ */

/* The files declare the same functions and selectors in the same order, so all numbers stay what they were. */
static void declare_again(struct script *script) {
  struct declarations declarations;
  struct problems problems;
  declarations_init(&declarations);
  problems_init(&problems);
  script->function_count = 0;
  for (size_t i = 0; i < script->source_count; i++)
    script_load(script, &script->sources[i], script->sources[i].file, &declarations, &problems);
  script->broken = problems.errors > 0 || script->function_count != script->known_count;
  declarations_release(&declarations);
  problems_release(&problems);
  script->loading =
      (struct script_loading){.pending = script->loading.pending, .pending_cap = script->loading.pending_cap};
}

void script_renew(struct script *script) {
  struct err err;
  if (script->broken || !vm_is_spent(script->vm) || vm_running(script->vm)) return;
  enum script_mode mode = script->mode;
  tasks_lose(script);
  vm_free(script->vm);
  if (open_state(script, &err))
    script->broken = true;
  else
    declare_again(script);
  script->mode = mode;
}
