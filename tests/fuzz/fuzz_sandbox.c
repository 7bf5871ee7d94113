/* fuzz_sandbox.c - any text runs in the sandbox, while loading and as a sealed rule function, and leaves a state that
 * still works and frees whole. The hostile scripts are its corpus. */
#include "vm/sandbox/sandbox.h"

#include <lua.h>

static void check_failure(const struct vm_failure *failure) {
  ASSERT(failure->message[0]);
  for (const char *p = failure->message; *p; p++) ASSERT((unsigned char)*p >= 0x20);
}

static void call(struct vm *vm, enum vm_budget budget, int nresults) {
  struct vm_failure failure;
  if (vm_call(vm, "fuzz", 0, nresults, budget, &failure)) {
    check_failure(&failure);
    lua_pushnil(vm_lua(vm));
  }
}

static bool load(struct vm *vm, struct str text) {
  struct err err;
  sandbox_environment(vm_lua(vm));
  bool loaded = vm_load_text(vm, "rules/fuzz.lua", text, -1, &err) == 0;
  lua_remove(vm_lua(vm), loaded ? -2 : -1);
  return loaded;
}

static void seal_and_call(struct vm *vm) {
  struct err err;
  if (lua_type(vm_lua(vm), -1) == LUA_TFUNCTION && sandbox_seal(vm, -1, "rule \"fuzz\"", &err) == 0)
    call(vm, VM_RULE, 1);
}

static void check_alive(struct vm *vm) {
  struct vm_failure failure;
  if (vm_is_spent(vm)) return;
  ASSERT(load(vm, STR("return #('x'):rep(3) + math.max(1, 2)")));
  ASSERT(vm_call(vm, "probe", 0, 1, VM_RULE, &failure) == 0);
  ASSERT(lua_tointeger(vm_lua(vm), -1) == 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct vm_limits limits;
  struct err err;
  vm_limits_default(&limits);
  limits.memory_bytes = 1024 * 1024;
  for (int i = 0; i < VM_BUDGETS; i++)
    limits.allowance[i] = (struct vm_allowance){.fuel = 20000, .cpu_ms = 5000};
  struct vm *vm = vm_new(&limits, &err);
  if (load(vm, (struct str){(const char *)data, size})) {
    call(vm, VM_LOAD, 1);
    seal_and_call(vm);
  }
  check_alive(vm);
  vm_free(vm);
  return 0;
}
