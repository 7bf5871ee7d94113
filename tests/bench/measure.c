/* measure.c - runs a command and says what it took.
 *
 *   measure COMMAND [ARGUMENT ..]
 *
 * The command's standard output is thrown away; one line goes to ours: wall-clock milliseconds, processor milliseconds
 * (user and system), peak memory in KB. The command's failure is ours. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t micros(struct timeval t) {
  return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static void become(char **command) {
  int null = open("/dev/null", O_WRONLY);
  if (null >= 0) dup2(null, STDOUT_FILENO);
  execvp(command[0], command);
  fprintf(stderr, "measure: cannot run %s: %s\n", command[0], strerror(errno));
  _exit(127);
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: measure COMMAND [ARGUMENT ..]\n");
    return 2;
  }
  int64_t started_us = now_us();
  pid_t child = fork();
  if (child == 0) become(argv + 1);
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) < 0) {
    perror("measure");
    return 1;
  }
  int64_t wall_us = now_us() - started_us;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "measure: %s failed\n", argv[1]);
    return 1;
  }
  printf("%lld %lld %ld\n", (long long)(wall_us / 1000),
         (long long)((micros(used.ru_utime) + micros(used.ru_stime)) / 1000), used.ru_maxrss);
  return 0;
}
