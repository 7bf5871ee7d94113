/* memory.c - memory that runs out on demand: from the file EMBUDO_FAULT_CONTROL on, which test and daemon both map, one
 * allocation fails, or all from one on do. */
#include "watch.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

enum failing {
  FAILING_NONE,
  FAILING_ONE,
  FAILING_ALL
}; /* tests/fault/daemon/faults.py has the same numbers */

struct orders {
  atomic_uint failing;
  uint32_t unused;
  atomic_uint_fast64_t in;     /* how many allocations are still granted */
  atomic_uint_fast64_t failed; /* counted here */
};

static struct orders none;
static struct orders *orders = &none;

static void __attribute__((constructor)) open_orders(void) {
  orders = watch_orders(&none, sizeof none);
}

static bool fails(void) {
  unsigned failing = atomic_load(&orders->failing);
  if (failing == FAILING_NONE) return false;
  uint64_t left = atomic_load(&orders->in);
  if (left > 0 && atomic_compare_exchange_strong(&orders->in, &left, left - 1)) return false;
  if (failing == FAILING_ONE) atomic_store(&orders->failing, FAILING_NONE);
  atomic_fetch_add(&orders->failed, 1);
  errno = ENOMEM;
  return true;
}

/* glibc's own, under other names: dlsym would allocate. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *bytes, size_t size);

void *malloc(size_t size) {
  return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *bytes, size_t size) {
  return fails() ? NULL : __libc_realloc(bytes, size);
}
