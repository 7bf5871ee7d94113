#include "vm/sandbox/threads.h"
#include "vm/sandbox/call.h"

#include <lauxlib.h>

static void thread_make(struct vm *vm, struct vm_run *run) {
  run->thread = lua_newthread(vm->main);
  run->thread_ref = luaL_ref(vm->main, LUA_REGISTRYINDEX);
  lua_pushcfunction(run->thread, call_handler);
  luaL_checkstack(run->thread, VM_SPARE_STACK, NULL);
}

void threads_init(struct vm *vm) {
  for (int i = 0; i < VM_LEVELS; i++) thread_make(vm, &vm->runs[i]);
}

void threads_replace(struct vm *vm, struct vm_run *run) {
  bool enforced = vm->enforced;
  vm->enforced = false;
  lua_sethook(run->thread, NULL, 0, 0);
  luaL_unref(vm->main, LUA_REGISTRYINDEX, run->thread_ref);
  thread_make(vm, run);
  vm->enforced = enforced;
}

lua_State *vm_lua(struct vm *vm) {
  ASSERT(vm->depth < VM_LEVELS);
  return vm->runs[vm->depth].thread;
}

lua_State *threads_add(struct vm *vm, int *ref) {
  lua_State *thread = lua_newthread(vm->main);
  *ref = luaL_ref(vm->main, LUA_REGISTRYINDEX);
  luaL_checkstack(thread, VM_SPARE_STACK, NULL);
  return thread;
}

void threads_drop(struct vm *vm, int ref) {
  luaL_unref(vm->main, LUA_REGISTRYINDEX, ref);
}
