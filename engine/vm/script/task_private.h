/* task_private.h - between task.c, which runs, and task_call.c, what can be called. */
#ifndef EMBUDO_VM_TASK_PRIVATE_H
#define EMBUDO_VM_TASK_PRIVATE_H

#include "vm/script/script_state.h"
#include "vm/script/task.h"
#include "vm/script/task_value.h"

struct task {
  struct script *script;
  struct task *prev, *next;
  struct lua_State *thread; /* NULL: lost with its state */
  int thread_ref, fn;
  int64_t fuel; /* left for the whole run */
  const struct task_lookup *lookup;
  struct arena arena; /* of what it asks for, and of its answer */
  struct arena traits_arena;
  struct value traits, asked, answer;
  struct task_failure failure;
};

enum task_argument { TASK_HTTP, TASK_DNS, TASK_LOOKUP, TASK_ARGUMENTS };

/* Pushes lead, http, dns, lookup. */
void task_push_arguments(struct lua_State *L, struct value traits);

#endif
