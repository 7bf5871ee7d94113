#include "vm/script/task.h"

#include "vm/sandbox/call.h"
#include "vm/sandbox/threads.h"
#include "vm/script/task_private.h"
#include <lauxlib.h>
#include <lua.h>

struct task *task_new(struct script *script, int fn, struct value traits, const struct task_lookup *lookup) {
  struct task *task = xcalloc(1, sizeof *task);
  task->script = script;
  task->fn = fn;
  task->lookup = lookup;
  arena_init(&task->arena, 1024);
  arena_init(&task->traits_arena, 1024);
  task->traits = value_copy(&task->traits_arena, traits);
  task->next = script->tasks;
  if (task->next) task->next->prev = task;
  script->tasks = task;
  return task;
}

void task_free(struct task *task) {
  if (!task) return;
  if (task->thread) threads_drop(task->script->vm, task->thread_ref);
  if (task->prev)
    task->prev->next = task->next;
  else
    task->script->tasks = task->next;
  if (task->next) task->next->prev = task->prev;
  arena_release(&task->arena);
  arena_release(&task->traits_arena);
  free(task);
}

void tasks_lose(struct script *script) {
  for (struct task *task = script->tasks; task; task = task->next) task->thread = NULL;
}

/* --- its end --------------------------------------------------------------------------------------------------------- */

static enum task_state fail(struct task *task, const char *code) {
  snprintf(task->failure.code, sizeof task->failure.code, "%s", code);
  return TASK_FAILED;
}

static enum task_state lost(struct task *task) {
  snprintf(task->failure.at.message, sizeof task->failure.at.message,
           "it was under way when its memory was spent");
  task->failure.lost = true;
  return fail(task, "lost");
}

/* error { code = "..", message = ".." } is what calls answer with when they fail, raised again. */
static void read_error_table(struct task *task, struct lua_State *L) {
  if (lua_type(L, -1) != LUA_TTABLE) return;
  lua_pushliteral(L, "code");
  if (lua_rawget(L, -2) == LUA_TSTRING) fail(task, lua_tostring(L, -1));
  lua_pop(L, 1);
  lua_pushliteral(L, "message");
  if (lua_rawget(L, -2) == LUA_TSTRING)
    snprintf(task->failure.at.message, sizeof task->failure.at.message, "%.300s", lua_tostring(L, -1));
  lua_pop(L, 1);
}

static enum task_state failed(struct task *task, struct lua_State *L) {
  const struct vm_failure *at = &task->failure.at;
  fail(task, at->kind == VM_ERROR ? "script" : vm_failure_word(at->kind));
  if (at->kind == VM_ERROR) read_error_table(task, L);
  return TASK_FAILED;
}

/* Arguments: the task, the value that was returned. Reading it may raise errors. */
static int read_answer(struct lua_State *L) {
  struct task *task = lua_touserdata(L, 1);
  arena_clear(&task->arena);
  task->answer = task_value_read(L, 2, &task->arena);
  if (task->answer.kind != VALUE_MAP)
    return luaL_error(L, "it returned a %s: return { [\"trait\"] = value, .. }, or nothing",
                      luaL_typename(L, 2));
  return 0;
}

static enum task_state ended(struct task *task, struct lua_State *L, int results) {
  struct vm *vm = task->script->vm;
  if (results == 0 || lua_isnil(L, -results) || task_value_is_nothing(L, -results)) return TASK_NOTHING;
  lua_State *own = vm_lua(vm);
  lua_pushcfunction(own, read_answer);
  lua_pushlightuserdata(own, task);
  lua_pushvalue(L, -results);
  lua_xmove(L, own, 1);
  if (vm_call(vm, task->script->functions[task->fn].info.owner, 2, 0, VM_RULE, &task->failure.at) != 0)
    return fail(task, "script");
  return TASK_ANSWERED;
}

/* --- running --------------------------------------------------------------------------------------------------------- */

static enum task_state run(struct task *task, int nargs) {
  struct script *script = task->script;
  enum script_mode mode = script->mode;
  bool waits = false;
  int results = 0;
  script->mode = SCRIPT_ENRICHING;
  script->task = task;
  const struct vm_stretch stretch = {task->thread, script->functions[task->fn].info.owner, nargs,
                                     &task->fuel};
  int bad = vm_resume(script->vm, &stretch, &waits, &results, &task->failure.at);
  script->task = NULL;
  script->mode = mode;
  if (bad) return failed(task, task->thread);
  return waits ? TASK_WAITS : ended(task, task->thread, results);
}

enum task_state task_begin(struct task *task) {
  struct script *script = task->script;
  script_renew(script);
  if (script->broken) return lost(task);
  task->failure = (struct task_failure){.lost = false};
  task->fuel = TASK_FUEL;
  lua_State *L = task->thread = threads_add(script->vm, &task->thread_ref);
  script_functions(L);
  lua_rawgeti(L, -1, (lua_Integer)task->fn + 1);
  lua_remove(L, -2);
  task_push_arguments(L, task->traits);
  return run(task, 1 + TASK_ARGUMENTS);
}

enum task_state task_resume(struct task *task, const struct task_reply *reply) {
  lua_State *L = task->thread;
  if (!L || vm_is_spent(task->script->vm)) return lost(task);
  lua_settop(L, 0);
  if (!reply->code) {
    task_value_push(L, reply->value);
    return run(task, 1);
  }
  lua_pushnil(L);
  lua_createtable(L, 0, 2);
  lua_pushstring(L, reply->code);
  lua_setfield(L, -2, "code");
  lua_pushstring(L, reply->message);
  lua_setfield(L, -2, "message");
  return run(task, 2);
}

struct value task_asked(const struct task *task) {
  return task->asked;
}

struct value task_answer(const struct task *task) {
  return task->answer;
}

const struct task_failure *task_failure(const struct task *task) {
  return &task->failure;
}
