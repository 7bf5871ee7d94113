/* loader.h - rules read, compiled and checked on a thread of their own, so that the loop goes on meanwhile.
 *
 * One load at a time; asked for another meanwhile, it loads once more when it is done. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_LOADER_H
#define EMBUDO_SERVE_LOADER_H

#include "core/config/config.h"
#include "core/rules/generation.h"
#include "io/loop.h"

struct loader;

struct loader_options {
  struct loop *loop;
  void *context;
  struct generation *(*load)(void *context, const struct config *config,
                             struct problems *problems); /* on the thread */
  /* On the loop. The generation is the callee's; NULL: it did not load. The problems (warnings too) last for the call. */
  void (*loaded)(void *context, struct generation *generation, const struct problems *problems);
};

struct loader *loader_new(const struct loader_options *options);

/* Waits for the thread and drops what it loaded. The loop must turn once more. NULL is fine. */
void loader_free(struct loader *loader);

/* -1 and *err: no thread can be had. The configuration stays as long as the loader. */
int loader_start(struct loader *loader, const struct config *config, struct err *err);

#endif
