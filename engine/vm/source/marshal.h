/* marshal.h - Lua values -> nodes: what a rule file said becomes data that no longer depends on its Lua state.
 *
 * Works on the Lua stack of a running declaration and may raise Lua errors (memory, fuel): everything it builds is in
 * the arena. Depth and size are bounded, a table that contains itself is an error, and a function becomes a number of
 * the generation's function table.
 */
#ifndef EMBUDO_VM_MARSHAL_H
#define EMBUDO_VM_MARSHAL_H

#include "notation/node.h"
#include "notation/problems.h"
#include "vm/source/scan.h"

struct lua_State;

enum {
  MARSHAL_DEPTH_MAX = 32,     /* tables and phrases within each other */
  MARSHAL_CHAIN_NESTED = 16,  /* operands of `a | b | ..` that are read nested in pairs, as Lua has them */
  MARSHAL_NODES_MAX = 100000, /* in one declaration */
  MARSHAL_REFUSALS_MAX =
      20,                  /* told of one declaration: what doubles is wrong in thousands of places at once */
  MARSHAL_TEXT_MAX = 65536 /* bytes of one text */
};

struct marshal {
  struct arena *arena;
  const struct scan *scan; /* NULL: places are those of the constructors alone */
  struct problems *problems;
  const char *owner; /* "rule trial_seats": what functions found here belong to; lives in the arena */
  /* Gives the function at the top of the stack a number, and pops it. */
  int (*add_function)(void *context, struct lua_State *L, const char *owner, struct place place);
  void *context;

  /* Private. */
  uint32_t nodes, depth, refusals;
  const void *path[MARSHAL_DEPTH_MAX];
  bool refused;
};

/* The value at `index`, as a node. `table` is where it stands in the source when it is a table. False: it was refused
 * and problems were added (or the prelude had reported it before). */
bool marshal_node(struct marshal *marshal, struct lua_State *L, int index, struct scan_table table,
                  struct place place, struct node *out);

/* The table phrase -> content, weak in its keys: made once for each Lua state, pushed on the stack. */
void marshal_contents(struct lua_State *L);

#endif
