/* repl_source.c - events of files, of a data directory's journal, or of one lead of a running embudo. */
#include "cli/rules/repl.h"
#include "core/journal/sift.h"
#include "io/files/feeder.h"
#include <stdio.h>

static int feed_files(const struct repl_source *source, struct engine *engine, struct err *err) {
  const struct feeder_options options = {.source = STR("file")};
  for (int i = 0; i < source->file_count; i++)
    if (feeder_file(engine, source->files[i], &options, err)) return -1;
  return 0;
}

static void feed_history(struct engine *engine, struct str json) {
  const struct feed feed = {.source = STR("file"), .is_history = true};
  struct feed_result result;
  engine_feed(engine, json, &feed, &result);
}

static void feed_record(struct sift *sift, const struct store_record *record, struct engine *engine,
                        struct buf *part, struct buf *line) {
  struct sift_event event;
  struct err ignored;
  if (!sift_has_events(record) || sift_open(sift, record, &ignored)) return;
  while (sift_next(sift, &event)) {
    if (!sift_is_first(sift)) continue;
    buf_clear(line);
    sift_write(&event, false, part, line);
    feed_history(engine, buf_str(line));
  }
}

static int feed_store(const struct repl_source *source, struct engine *engine, struct err *err) {
  struct store_reader *reader = store_reader_ahead(source->data, err);
  struct store_record record;
  struct buf part, line;
  int more = 0;
  if (!reader) return -1;
  struct sift *sift = sift_new(0);
  buf_init(&part);
  buf_init(&line);
  while ((more = store_reader_next(reader, &record, err)) > 0)
    feed_record(sift, &record, engine, &part, &line);
  buf_release(&part);
  buf_release(&line);
  sift_free(sift);
  store_reader_free(reader);
  return more < 0 ? -1 : 0;
}

static int feed_daemon(struct repl_source *source, struct engine *engine, struct err *err) {
  struct http_reply reply;
  struct json_ref root;
  struct json_iter events;
  struct buf json;
  struct buf path;
  if (!source->lead[0]) return 0;
  buf_init(&path);
  buf_add_text(&path, "/v1/leads/");
  buf_add_escaped(&path, str_of(source->lead));
  buf_add_text(&path, "/data");
  int code = remote_ask(&source->remote, path.data, (struct str){NULL, 0}, &reply, &root);
  buf_release(&path);
  if (code != EXIT_FINE) return err_set(err, ERR_NOT_FOUND, "nothing is known of '%s'", source->lead);
  buf_init(&json);
  json_iter_init(&events, json_get(root, STR("events")));
  while (json_next(&events)) {
    buf_clear(&json);
    json_minify(events.value, &json);
    feed_history(engine, buf_str(&json));
  }
  buf_release(&json);
  return 0;
}

int repl_feed(void *context, struct engine *engine, struct err *err) {
  struct repl_source *source = context;
  switch (source->from) {
  case REPL_FILES: return feed_files(source, engine, err);
  case REPL_STORE: return feed_store(source, engine, err);
  case REPL_DAEMON: break;
  }
  return feed_daemon(source, engine, err);
}
