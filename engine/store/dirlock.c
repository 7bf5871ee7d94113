#include "store/dirlock.h"
#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOLDER_MAX = 32, TRIES_MAX = 10, TRY_AGAIN_US = 2000 };

int dirlock_sync(const char *dir, struct err *err) {
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return err_system(err, "%s: cannot be opened", dir);
  int failed = fsync(fd);
  if (failed) err_system(err, "%s: cannot be synced", dir);
  close(fd);
  return failed;
}

static int make_dir(const char *dir, struct err *err) {
  if (mkdir(dir, 0700) != 0) {
    if (errno == EEXIST) return 0;
    return err_system(err, "%s: the data directory cannot be made", dir);
  }
  struct buf parent;
  buf_init(&parent);
  buf_printf(&parent, "%s/..", dir);
  int result = dirlock_sync(parent.data, err);
  buf_release(&parent);
  return result;
}

/* The holder's number as it stands in the file; "unknown" while it is being written. */
static void read_holder(int fd, char holder[HOLDER_MAX]) {
  ssize_t len = pread(fd, holder, HOLDER_MAX - 1, 0);
  if (len < 0) len = 0;
  holder[len] = '\0';
  for (ssize_t i = 0; i < len; i++)
    if (holder[i] < '0' || holder[i] > '9') holder[i] = '\0';
  if (!holder[0]) snprintf(holder, HOLDER_MAX, "unknown");
}

static int refuse(int fd, const char *dir, struct err *err) {
  if (errno != EWOULDBLOCK) return err_system(err, "%s/lock: cannot be locked", dir);
  char holder[HOLDER_MAX];
  read_holder(fd, holder);
  return err_set(
      err, ERR_INVALID,
      "%s: another embudo (process %s) works on this data directory; stop it, or choose another directory "
      "with --data",
      dir, holder);
}

/* Only a message to people: not being able to write it (a full disk) keeps nobody from working. */
static void write_holder(int fd) {
  char holder[HOLDER_MAX];
  int len = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
  if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, (size_t)len, 0) != len) errno = 0;
}

/* Who only looks whether it is taken has it for an instant. */
static int take(int fd) {
  for (unsigned tries = 1;; tries++) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK || tries == TRIES_MAX) return -1;
    usleep(TRY_AGAIN_US);
  }
}

int dirlock_take(const char *dir, struct err *err) {
  if (make_dir(dir, err)) return -1;
  struct buf path;
  buf_init(&path);
  buf_printf(&path, "%s/lock", dir);
  int fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) err_system(err, "%s: cannot be opened", path.data);
  buf_release(&path);
  if (fd < 0) return -1;
  if (take(fd) == 0) {
    write_holder(fd);
    return fd;
  }
  refuse(fd, dir, err);
  close(fd);
  return -1;
}

void dirlock_release(int lock) {
  close(lock);
}

bool dirlock_is_taken(const char *dir) {
  struct buf path;
  buf_init(&path);
  buf_printf(&path, "%s/lock", dir);
  int fd = open(path.data, O_RDONLY | O_CLOEXEC);
  buf_release(&path);
  if (fd < 0) return false;
  bool taken = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(fd);
  return taken;
}
