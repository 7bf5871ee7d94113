#include "vm/alloc.h"
#include "vm/fuel.h"
#include "vm/internal.h"

#include <stdlib.h>

void alloc_init(struct vm *vm) {
  vm->hard = vm->limits.memory_bytes + vm->limits.memory_bytes / 4;
  vm->block_max = vm->limits.memory_bytes / 4;
}

static bool alloc_admits(struct vm *vm, size_t old_size, size_t new_size) {
  size_t after = vm->used + new_size - old_size;
  if (after > vm->hard || new_size > vm->block_max) {
    vm->refused = new_size;
    return false;
  }
  if (after > vm->limits.memory_bytes && !vm->pressure) {
    vm->pressure = true;
    fuel_arm_now(vm);
  }
  if (new_size >= VM_CLOCK_BLOCK && fuel_is_overdue(vm)) fuel_arm_now(vm);
  return true;
}

void *alloc_resize(void *data, void *block, size_t old_size, size_t new_size) {
  struct vm *vm = data;
  if (!block) old_size = 0; /* Lua passes a type tag there */
  if (new_size == 0) {
    free(block);
    vm->used -= old_size;
    vm->big_blocks -= old_size >= VM_BIG_BLOCK;
    return NULL;
  }
  if (vm->enforced && new_size > old_size && !alloc_admits(vm, old_size, new_size)) return NULL;
  void *resized = realloc(block, new_size);
  if (!resized) return NULL;
  vm->used += new_size - old_size;
  vm->big_blocks += (new_size >= VM_BIG_BLOCK) - (old_size >= VM_BIG_BLOCK);
  return resized;
}
