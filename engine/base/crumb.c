#include "base/crumb.h"

static _Thread_local struct crumb *here;

void crumb_watch(struct crumb *crumb) {
  here = crumb;
}

const char *crumb_enter(const char *what) {
  return here ? atomic_exchange_explicit(&here->what, what, memory_order_relaxed) : NULL;
}

void crumb_leave(const char *before) {
  if (here) atomic_store_explicit(&here->what, before, memory_order_relaxed);
}

void crumb_lead(uint32_t lead) {
  if (here) atomic_store_explicit(&here->lead, lead + 1, memory_order_relaxed);
}

void crumb_no_lead(void) {
  if (here) atomic_store_explicit(&here->lead, 0, memory_order_relaxed);
}
