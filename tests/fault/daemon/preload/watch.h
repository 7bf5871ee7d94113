/* watch.h - which of a process's files a test watches, and the real functions behind those it stands in front of.
 *
 * For libraries that are loaded before a daemon's (LD_PRELOAD). They include nothing of the engine and keep no state about
 * descriptors: what a descriptor is, /proc says, so nothing can be missed. */
#ifndef EMBUDO_FAULT_PRELOAD_WATCH_H
#define EMBUDO_FAULT_PRELOAD_WATCH_H

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WATCH_PATH_MAX = 512 };

/* The real function of that name into the pointer `real`. */
#define WATCH_REAL(real, name)                                                                               \
  do {                                                                                                       \
    if (!(real)) *(void **)&(real) = dlsym(RTLD_NEXT, (name));                                               \
  } while (0)

/* The file EMBUDO_FAULT_CONTROL, where a test's orders stand, which it changes at any time; `none` where there is no such file. */
static inline void *watch_orders(void *none, size_t size) {
  const char *path = getenv("EMBUDO_FAULT_CONTROL");
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd < 0) return none;
  void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return map == MAP_FAILED ? none : map;
}

/* A file below EMBUDO_FAULT_DIR, by its absolute path, but not what no disk has to keep: SQLite's shared memory. */
static inline bool watch_path(const char *path) {
  const char *dir = getenv("EMBUDO_FAULT_DIR");
  size_t len = dir ? strlen(dir) : 0, path_len = strlen(path);
  if (len == 0 || strncmp(path, dir, len) != 0 || (path[len] != '/' && path[len] != '\0')) return false;
  return path_len < 4 || strcmp(path + path_len - 4, "-shm") != 0;
}

/* The path behind a descriptor, when it is watched. */
static inline bool watch_fd(int fd, char path[WATCH_PATH_MAX]) {
  static const char removed[] = " (deleted)";
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, path, WATCH_PATH_MAX - 1);
  if (len <= 0) return false;
  path[len] = '\0';
  size_t tail = sizeof removed - 1;
  if ((size_t)len > tail && strcmp(path + len - tail, removed) == 0) return false;
  return watch_path(path);
}

#endif
