#include "io/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static void read_memory(struct process *process) {
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  char line[256], *rest = line;
  FILE *file = fopen("/proc/self/statm", "re");
  if (!file) return;
  if (fgets(line, sizeof line, file)) { /* pages in all, pages resident, ... */
    process->virtual_bytes = strtoull(rest, &rest, 10) * page;
    process->resident_bytes = strtoull(rest, &rest, 10) * page;
  }
  fclose(file);
}

/* Without "." and "..", and the one that the looking takes. */
static void count_fds(struct process *process) {
  struct rlimit limit;
  uint64_t entries = 0;
  DIR *dir = opendir("/proc/self/fd");
  while (dir && readdir(dir)) entries++;
  if (dir) closedir(dir);
  process->open_fds = entries > 3 ? entries - 3 : 0;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) process->max_fds = limit.rlim_cur;
}

void process_read(struct process *process) {
  struct timespec cpu;
  *process = (struct process){0};
  read_memory(process);
  count_fds(process);
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
    process->cpu_seconds = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
}
