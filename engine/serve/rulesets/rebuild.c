#include "serve/rulesets/rebuild.h"

#include "base/err.h"
#include "base/thread.h"
#include <stdlib.h>

struct rebuild {
  struct rebuild_options options;
  struct apart *apart;
  struct pipeline *pipeline;
  struct store_reader *reader;
  pthread_t thread;
  bool running;
  _Atomic bool stop, interrupted;
  struct loop_task paused;

  _Atomic uint64_t seq, until_seq, folds;
  int64_t now_ms;
  bool adopted;
  int failed;
  struct err err;

  uint32_t
      *differing; /* leads that did when they were folded; some may not any more, some stand here twice */
  size_t differing_count, differing_cap;
  struct stage_move *moves;
  size_t move_count, move_cap;
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

static bool goes_on(const struct rebuild *rebuild) {
  return !rebuild->stop && !rebuild->interrupted;
}

static int read_journal(struct rebuild *rebuild) {
  struct store_record record;
  struct err told; /* the live pipeline has told what is wrong with a record */
  int more = 1;
  while (rebuild->seq < rebuild->until_seq && goes_on(rebuild)) {
    more = store_reader_next(rebuild->reader, &record, &rebuild->err);
    if (more <= 0 || record.seq > rebuild->until_seq) break;
    pipeline_take(rebuild->pipeline, &record, NULL, &told);
    rebuild->seq = record.seq;
  }
  if (more < 0) return -1;
  if (goes_on(rebuild)) rebuild->seq = rebuild->until_seq; /* numbers may have gaps */
  store_reader_seek(rebuild->reader, rebuild->seq + 1);
  return 0;
}

/* What the journal says the leads were judged under before, once it has been read. */
static void adopt_once(struct rebuild *rebuild) {
  if (rebuild->adopted) return;
  rebuild->adopted = true;
  pipeline_adopt(rebuild->pipeline, pipeline_recorded_ruleset(rebuild->pipeline));
}

/* --- who would move ---------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
  const uint32_t *left = a, *right = b;
  return (*left > *right) - (*left < *right);
}

/* Once each, and only those that still do. */
static void tidy_differing(struct rebuild *rebuild) {
  const struct leadbook *book = pipeline_book(rebuild->pipeline);
  size_t kept = 0;
  if (rebuild->differing_count == 0) return;
  qsort(rebuild->differing, rebuild->differing_count, sizeof *rebuild->differing, by_number);
  for (size_t i = 0; i < rebuild->differing_count; i++) {
    uint32_t lead = rebuild->differing[i];
    const struct lead_entry *entry = leadbook_find(book, lead);
    bool differs = false;
    for (size_t k = 0; entry && k < LEADBOOK_LIFECYCLES; k++) differs = differs || entry->would[k];
    if (differs && (kept == 0 || rebuild->differing[kept - 1] != lead)) rebuild->differing[kept++] = lead;
  }
  rebuild->differing_count = kept;
}

static bool is_move(const struct stage_move *move, const char *lifecycle, const char *from, const char *to) {
  return strcmp(move->lifecycle, lifecycle) == 0 && strcmp(move->from, from) == 0 &&
         strcmp(move->to, to) == 0;
}

static void count_move(struct rebuild *rebuild, const struct lifecycle *lifecycle, const char *from,
                       const char *to) {
  for (size_t i = 0; i < rebuild->move_count; i++) {
    struct stage_move *move = &rebuild->moves[i];
    if (!is_move(move, lifecycle->name, from, to)) continue;
    move->leads++;
    return;
  }
  if (rebuild->move_count == rebuild->move_cap) {
    rebuild->move_cap = rebuild->move_cap ? rebuild->move_cap * 2 : 16;
    rebuild->moves = xrealloc(rebuild->moves, rebuild->move_cap * sizeof *rebuild->moves);
  }
  rebuild->moves[rebuild->move_count++] = (struct stage_move){lifecycle->name, from, to, 1};
}

static void count_moves(struct rebuild *rebuild) {
  const struct ruleset *rules = rebuild->options.generation->rules;
  const struct leadbook *book = pipeline_book(rebuild->pipeline);
  rebuild->move_count = 0;
  for (size_t i = 0; i < rebuild->differing_count; i++) {
    const struct lead_entry *entry = leadbook_find(book, rebuild->differing[i]);
    for (uint32_t k = 0; k < rules->lifecycle_count; k++) {
      const struct lifecycle *lifecycle = &rules->lifecycles[k];
      if (!entry->would[k]) continue;
      const char *from =
          entry->recorded[k] ? leadbook_name(book, entry->recorded[k]) : lifecycle->stages[lifecycle->start];
      count_move(rebuild, lifecycle, from, leadbook_name(book, entry->would[k]));
    }
  }
}

static int advance(struct rebuild *rebuild) {
  const struct pipeline_visitor visitor = {.context = rebuild, .differs = on_differs};
  if (read_journal(rebuild) != 0) return -1;
  if (!goes_on(rebuild)) return 0;
  adopt_once(rebuild);
  while (goes_on(rebuild) && pipeline_step(rebuild->pipeline, rebuild->now_ms, &visitor)) rebuild->folds++;
  return 0;
}

static void free_pipeline(struct rebuild *rebuild) {
  pipeline_free(rebuild->pipeline);
  generation_free(rebuild->options.generation);
  rebuild->pipeline = NULL;
  rebuild->options.generation = NULL;
}

static void forget(struct rebuild *rebuild) {
  pipeline_free(rebuild->pipeline);
  store_reader_free(rebuild->reader);
  rebuild->pipeline = NULL;
  rebuild->reader = NULL;
  rebuild->differing_count = rebuild->move_count = 0;
  rebuild->seq = rebuild->until_seq = rebuild->folds = 0;
  rebuild->adopted = false;
  rebuild->failed = 0;
}

static void *run_forgetting(void *arg) {
  struct rebuild *rebuild = arg;
  forget(rebuild);
  loop_post(rebuild->options.loop, &rebuild->paused);
  return NULL;
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
  tidy_differing(
      rebuild); /* here and not when the last few records are caught up with: that is on the loop */
  count_moves(rebuild);
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
  rebuild->interrupted = false;
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

struct rebuild_progress rebuild_progress(const struct rebuild *rebuild) {
  return (struct rebuild_progress){rebuild->seq, rebuild->until_seq, rebuild->folds};
}

void rebuild_interrupt(struct rebuild *rebuild) {
  rebuild->interrupted = true;
}

const struct stage_move *rebuild_moves(const struct rebuild *rebuild, size_t *count) {
  *count = rebuild->move_count;
  return rebuild->moves;
}

size_t rebuild_differing(const struct rebuild *rebuild) {
  return rebuild->differing_count;
}

struct pipeline *rebuild_take(struct rebuild *rebuild) {
  struct pipeline *pipeline = rebuild->pipeline;
  pipeline_set_rebuilding(pipeline, false);
  rebuild->pipeline = NULL;
  rebuild->options.generation = NULL;
  return pipeline;
}

int rebuild_forget(struct rebuild *rebuild, struct err *err) {
  ASSERT(!rebuild->running);
  if (thread_start(&rebuild->thread, "rebuild", run_forgetting, rebuild, err) == 0) {
    rebuild->running = true;
    return 0;
  }
  forget(rebuild);
  return -1;
}

struct generation *rebuild_take_generation(struct rebuild *rebuild) {
  struct generation *generation = rebuild->options.generation;
  ASSERT(!rebuild->running && !rebuild->pipeline);
  rebuild->options.generation = NULL;
  return generation;
}

int rebuild_dispose(struct rebuild *rebuild, struct pipeline *pipeline, struct generation *generation,
                    struct err *err) {
  ASSERT(!rebuild->running && !rebuild->pipeline);
  rebuild->pipeline = pipeline;
  rebuild->options.generation = generation;
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
  free(rebuild->moves);
  free(rebuild);
}
