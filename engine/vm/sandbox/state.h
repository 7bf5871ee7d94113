/* state.h - one generation of scripts: a Lua state of its own with a capped allocator, budgets and a sandbox.
 *
 * A vm belongs to one thread at a time; it is built on a loader thread and then handed over whole. Nothing in
 * it knows the rule notation: the notation's prelude, marshalling and views stand on this interface. `struct
 * lua_State` is Lua's; only files of this floor include lua.h.
 *
 * Scripts run on a child thread of the state, which vm_lua() gives. Its slot 1 is taken (the message
 * handler), so use relative indexes. A kill drops that thread and everything on its stack: fetch vm_lua()
 * anew after each vm_call(). A C function that a script called may call vm_call() again (the spec runner
 * does): vm_lua() then gives the thread of the next level, at most VM_LEVELS deep. To call on within the
 * running script, use lua_call and let errors pass.
 *
 * Memory limits are enforced only while a script runs or is compiled; what the host pushes between calls is
 * counted, and if it is too much the next call fails.
 */
#ifndef EMBUDO_VM_STATE_H
#define EMBUDO_VM_STATE_H

#include "base/err.h"
#include "base/str.h"

struct lua_State;
struct vm;

/* Which allowance a call draws on. Fuel is the documented, deterministic limit, counted in VM instructions (C
 * library functions charge what they do); processor time is a backstop that a slow machine may hit, and is
 * reported as such. */
enum vm_budget {
  VM_RULE, /* one evaluation of a rule, lifecycle or framework function */
  VM_LOAD, /* running one file's top level, sealing included */
  VM_TASK, /* one stretch of a function that waits, from answer to answer */
  VM_TEST, /* one test function of a *_test.lua */
  VM_BUDGETS
};

enum { VM_LEVELS = 4, VM_DEPTH_MAX = 20000 /* nested Lua calls */, VM_MESSAGE_MAX = 600, VM_FILE_MAX = 256 };

struct vm_allowance {
  int64_t fuel;   /* VM instructions */
  int64_t cpu_ms; /* of the thread's processor time */
};

struct vm_limits {
  size_t memory_bytes; /* soft: past it a full collection, then a kill; hard: a quarter more; one block: a
                          quarter */
  size_t source_bytes; /* of one file */
  size_t output_bytes; /* that one call may give as data: a request, a message, an answer; as JSON, about */
  struct vm_allowance allowance[VM_BUDGETS];
};

/* 16 MB; 256 KB; 256 KB; rule 500 000 instructions and 100 ms, load 20 million and 1 s, a stretch of a task 2 million and 100 ms, test 200 million and 10 s. */
void vm_limits_default(struct vm_limits *limits);

struct vm *vm_new(const struct vm_limits *limits, struct err *err); /* NULL limits: the defaults */
void vm_free(struct vm *vm); /* NULL is fine; never while a call runs */

struct lua_State *vm_lua(struct vm *vm); /* see above */
struct vm *vm_of(struct lua_State *L);   /* the vm a Lua thread belongs to */

/* True after a memory kill: nothing is broken, but the state may hold much garbage that scripts keep alive.
 * Build a new vm from the same sources before the next evaluation. */
bool vm_is_spent(const struct vm *vm);

size_t vm_output_bytes(const struct vm *vm); /* the limit */
struct vm_effort {          /* since the state was made; what the host pushes for a call counts, too */
  uint64_t calls;           /* vm_call */
  uint64_t allocations;     /* blocks made, or made larger */
  uint64_t allocated_bytes; /* by them, whatever was freed since */
};
struct vm_effort vm_effort(const struct vm *vm);

int64_t vm_fuel_used(const struct vm *vm);   /* by the last vm_call, rounded up to whole ticks */
const char *vm_running(const struct vm *vm); /* `what` of the innermost running vm_call, else NULL */

/* --- loading ------------------------------------------------------------ */

/* Compiles source text (never bytecode) and pushes the function on vm_lua(), its _ENV set to the table at
 * stack index `environment` (see sandbox.h). `file` is what errors show, e.g. "rules/web.lua"; trusted
 * prelude files are named with VM_TRUSTED first ("=embudo/rules.lua") and never appear as the place of an
 * error. A byte order mark is skipped. Errors read "rules/web.lua:12: ...". */
#define VM_TRUSTED "="
int vm_load_text(struct vm *vm, const char *file, struct str source, int environment, struct err *err);

/* --- calling ------------------------------------------------------------ */

enum vm_failure_kind {
  VM_OK,
  VM_ERROR,         /* the script raised an error */
  VM_KILLED_FUEL,   /* its instruction budget was used up: deterministic */
  VM_KILLED_MEMORY, /* the memory cap: vm_is_spent() is true from now on */
  VM_KILLED_DEPTH,  /* VM_DEPTH_MAX nested calls: endless recursion, deterministic */
  VM_KILLED_CPU     /* the backstop: how fast the machine is had a part in it */
};

const char *
vm_failure_word(enum vm_failure_kind kind); /* "error", "fuel", "memory", "depth", "processor_time" */

struct vm_failure {
  enum vm_failure_kind kind;
  int line;                     /* 0: unknown */
  char file[VM_FILE_MAX];       /* of the innermost frame of a user's file, never what the message claims; "":
                                   unknown */
  char message[VM_MESSAGE_MAX]; /* without the place; valid UTF-8, no control characters, quotes left as they
                                   are */
};

/* Calls the function below its `nargs` arguments on vm_lua(). 0 and `nresults` values on vm_lua(), or -1 and
 * *failure, function and arguments gone. `what` names the rule in vm_running() and must outlive the call. */
int vm_call(struct vm *vm, const char *what, int nargs, int nresults, enum vm_budget budget,
            struct vm_failure *failure);

/* Runs a C function under a budget and the memory cap, for host work that scripts' data can make large. The
 * function gets `data` as a light userdata at index 1; its results are dropped. */
int vm_protect(struct vm *vm, const char *what, int (*function)(struct lua_State *), void *data,
               enum vm_budget budget, struct vm_failure *failure);

/* "rules/web.lua:12: message", or "message" when the place is unknown. Returns -1, as err_set does. */
int vm_failure_err(const struct vm_failure *failure, const char *what, struct err *err);

/* Where a user's file is being executed right now (innermost frame): what a declaration records as its place.
 * False when no user's file is on the stack. `file` points into a string of the state that lives as long as
 * the function. */
bool vm_position(struct lua_State *L, const char **file, int *line);

/* --- helpers for C functions that scripts call ------------------------------------------------------------ */

/* Takes `steps` instructions from the running budget; raises the kill when it is used up (does not return
 * then). Call it before work that grows with a script's data: about one step for each VM_BYTES_PER_STEP bytes
 * copied or each item touched. */
enum { VM_BYTES_PER_STEP = 64 };
void vm_charge(struct lua_State *L, int64_t steps);

#define VM_NUMBER_MAX 9007199254740992.0 /* 2^53 */

/* Numbers that may leave a script: finite, and at most 2^53 in absolute value. False also for non-numbers;
 * numeric text is no number. */
bool vm_number(struct lua_State *L, int index, double *out);

#endif
