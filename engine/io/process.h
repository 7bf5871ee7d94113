/* process.h - what this process takes of the machine. Linux' /proc; what cannot be read is 0. */
#ifndef EMBUDO_IO_PROCESS_H
#define EMBUDO_IO_PROCESS_H

#include <stdint.h>

struct process {
  uint64_t resident_bytes, virtual_bytes;
  double cpu_seconds; /* of all threads, user and system */
  uint64_t open_fds, max_fds;
};

void process_read(struct process *process);

#endif
