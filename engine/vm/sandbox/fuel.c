#include "vm/sandbox/fuel.h"
#include "vm/sandbox/failure.h"

#include <string.h>
#include <time.h>

static void on_tick(lua_State *L, lua_Debug *ar);

/* The thread's own time: a machine that is busy, suspended or slow to schedule kills no rule. */
static int64_t processor_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void fuel_arm(struct vm_run *run) {
  lua_sethook(run->thread, on_tick, LUA_MASKCOUNT, run->kill ? 1 : VM_TICK);
}

void fuel_arm_now(struct vm *vm) {
  if (vm->urgent || vm->depth == 0) return;
  vm->urgent = true;
  lua_sethook(vm->runs[vm->depth - 1].thread, on_tick, LUA_MASKCOUNT, 1);
}

bool fuel_is_overdue(struct vm *vm) {
  if (vm->depth == 0) return false;
  struct vm_run *run = &vm->runs[vm->depth - 1];
  int64_t now = processor_ns();
  if (!run->deadline_ns) run->deadline_ns = now + run->allowance.cpu_ms * 1000000;
  return now >= run->deadline_ns;
}

int fuel_raise(lua_State *L) {
  struct vm *vm = vm_of(L);
  fuel_arm(&vm->runs[vm->depth - 1]);
  lua_pushlightuserdata(L, vm);
  return lua_error(L);
}

static void kill_message(const struct vm *vm, const struct vm_run *run, struct vm_failure *failure) {
  switch (run->kill) {
  case VM_KILLED_FUEL:
    failure_printf(failure, "stopped after %lld instructions: an endless loop, or too much work for one call",
                   (long long)run->allowance.fuel);
    break;
  case VM_KILLED_CPU:
    failure_printf(failure, "stopped after %lld ms: a backstop that the machine's speed has a part in",
                   (long long)run->allowance.cpu_ms);
    break;
  case VM_KILLED_DEPTH:
    failure_printf(failure, "calls nested more than %d deep: does a function call itself without end?",
                   VM_DEPTH_MAX);
    break;
  default:
    if (vm->large)
      failure_memory(failure, vm, vm->large);
    else
      failure_printf(failure, "stopped at %zu KB of memory: it keeps or builds too much data",
                     vm->limits.memory_bytes / 1024);
  }
}

/* Records why and where (the first kill wins) and raises. */
static int kill_run(lua_State *L, enum vm_failure_kind kind) {
  struct vm *vm = vm_of(L);
  struct vm_run *run = &vm->runs[vm->depth - 1];
  if (!run->kill) {
    run->kill = kind;
    failure_place(run->failure, L);
    kill_message(vm, run, run->failure);
  }
  return fuel_raise(L);
}

/* The soft limit was passed: garbage does not count, and a heap that stays almost full would collect without
 * end. */
static void judge_memory(lua_State *L, struct vm *vm) {
  vm->pressure = false;
  if (vm->large) kill_run(L, VM_KILLED_MEMORY);
  lua_gc(L, LUA_GCCOLLECT);
  if (vm->used > vm->limits.memory_bytes - vm->limits.memory_bytes / 16) kill_run(L, VM_KILLED_MEMORY);
}

static void judge_clock_and_depth(lua_State *L, struct vm *vm, struct vm_run *run) {
  lua_Debug deepest;
  run->ticks_to_clock = VM_CLOCK_TICKS;
  if (fuel_is_overdue(vm)) kill_run(L, VM_KILLED_CPU);
  if (lua_getstack(L, VM_DEPTH_MAX, &deepest)) kill_run(L, VM_KILLED_DEPTH);
}

static void on_tick(lua_State *L, lua_Debug *ar) {
  (void)ar;
  struct vm *vm = vm_of(L);
  struct vm_run *run = &vm->runs[vm->depth - 1];
  if (run->kill) fuel_raise(L);
  bool urgent = vm->urgent;
  vm->enforced = true;
  run->fuel -= VM_TICK;
  if (run->fuel <= 0) kill_run(L, VM_KILLED_FUEL);
  if (urgent) {
    vm->urgent = false;
    fuel_arm(run);
  }
  if (vm->pressure) judge_memory(L, vm);
  if (--run->ticks_to_clock <= 0 || urgent || vm->big_blocks > 0) judge_clock_and_depth(L, vm, run);
}

void vm_charge(lua_State *L, int64_t steps) {
  struct vm *vm = vm_of(L);
  if (vm->depth == 0) return;
  struct vm_run *run = &vm->runs[vm->depth - 1];
  if (run->kill) fuel_raise(L);
  run->fuel -= steps;
  if (run->fuel <= 0) kill_run(L, VM_KILLED_FUEL);
  if (steps < VM_TICK) return;
  run->ticks_to_clock -= (int)(steps / VM_TICK);
  if (run->ticks_to_clock <= 0) {
    run->ticks_to_clock = VM_CLOCK_TICKS;
    if (fuel_is_overdue(vm)) kill_run(L, VM_KILLED_CPU);
  }
}

/* --- texts compared ------------------------------------------------------------------------------------------------------------ */

static _Thread_local struct vm *payer;

struct vm *fuel_payer(struct vm *vm) {
  struct vm *before = payer;
  payer = vm;
  return before;
}

/* Lua is in the middle of an instruction: the next one ends the call. */
static void pay_compared(size_t bytes) {
  if (!payer || payer->depth == 0) return;
  struct vm_run *run = &payer->runs[payer->depth - 1];
  run->compared += bytes;
  run->fuel -= (int64_t)(run->compared / VM_BYTES_PER_STEP);
  run->compared %= VM_BYTES_PER_STEP;
  if (run->fuel <= 0) fuel_arm_now(payer);
}

/* No locale is ever set: the order of bytes. Block by block, so that only what was looked at is paid. Lua calls it for each
 * piece between two NULs, all within one instruction: a call costs something, too. */
int embudo_lua_strcoll(const char *a, const char *b) {
  enum { BLOCK = 256, CALL = 32 };
  size_t at = 0, len = BLOCK;
  int order = 0;
  for (; len == BLOCK && order == 0; at += len) {
    order = strncmp(a + at, b + at, BLOCK);
    len = strnlen(a + at, BLOCK);
  }
  pay_compared(at + CALL);
  return order;
}

int embudo_lua_memcmp(const void *a, const void *b, size_t size) {
  if (size >= VM_BYTES_PER_STEP) pay_compared(size); /* names and other short texts are one thing in Lua */
  return memcmp(a, b, size);
}
