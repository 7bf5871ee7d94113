/* internal.h - the layout of struct vm, for the files that make states, run scripts and bound them. */
#ifndef EMBUDO_VM_INTERNAL_H
#define EMBUDO_VM_INTERNAL_H

#include "vm/sandbox/state.h"
#include <lua.h>

enum {
  VM_TICK = 100,             /* instructions between two hook calls; the hook's own cost is then about 3 % */
  VM_CLOCK_TICKS = 16,       /* ticks between two looks at the clock (and at the call depth) */
  VM_SPARE_STACK = 32,       /* slots free on a thread before the host pushes */
  VM_CLOCK_BLOCK = 4096,     /* an allocation this big looks at the clock, a text pays for its bytes */
  VM_BIG_BLOCK = 128 * 1024, /* while one lives each tick looks at the clock: an instruction may be slow */
  VM_PLACE_LEVELS = 100      /* frames searched for a user's file */
};

/* One running vm_call. */
struct vm_run {
  lua_State *thread;
  int thread_ref; /* in the registry */
  int64_t fuel;   /* left */
  struct vm_allowance allowance;
  int64_t deadline_ns; /* 0: no look at the clock yet */
  size_t compared;     /* bytes of texts, less than a step, that are not paid yet */
  int ticks_to_clock;
  enum vm_failure_kind kill; /* set: every tick and every protected call raises again */
  const char *what;
  struct vm_failure *failure; /* the caller's; filled where the error happens */
};

struct vm {
  lua_State *main; /* runs nothing: owns the threads and the registry */
  struct vm_limits limits;
  struct vm_run runs[VM_LEVELS];
  int depth;         /* running calls: runs[depth - 1] is the innermost */
  bool spent;        /* a memory kill happened */
  int64_t fuel_used; /* by the last call */
  struct vm_effort effort;

  /* the allocator's */
  size_t used;                  /* bytes */
  size_t hard;                  /* refused past it */
  size_t block_max;             /* one block */
  size_t refused;               /* bytes of the last block refused */
  struct vm_failure refused_at; /* its place alone; line 0: unknown */
  size_t large;                 /* bytes of a block that was granted to kill; 0: none */
  int big_blocks;               /* alive */
  bool enforced;                /* limits apply */
  bool pressure;                /* the soft limit was passed and not judged yet */
  bool urgent;                  /* the hook is armed for the next instruction */
};

#endif
