#include "fault/shadow.h"
#include "base/buf.h"
#include "base/err.h"

struct change { /* since the last sync */
  struct change *next;
  bool truncates; /* to `offset` bytes */
  uint64_t offset;
  size_t len;
  char bytes[];
};

struct image {
  char *path;
  struct buf synced;
  struct change *first, *last;
  bool removed; /* and may be there again after a cut */
  bool gone;    /* removed, and the directory synced since */
};

struct shadow {
  struct image files[SHADOW_FILES_MAX];
  size_t count;
};

struct shadow *shadow_new(void) {
  return xcalloc(1, sizeof(struct shadow));
}

static void forget_changes(struct image *file) {
  for (struct change *change = file->first, *next; change; change = next) {
    next = change->next;
    free(change);
  }
  file->first = file->last = NULL;
}

void shadow_free(struct shadow *shadow) {
  if (!shadow) return;
  for (size_t i = 0; i < shadow->count; i++) {
    forget_changes(&shadow->files[i]);
    buf_release(&shadow->files[i].synced);
    free(shadow->files[i].path);
  }
  free(shadow);
}

static struct image *file_at(struct shadow *shadow, const char *path) {
  for (size_t i = 0; i < shadow->count; i++)
    if (strcmp(shadow->files[i].path, path) == 0) return &shadow->files[i];
  ASSERT(shadow->count < SHADOW_FILES_MAX);
  struct image *file = &shadow->files[shadow->count++];
  file->path = xstrdup(path);
  buf_init(&file->synced);
  return file;
}

static void resize(struct buf *bytes, uint64_t size) {
  if (size > bytes->len) buf_add_repeat(bytes, '\0', size - bytes->len);
  bytes->len = size;
}

static void apply(struct buf *bytes, const struct change *change, size_t len) {
  if (change->truncates) {
    resize(bytes, change->offset);
    return;
  }
  if (bytes->len < change->offset + len) resize(bytes, change->offset + len);
  memcpy(bytes->data + change->offset, change->bytes, len);
}

static void add_change(struct shadow *shadow, const char *path, const struct change *head,
                       const void *bytes) {
  struct image *file = file_at(shadow, path);
  if (file->removed) { /* made anew */
    forget_changes(file);
    buf_clear(&file->synced);
    file->removed = file->gone = false;
  }
  struct change *change = xmalloc(sizeof *change + head->len);
  *change = *head;
  if (head->len) memcpy(change->bytes, bytes, head->len);
  if (file->last)
    file->last->next = change;
  else
    file->first = change;
  file->last = change;
}

void shadow_write(struct shadow *shadow, const char *path, const void *bytes, size_t len, uint64_t offset) {
  add_change(shadow, path, &(struct change){.offset = offset, .len = len}, bytes);
}

void shadow_truncate(struct shadow *shadow, const char *path, uint64_t size) {
  add_change(shadow, path, &(struct change){.truncates = true, .offset = size}, NULL);
}

void shadow_sync(struct shadow *shadow, const char *path) {
  struct image *file = file_at(shadow, path);
  for (const struct change *change = file->first; change; change = change->next)
    apply(&file->synced, change, change->len);
  forget_changes(file);
}

void shadow_remove(struct shadow *shadow, const char *path) {
  file_at(shadow, path)->removed = true;
}

void shadow_sync_dir(struct shadow *shadow) {
  for (size_t i = 0; i < shadow->count; i++) {
    if (!shadow->files[i].removed) continue;
    forget_changes(&shadow->files[i]);
    buf_clear(&shadow->files[i].synced);
    shadow->files[i].gone = true;
  }
}

static uint64_t draw(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

/* Each change since the sync reached the disk, or did not, or in part. Those that did may have done so in any order, but
 * only where they overlap does that show: then the later one may have lost to the earlier, which leaving it out is. */
static void apply_some(struct buf *bytes, const struct change *change, uint64_t *seed) {
  uint64_t fate = draw(seed) % 4;
  if (fate == 0) return;
  size_t len = change->len;
  if (fate == 1) len = draw(seed) % (len / SHADOW_SECTOR + 1) * SHADOW_SECTOR;
  if (change->truncates ? fate > 1 : len > 0) apply(bytes, change, len);
}

static void write_file(const char *dir, const char *path, const struct buf *bytes) {
  const char *name = strrchr(path, '/');
  struct buf target;
  buf_init(&target);
  buf_printf(&target, "%s/%s", dir, name ? name + 1 : path);
  FILE *file = fopen(target.data, "wb");
  ASSERT(file);
  ASSERT(fwrite(bytes->data, 1, bytes->len, file) == bytes->len);
  ASSERT(fclose(file) == 0);
  buf_release(&target);
}

void shadow_image(const struct shadow *shadow, const char *dir, uint64_t seed) {
  seed = seed * 2 + 1;
  for (unsigned i = 0; i < 8; i++) draw(&seed);
  for (size_t i = 0; i < shadow->count; i++) {
    const struct image *file = &shadow->files[i];
    if (file->gone || (file->removed && draw(&seed) % 2)) continue;
    struct buf bytes;
    buf_init(&bytes);
    buf_add_str(&bytes, buf_str(&file->synced));
    for (const struct change *change = file->first; change; change = change->next)
      apply_some(&bytes, change, &seed);
    write_file(dir, file->path, &bytes);
    buf_release(&bytes);
  }
}
