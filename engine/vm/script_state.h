/* script_state.h - what a script is inside: shared by the files script*.c, prelude.c and the views, and nobody else. */
#ifndef EMBUDO_VM_SCRIPT_STATE_H
#define EMBUDO_VM_SCRIPT_STATE_H

#include "vm/scan.h"
#include "vm/script.h"

enum script_mode {
  SCRIPT_LOADING, /* a file's top level runs: everything may be declared */
  SCRIPT_RUNNING, /* a rule's function runs, or nothing: nothing may be declared */
  SCRIPT_TESTING  /* a test runs: matchers and conditions may be made for t:expect */
};

enum { SCRIPT_FUNCTIONS_MAX = 20000, SCRIPT_PENDING_MAX = 20000 };

struct script_pending { /* `rule "x"` that waits for its table */
  const char *kind;
  struct str name;
  struct place place;
  bool closed;
};

struct script_loading { /* while a file loads */
  struct declarations *declarations;
  struct problems *problems;
  struct scan *scan;
  const char *file;
  const char *kept_file; /* a copy that lives as long as the script */
  struct script_pending *pending;
  uint32_t pending_count, pending_cap;
};

struct script {
  struct vm *vm;
  struct script_limits limits;
  enum script_mode mode;
  struct script_loading loading;
  struct arena arena; /* of what outlives the declarations: function infos */
  struct fn_info *functions;
  uint32_t function_count, function_cap;
};

/* Pushes the table fn + 1 -> function. */
void script_functions(struct lua_State *L);

/* Gives the function at the top of the stack the next number, and pops it. Raises an error past the bound. */
int script_add_function(struct script *script, struct lua_State *L, const char *owner, struct place place);

#endif
