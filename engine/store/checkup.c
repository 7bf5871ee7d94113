#include "store/checkup.h"
#include "base/thread.h"
#include "store/store.h"

#include <stdatomic.h>

struct checkup {
  pthread_t thread;
  const char *dir;
  void (*ended)(void *arg, const struct err *err);
  void *arg;
  _Atomic bool stop;
};

static void *run(void *arg) {
  struct checkup *checkup = arg;
  struct err err;
  int result = store_check(checkup->dir, &checkup->stop, &err);
  if (result <= 0) checkup->ended(checkup->arg, result ? &err : NULL);
  return NULL;
}

struct checkup *checkup_new(const char *dir, void (*ended)(void *arg, const struct err *err), void *arg,
                            struct err *err) {
  struct checkup *checkup = xcalloc(1, sizeof *checkup);
  checkup->dir = dir;
  checkup->ended = ended;
  checkup->arg = arg;
  if (thread_start(&checkup->thread, "store check", run, checkup, err) == 0) return checkup;
  free(checkup);
  return NULL;
}

void checkup_free(struct checkup *checkup) {
  if (!checkup) return;
  atomic_store(&checkup->stop, true);
  ASSERT(pthread_join(checkup->thread, NULL) == 0);
  free(checkup);
}
