#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_PIECE = 16 * 1024 };

/* --- reading ------------------------------------------------------------------------------------------------------ */

static int refuse_kind(const char *path, int fd, struct err *err) {
  struct stat info;
  if (fstat(fd, &info)) return err_system(err, "%s", path);
  if (S_ISREG(info.st_mode)) return 0;
  return err_set(err, ERR_INVALID, "%s is no file", path);
}

static int read_all(const char *path, int fd, size_t max, struct buf *out, struct err *err) {
  size_t begun = out->len;
  for (;;) {
    buf_reserve(out, READ_PIECE);
    ssize_t got = read(fd, out->data + out->len, READ_PIECE);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return err_system(err, "%s", path);
    if (got == 0) return 0;
    out->len += (size_t)got;
    out->data[out->len] = '\0';
    if (out->len - begun > max) return err_set(err, ERR_LIMIT, "%s has more than %zu bytes", path, max);
  }
}

int file_read(const char *path, size_t max, struct buf *out, struct err *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    bool absent = errno == ENOENT;
    err_system(err, "%s", path);
    if (absent) err->code = ERR_NOT_FOUND;
    return -1;
  }
  int code = refuse_kind(path, fd, err);
  if (code == 0) code = read_all(path, fd, max, out, err);
  close(fd);
  return code;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static int write_all(int fd, struct str bytes) {
  while (bytes.len) {
    ssize_t sent = write(fd, bytes.p, bytes.len);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return -1;
    bytes = (struct str){bytes.p + sent, bytes.len - (size_t)sent};
  }
  return 0;
}

static const char *parent_of(const char *path, struct buf *parent) {
  const char *slash = strrchr(path, '/');
  buf_clear(parent);
  if (slash)
    buf_add(parent, path, slash == path ? 1 : (size_t)(slash - path));
  else
    buf_add_char(parent, '.');
  return parent->data;
}

/* What root writes into somebody's directory has to stay readable for them. */
static int give_to_owner(const char *aside, int fd) {
  struct buf parent;
  struct stat info;
  if (geteuid() != 0) return 0;
  buf_init(&parent);
  int code = stat(parent_of(aside, &parent), &info);
  buf_release(&parent);
  return code ? -1 : fchown(fd, info.st_uid, info.st_gid);
}

/* A file left over from a crash is removed; nobody's link is followed. */
static int make_aside(const char *aside, unsigned mode, struct str bytes, struct err *err) {
  unlink(aside);
  int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return err_system(err, "%s", aside);
  int code = 0;
  if (fchmod(fd, mode) || give_to_owner(aside, fd) || write_all(fd, bytes) || fsync(fd))
    code = err_system(err, "%s", aside);
  if (close(fd) && code == 0) code = err_system(err, "%s", aside);
  return code;
}

/* Makes the new name survive a power cut. */
static int sync_parent(const char *path, struct err *err) {
  struct buf parent;
  buf_init(&parent);
  int fd = open(parent_of(path, &parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = 0;
  if (fd < 0 || fsync(fd)) code = err_system(err, "%s", parent.data);
  if (fd >= 0) close(fd);
  buf_release(&parent);
  return code;
}

int file_write(const char *path, unsigned mode, struct str bytes, struct err *err) {
  struct buf aside;
  buf_init(&aside);
  buf_printf(&aside, "%s.tmp", path);
  int code = make_aside(aside.data, mode, bytes, err);
  if (code == 0 && rename(aside.data, path)) code = err_system(err, "%s", path);
  if (code == 0)
    code = sync_parent(path, err);
  else
    unlink(aside.data);
  buf_release(&aside);
  return code;
}
