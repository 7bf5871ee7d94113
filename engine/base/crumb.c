#include "base/crumb.h"

static _Thread_local struct crumb *here;

void crumb_watch(struct crumb *crumb) {
  here = crumb;
}

/* One thread writes: plain loads and stores will do. */
static void step(void) {
  uint64_t steps = atomic_load_explicit(&here->steps, memory_order_relaxed);
  atomic_store_explicit(&here->steps, steps + 1, memory_order_relaxed);
}

const char *crumb_enter(const char *what) {
  const char *before;
  if (!here) return NULL;
  before = atomic_load_explicit(&here->what, memory_order_relaxed);
  atomic_store_explicit(&here->what, what, memory_order_relaxed);
  step();
  return before;
}

void crumb_leave(const char *before) {
  if (here) atomic_store_explicit(&here->what, before, memory_order_relaxed);
}

void crumb_lead(uint32_t lead) {
  if (!here) return;
  atomic_store_explicit(&here->lead, lead + 1, memory_order_relaxed);
  step();
}

void crumb_no_lead(void) {
  if (here) atomic_store_explicit(&here->lead, 0, memory_order_relaxed);
}
