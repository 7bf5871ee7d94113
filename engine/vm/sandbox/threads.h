/* threads.h - the Lua threads on which calls run, one a level. All exist from the start, since making one may
 * fail. */
#ifndef EMBUDO_VM_THREADS_H
#define EMBUDO_VM_THREADS_H

#include "vm/sandbox/internal.h"

enum { THREADS_HANDLER = 1 /* slot of call_handler on each thread */ };

void threads_init(struct vm *vm);
void threads_replace(struct vm *vm,
                     struct vm_run *run); /* drops a killed thread; a fresh one takes its place */

/* A thread for a function that waits; its hook is armed at each stretch. */
struct lua_State *threads_add(struct vm *vm, int *ref);
void threads_drop(struct vm *vm, int ref);

#endif
