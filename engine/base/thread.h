/* thread.h - starting threads. */
#ifndef EMBUDO_BASE_THREAD_H
#define EMBUDO_BASE_THREAD_H

#include "base/err.h"
#include <pthread.h>

enum { THREAD_NAME_MAX = 15 }; /* bytes the system shows of a thread's name */

/* Starts `run(arg)` on a thread of that name (cut at the bound) that takes none of the process's signals: those are for
 * the thread that waits for them. The caller joins it. */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg, struct err *err);

#endif
