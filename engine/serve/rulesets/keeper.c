#include "serve/rulesets/keeper.h"

#include "base/map.h"

struct packing { /* a bundle's files, on their way into the store */
  struct work_job job;
  struct keeper *keeper; /* NULL: it is gone */
  const char *dir;
  struct ruledir *bundle;
  struct kept_packed packed;
  size_t at; /* the value that is written next */
};

struct keeper {
  struct daemon *daemon;
  struct kept_index index;
  char guarded[KEEPER_GUARDS][DIGEST_HEX_MAX];
  struct packing *packing;
  struct ruledir *waiting[2]; /* to be packed after it: the newest that took over, the newest that is tried */
  bool closing;
  struct buf text;
  void *context;
  void (*kept)(void *context, const char *hash);
};

const struct kept_index *keeper_index(const struct keeper *keeper) {
  return &keeper->index;
}

static void free_bundle(struct ruledir *bundle) {
  if (bundle) ruledir_release(bundle);
  free(bundle);
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

/* What could not be written is not kept; that does not keep anything else from working, and a full disk is told elsewhere. */
static void on_written(void *arg, const struct service_result *result) {
  (void)arg, (void)result;
}

void keeper_write(struct keeper *keeper, const char *name, struct str bytes) {
  service_set_value(keeper->daemon->service, str_of(name), bytes, on_written, NULL);
}

static void write_index(struct keeper *keeper) {
  buf_clear(&keeper->text);
  kept_index_put(&keeper->index, &keeper->text);
  keeper_write(keeper, KEPT_INDEX, buf_str(&keeper->text));
}

/* --- dropping -------------------------------------------------------------------------------------------------------- */

static bool uses_file(const struct kept *kept, const char *sha) {
  for (size_t i = 0; i < kept->file_count; i++)
    if (strcmp(kept->files[i].sha, sha) == 0) return true;
  return false;
}

static bool is_shared(const struct kept_index *index, size_t except, const char *sha) {
  for (size_t i = 0; i < index->count; i++)
    if (i != except && uses_file(&index->items[i], sha)) return true;
  return false;
}

static void drop(struct keeper *keeper, size_t at) {
  const struct kept *kept = &keeper->index.items[at];
  char name[KEPT_NAME_MAX];
  kept_set_name(kept->hash, name);
  keeper_write(keeper, name, STR(""));
  for (size_t i = 0; i < kept->file_count; i++) {
    if (is_shared(&keeper->index, at, kept->files[i].sha)) continue;
    for (unsigned piece = kept_pieces(kept->files[i].bytes); piece-- > 0;) {
      kept_piece_name(kept->files[i].sha, piece, name);
      keeper_write(keeper, name, STR(""));
    }
  }
  kept_remove(&keeper->index, at);
}

/* A file that several share counts once. */
static uint64_t bytes_kept(const struct kept_index *index) {
  uint64_t bytes = 0;
  struct map seen;
  map_init(&seen);
  for (size_t i = 0; i < index->count; i++)
    for (size_t k = 0; k < index->items[i].file_count; k++) {
      bool added;
      map_put(&seen, str_of(index->items[i].files[k].sha), 0, &added);
      if (added) bytes += index->items[i].files[k].bytes;
    }
  map_release(&seen);
  return bytes;
}

static bool is_guarded(const struct keeper *keeper, const char *hash) {
  for (size_t i = 0; i < KEEPER_GUARDS; i++)
    if (strcmp(keeper->guarded[i], hash) == 0) return true;
  return false;
}

/* The oldest that may go; 0: none. The first is the present one, or the one that was in charge when it took over. */
static size_t oldest(const struct keeper *keeper) {
  size_t at = keeper->index.count;
  while (at-- > 1)
    if (!is_guarded(keeper, keeper->index.items[at].hash)) return at;
  return 0;
}

static void drop_surplus(struct keeper *keeper) {
  const struct config *config = keeper->daemon->config;
  struct kept_index *index = &keeper->index;
  size_t at;
  while ((index->count > (size_t)config->rulesets.keep ||
          (index->count > 2 && bytes_kept(index) > (uint64_t)config->rulesets.keep_bytes)) &&
         (at = oldest(keeper)))
    drop(keeper, at);
}

/* --- keeping --------------------------------------------------------------------------------------------------------- */

static void pack_next(struct keeper *keeper);

static void end_packing(struct packing *packing) {
  free_bundle(packing->bundle);
  kept_packed_release(&packing->packed);
  free(packing);
}

static void finish(struct packing *packing) {
  struct keeper *keeper = packing->keeper;
  char hash[DIGEST_HEX_MAX];
  struct kept *kept = kept_find(&keeper->index, str_of(packing->packed.hash));
  if (kept) {
    kept_set_files(kept, packing->packed.files, packing->packed.file_count);
    packing->packed.files = NULL;
    packing->packed.file_count = 0;
  }
  memcpy(hash, packing->packed.hash, sizeof hash);
  keeper->packing = NULL;
  end_packing(packing);
  drop_surplus(keeper);
  write_index(keeper);
  if (kept) keeper->kept(keeper->context, hash);
  pack_next(keeper);
}

static void write_next(struct packing *packing);

static void on_piece(void *arg, const struct service_result *result) {
  struct packing *packing = arg;
  if (result->answer == SERVICE_COMMITTED && packing->keeper) {
    write_next(packing);
    return;
  }
  if (packing->keeper) packing->keeper->packing = NULL; /* the disk is full, or worse: it is not kept */
  end_packing(packing);
}

static void write_next(struct packing *packing) {
  struct keeper *keeper = packing->keeper;
  if (packing->at == packing->packed.count) {
    finish(packing);
    return;
  }
  const struct kept_value *value = &packing->packed.values[packing->at++];
  if (service_set_value(keeper->daemon->service, str_of(value->name), buf_str(&value->bytes), on_piece,
                        packing) == SERVICE_COMMITTED)
    return;
  keeper->packing = NULL;
  end_packing(packing);
}

static void run_packing(struct work_job *job) {
  struct packing *packing = (struct packing *)job;
  kept_pack(&packing->packed, packing->dir, packing->bundle);
}

static void on_packed(struct work_job *job, enum work_end end) {
  struct packing *packing = (struct packing *)job;
  struct keeper *keeper = packing->keeper;
  if (end == WORK_RAN && keeper && !keeper->closing) {
    write_next(packing);
    return;
  }
  if (keeper) keeper->packing = NULL;
  end_packing(packing);
}

static void pack_next(struct keeper *keeper) {
  struct ruledir **waiting = keeper->waiting[0] ? &keeper->waiting[0] : &keeper->waiting[1];
  if (keeper->packing || !*waiting || keeper->closing) return;
  struct packing *packing = xcalloc(1, sizeof *packing);
  *packing = (struct packing){.job = {.run = run_packing, .done = on_packed},
                              .keeper = keeper,
                              .dir = keeper->daemon->config->data,
                              .bundle = *waiting};
  *waiting = NULL;
  keeper->packing = packing;
  if (work_start(keeper->daemon->work, &packing->job)) return;
  keeper->packing = NULL;
  end_packing(packing);
}

static void wait(struct keeper *keeper, int place, struct ruledir *bundle) {
  free_bundle(keeper->waiting[place]);
  keeper->waiting[place] = bundle;
  pack_next(keeper);
}

/* --- for the owner --------------------------------------------------------------------------------------------------- */

void keeper_settle(struct keeper *keeper, size_t moved) {
  if (keeper->index.count && keeper->index.items[0].use_count) keeper->index.items[0].uses[0].moved = moved;
}

void keeper_use(struct keeper *keeper, const char *hash, const struct kept_use *use, struct ruledir *bundle) {
  struct kept *kept = kept_use(&keeper->index, hash, use);
  bool wanted = !kept->has_files && bundle;
  drop_surplus(keeper);
  write_index(keeper);
  if (wanted)
    wait(keeper, 0, bundle);
  else
    free_bundle(bundle);
}

bool keeper_try(struct keeper *keeper, const char *hash, struct ruledir *bundle) {
  struct kept *kept = kept_find(&keeper->index, str_of(hash));
  bool there = kept && kept->has_files;
  if (!kept) kept_add(&keeper->index, hash);
  if (there || !bundle)
    free_bundle(bundle);
  else
    wait(keeper, 1, bundle);
  return there;
}

void keeper_guard(struct keeper *keeper, enum keeper_guard guard, const char *hash) {
  char before[DIGEST_HEX_MAX];
  memcpy(before, keeper->guarded[guard], sizeof before);
  snprintf(keeper->guarded[guard], sizeof keeper->guarded[guard], "%s", hash);
  for (size_t i = 1; i < keeper->index.count; i++)
    if (strcmp(keeper->index.items[i].hash, before) == 0 && !is_guarded(keeper, before) &&
        keeper->index.items[i].use_count == 0) {
      drop(keeper, i);
      write_index(keeper);
    }
}

struct keeper *keeper_new(struct daemon *daemon, void (*kept)(void *context, const char *hash), void *context,
                          struct err *err) {
  struct keeper *keeper = xcalloc(1, sizeof *keeper);
  *keeper = (struct keeper){.daemon = daemon, .kept = kept, .context = context};
  buf_init(&keeper->text);
  if (kept_index_read(&keeper->index, daemon->config->data, err) == 0) return keeper;
  keeper_free(keeper);
  return NULL;
}

void keeper_close(struct keeper *keeper) {
  keeper->closing = true;
  write_index(keeper);
}

void keeper_free(struct keeper *keeper) {
  if (!keeper) return;
  if (keeper->packing) keeper->packing->keeper = NULL;
  free_bundle(keeper->waiting[0]);
  free_bundle(keeper->waiting[1]);
  kept_index_release(&keeper->index);
  buf_release(&keeper->text);
  free(keeper);
}
