/* recording.h - what record.c writes about a daemon's disk, and tools/power.c makes disks of: entries one after the other, each
 * this head, a path and bytes. */
#ifndef EMBUDO_FAULT_PRELOAD_RECORDING_H
#define EMBUDO_FAULT_PRELOAD_RECORDING_H

#include <stdint.h>

enum recording_op {
  RECORDING_WRITE = 1, /* the bytes, at `offset` */
  RECORDING_TRUNCATE,  /* to `offset` bytes */
  RECORDING_SYNC,      /* has ended */
  RECORDING_SYNC_DIR,
  RECORDING_REMOVE,
  RECORDING_RENAME /* to the path that the bytes are */
};

struct recording_entry {
  uint64_t at_ns; /* CLOCK_MONOTONIC, before it was done; syncs: after. Rises */
  uint64_t offset;
  uint32_t op;
  uint32_t path_len, bytes_len; /* what follows */
  uint32_t unused;
};

#endif
