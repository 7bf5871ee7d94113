/* room.h - pages of the file that are free: how many there are, and giving them back to the disk. */
#ifndef EMBUDO_STORE_SQLITE_ROOM_H
#define EMBUDO_STORE_SQLITE_ROOM_H

#include "store/sqlite/database.h"

struct room {
  int64_t pages, free_pages; /* of the file, and of them */
};

int room_look(sqlite3 *db, struct room *room, struct err *err);

/* In a transaction of the caller's: moves some pages from the end of the file to where others are free. *more: there are more
 * free ones than `keep` yet, and it helps; a file that cannot get smaller keeps them, as zeros. */
enum store_state room_give_back(sqlite3 *db, int64_t keep, bool *more, struct err *err);

#endif
