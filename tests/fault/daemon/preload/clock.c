/* clock.c - a wall clock that is set: the real one plus the milliseconds in the file EMBUDO_FAULT_CONTROL, which test and
 * daemon both map. The monotonic clock stays as it is. */
#include "watch.h"

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

static atomic_llong none;
static atomic_llong *offset_ms = &none;

static void __attribute__((constructor)) open_offset(void) {
  offset_ms = watch_orders(&none, sizeof none);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  WATCH_REAL(real, "clock_gettime");
  int result = real(clock, now);
  if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  long long offset = atomic_load(offset_ms);
  now->tv_sec += offset / 1000;
  return 0;
}
