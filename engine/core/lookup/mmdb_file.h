/* mmdb_file.h - one database of addresses, as it was when it was read: a copy in memory that nobody else can change or cut.
 *
 * Reading takes as long as the file is large, and so does closing: both may be done on any thread, one at a time on the same
 * file. The only place that knows libmaxminddb, whose reader maps what it reads: a file that is cut under a mapping kills the process,
 * the copy cannot be. */
#ifndef EMBUDO_CORE_MMDB_FILE_H
#define EMBUDO_CORE_MMDB_FILE_H

#include "base/arena.h"
#include "base/netaddr.h"
#include "base/value.h"
#include <sys/stat.h>

enum {
  MMDB_FILE_BYTES_MAX = 512 * 1024 * 1024,
  MMDB_WHY_MAX = 160 /* bytes of why a file cannot be used */
};

struct mmdb_file;

struct mmdb_stamp { /* which file it is, and which state of it */
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec changed;
};

struct mmdb_stamp mmdb_stamp_of(const struct stat *info);
bool mmdb_stamp_same(const struct mmdb_stamp *a, const struct mmdb_stamp *b);

struct mmdb_reading {
  struct mmdb_file *file;  /* NULL: it cannot be used */
  struct mmdb_stamp stamp; /* of what was read, or could not be; all 0: there is no such file */
  char why[MMDB_WHY_MAX];
};

/* `stopped` (NULL: never) is asked now and then: when it says so, the reading ends in vain. */
void mmdb_file_read(const char *path, struct mmdb_reading *out, bool (*stopped)(void *arg), void *arg);
void mmdb_file_close(struct mmdb_file *file); /* NULL is fine */

/* What it says of the address, in the arena; VALUE_NONE: nothing. NULL, or what is wrong with the file. */
const char *mmdb_file_find(const struct mmdb_file *file, const struct netaddr *address, struct arena *arena,
                           struct value *found);

#endif
