#include "vm/sandbox/alloc.h"
#include "vm/sandbox/failure.h"
#include "vm/sandbox/fuel.h"
#include "vm/sandbox/internal.h"

#include <stdlib.h>

void alloc_init(struct vm *vm) {
  vm->hard = vm->limits.memory_bytes + vm->limits.memory_bytes / 4;
  vm->block_max = vm->limits.memory_bytes / 4;
}

/* Making a long text is one instruction, whatever its length: it costs fuel by its bytes, so that a rule that builds
 * texts without end is stopped at the same place in every process and not by the clock. */
static void alloc_charge_text(struct vm *vm, size_t size) {
  struct vm_run *run = &vm->runs[vm->depth - 1];
  run->fuel -= (int64_t)size / VM_BYTES_PER_STEP;
  if (run->fuel <= 0) fuel_arm_now(vm);
}

/* Looking at the stack is all that may be done here: Lua is in the middle of something. */
static bool alloc_refuse(struct vm *vm, size_t size, bool fresh) {
  vm->refused = size;
  vm->refused_at.line = 0;
  vm->refused_at.file[0] = '\0';
  if (fresh && vm->depth > 0) failure_place(&vm->refused_at, vm->runs[vm->depth - 1].thread);
  return false;
}

static bool alloc_admits(struct vm *vm, size_t old_size, size_t new_size) {
  size_t after = vm->used + new_size - old_size;
  bool fresh = old_size == 0, large = new_size > vm->block_max;
  if (after > vm->hard || (fresh && large)) return alloc_refuse(vm, new_size, fresh);
  if (large) vm->large = new_size;
  if ((large || after > vm->limits.memory_bytes) && !vm->pressure) {
    vm->pressure = true;
    fuel_arm_now(vm);
  }
  if (new_size >= VM_CLOCK_BLOCK && fuel_is_overdue(vm)) fuel_arm_now(vm);
  return true;
}

void *alloc_resize(void *data, void *block, size_t old_size, size_t new_size) {
  struct vm *vm = data;
  bool text = !block && old_size == LUA_TSTRING; /* for a new object Lua passes its type there */
  if (!block) old_size = 0;
  if (new_size == 0) {
    free(block);
    vm->used -= old_size;
    vm->big_blocks -= old_size >= VM_BIG_BLOCK;
    return NULL;
  }
  if (vm->enforced && new_size > old_size && !alloc_admits(vm, old_size, new_size)) return NULL;
  if (text && vm->enforced && vm->depth > 0 && new_size >= VM_CLOCK_BLOCK) alloc_charge_text(vm, new_size);
  void *resized = realloc(block, new_size);
  if (!resized) return NULL;
  if (new_size > old_size) {
    vm->effort.allocations++;
    vm->effort.allocated_bytes += new_size - old_size;
  }
  vm->used += new_size - old_size;
  vm->big_blocks += (new_size >= VM_BIG_BLOCK) - (old_size >= VM_BIG_BLOCK);
  return resized;
}
