#include "serve/rebuild.h"

#include "base/thread.h"

struct rebuild {
  struct rebuild_options options;
  struct apart *apart;
  struct pipeline *pipeline;
  struct store_reader *reader;
  pthread_t thread;
  bool running;
  _Atomic bool stop;
  struct loop_task paused;

  uint64_t seq, until_seq;
  int64_t now_ms;
  bool adopted;
  int failed;
  struct err err;

  uint32_t *differing;
  size_t differing_count, differing_cap;
};

/* --- the thread's work ---------------------------------------------------------------------------------------------- */

static void on_differs(void *context, struct lead_entry *entry) {
  struct rebuild *rebuild = context;
  if (rebuild->differing_count == rebuild->differing_cap) {
    rebuild->differing_cap = rebuild->differing_cap ? rebuild->differing_cap * 2 : 64;
    rebuild->differing = xrealloc(rebuild->differing, rebuild->differing_cap * sizeof *rebuild->differing);
  }
  rebuild->differing[rebuild->differing_count++] = entry->node;
}

static int read_journal(struct rebuild *rebuild) {
  struct store_record record;
  struct err told; /* the live pipeline has told what is wrong with a record */
  int more = 1;
  while (rebuild->seq < rebuild->until_seq && !rebuild->stop) {
    more = store_reader_next(rebuild->reader, &record, &rebuild->err);
    if (more <= 0 || record.seq > rebuild->until_seq) break;
    pipeline_take(rebuild->pipeline, &record, NULL, &told);
    rebuild->seq = record.seq;
  }
  if (more < 0) return -1;
  rebuild->seq = rebuild->until_seq; /* numbers may have gaps */
  store_reader_seek(rebuild->reader, rebuild->seq + 1);
  return 0;
}

/* What the journal says the leads were judged under before, once it has been read. */
static void adopt_once(struct rebuild *rebuild) {
  if (rebuild->adopted) return;
  rebuild->adopted = true;
  pipeline_adopt(rebuild->pipeline, pipeline_recorded_ruleset(rebuild->pipeline));
}

static int advance(struct rebuild *rebuild) {
  const struct pipeline_visitor visitor = {.context = rebuild, .differs = on_differs};
  if (read_journal(rebuild) != 0) return -1;
  adopt_once(rebuild);
  while (!rebuild->stop && pipeline_step(rebuild->pipeline, rebuild->now_ms, &visitor)) continue;
  return 0;
}

static void free_pipeline(struct rebuild *rebuild) {
  pipeline_free(rebuild->pipeline);
  generation_free(rebuild->options.generation);
  rebuild->pipeline = NULL;
  rebuild->options.generation = NULL;
}

static void *run_disposal(void *arg) {
  struct rebuild *rebuild = arg;
  free_pipeline(rebuild);
  rebuild->failed = 0;
  loop_post(rebuild->options.loop, &rebuild->paused);
  return NULL;
}

static void *run(void *arg) {
  struct rebuild *rebuild = arg;
  if (!rebuild->pipeline) {
    rebuild->pipeline = pipeline_new(rebuild->options.generation, &rebuild->options.pipeline);
    pipeline_set_rebuilding(rebuild->pipeline, true);
    rebuild->reader = store_reader_new(rebuild->options.dir, &rebuild->err);
  }
  rebuild->failed = rebuild->reader ? advance(rebuild) : -1;
  loop_post(rebuild->options.loop, &rebuild->paused);
  return NULL;
}

/* --- the owner's side ------------------------------------------------------------------------------------------------ */

static void join(struct rebuild *rebuild) {
  if (rebuild->running) pthread_join(rebuild->thread, NULL);
  rebuild->running = false;
}

static void on_paused(struct loop_task *task) {
  struct rebuild *rebuild = (struct rebuild *)((char *)task - offsetof(struct rebuild, paused));
  join(rebuild);
  rebuild->options.paused(rebuild->options.context, rebuild->failed ? &rebuild->err : NULL);
}

struct rebuild *rebuild_new(const struct rebuild_options *options) {
  struct rebuild *rebuild = xcalloc(1, sizeof *rebuild);
  rebuild->options = *options;
  rebuild->paused.run = on_paused;
  if (options->pipeline.apart) rebuild->apart = apart_dup(options->pipeline.apart);
  rebuild->options.pipeline.apart = rebuild->apart;
  return rebuild;
}

int rebuild_go_on(struct rebuild *rebuild, uint64_t seq, int64_t now_ms, struct err *err) {
  ASSERT(!rebuild->running);
  rebuild->until_seq = seq;
  rebuild->now_ms = now_ms;
  if (thread_start(&rebuild->thread, "rebuild", run, rebuild, err) != 0) return -1;
  rebuild->running = true;
  return 0;
}

int rebuild_catch_up(struct rebuild *rebuild, uint64_t seq, int64_t now_ms, struct err *err) {
  ASSERT(!rebuild->running);
  rebuild->until_seq = seq;
  rebuild->now_ms = now_ms;
  if (advance(rebuild) == 0) return 0;
  *err = rebuild->err;
  return -1;
}

uint64_t rebuild_seq(const struct rebuild *rebuild) {
  return rebuild->seq;
}

const uint32_t *rebuild_differing(const struct rebuild *rebuild, size_t *count) {
  *count = rebuild->differing_count;
  return rebuild->differing;
}

struct pipeline *rebuild_take(struct rebuild *rebuild) {
  struct pipeline *pipeline = rebuild->pipeline;
  pipeline_set_rebuilding(pipeline, false);
  rebuild->pipeline = NULL;
  rebuild->options.generation = NULL;
  return pipeline;
}

int rebuild_dispose(struct rebuild *rebuild, struct pipeline *pipeline, struct err *err) {
  ASSERT(!rebuild->running && !rebuild->pipeline);
  rebuild->pipeline = pipeline;
  rebuild->options.generation = pipeline_generation(pipeline);
  if (thread_start(&rebuild->thread, "rebuild", run_disposal, rebuild, err) == 0) {
    rebuild->running = true;
    return 0;
  }
  free_pipeline(rebuild);
  return -1;
}

void rebuild_free(struct rebuild *rebuild) {
  if (!rebuild) return;
  rebuild->stop = true;
  join(rebuild);
  store_reader_free(rebuild->reader);
  free_pipeline(rebuild);
  apart_free(rebuild->apart);
  free(rebuild->differing);
  free(rebuild);
}
