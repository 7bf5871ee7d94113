/* record.c - writes down what a daemon does to the files below EMBUDO_FAULT_DIR, into the file EMBUDO_FAULT_RECORDING
 * (recording.h). One operation at a time, so that the recording's order is the disk's. Several processes, one after the
 * other, may write into one recording. */
#include "recording.h"
#include "watch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void __attribute__((noreturn)) give_up(const char *what) {
  perror(what);
  abort();
}

static int recording_fd(void) {
  static int fd = -1;
  const char *path = getenv("EMBUDO_FAULT_RECORDING");
  if (fd < 0 && path) fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) give_up("EMBUDO_FAULT_RECORDING");
  return fd;
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The lock is held. */
static void record(enum recording_op op, const char *path, const void *bytes, size_t len, uint64_t offset) {
  struct recording_entry entry = {.at_ns = now_ns(),
                                  .offset = offset,
                                  .op = op,
                                  .path_len = (uint32_t)strlen(path),
                                  .bytes_len = (uint32_t)len};
  struct iovec parts[] = {{&entry, sizeof entry}, {(void *)path, entry.path_len}, {(void *)bytes, len}};
  size_t all = sizeof entry + entry.path_len + len;
  if (writev(recording_fd(), parts, 3) != (ssize_t)all) give_up("the recording");
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  char path[WATCH_PATH_MAX];
  WATCH_REAL(real, "pwrite64");
  if (!watch_fd(fd, path)) return real(fd, bytes, len, offset);
  pthread_mutex_lock(&lock);
  record(RECORDING_WRITE, path, bytes, len, (uint64_t)offset);
  ssize_t done = real(fd, bytes, len, offset);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset) {
  return pwrite64(fd, bytes, len, offset);
}

ssize_t write(int fd, const void *bytes, size_t len) {
  static ssize_t (*real)(int, const void *, size_t);
  char path[WATCH_PATH_MAX];
  WATCH_REAL(real, "write");
  if (!watch_fd(fd, path)) return real(fd, bytes, len);
  pthread_mutex_lock(&lock);
  record(RECORDING_WRITE, path, bytes, len, (uint64_t)lseek(fd, 0, SEEK_CUR));
  ssize_t done = real(fd, bytes, len);
  pthread_mutex_unlock(&lock);
  return done;
}

int ftruncate64(int fd, off64_t size) {
  static int (*real)(int, off64_t);
  char path[WATCH_PATH_MAX];
  WATCH_REAL(real, "ftruncate64");
  if (!watch_fd(fd, path)) return real(fd, size);
  pthread_mutex_lock(&lock);
  record(RECORDING_TRUNCATE, path, NULL, 0, (uint64_t)size);
  int done = real(fd, size);
  pthread_mutex_unlock(&lock);
  return done;
}

int ftruncate(int fd, off_t size) {
  return ftruncate64(fd, size);
}

/* --- names ---------------------------------------------------------------------------------------------------------- */

int unlink(const char *path) {
  static int (*real)(const char *);
  WATCH_REAL(real, "unlink");
  if (!watch_path(path)) return real(path);
  pthread_mutex_lock(&lock);
  int done = real(path);
  if (done == 0) record(RECORDING_REMOVE, path, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return done;
}

int rename(const char *from, const char *to) {
  static int (*real)(const char *, const char *);
  WATCH_REAL(real, "rename");
  if (!watch_path(from)) return real(from, to);
  pthread_mutex_lock(&lock);
  int done = real(from, to);
  if (done == 0) record(RECORDING_RENAME, from, to, strlen(to), 0);
  pthread_mutex_unlock(&lock);
  return done;
}

/* --- syncing -------------------------------------------------------------------------------------------------------- */

static int recorded_sync(int (*real)(int), int fd) {
  char path[WATCH_PATH_MAX];
  struct stat info;
  if (!watch_fd(fd, path) || fstat(fd, &info) != 0) return real(fd);
  pthread_mutex_lock(&lock);
  int done = real(fd);
  if (done == 0) record(S_ISDIR(info.st_mode) ? RECORDING_SYNC_DIR : RECORDING_SYNC, path, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return done;
}

int fsync(int fd) {
  static int (*real)(int);
  WATCH_REAL(real, "fsync");
  return recorded_sync(real, fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  WATCH_REAL(real, "fdatasync");
  return recorded_sync(real, fd);
}
