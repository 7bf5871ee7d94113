/* disk.c - a disk that fails on demand, under a daemon: loaded before its libraries, it stands in front of what writes and
 * syncs the files below EMBUDO_FAULT_DIR. The orders stand in the file EMBUDO_FAULT_CONTROL (struct orders), which the test
 * and the daemon both map, so they may change at any time.
 *
 * One operation is a write, a truncation, an allocation, a sync or a removal. */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

enum fault { /* tests/fault/daemon/faults.py has the same numbers */
             FAULT_NONE,
             FAULT_KILL,      /* the process dies in operation `at`: half of what it writes is written */
             FAULT_WRITE_EIO, /* from operation `at` on, writes fail */
             FAULT_SYNC_EIO,  /* from operation `at` on, syncs fail */
             FAULT_FULL, /* from operation `at` on, there is no room: half of a write is written, or nothing */
             FAULT_SHORT,    /* from operation `at` on, only half of each write is taken at a time */
             FAULT_SLOW_SYNC /* from operation `at` on, syncs take delay_ms longer */
};

struct orders {
  atomic_uint fault, delay_ms;
  atomic_uint_fast64_t at;
  atomic_uint_fast64_t operations, syncs; /* counted here; the test reads them */
};

static struct orders none;
static struct orders *orders = &none;

static void __attribute__((constructor)) open_orders(void) {
  orders = watch_orders(&none, sizeof none);
}

/* Counts an operation; what is to go wrong with it. */
static enum fault next(bool is_sync) {
  uint64_t number = atomic_fetch_add(&orders->operations, 1) + 1;
  if (is_sync) atomic_fetch_add(&orders->syncs, 1);
  enum fault fault = (enum fault)atomic_load(&orders->fault);
  return fault != FAULT_NONE && number >= atomic_load(&orders->at) ? fault : FAULT_NONE;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

/* --- writing -------------------------------------------------------------------------------------------------------- */

static ssize_t real_pwrite(int fd, const void *bytes, size_t len, off_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  WATCH_REAL(real, "pwrite64");
  return real(fd, bytes, len, offset);
}

static ssize_t real_write(int fd, const void *bytes, size_t len, off_t offset) {
  static ssize_t (*real)(int, const void *, size_t);
  (void)offset;
  WATCH_REAL(real, "write");
  return real(fd, bytes, len);
}

static ssize_t fail_write(int error) {
  errno = error;
  return -1;
}

typedef ssize_t write_call(int fd, const void *bytes, size_t len, off_t offset);

static ssize_t faulty_write(write_call *call, int fd, const void *bytes, size_t len, off_t offset) {
  char path[WATCH_PATH_MAX];
  size_t half = len > 1 ? len / 2 : len;
  if (!watch_fd(fd, path)) return call(fd, bytes, len, offset);
  switch (next(false)) {
  case FAULT_KILL: call(fd, bytes, half, offset), die(); break;
  case FAULT_WRITE_EIO: return fail_write(EIO);
  case FAULT_FULL: return half == len ? fail_write(ENOSPC) : call(fd, bytes, half, offset);
  case FAULT_SHORT: return call(fd, bytes, half, offset);
  case FAULT_SYNC_EIO:
  case FAULT_SLOW_SYNC:
  case FAULT_NONE: break;
  }
  return call(fd, bytes, len, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset) {
  return faulty_write(real_pwrite, fd, bytes, len, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset) {
  return faulty_write(real_pwrite, fd, bytes, len, offset);
}

ssize_t write(int fd, const void *bytes, size_t len) {
  return faulty_write(real_write, fd, bytes, len, 0);
}

/* --- sizes ---------------------------------------------------------------------------------------------------------- */

/* 0: go on; else the error to fail with. */
static int before_resize(int fd) {
  char path[WATCH_PATH_MAX];
  if (!watch_fd(fd, path)) return 0;
  switch (next(false)) {
  case FAULT_KILL: die(); break;
  case FAULT_WRITE_EIO: return EIO;
  case FAULT_FULL: return ENOSPC;
  case FAULT_SHORT:
  case FAULT_SYNC_EIO:
  case FAULT_SLOW_SYNC:
  case FAULT_NONE: break;
  }
  return 0;
}

int ftruncate64(int fd, off64_t size) {
  static int (*real)(int, off64_t);
  int error = size ? before_resize(fd) : 0; /* giving room back works on a full disk */
  WATCH_REAL(real, "ftruncate64");
  if (!error) return real(fd, size);
  errno = error;
  return -1;
}

int ftruncate(int fd, off_t size) {
  return ftruncate64(fd, size);
}

int posix_fallocate64(int fd, off64_t offset, off64_t size) {
  static int (*real)(int, off64_t, off64_t);
  int error = before_resize(fd);
  WATCH_REAL(real, "posix_fallocate64");
  return error ? error : real(fd, offset, size);
}

int posix_fallocate(int fd, off_t offset, off_t size) {
  return posix_fallocate64(fd, offset, size);
}

int unlink(const char *path) {
  static int (*real)(const char *);
  WATCH_REAL(real, "unlink");
  if (watch_path(path) && next(false) == FAULT_KILL) die();
  return real(path);
}

/* --- syncing -------------------------------------------------------------------------------------------------------- */

static void wait_ms(unsigned ms) {
  struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
  while (nanosleep(&left, &left) != 0) {
  }
}

static int faulty_sync(int (*real)(int), int fd) {
  char path[WATCH_PATH_MAX];
  if (!watch_fd(fd, path)) return real(fd);
  switch (next(true)) {
  case FAULT_KILL: die(); break;
  case FAULT_SYNC_EIO: errno = EIO; return -1;
  case FAULT_SLOW_SYNC: wait_ms(atomic_load(&orders->delay_ms)); break;
  case FAULT_WRITE_EIO:
  case FAULT_FULL:
  case FAULT_SHORT:
  case FAULT_NONE: break;
  }
  return real(fd);
}

int fsync(int fd) {
  static int (*real)(int);
  WATCH_REAL(real, "fsync");
  return faulty_sync(real, fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  WATCH_REAL(real, "fdatasync");
  return faulty_sync(real, fd);
}
