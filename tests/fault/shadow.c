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
  bool linked;           /* its name is on the disk */
  bool removed;          /* and may be there again after a cut */
  bool gone;             /* removed, and the directory synced since */
  struct image *renamed; /* what bears the name now; after a cut it may be this file again */
};

struct shadow {
  struct image files[SHADOW_FILES_MAX];
  size_t count;
  bool loses_names;
};

struct shadow *shadow_new(void) {
  return xcalloc(1, sizeof(struct shadow));
}

void shadow_lose_names(struct shadow *shadow) {
  shadow->loses_names = true;
}

static void forget_changes(struct image *file) {
  for (struct change *change = file->first, *next; change; change = next) {
    next = change->next;
    free(change);
  }
  file->first = file->last = NULL;
}

static void drop_renamed(struct image *file) {
  if (!file->renamed) return;
  forget_changes(file->renamed);
  buf_release(&file->renamed->synced);
  free(file->renamed);
  file->renamed = NULL;
}

void shadow_free(struct shadow *shadow) {
  if (!shadow) return;
  for (size_t i = 0; i < shadow->count; i++) {
    drop_renamed(&shadow->files[i]);
    forget_changes(&shadow->files[i]);
    buf_release(&shadow->files[i].synced);
    free(shadow->files[i].path);
  }
  free(shadow);
}

static struct image *name_at(struct shadow *shadow, const char *path) {
  for (size_t i = 0; i < shadow->count; i++)
    if (strcmp(shadow->files[i].path, path) == 0) return &shadow->files[i];
  ASSERT(shadow->count < SHADOW_FILES_MAX);
  struct image *file = &shadow->files[shadow->count++];
  file->path = xstrdup(path);
  buf_init(&file->synced);
  return file;
}

/* What a process that opened this path writes to. */
static struct image *file_at(struct shadow *shadow, const char *path) {
  struct image *file = name_at(shadow, path);
  return file->renamed ? file->renamed : file;
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
    file->removed = file->gone = file->linked = false;
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
  name_at(shadow, path)->removed = true;
}

/* The contents of `from`, and what of them is synced, are the other's. */
static void move_contents(struct image *from, struct image *to) {
  to->synced = from->synced;
  to->first = from->first;
  to->last = from->last;
  buf_init(&from->synced);
  from->first = from->last = NULL;
}

static void settle_rename(struct image *file) {
  if (!file->renamed) return;
  forget_changes(file);
  buf_release(&file->synced);
  move_contents(file->renamed, file);
  file->linked = true;
  file->removed = file->gone = false;
  drop_renamed(file);
}

void shadow_rename(struct shadow *shadow, const char *from, const char *to) {
  struct image *source = name_at(shadow, from), *target = name_at(shadow, to);
  settle_rename(source);
  settle_rename(target);
  if (!target->linked && !target->first && target->synced.len == 0)
    target->gone = true; /* it was not there */
  target->renamed = xcalloc(1, sizeof *target->renamed);
  move_contents(source, target->renamed);
  source->removed = source->gone = true;
}

void shadow_sync_dir(struct shadow *shadow) {
  for (size_t i = 0; i < shadow->count; i++) {
    struct image *file = &shadow->files[i];
    settle_rename(file);
    file->linked = true;
    if (!file->removed) continue;
    forget_changes(file);
    buf_clear(&file->synced);
    file->gone = true;
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

static void write_image(const char *dir, const char *path, const struct image *file, uint64_t *seed) {
  struct buf bytes;
  buf_init(&bytes);
  buf_add_str(&bytes, buf_str(&file->synced));
  for (const struct change *change = file->first; change; change = change->next)
    apply_some(&bytes, change, seed);
  write_file(dir, path, &bytes);
  buf_release(&bytes);
}

/* A name that was not synced is there or not; a coin says. */
static bool is_there(const struct shadow *shadow, const struct image *file, uint64_t *seed) {
  if (file->gone || (file->removed && draw(seed) % 2)) return false;
  return file->linked || !shadow->loses_names || draw(seed) % 2;
}

void shadow_image(const struct shadow *shadow, const char *dir, uint64_t seed) {
  seed = seed * 2 + 1;
  for (unsigned i = 0; i < 8; i++) draw(&seed);
  for (size_t i = 0; i < shadow->count; i++) {
    const struct image *file = &shadow->files[i];
    if (file->renamed && draw(&seed) % 2)
      write_image(dir, file->path, file->renamed, &seed);
    else if (is_there(shadow, file, &seed))
      write_image(dir, file->path, file, &seed);
  }
}
