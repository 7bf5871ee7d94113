/* watch.h - tells when files have changed: single ones, and everything below directories.
 *
 * Every way in which files change in practice is noticed: written in place, renamed over, removed and made again, links turned
 * elsewhere (also as Kubernetes mounts its ConfigMaps), whole trees replaced, directories that go and come back. The kernel's
 * notices make it quick; a look at everything every WATCH_POLL_MS makes it certain, where notices are lost or not sent
 * (network file systems). What was changed is told when it has been still for WATCH_SETTLE_MS, so a tree that is being copied is
 * told once. Contents are not read: size, times (also the one that cannot be set), device and inode tell.
 *
 * Names that begin with a dot are left out. Looking happens on the pool's threads. On the loop's thread.
 */
#ifndef EMBUDO_IO_WATCH_H
#define EMBUDO_IO_WATCH_H

#include "io/work.h"

enum {
  WATCH_POLL_MS = 1000,
  WATCH_SETTLE_MS = 100,
  WATCH_PATHS_MAX = 8,
  WATCH_DIRS_MAX = 512, /* with notices of their own; others are polled only */
  WATCH_DEPTH_MAX = 16,
  WATCH_ENTRIES_MAX = 100000 /* looked at in one go */
};

struct watch;

struct watch_options {
  struct loop *loop;
  struct work *work;
  const char *paths[WATCH_PATHS_MAX]; /* copied; those that do not exist may come */
  size_t path_count;
  void *context;
  void (*changed)(void *context); /* once soon after the start, then after every change */
};

struct watch *watch_new(const struct watch_options *options);

/* `changed` is not called any more. The loop must turn until the work is done: work_free waits for that. NULL is fine. */
void watch_free(struct watch *watch);

#endif
