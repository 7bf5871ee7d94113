/* watchdog.h - notices that the loop's thread is stuck: with one thing for longer than anything there may take.
 *
 * Rules' functions are bounded by fuel, and nothing on the loop waits for a disk; so a loop that does not turn is a fault of ours.
 * A process that answers nobody and stays is worse than one that ends: clients keep their events and a supervisor starts
 * it again. A thread of its own looks at every fifth of the time whether the loop still turns, or at least gets from one
 * thing to the next (base/crumb.h). When it has not for five looks, it says in the log and to `note` what it was busy
 * with, as far as that is known, and bites: aborts, with a core where cores are kept. Looks are counted, not time, so
 * a process that was stopped and goes on is not bitten.
 *
 * Made and freed on the loop's thread, which it makes the watched one. Until watchdog_turning it only minds what crumbs name:
 * opening a store may wait for a disk, a rule's function may not.
 */
#ifndef EMBUDO_SERVE_WATCHDOG_H
#define EMBUDO_SERVE_WATCHDOG_H

#include "base/log.h"
#include "io/loop.h"

enum { WATCHDOG_LOOKS = 5 };

struct watchdog_options {
  struct loop *loop;
  struct log *log;
  int64_t stuck_ms; /* at least WATCHDOG_LOOKS */
  /* Both on the watchdog's thread, once, `note` first; `what` is a crumb's. NULL note: none; NULL bite: abort(). */
  void (*note)(void *arg, const char *what);
  void (*bite)(void *arg);
  void *arg;
};

struct watchdog;

struct watchdog *watchdog_new(const struct watchdog_options *options, struct err *err);
void watchdog_turning(
    struct watchdog *watchdog); /* the loop turns from now on; NULL is fine, here and below */
void watchdog_free(struct watchdog *watchdog);

#endif
