#include "base/thread.h"

#include <errno.h>
#include <signal.h>

static void set_name(pthread_t thread, const char *name) {
  char shown[THREAD_NAME_MAX + 1];
  snprintf(shown, sizeof shown, "%s", name);
  pthread_setname_np(thread, shown);
}

int thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg, struct err *err) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(thread, NULL, run, arg);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error) {
    errno = error;
    return err_system(err, "the %s thread cannot be started", name);
  }
  set_name(*thread, name);
  return 0;
}
