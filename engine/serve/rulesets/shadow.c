#include "serve/rulesets/shadow.h"

#include "base/err.h"
#include "base/thread.h"
#include "core/shadow/shadow_tally.h"
#include <stdlib.h>

struct shadow {
  struct shadow_options options;
  struct apart *apart;
  struct shadow_pair *pair;
  struct pipeline *live, *candidate;
  struct store_reader *reader;
  pthread_t thread;
  bool running;
  _Atomic bool stop;
  struct loop_task paused;

  _Atomic uint64_t seq;
  uint64_t until_seq;
  int64_t now_ms;
  int failed;
  struct err err;

  uint32_t *touched; /* leads of the live side, to be compared */
  size_t touched_count, touched_cap;
  struct shadow_difference **differences; /* by lead of the live side; NULL: it does not differ */
  size_t difference_cap;
  struct buf json;
  struct shadow_report report;
};

/* --- the thread's work: reading ---------------------------------------------------------------------------------------- */

static int read_journal(struct shadow *shadow) {
  struct store_record record;
  struct err told; /* the live pipeline has told what is wrong with a record */
  int more = 1;
  while (shadow->seq < shadow->until_seq && !shadow->stop) {
    more = store_reader_next(shadow->reader, &record, &shadow->err);
    if (more <= 0 || record.seq > shadow->until_seq) break;
    pipeline_take(shadow->live, &record, NULL, &told);
    pipeline_take(shadow->candidate, &record, NULL, &told);
    shadow->seq = record.seq;
  }
  if (more < 0) return -1;
  if (!shadow->stop) shadow->seq = shadow->until_seq; /* numbers may have gaps */
  store_reader_seek(shadow->reader, shadow->seq + 1);
  return 0;
}

/* --- comparing ---------------------------------------------------------------------------------------------------------- */

static void on_live_touched(void *context, uint32_t lead) {
  struct shadow *shadow = context;
  if (shadow->touched_count == shadow->touched_cap) {
    shadow->touched_cap = shadow->touched_cap ? shadow->touched_cap * 2 : 64;
    shadow->touched = xrealloc(shadow->touched, shadow->touched_cap * sizeof *shadow->touched);
  }
  shadow->touched[shadow->touched_count++] = lead;
}

/* The other side's numbers are its own: the two may not agree on who is one person. */
static uint32_t same_lead(struct pipeline *from, uint32_t lead, struct pipeline *to) {
  return engine_find_lead(pipeline_engine(to), engine_lead_id(pipeline_engine(from), lead));
}

static void on_candidate_touched(void *context, uint32_t lead) {
  struct shadow *shadow = context;
  uint32_t same = same_lead(shadow->candidate, lead, shadow->live);
  if (same != IDENTITY_NONE) on_live_touched(shadow, same);
}

static void set_difference(struct shadow *shadow, uint32_t lead, struct shadow_difference *difference) {
  size_t cap = shadow->difference_cap;
  if (lead >= cap && !difference) return;
  if (lead >= cap) {
    shadow->difference_cap = lead + lead / 2 + 64;
    shadow->differences =
        xrealloc(shadow->differences, shadow->difference_cap * sizeof(struct shadow_difference *));
    memset(shadow->differences + cap, 0, (shadow->difference_cap - cap) * sizeof(struct shadow_difference *));
  }
  free(shadow->differences[lead]);
  shadow->differences[lead] = difference;
}

static void on_absorbed(void *context, uint32_t lead, uint32_t other) {
  (void)lead;
  set_difference(context, other, NULL);
}

static void compare_lead(struct shadow *shadow, uint32_t lead) {
  struct fold *other = NULL;
  if (pipeline_look_on(shadow->live, lead, shadow->now_ms) == 0) {
    set_difference(shadow, lead, NULL); /* its events belong to others now */
    return;
  }
  uint32_t same = same_lead(shadow->live, lead, shadow->candidate);
  if (same != IDENTITY_NONE && pipeline_look_on(shadow->candidate, same, shadow->now_ms))
    other = pipeline_fold(shadow->candidate);
  set_difference(shadow, lead, shadow_compare(shadow->pair, pipeline_fold(shadow->live), other));
}

static int by_number(const void *a, const void *b) {
  const uint32_t *left = a, *right = b;
  return (*left > *right) - (*left < *right);
}

/* Mostly both sides were touched by the same event. */
static void compare_touched(struct shadow *shadow) {
  size_t count = shadow->touched_count;
  shadow->touched_count = 0;
  if (count) qsort(shadow->touched, count, sizeof *shadow->touched, by_number);
  for (size_t i = 0; i < count && !shadow->stop; i++)
    if (i == 0 || shadow->touched[i] != shadow->touched[i - 1]) compare_lead(shadow, shadow->touched[i]);
}

/* --- telling ------------------------------------------------------------------------------------------------------------ */

static struct str name_of(void *context, uint32_t lead) {
  const struct shadow *shadow = context;
  return engine_lead_id(pipeline_engine(shadow->live), lead);
}

