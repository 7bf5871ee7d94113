/* pipeline_rig.h - a pipeline under rules that a test writes, with no journal behind it: records are handed in one by one.
 *
 *   pipeline_rig_open(written_rules("..."));
 *   pipeline_rig_take(JOURNAL_EVENTS, "web", received_ms, "{\"batch\":[...]}");
 *   pipeline_rig_work(at_ms);                     folds all that is to be folded; or, with a visitor of the test's own,
 *   pipeline_step(pipeline, at_ms, &visitor);
 *   pipeline_rig_close();
 */
#ifndef EMBUDO_PIPELINE_RIG_H
#define EMBUDO_PIPELINE_RIG_H

#include "written_rules.h"

#include "core/journal/journal.h"
#include "core/journal/pipeline.h"

static struct generation *generation;
static struct pipeline *pipeline;
static uint64_t next_seq =
    1; /* the number of the next record; tests count on for those they note themselves */

/* The rules are the rig's from now on. */
static inline void pipeline_rig_open(struct generation *rules) {
  generation = rules;
  pipeline = pipeline_new(generation, NULL);
}

static inline void pipeline_rig_close(void) {
  pipeline_free(pipeline);
  generation_free(generation);
}

/* A record that is refused fails the test. */
static inline void pipeline_rig_take(enum journal_kind kind, const char *source, int64_t received_ms,
                                     const char *bytes) {
  const struct store_record record = {.seq = next_seq++,
                                      .received_ms = received_ms,
                                      .kind = kind,
                                      .source = str_of(source),
                                      .bytes = str_of(bytes)};
  struct err err;
  if (pipeline_take(pipeline, &record, NULL, &err) != 0) fail_msg("%s", err.text);
}

/* For visitors that look at something else. */
static inline void pipeline_rig_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                                       const struct decide_summary *summary, enum touch_reason reason) {
  (void)context, (void)entry, (void)fold, (void)summary, (void)reason;
}

static inline void pipeline_rig_decided(void *context, struct lead_entry *entry,
                                        const struct decided *decided) {
  (void)context, (void)entry, (void)decided;
}

static inline void pipeline_rig_count(void *context, struct lead_entry *entry, const struct fold *fold,
                                      const struct decide_summary *summary, enum touch_reason reason) {
  (void)entry, (void)fold, (void)summary, (void)reason;
  ++*(uint32_t *)context;
}

/* Until nothing is left to do at that instant; how many leads were folded. */
static inline uint32_t pipeline_rig_work(int64_t at_ms) {
  uint32_t folds = 0;
  const struct pipeline_visitor visitor = {
      .context = &folds, .folded = pipeline_rig_count, .decided = pipeline_rig_decided};
  while (pipeline_step(pipeline, at_ms, &visitor)) {
  }
  return folds;
}

#endif
