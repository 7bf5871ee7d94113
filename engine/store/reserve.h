/* reserve.h - room kept on the disk for the day it is full: the file DIR/reserve.
 *
 * Given up when writing finds no room, so that what frees space (moving the log into place, removing old records) can
 * still run; taken back before the store calls itself well again.
 */
#ifndef EMBUDO_STORE_RESERVE_H
#define EMBUDO_STORE_RESERVE_H

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

/* Makes the file so big, with its room allocated. -1 and ERR_LIMIT when there is no room for it, or none as big again
 * beside it: then the file is gone. */
int reserve_take(const char *dir, size_t bytes, struct err *err);
void reserve_give(const char *dir);

/* Whether errno's value says that there is no room: on the disk, in the quota, or up to the largest file allowed. */
bool reserve_no_room(int error);

#endif
