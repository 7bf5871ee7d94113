/* threads.c - threads that cannot be had: beside the first, at most EMBUDO_FAULT_THREADS of them live at the same time, as
 * where a service's tasks are limited. */
#include "watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int living;

struct start {
  void *(*run)(void *arg);
  void *arg;
};

static void *run_counted(void *arg) {
  struct start start = *(struct start *)arg;
  free(arg);
  void *result = start.run(start.arg);
  atomic_fetch_sub(&living, 1);
  return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg) {
  static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  const char *most = getenv("EMBUDO_FAULT_THREADS");
  WATCH_REAL(real, "pthread_create");
  if (!most) return real(thread, attributes, run, arg);
  struct start *start = malloc(sizeof *start);
  if (!start) abort();
  *start = (struct start){run, arg};
  int error =
      atomic_fetch_add(&living, 1) < atoi(most) ? real(thread, attributes, run_counted, start) : EAGAIN;
  if (error) {
    atomic_fetch_sub(&living, 1);
    free(start);
  }
  return error;
}
