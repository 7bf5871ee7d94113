#include "vm/library/iterator.h"

static char mark;

void iterator_push_mark(lua_State *L) {
  lua_pushlightuserdata(L, &mark);
}

bool iterator_is_stateful(lua_State *L, int index) {
  if (!lua_getupvalue(L, index, 1)) return false;
  bool marked = lua_touserdata(L, -1) == &mark;
  lua_pop(L, 1);
  return marked;
}