static void sum_up(struct shadow *shadow) {
  struct shadow_tally *tally = shadow_tally_new(shadow->pair);
  struct json_writer w;
  size_t leads = leadbook_count(pipeline_book(shadow->live));
  for (size_t i = 0; i < shadow->difference_cap; i++)
    if (shadow->differences[i]) shadow_tally_add(tally, (uint32_t)i, shadow->differences[i]);
  buf_clear(&shadow->json);
  json_writer_init(&w, &shadow->json);
  shadow_tally_put(tally, leads, name_of, shadow, &w);
  shadow->report = (struct shadow_report){.leads = leads, .differing = shadow_tally_differing(tally)};
  shadow_tally_free(tally);
}

static bool find_touched(struct shadow *shadow) {
  size_t found = 0;
  while (!shadow->stop && pipeline_take_touched(shadow->live, shadow->now_ms, on_live_touched, shadow))
    found++;
  while (!shadow->stop &&
         pipeline_take_touched(shadow->candidate, shadow->now_ms, on_candidate_touched, shadow))
    found++;
  return found && !shadow->stop;
}

static int64_t next_due(const struct shadow *shadow) {
  int64_t live = pipeline_due_ms(shadow->live), candidate = pipeline_due_ms(shadow->candidate);
  return live < candidate ? live : candidate;
}

static int advance(struct shadow *shadow) {
  bool changed = shadow->json.len == 0;
  if (read_journal(shadow) != 0) return -1;
  for (; find_touched(shadow); changed = true) compare_touched(shadow);
  if (shadow->stop) return 0;
  if (changed) sum_up(shadow);
  shadow->report.seq = shadow->seq;
  shadow->report.now_ms = shadow->now_ms;
  shadow->report.due_ms = next_due(shadow);
  return 0;
}

/* --- its beginning and end ---------------------------------------------------------------------------------------------- */

static struct pipeline *new_pipeline(struct shadow *shadow, struct generation *generation) {
  struct pipeline *pipeline = pipeline_new(generation, &shadow->options.pipeline);
  pipeline_set_rebuilding(pipeline, true);
  return pipeline;
}

static int begin(struct shadow *shadow) {
  if (shadow->reader) return 0;
  shadow->pair = shadow_pair_new(shadow->options.live->rules, shadow->options.candidate->rules);
  shadow->live = new_pipeline(shadow, shadow->options.live);
  pipeline_set_absorbed(shadow->live, on_absorbed, shadow);
  shadow->candidate = new_pipeline(shadow, shadow->options.candidate);
  shadow->reader = store_reader_new(shadow->options.dir, &shadow->err);
  return shadow->reader ? 0 : -1;
}

static void release(struct shadow *shadow) {
  for (size_t i = 0; i < shadow->difference_cap; i++) free(shadow->differences[i]);
  free(shadow->differences);
  free(shadow->touched);
  shadow->differences = NULL;
  shadow->difference_cap = 0;
  shadow->touched = NULL;
  store_reader_free(shadow->reader);
  pipeline_free(shadow->live);
  pipeline_free(shadow->candidate);
  generation_free(shadow->options.live);
  generation_free(shadow->options.candidate);
  shadow->reader = NULL;
  shadow->live = shadow->candidate = NULL;
  shadow->options.live = shadow->options.candidate = NULL;
}

static void *run(void *arg) {
  struct shadow *shadow = arg;
  shadow->failed = 0;
  if (!shadow->stop) shadow->failed = begin(shadow) == 0 ? advance(shadow) : -1;
  if (shadow->stop) release(shadow);
  loop_post(shadow->options.loop, &shadow->paused);
  return NULL;
}

/* --- the owner's side --------------------------------------------------------------------------------------------------- */

static void join(struct shadow *shadow) {
  if (shadow->running) pthread_join(shadow->thread, NULL);
  shadow->running = false;
}

static void on_paused(struct loop_task *task) {
  struct shadow *shadow = (struct shadow *)((char *)task - offsetof(struct shadow, paused));
  join(shadow);
  shadow->options.paused(shadow->options.context, shadow->failed ? &shadow->err : NULL);
}

struct shadow *shadow_new(const struct shadow_options *options) {
  struct shadow *shadow = xcalloc(1, sizeof *shadow);
  shadow->options = *options;
  shadow->paused.run = on_paused;
  buf_init(&shadow->json);
  if (options->pipeline.apart) shadow->apart = apart_dup(options->pipeline.apart);
  shadow->options.pipeline.apart = shadow->apart;
  return shadow;
}

static int start(struct shadow *shadow, struct err *err) {
  if (thread_start(&shadow->thread, "shadow", run, shadow, err) != 0) return -1;
  shadow->running = true;
  return 0;
}

int shadow_go_on(struct shadow *shadow, uint64_t seq, int64_t now_ms, struct err *err) {
  ASSERT(!shadow->running && !shadow->stop);
  shadow->until_seq = seq;
  shadow->now_ms = now_ms;
  return start(shadow, err);
}

bool shadow_stop(struct shadow *shadow) {
  struct err err;
  shadow->stop = true;
  return shadow->running || start(shadow, &err) == 0;
}

struct shadow_report shadow_report(const struct shadow *shadow) {
  struct shadow_report report = shadow->report;
  report.json = buf_str(&shadow->json);
  return report;
}

uint64_t shadow_seq(const struct shadow *shadow) {
  return shadow->seq;
}

void shadow_free(struct shadow *shadow) {
  if (!shadow) return;
  shadow->stop = true;
  join(shadow);
  release(shadow);
  shadow_pair_free(shadow->pair);
  apart_free(shadow->apart);
  buf_release(&shadow->json);
  free(shadow);
}
