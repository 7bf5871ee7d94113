/* checkup.h - a thread that reads a store once after an unclean stop, while the store is in use. */
#ifndef EMBUDO_STORE_CHECKUP_H
#define EMBUDO_STORE_CHECKUP_H

#include "base/err.h"
#include <stdbool.h>

struct checkup;

/* Starts it; `ended` is called on its thread when it ends without having been stopped, with NULL when all is well. NULL
 * and *err when there is no thread to be had. `dir` must stay. */
struct checkup *checkup_new(const char *dir, void (*ended)(void *arg, const struct err *err), void *arg,
                            struct err *err);

/* Stops it if it still runs, and waits for it. NULL is fine. */
void checkup_free(struct checkup *checkup);

#endif
