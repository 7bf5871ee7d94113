#include "vm/sandbox/call.h"
#include "base/crumb.h"
#include "vm/sandbox/failure.h"
#include "vm/sandbox/fuel.h"
#include "vm/sandbox/threads.h"

#include <lauxlib.h>

enum { ERROR_STEPS = 40 }; /* what raising and catching an error costs, in instructions */

/* The only protected call of the engine. */
static int protected_call(lua_State *L, int nargs, int nresults, int handler, lua_KContext context,
                          lua_KFunction then) {
  return lua_pcallk(L, nargs, nresults, handler, context, then);
}

/* The only resumption. */
static int go_on(lua_State *L, lua_State *from, int nargs, int *results) {
  return lua_resume(L, from, nargs, results);
}

/* Runs at the place of the error, before the stack is unwound. Looks only: calls no Lua code, allocates
 * nothing. */
int call_handler(lua_State *L) {
  struct vm *vm = vm_of(L);
  struct vm_run *run = &vm->runs[vm->depth - 1];
  if (!run->kill) {
    failure_place(run->failure, L);
    failure_message(run->failure, L);
  }
  return 1;
}

static struct vm_run *run_begin(struct vm *vm, const char *what, enum vm_budget budget,
                                struct vm_failure *failure) {
  ASSERT(vm->depth < VM_LEVELS);
  struct vm_run *run = &vm->runs[vm->depth++];
  run->allowance = vm->limits.allowance[budget];
  run->fuel = run->allowance.fuel;
  run->deadline_ns = 0;
  run->compared = 0;
  run->ticks_to_clock = VM_CLOCK_TICKS;
  run->kill = VM_OK;
  run->what = what;
  run->failure = failure;
  failure->kind = VM_OK;
  failure->line = 0;
  failure->file[0] = failure->message[0] = '\0';
  vm->urgent = false;
  vm->large = 0;
  vm->enforced = true;
  fuel_arm(run);
  return run;
}

/* A memory error carries no place and is raised without the handler: the allocator knows what was refused, and where. */
static void run_out_of_memory(struct vm *vm, struct vm_run *run) {
  run->kill = VM_KILLED_MEMORY;
  run->failure->line = vm->refused_at.line;
  memcpy(run->failure->file, vm->refused_at.file, sizeof run->failure->file);
  failure_memory(run->failure, vm, vm->refused);
}

static void run_failed(struct vm *vm, struct vm_run *run, int status) {
  struct vm_failure *failure = run->failure;
  if (!run->kill && status == LUA_ERRMEM) run_out_of_memory(vm, run);
  failure->kind = run->kill ? run->kill : VM_ERROR;
  if (!failure->message[0]) failure_message(failure, run->thread);
  if (run->kill == VM_KILLED_MEMORY) vm->spent = true;
  if (run->kill)
    threads_replace(vm, run);
  else
    lua_pop(run->thread, 1);
}

int vm_call(struct vm *vm, const char *what, int nargs, int nresults, enum vm_budget budget,
            struct vm_failure *failure) {
  bool enforced = vm->enforced;
  const char *before = crumb_enter(what);
  struct vm *payer = fuel_payer(vm);
  struct vm_run *run = run_begin(vm, what, budget, failure);
  int status = protected_call(run->thread, nargs, nresults, THREADS_HANDLER, 0, NULL);
  vm->enforced = enforced;
  vm->fuel_used = run->allowance.fuel - run->fuel;
  fuel_payer(payer);
  vm->effort.calls++;
  if (status != LUA_OK) run_failed(vm, run, status);
  crumb_leave(before);
  vm->depth--;
  vm->urgent = false;
  if (vm->depth > 0) fuel_arm(&vm->runs[vm->depth - 1]);
  return status == LUA_OK ? 0 : -1;
}

/* The thread is left as the error left it, so the place can still be seen. */
static void stretch_failed(struct vm *vm, struct vm_run *run, int status) {
  struct vm_failure *failure = run->failure;
  if (!run->kill && status == LUA_ERRMEM) run_out_of_memory(vm, run);
  if (!run->kill) {
    failure_place(failure, run->thread);
    failure_message(failure, run->thread);
  }
  failure->kind = run->kill ? run->kill : VM_ERROR;
  if (run->kill == VM_KILLED_MEMORY) vm->spent = true;
}

int vm_resume(struct vm *vm, const struct vm_stretch *stretch, bool *waits, int *results,
              struct vm_failure *failure) {
  bool enforced = vm->enforced;
  const char *before = crumb_enter(stretch->what);
  lua_State *own = vm->runs[vm->depth].thread;
  struct vm *payer = fuel_payer(vm);
  vm->runs[vm->depth].thread = stretch->thread;
  struct vm_run *run = run_begin(vm, stretch->what, VM_TASK, failure);
  if (run->fuel > *stretch->fuel) run->fuel = *stretch->fuel;
  int64_t given = run->fuel;
  int status = go_on(stretch->thread, vm->main, stretch->nargs, results);
  fuel_payer(payer);
  vm->enforced = enforced;
  *stretch->fuel -= given - run->fuel;
  bool failed = status != LUA_OK && status != LUA_YIELD;
  if (failed) stretch_failed(vm, run, status);
  *waits = status == LUA_YIELD;
  lua_sethook(stretch->thread, NULL, 0, 0);
  run->thread = own;
  crumb_leave(before);
  vm->depth--;
  vm->urgent = false;
  return failed ? -1 : 0;
}

int vm_protect(struct vm *vm, const char *what, lua_CFunction function, void *data, enum vm_budget budget,
               struct vm_failure *failure) {
  lua_State *L = vm_lua(vm);
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, data);
  return vm_call(vm, what, 1, 0, budget, failure);
}

/* After a protected call of a script: a kill passes through, and a memory error becomes one. */
static int finish(lua_State *L, int status, lua_KContext skip) {
  struct vm *vm = vm_of(L);
  struct vm_run *run = &vm->runs[vm->depth - 1];
  if (status == LUA_ERRMEM && !run->kill) run_out_of_memory(vm, run);
  if (run->kill) return fuel_raise(L);
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)skip;
  vm_charge(L, ERROR_STEPS);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

int call_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = protected_call(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish);
  return finish(L, status, 0);
}

/* An error raised by a hook calls the handler with hooks off: a user's handler would then run without limits.
 */
static int guarded_handler(lua_State *L) {
  struct vm *vm = vm_of(L);
  if (vm->runs[vm->depth - 1].kill) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

int call_xpcall(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guarded_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1); /* first result */
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2); /* below the arguments */
  int status = protected_call(L, count - 2, LUA_MULTRET, 2, 2, finish);
  return finish(L, status, 2);
}
