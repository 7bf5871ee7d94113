/* power.c - a disk as a power cut could leave it, from a recording of what was written to it (preload/record.c):
 *
 *   power RECORDING                    how many operations it has
 *   power RECORDING CUT SEED DIR       the files into DIR as if the power went before operation CUT, counted from 0; all
 *                                      that was synced by then, and of the rest any part, drawn from the seed. Prints the
 *                                      instant of the cut: CLOCK_MONOTONIC, ns. Acknowledgements before it must hold.
 *   power --deaf RECORDING CUT SEED DIR    the same for a disk that only says it synced */
#include "base/buf.h"
#include "base/err.h"
#include "fault/daemon/preload/recording.h"
#include "fault/shadow.h"

#include <inttypes.h>

struct entry {
  struct recording_entry head;
  struct buf path, bytes;
};

static bool read_part(FILE *file, struct buf *part, size_t len) {
  buf_clear(part);
  buf_reserve(part, len);
  if (fread(part->data, 1, len, file) != len) return false;
  part->len = len;
  part->data[len] = '\0';
  return true;
}

static bool read_entry(FILE *file, struct entry *entry) {
  return fread(&entry->head, sizeof entry->head, 1, file) == 1 &&
         read_part(file, &entry->path, entry->head.path_len) &&
         read_part(file, &entry->bytes, entry->head.bytes_len);
}

static void apply(struct shadow *shadow, const struct entry *entry, bool deaf) {
  const char *path = entry->path.data;
  const struct buf *bytes = &entry->bytes;
  switch ((enum recording_op)entry->head.op) {
  case RECORDING_WRITE: shadow_write(shadow, path, bytes->data, bytes->len, entry->head.offset); break;
  case RECORDING_TRUNCATE: shadow_truncate(shadow, path, entry->head.offset); break;
  case RECORDING_SYNC:
    if (!deaf) shadow_sync(shadow, path);
    break;
  case RECORDING_SYNC_DIR:
    if (!deaf) shadow_sync_dir(shadow);
    break;
  case RECORDING_REMOVE: shadow_remove(shadow, path); break;
  case RECORDING_RENAME: shadow_rename(shadow, path, bytes->data); break;
  }
}

static int usage(void) {
  fputs("usage: power [--deaf] RECORDING [CUT SEED DIR]\n", stderr);
  return 2;
}

int main(int argc, char **argv) {
  bool deaf = argc > 1 && strcmp(argv[1], "--deaf") == 0;
  char **rest = argv + 1 + deaf;
  int count = argc - 1 - deaf;
  if (count != 1 && count != 4) return usage();
  FILE *file = fopen(rest[0], "rb");
  if (!file) {
    perror(rest[0]);
    return 1;
  }
  uint64_t cut = count == 4 ? strtoull(rest[1], NULL, 10) : UINT64_MAX, read = 0;
  struct shadow *shadow = shadow_new();
  struct entry entry = {.head = {.at_ns = 0}};
  shadow_lose_names(shadow);
  buf_init(&entry.path);
  buf_init(&entry.bytes);
  for (; read_entry(file, &entry) && read < cut; read++)
    if (count == 4) apply(shadow, &entry, deaf);
  if (count == 4) {
    shadow_image(shadow, rest[3], strtoull(rest[2], NULL, 10));
    printf("%" PRIu64 "\n", read == cut ? entry.head.at_ns : UINT64_MAX);
  } else
    printf("%" PRIu64 "\n", read);
  shadow_free(shadow);
  buf_release(&entry.path);
  buf_release(&entry.bytes);
  fclose(file);
  return 0;
}
