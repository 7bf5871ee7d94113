/* dirlock.h - one owner a data directory: an advisory lock on the file DIR/lock, released by the kernel when its holder
 * dies. The file says which process holds it; it stays when the lock goes. Network file systems may not honour it. */
#ifndef EMBUDO_STORE_DIRLOCK_H
#define EMBUDO_STORE_DIRLOCK_H

#include "base/err.h"
#include <stdbool.h>

/* Makes `dir` (its parent must exist) and takes the lock. A descriptor to give back to dirlock_release, or -1. */
int dirlock_take(const char *dir, struct err *err);
void dirlock_release(int lock);

/* Whether somebody has it. Looks by sharing the lock for an instant, which dirlock_take waits for. */
bool dirlock_is_taken(const char *dir);

/* Makes names just created in `dir` survive a power cut. */
int dirlock_sync(const char *dir, struct err *err);

#endif
