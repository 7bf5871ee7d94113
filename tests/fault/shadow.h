/* shadow.h - what is on a disk for certain, and what only may be: files as of their last sync, and the writes since; names as of
 * the last sync of their directory, and what was made, renamed and removed since. */
#ifndef EMBUDO_FAULT_SHADOW_H
#define EMBUDO_FAULT_SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHADOW_FILES_MAX = 16, SHADOW_SECTOR = 512 /* what a disk writes whole or not at all */ };

struct shadow;

struct shadow *shadow_new(void);
void shadow_free(struct shadow *shadow); /* NULL is fine */

void shadow_write(struct shadow *shadow, const char *path, const void *bytes, size_t len, uint64_t offset);
void shadow_truncate(struct shadow *shadow, const char *path, uint64_t size);
void shadow_sync(struct shadow *shadow, const char *path);
void shadow_sync_dir(struct shadow *shadow); /* what was made, renamed and removed stays so */
void shadow_remove(struct shadow *shadow, const char *path);
void shadow_rename(struct shadow *shadow, const char *from, const char *to);

/* By default a file that was made is there after a cut, as most file systems have it once the file itself is synced. With
 * this its name can be lost until the directory is synced, which is all that POSIX promises. */
void shadow_lose_names(struct shadow *shadow);

/* Writes the files into `dir` as a cut now could leave them; which way is drawn from the seed. */
void shadow_image(const struct shadow *shadow, const char *dir, uint64_t seed);

#endif
