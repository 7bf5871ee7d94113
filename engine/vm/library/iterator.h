/* iterator.h - the library's iterators that carry state (of pairs and gmatch). A rule function that captured
 * one would remember its last call, so sealing refuses them: each is a closure whose first upvalue is this
 * mark. */
#ifndef EMBUDO_VM_ITERATOR_H
#define EMBUDO_VM_ITERATOR_H

#include <lua.h>
#include <stdbool.h>

enum { ITERATOR_FIRST = 2 /* first upvalue of the iterator's own */ };

void iterator_push_mark(lua_State *L);
bool iterator_is_stateful(lua_State *L, int index);

#endif
