/* scratch_file.h - a temporary file for tests of readers. */
#ifndef EMBUDO_SCRATCH_FILE_H
#define EMBUDO_SCRATCH_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch_path[64];

static inline int scratch_make(void **state) {
  (void)state;
  snprintf(scratch_path, sizeof scratch_path, "/tmp/embudo_test_XXXXXX");
  int fd = mkstemp(scratch_path);
  return fd < 0 ? -1 : close(fd);
}

static inline int scratch_remove(void **state) {
  (void)state;
  return unlink(scratch_path);
}

static inline void scratch_write(const void *bytes, size_t len) {
  FILE *file = fopen(scratch_path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, len, file), len);
  fclose(file);
}

#endif
