#include "store/sqlite/room.h"

#include <errno.h>
#include <stdio.h>

enum { STEP_PAGES = 256 };

int room_look(sqlite3 *db, struct room *room, struct err *err) {
  return database_number(db, "PRAGMA page_count", &room->pages, err) ||
                 database_number(db, "PRAGMA freelist_count", &room->free_pages, err)
             ? -1
             : 0;
}

enum store_state room_give_back(sqlite3 *db, int64_t keep, bool *more, struct err *err) {
  struct room before, after;
  char sql[64];
  *more = false;
  if (room_look(db, &before, err)) return STORE_BROKEN;
  if (before.free_pages <= keep) return STORE_OK;
  int64_t pages = before.free_pages - keep;
  errno = 0;
  snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%d)", pages < STEP_PAGES ? (int)pages : STEP_PAGES);
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return database_failure(db, "giving room back", err);
  if (room_look(db, &after, err)) return STORE_BROKEN;
  *more = after.free_pages > keep && after.free_pages < before.free_pages;
  return STORE_OK;
}
