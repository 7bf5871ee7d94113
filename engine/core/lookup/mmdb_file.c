#include "core/lookup/mmdb_file.h"

#include "base/err.h"
#include "core/lookup/mmdb_data.h"
#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 /* bytes that are copied at a time */ };

struct mmdb_file {
  MMDB_s mmdb;
};

struct mmdb_stamp mmdb_stamp_of(const struct stat *info) {
  return (struct mmdb_stamp){info->st_dev, info->st_ino, info->st_size, info->st_mtim};
}

bool mmdb_stamp_same(const struct mmdb_stamp *a, const struct mmdb_stamp *b) {
  return a->device == b->device && a->inode == b->inode && a->size == b->size &&
         a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* --- reading ------------------------------------------------------------------------------------------------------------ */

/* Bytes that were copied; 0: the file ends. */
static ssize_t copy_piece(int to, int from, char *room) {
  ssize_t got;
  do got = read(from, room, PIECE);
  while (got < 0 && errno == EINTR);
  return got > 0 && write(to, room, (size_t)got) != got ? -1 : got;
}

/* -1: errno says why. */
static int copy_to_memory(int from, off_t size, bool (*stopped)(void *arg), void *arg) {
  int to = memfd_create("mmdb", MFD_CLOEXEC);
  char *room = xmalloc(PIECE);
  ssize_t got = 1;
  for (off_t at = 0; to >= 0 && got > 0 && at < size; at += got) {
    got = copy_piece(to, from, room);
    if (got == 0) errno = EAGAIN; /* it is being written */
    if (got > 0 && stopped && stopped(arg)) got = 0, errno = ECANCELED;
  }
  free(room);
  if (got > 0 || to < 0) return to;
  int saved = errno;
  close(to);
  errno = saved;
  return -1;
}

/* The library expands all that the metadata holds: it must not be a bomb. */
static bool has_sane_metadata(int fd, off_t size) {
  uint8_t *bytes = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
  if (bytes == MAP_FAILED) return false;
  struct value metadata = VALUE_NONE;
  struct arena arena;
  arena_init(&arena, 4096);
  size_t begin = mmdb_metadata(bytes, (size_t)size);
  const struct mmdb_data data = {bytes + begin, (size_t)size - begin};
  bool sane = begin && mmdb_data_read(&data, 0, &arena, &metadata) && metadata.kind == VALUE_MAP;
  arena_release(&arena);
  munmap(bytes, (size_t)size);
  return sane;
}

/* NULL: it is open in *mmdb; else why not. */
static const char *open_copy(int fd, off_t size, MMDB_s *mmdb) {
  char path[40];
  if (!has_sane_metadata(fd, size)) return "it is no database of this format";
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int code = MMDB_open(path, MMDB_MODE_MMAP, mmdb);
  return code == MMDB_SUCCESS ? NULL : MMDB_strerror(code);
}

static void read_open(int fd, struct mmdb_reading *out, bool (*stopped)(void *arg), void *arg) {
  off_t size = out->stamp.size;
  MMDB_s mmdb;
  int copy = size > MMDB_FILE_BYTES_MAX ? -1 : copy_to_memory(fd, size, stopped, arg);
  const char *why = size > MMDB_FILE_BYTES_MAX ? "it is too large"
                    : copy < 0                 ? strerror(errno)
                                               : open_copy(copy, size, &mmdb);
  if (copy >= 0) close(copy);
  snprintf(out->why, sizeof out->why, "%s", why ? why : "");
  if (why) return;
  out->file = xmalloc(sizeof *out->file);
  out->file->mmdb = mmdb;
}

void mmdb_file_read(const char *path, struct mmdb_reading *out, bool (*stopped)(void *arg), void *arg) {
  struct stat info;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  *out = (struct mmdb_reading){.file = NULL};
  if (fd < 0) snprintf(out->why, sizeof out->why, "%s", strerror(errno));
  if ((fd < 0 ? stat(path, &info) : fstat(fd, &info)) == 0) out->stamp = mmdb_stamp_of(&info);
  if (fd < 0) return;
  read_open(fd, out, stopped, arg);
  close(fd);
}

void mmdb_file_close(struct mmdb_file *file) {
  if (!file) return;
  MMDB_close(&file->mmdb);
  free(file);
}

/* --- asking --------------------------------------------------------------------------------------------------------------- */

static MMDB_lookup_result_s look_up(const MMDB_s *mmdb, const struct netaddr *address, int *code) {
  if (netaddr_is_v4(address)) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    memcpy(&v4.sin_addr, address->bytes + 12, 4);
    return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&v4, code);
  }
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  memcpy(&v6.sin6_addr, address->bytes, 16);
  return MMDB_lookup_sockaddr(mmdb, (const struct sockaddr *)&v6, code);
}

const char *mmdb_file_find(const struct mmdb_file *file, const struct netaddr *address, struct arena *arena,
                           struct value *found) {
  int code = MMDB_SUCCESS;
  *found = VALUE_NONE;
  MMDB_lookup_result_s result = look_up(&file->mmdb, address, &code);
  if (code == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR || (code == MMDB_SUCCESS && !result.found_entry))
    return NULL;
  const struct mmdb_data data = {file->mmdb.data_section, file->mmdb.data_section_size};
  if (code == MMDB_SUCCESS && mmdb_data_read(&data, result.entry.offset, arena, found)) return NULL;
  *found = VALUE_NONE;
  return code ? MMDB_strerror(code) : "";
}
