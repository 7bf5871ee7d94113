/* call.h - the one place where Lua's protected call is made, and the scripts' own pcall and xpcall, which
 * stand there because they must never swallow a kill or a memory error. */
#ifndef EMBUDO_VM_CALL_H
#define EMBUDO_VM_CALL_H

#include "vm/sandbox/state.h"
#include <lua.h>

int call_handler(lua_State *L); /* the message handler that waits in slot 1 of each thread */

int call_pcall(lua_State *L);  /* pcall(f, ...) */
int call_xpcall(lua_State *L); /* xpcall(f, handler, ...) */

struct vm_stretch {         /* of a function that waits */
  struct lua_State *thread; /* its own: the function below its arguments, or what it waited for */
  const char *what;
  int nargs;
  int64_t *fuel; /* left for the whole run; each stretch has that of VM_TASK at most */
};

/* Lets it go on until it waits (*waits) or ends (*results values on its thread). -1 and *failure: it raised an error, which is on
 * its thread, or was killed; the thread is of no use any more. */
int vm_resume(struct vm *vm, const struct vm_stretch *stretch, bool *waits, int *results,
              struct vm_failure *failure);

#endif
