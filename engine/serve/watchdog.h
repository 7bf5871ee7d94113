/* watchdog.h - notices that the loop is stuck: in one turn for longer than anything there may take.
 *
 * Rules' functions are bounded by fuel, and nothing on the loop waits for a disk; so a loop that does not turn is a fault of ours.
 * A process that answers nobody and stays is worse than one that ends: clients keep their events and a supervisor starts
 * it again. A thread of its own looks at every fifth of the time whether the loop still turns. When it has not for five
 * looks, it says what the loop was busy with (base/crumb.h), as far as that is known, and bites: aborts, with a core where
 * cores are kept. Looks are counted, not time, so a process that was stopped and goes on is not bitten.
 *
 * Made and freed on the loop's thread, which it makes the watched one. What holds the loop up before or after is none of its
 * business.
 */
#ifndef EMBUDO_SERVE_WATCHDOG_H
#define EMBUDO_SERVE_WATCHDOG_H

#include "base/log.h"
#include "io/loop.h"

enum { WATCHDOG_LOOKS = 5 };

struct watchdog_options {
  struct loop *loop;
  struct log *log;
  int64_t stuck_ms;        /* at least WATCHDOG_LOOKS */
  void (*bite)(void *arg); /* on its thread, once; NULL: abort() */
  void *arg;
};

struct watchdog;

struct watchdog *watchdog_new(const struct watchdog_options *options, struct err *err);
void watchdog_free(struct watchdog *watchdog); /* NULL is fine */

#endif
