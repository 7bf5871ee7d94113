/* file.h - small files as a whole: read within a bound, written so that they are there whole or not at all. */
#ifndef EMBUDO_BASE_FILE_H
#define EMBUDO_BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the file's bytes to `out`. ERR_NOT_FOUND when there is none, ERR_LIMIT when it has more than `max` bytes. Waits
 * for nothing: a pipe or device is refused. */
int file_read(const char *path, size_t max, struct buf *out, struct err *err);

/* Replaces the file, or makes it with `mode`. A crash or power cut leaves the old bytes or the new ones; once it returns 0 the
 * new ones are there for good. Beside it a file of the same name with ".tmp" at its end is used and removed: one writer at
 * a time. Written by root it belongs to the directory's owner, so that a service can read what its administrator changed. */
int file_write(const char *path, unsigned mode, struct str bytes, struct err *err);

#endif
