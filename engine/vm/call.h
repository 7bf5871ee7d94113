/* call.h - the one place where Lua's protected call is made, and the scripts' own pcall and xpcall, which
 * stand there because they must never swallow a kill or a memory error. */
#ifndef EMBUDO_VM_CALL_H
#define EMBUDO_VM_CALL_H

#include <lua.h>

int call_handler(lua_State *L); /* the message handler that waits in slot 1 of each thread */

int call_pcall(lua_State *L);  /* pcall(f, ...) */
int call_xpcall(lua_State *L); /* xpcall(f, handler, ...) */

#endif
