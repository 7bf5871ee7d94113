#include "cli/rules/test_watch.h"

#include "io/watch.h"
#include <signal.h>
#include <stdio.h>

struct watching {
  struct loop *loop;
  int (*run)(void *context);
  void *context;
  bool again; /* it has run before */
  int code;
};

static void changed(void *context) {
  struct watching *watching = context;
  if (watching->again) printf("\n--- files have changed ---\n\n");
  watching->again = true;
  watching->code = watching->run(watching->context);
  fflush(stdout);
}

static void stop(void *arg, int signum) {
  struct watching *watching = arg;
  (void)signum;
  loop_stop(watching->loop);
}

static int watch(struct watching *watching, const char *path, const char *other, struct err *err) {
  if (work_start_pool(watching->loop, err)) return -1;
  if (loop_on_signal(watching->loop, SIGINT, stop, watching, err)) return -1;
  if (loop_on_signal(watching->loop, SIGTERM, stop, watching, err)) return -1;
  struct work *work = work_new(watching->loop);
  const struct watch_options options = {.loop = watching->loop,
                                        .work = work,
                                        .paths = {path, other},
                                        .path_count = other ? 2 : 1,
                                        .context = watching,
                                        .changed = changed};
  struct watch *watch = watch_new(&options);
  loop_run(watching->loop);
  watch_free(watch);
  work_free(work);
  return 0;
}

int test_watch(const char *path, const char *other, int (*run)(void *context), void *context) {
  struct watching watching = {.run = run, .context = context, .code = EXIT_PROBLEMS};
  struct err err;
  watching.loop = loop_new(&err);
  if (!watching.loop || watch(&watching, path, other, &err)) {
    fprintf(stderr, "embudo test: %s\n", err.text);
    watching.code = EXIT_PROBLEMS;
  }
  if (watching.loop) loop_free(watching.loop);
  return watching.code;
}
