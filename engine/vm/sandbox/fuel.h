/* fuel.h - the instruction budget of a running call, and the kill that ends it.
 *
 * A count hook fires each VM_TICK instructions; the count starts anew with each call, so the same call on the
 * same data is killed at the same instruction in every process. A kill is sticky: until the host has the
 * control back, every instruction and every protected call of the script raises it again.
 */
#ifndef EMBUDO_VM_FUEL_H
#define EMBUDO_VM_FUEL_H

#include "vm/sandbox/internal.h"

void fuel_arm(struct vm_run *run);   /* sets the hook on the run's thread and starts counting */
void fuel_arm_now(struct vm *vm);    /* the hook fires at the next instruction: something has to be judged */
bool fuel_is_overdue(struct vm *vm); /* looks at the clock; the first look of a call starts its time */
int fuel_raise(lua_State *L);        /* the recorded kill again */

/* --- what Lua itself calls: texts compared -------------------------------------------------------------------------------------- */

/* Comparing two texts is one instruction, whatever their length. Lua is built to call these in place of strcoll and memcmp
 * (cmake/Lua.cmake): they pay for what is compared out of the call that runs on this thread. */
int embudo_lua_strcoll(const char *a, const char *b);
int embudo_lua_memcmp(const void *a, const void *b, size_t size);

struct vm *fuel_payer(struct vm *vm); /* who pays on this thread from now on; returns who did. NULL: nobody */

#endif
