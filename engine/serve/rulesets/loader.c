#include "serve/rulesets/loader.h"

#include "base/thread.h"
#include "serve/service/service.h"

struct loader {
  struct loader_options options;
  const struct config *config, *next_config; /* of this load, of the next */
  pthread_t thread;
  bool running, again, closing;
  struct loop_task finished;
  struct problems problems;
  struct generation *generation;
};

static void *run(void *arg) {
  struct loader *loader = arg;
  loader->generation = loader->options.load(loader->options.context, loader->config, &loader->problems);
  int64_t began_us = loop_clock_us();
  if (loader->generation) service_check_rules(loader->generation);
  if (loader->generation) loader->generation->times.check_us = loop_clock_us() - began_us;
  loop_post(loader->options.loop, &loader->finished);
  return NULL;
}

static void join(struct loader *loader) {
  if (loader->running) pthread_join(loader->thread, NULL);
  loader->running = false;
}

static int start(struct loader *loader, struct err *err) {
  problems_init(&loader->problems);
  loader->generation = NULL;
  if (thread_start(&loader->thread, "loader", run, loader, err) != 0) {
    problems_release(&loader->problems);
    return -1;
  }
  loader->running = true;
  return 0;
}

static void on_finished(struct loop_task *task) {
  struct loader *loader = (struct loader *)((char *)task - offsetof(struct loader, finished));
  struct err err;
  bool again = loader->again;
  if (loader->closing) {
    free(loader);
    return;
  }
  join(loader);
  loader->again = false;
  loader->options.loaded(loader->options.context, loader->generation, &loader->problems);
  problems_release(&loader->problems);
  if (!again) return;
  loader->config = loader->next_config;
  start(loader, &err); /* a thread was to be had a moment ago; if not, somebody will ask again */
}

struct loader *loader_new(const struct loader_options *options) {
  struct loader *loader = xcalloc(1, sizeof *loader);
  loader->options = *options;
  loader->finished.run = on_finished;
  return loader;
}

void loader_free(struct loader *loader) {
  if (!loader) return;
  if (!loader->running) {
    free(loader);
    return;
  }
  join(loader);
  generation_free(loader->generation);
  problems_release(&loader->problems);
  loader->closing = true; /* the thread has posted `finished`: the loop still knows it */
}

int loader_start(struct loader *loader, const struct config *config, struct err *err) {
  if (loader->running) {
    loader->again = true;
    loader->next_config = config;
    return 0;
  }
  loader->config = config;
  return start(loader, err);
}
