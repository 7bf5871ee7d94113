#include "vm/sandbox/state.h"
#include "vm/sandbox/alloc.h"
#include "vm/sandbox/failure.h"
#include "vm/sandbox/internal.h"
#include "vm/sandbox/sandbox.h"
#include "vm/sandbox/threads.h"

#include <lauxlib.h>

void vm_limits_default(struct vm_limits *limits) {
  *limits = (struct vm_limits){
      .memory_bytes = 16 * 1024 * 1024,
      .source_bytes = 256 * 1024,
      .output_bytes = 256 * 1024,
      .allowance = {[VM_RULE] = {.fuel = 500000, .cpu_ms = 100},
                    [VM_LOAD] = {.fuel = 20000000, .cpu_ms = 1000},
                    [VM_TASK] = {.fuel = 2000000, .cpu_ms = 100},
                    [VM_TEST] = {.fuel = 200000000, .cpu_ms = 10000}},
  };
}

/* Reached only when the host itself runs out of memory between calls: scripts' errors are always protected.
 */
static int on_panic(lua_State *L) {
  const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "no text";
  fprintf(stderr, "embudo: the script state failed outside a protected call: %s\n", text);
  abort();
}

/* Lua makes these two strings when it is already in trouble: kept alive, they need no memory then. */
static void pin_texts(lua_State *L) {
  static const char *const texts[] = {"error in error handling", "C stack overflow"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    lua_pushstring(L, texts[i]);
    luaL_ref(L, LUA_REGISTRYINDEX);
  }
}

struct vm *vm_new(const struct vm_limits *limits, struct err *err) {
  struct vm *vm = xcalloc(1, sizeof *vm);
  vm_limits_default(&vm->limits);
  if (limits) vm->limits = *limits;
  alloc_init(vm);
  vm->main = lua_newstate(alloc_resize, vm);
  if (!vm->main) {
    free(vm);
    err_set(err, ERR_MEMORY, "no memory for a script state");
    return NULL;
  }
  *(struct vm **)lua_getextraspace(vm->main) = vm;
  lua_atpanic(vm->main, on_panic);
  pin_texts(vm->main);
  sandbox_open(vm->main);
  threads_init(vm);
  return vm;
}

void vm_free(struct vm *vm) {
  if (!vm) return;
  ASSERT(vm->depth == 0);
  lua_close(vm->main);
  ASSERT(vm->used == 0);
  free(vm);
}

struct vm *vm_of(lua_State *L) {
  return *(struct vm **)lua_getextraspace(L);
}

bool vm_is_spent(const struct vm *vm) {
  return vm->spent;
}

size_t vm_output_bytes(const struct vm *vm) {
  return vm->limits.output_bytes;
}

struct vm_effort vm_effort(const struct vm *vm) {
  return vm->effort;
}

int64_t vm_fuel_used(const struct vm *vm) {
  return vm->fuel_used;
}

const char *vm_running(const struct vm *vm) {
  return vm->depth > 0 ? vm->runs[vm->depth - 1].what : NULL;
}
