/* test_mutate.h - `embudo test --mutate`. */
#ifndef EMBUDO_CLI_TEST_MUTATE_H
#define EMBUDO_CLI_TEST_MUTATE_H

#include "cli/directory.h"

struct mutate_options {
  const char *filter;                   /* declarations whose name contains it; NULL: all */
  const char *sample, *seconds, *least; /* as written; NULL: no bound */
  uint64_t sample_count;                /* 0: all */
  int64_t seconds_ms;                   /* 0: no bound */
  double least_percent;
  bool json;
};

/* Reads what is written; -1 after a message. */
int test_mutate_options(const struct command *self, struct mutate_options *options);

/* The directory is loaded with its tests and with what it declares. Prints, and returns the exit code. */
int test_mutate(const struct directory *directory, const struct mutate_options *options);

#endif
