/* test_watch.h - `embudo test --watch`: the tests again whenever a file has changed. */
#ifndef EMBUDO_CLI_TEST_WATCH_H
#define EMBUDO_CLI_TEST_WATCH_H

#include "cli/command.h"

/* Calls `run` soon, and after every change below `path` and `other` (NULL: none), until SIGINT or SIGTERM. What the last run returned, or EXIT_PROBLEMS
 * after a message. */
int test_watch(const char *path, const char *other, int (*run)(void *context), void *context);

#endif
