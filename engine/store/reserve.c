#include "store/reserve.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

bool reserve_no_room(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static void path_of(struct buf *path, const char *dir) {
  buf_init(path);
  buf_printf(path, "%s/reserve", dir);
}

/* The room of `fd` allocated, and that much left beside it for whoever asked. */
static int fill(int fd, const char *path, size_t bytes, struct err *err) {
  struct statvfs fs;
  errno = posix_fallocate(fd, 0, (off_t)bytes);
  if (errno && reserve_no_room(errno))
    return err_set(err, ERR_LIMIT, "%s: no room for the %zu bytes kept in reserve", path, bytes);
  if (errno) return err_system(err, "%s: cannot be filled", path);
  if (fstatvfs(fd, &fs) != 0) return err_system(err, "%s: the room on the disk cannot be told", path);
  if ((uint64_t)fs.f_bavail * fs.f_frsize < bytes)
    return err_set(err, ERR_LIMIT, "%s: less than %zu bytes are left on the disk", path, bytes);
  return 0;
}

int reserve_take(const char *dir, size_t bytes, struct err *err) {
  struct buf path;
  path_of(&path, dir);
  int fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int result = -1;
  if (fd < 0 && reserve_no_room(errno))
    err_set(err, ERR_LIMIT, "%s: no room on the disk", path.data);
  else if (fd < 0)
    err_system(err, "%s: cannot be made", path.data);
  else
    result = fill(fd, path.data, bytes, err);
  if (fd >= 0) close(fd);
  if (result) unlink(path.data);
  buf_release(&path);
  return result;
}

void reserve_give(const char *dir) {
  struct buf path;
  path_of(&path, dir);
  unlink(path.data);
  buf_release(&path);
}
