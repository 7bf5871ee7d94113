#include "io/watch.h"

#include "base/buf.h"
#include "base/err.h"
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <uv.h>

/* --- looking: on a thread of the pool -------------------------------------------------------------------------------- */

struct look {
  struct work_job job;
  struct watch *watch; /* NULL: nobody wants to know any more */
  char *paths[WATCH_PATHS_MAX];
  size_t path_count;
  uint64_t signature;
  size_t entries;
  struct buf dirs; /* their paths, each with its NUL */
  size_t dir_count;
};

static void mix(struct look *look, struct str path, const struct stat *info) {
  const int64_t parts[] = {(int64_t)str_hash(path),
                           info->st_mode,
                           (int64_t)info->st_dev,
                           (int64_t)info->st_ino,
                           S_ISDIR(info->st_mode) ? 0 : info->st_size,
                           S_ISDIR(info->st_mode) ? 0 : info->st_mtim.tv_sec,
                           S_ISDIR(info->st_mode) ? 0 : info->st_mtim.tv_nsec,
                           S_ISDIR(info->st_mode) ? 0 : info->st_ctim.tv_sec,
                           S_ISDIR(info->st_mode) ? 0 : info->st_ctim.tv_nsec};
  look->signature += str_hash((struct str){(const char *)parts, sizeof parts}); /* in any order */
}

static void look_at(struct look *look, const char *path, int depth);

static void look_into(struct look *look, const char *path, int depth) {
  struct dirent *entry;
  struct buf child;
  DIR *dir = opendir(path);
  if (!dir) return;
  if (look->dir_count < WATCH_DIRS_MAX) {
    buf_add(&look->dirs, path, strlen(path) + 1);
    look->dir_count++;
  }
  buf_init(&child);
  while ((entry = readdir(dir)) && look->entries < WATCH_ENTRIES_MAX) {
    if (entry->d_name[0] == '.') continue;
    buf_clear(&child);
    buf_printf(&child, "%s/%s", path, entry->d_name);
    look_at(look, child.data, depth + 1);
  }
  buf_release(&child);
  closedir(dir);
}

static void look_at(struct look *look, const char *path, int depth) {
  struct stat info;
  look->entries++;
  if (stat(path, &info) != 0 && lstat(path, &info) != 0)
    return; /* a link to what is not there is something, too */
  mix(look, str_of(path), &info);
  if (S_ISDIR(info.st_mode) && depth < WATCH_DEPTH_MAX) look_into(look, path, depth);
}

static void run_look(struct work_job *job) {
  struct look *look = (struct look *)job;
  look->signature = 1;
  look->entries = look->dir_count = 0;
  buf_clear(&look->dirs);
  for (size_t i = 0; i < look->path_count; i++) look_at(look, look->paths[i], 0);
}

/* --- deciding: on the loop --------------------------------------------------------------------------------------------- */

struct notice { /* of one directory */
  uv_fs_event_t event;
  struct watch *watch;
};

struct watch {
  struct watch_options options;
  struct look *look;
  bool looking, again;
  uint64_t told, seen; /* signatures: what was told last, what the last look saw */
  struct notice *notices[WATCH_DIRS_MAX];
  size_t notice_count;
  uint64_t noticed; /* which directories those are of */
  struct loop_timer *poll, *settle;
};

static void start_look(void *arg) {
  struct watch *watch = arg;
  if (watch->looking) {
    watch->again = true;
    return;
  }
  watch->looking = work_start(watch->options.work, &watch->look->job);
}

static void on_notice(uv_fs_event_t *event, const char *name, int events, int status) {
  struct notice *notice = event->data;
  (void)name, (void)events, (void)status;
  loop_timer_after(notice->watch->settle, WATCH_SETTLE_MS);
}

static void on_closed(uv_handle_t *handle) {
  free(handle->data);
}

static void close_notices(struct watch *watch) {
  for (size_t i = 0; i < watch->notice_count; i++)
    uv_close((uv_handle_t *)&watch->notices[i]->event, on_closed);
  watch->notice_count = 0;
}

static void open_notice(struct watch *watch, const char *path) {
  struct notice *notice = xcalloc(1, sizeof *notice);
  notice->watch = watch;
  ASSERT(uv_fs_event_init(loop_uv(watch->options.loop), &notice->event) == 0);
  notice->event.data = notice;
  watch->notices[watch->notice_count++] = notice;
  uv_fs_event_start(&notice->event, on_notice, path, 0); /* where it cannot be had, polling has to do */
}

/* One for each directory; made anew when those are others, or are themselves anew. */
static void renew_notices(struct watch *watch, bool changed) {
  const struct look *look = watch->look;
  uint64_t dirs = str_hash(buf_str(&look->dirs));
  if (!changed && dirs == watch->noticed) return;
  watch->noticed = dirs;
  close_notices(watch);
  for (size_t at = 0; at < look->dirs.len; at += strlen(look->dirs.data + at) + 1)
    open_notice(watch, look->dirs.data + at);
}

static void free_look(struct look *look) {
  for (size_t i = 0; i < look->path_count; i++) free(look->paths[i]);
  buf_release(&look->dirs);
  free(look);
}

/* A change is told when two looks in a row saw the same. */
static void judge(struct watch *watch) {
  uint64_t now = watch->look->signature;
  bool still = now == watch->seen;
  renew_notices(watch, !still);
  watch->seen = now;
  if (now == watch->told) return;
  if (!still) {
    loop_timer_after(watch->settle, WATCH_SETTLE_MS);
    return;
  }
  watch->told = now;
  watch->options.changed(watch->options.context);
}

static void on_looked(struct work_job *job, enum work_end end) {
  struct look *look = (struct look *)job;
  struct watch *watch = look->watch;
  if (!watch) {
    free_look(look);
    return;
  }
  watch->looking = false;
  if (end == WORK_RAN) judge(watch);
  if (!watch->again) return;
  watch->again = false;
  start_look(watch);
}

/* --- the owner's side --------------------------------------------------------------------------------------------------- */

struct watch *watch_new(const struct watch_options *options) {
  struct watch *watch = xcalloc(1, sizeof *watch);
  struct look *look = xcalloc(1, sizeof *look);
  ASSERT(options->path_count <= WATCH_PATHS_MAX);
  watch->options = *options;
  watch->look = look;
  look->watch = watch;
  look->job.run = run_look;
  look->job.done = on_looked;
  look->path_count = options->path_count;
  for (size_t i = 0; i < options->path_count; i++) look->paths[i] = xstrdup(options->paths[i]);
  buf_init(&look->dirs);
  watch->poll = loop_timer_new(options->loop, start_look, watch);
  watch->settle = loop_timer_new(options->loop, start_look, watch);
  loop_timer_every(watch->poll, WATCH_POLL_MS);
  start_look(watch);
  return watch;
}

void watch_free(struct watch *watch) {
  if (!watch) return;
  close_notices(watch);
  loop_timer_free(watch->poll);
  loop_timer_free(watch->settle);
  if (watch->looking)
    watch->look->watch = NULL;
  else
    free_look(watch->look);
  free(watch);
}
