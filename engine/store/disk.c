/* What the store's files take on the disk. */
#include "store/sqlite/database.h"
#include "store/store.h"

#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static uint64_t file_bytes(const char *dir, const char *name) {
  char path[PATH_MAX];
  struct stat info;
  snprintf(path, sizeof path, "%s/%s", dir, name);
  return stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

struct store_disk store_disk(const char *dir) {
  struct store_disk disk = {.journal_bytes = file_bytes(dir, DATABASE_JOURNAL),
                            .ahead_bytes = file_bytes(dir, DATABASE_JOURNAL "-wal")};
  struct statvfs room;
  if (statvfs(dir, &room) == 0) disk.free_bytes = (uint64_t)room.f_bavail * room.f_frsize;
  return disk;
}
