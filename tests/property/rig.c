#include "rig.h"
#include "world.h"

#include "base/err.h"
#include "model/fold/fold_framework.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct generation *rig_rules(const char *text, const char *what) {
  struct ruledir bundle;
  struct problems problems;
  struct err err;
  ruledir_init(&bundle);
  problems_init(&problems);
  if (ruledir_add(&bundle, "world.lua", str_of(text), &err) != 0) fail_msg("%s: %s", what, err.text);
  ruledir_end(&bundle);
  struct generation *generation = generation_build(&bundle, NULL, &problems);
  if (!generation) {
    struct buf told;
    buf_init(&told);
    problems_print(&problems, "", &told);
    fail_msg("%s:\n%s\n%s", what, told.data, text);
  }
  problems_release(&problems);
  ruledir_release(&bundle);
  return generation;
}

void rig_start(struct rig *rig, struct generation *generation) {
  struct engine_calls calls;
  rig->nudges = NULL;
  rig->generation = generation;
  rig->binding = binding_new(generation);
  binding_calls(rig->binding, &calls);
  rig->engine = engine_new(generation->rules, &calls, NULL);
  rig->fold = engine_fold_new(rig->engine);
}

void rig_stop(struct rig *rig) {
  fold_free(rig->fold);
  engine_free(rig->engine);
  binding_free(rig->binding);
}

void rig_feed(struct rig *rig, const char *source, struct str json) {
  struct feed feed = {.source = str_of(source)};
  struct feed_result result;
  engine_feed(rig->engine, json, &feed, &result);
  if (result.rejected) fail_msg("%.*s: %s", STR_ARG(json), result.problems[0].reason);
}

/* --- telling all there is ------------------------------------------------------------------------------------------ */

static void add_scores(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  for (uint32_t d = 0; d < rules->dimension_count; d++)
    buf_printf(out, " %s=%" PRId64 "/%" PRId64 "/%s", rules->dimensions[d].name, fold_score(fold, (int)d),
               fold_unclamped(fold, (int)d), fold_band(fold, (int)d));
  buf_add_text(out, " grade=");
  fold_grade(fold, out);
  for (uint32_t t = 0; t < rules->topic_count; t++)
    buf_printf(out, " %s=%" PRId64, rules->topics[t], fold_interest(fold, (int)t));
}

static void add_stages(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  uint32_t count;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    buf_printf(out, " stage%u=%d@%" PRId64, l, fold_stage(fold, (int)l), fold_stage_since(fold, (int)l));
  const struct fold_transition *moves = fold_transitions(fold, &count);
  for (uint32_t i = 0; i < count; i++)
    buf_printf(out, " %d:%d>%d@%" PRId64 "#%u", moves[i].lifecycle, moves[i].from, moves[i].to,
               moves[i].time_ms, moves[i].cycle);
}

static void add_frameworks(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  for (uint32_t f = 0; f < rules->framework_count; f++) {
    struct result result;
    fold_result(fold, (int)f, &result);
    buf_printf(out, " %s=%d:%u/%u/%u,%d,%" PRId64, rules->frameworks[f].id, (int)result.qualified, result.met,
               result.unmet, result.unknown, result.answered, result.total);
  }
  for (uint32_t i = 0; i < rules->criterion_count; i++) {
    struct evidence all[8];
    uint32_t count = fold_evidence(fold, (int)i, all, 8);
    for (uint32_t k = 0; k < count; k++)
      buf_printf(out, " %u@%" PRId64 "%.*s", i, all[k].time_ms, STR_ARG(all[k].lead));
  }
}

static void add_traits(const struct fold *fold, struct buf *out) {
  struct json_writer writer;
  json_writer_init(&writer, out);
  json_open(&writer, '{');
  for (uint32_t i = 0; i < fold_trait_count(fold); i++) {
    struct value value;
    json_key_str(&writer, fold_trait_at(fold, i, &value));
    json_put_value(&writer, value);
  }
  json_close(&writer, '}');
}

/* The parts of each score; they must add up to it exactly. */
static void add_parts(const struct fold *fold, struct arena *arena, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    struct fold_parts parts;
    int64_t sum = 0;
    fold_explain(fold, (int)d, arena, &parts);
    for (uint32_t i = 0; i < parts.count; i++) {
      const struct fold_part *part = &parts.parts[i];
      sum += part->held;
      buf_printf(out, " %s:%u,%u,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64,
                 rules->rules[part->rule].id, part->count, part->limited, part->first_ms, part->last_ms,
                 part->undecayed, part->raw, part->held);
    }
    for (uint32_t i = 0; i < parts.group_count; i++) sum += parts.groups[i].held - parts.groups[i].sum;
    if (sum != parts.unclamped) fail_msg("parts sum to %" PRId64 ", not %" PRId64, sum, parts.unclamped);
    assert_int_equal(parts.score, fold_score(fold, (int)d));
  }
}

/* Folds as engine_fold does, but the clock is moved in small and large steps of its own. */
static size_t fold_in_steps(struct rig *rig, uint32_t lead, int64_t at_ms) {
  struct touch_list touches = {0};
  engine_lead_touches(rig->engine, lead, at_ms, &touches);
  size_t count = touches.count, own = 0;
  fold_begin(rig->fold, engine_lead_id(rig->engine, lead));
  for (size_t i = 0; i < count; i++) {
    int64_t next = i + 1 < count ? touches.items[i + 1]->time_ms : at_ms;
    fold_touch(rig->fold, touches.items[i]);
    own += !(touches.items[i]->flags & TOUCH_OUTSIDE);
    for (int step = own ? chance_below(rig->nudges, 3) : 0; step > 0; step--) {
      uint64_t room = (uint64_t)(next - fold_now(rig->fold)) + 1;
      fold_advance(rig->fold, fold_now(rig->fold) + (int64_t)(chance_next(rig->nudges) % room));
      fold_score(rig->fold, 0);
    }
  }
  fold_advance(rig->fold, at_ms);
  touch_list_release(&touches);
  return own;
}

static char *describe_lead(struct rig *rig, uint32_t lead, int64_t at_ms) {
  struct buf out;
  struct arena arena;
  struct str id = engine_lead_id(rig->engine, lead);
  buf_init(&out);
  arena_init(&arena, 0);
  size_t events =
      rig->nudges ? fold_in_steps(rig, lead, at_ms) : engine_fold(rig->engine, lead, at_ms, rig->fold);
  buf_printf(&out, "%.*s events=%zu/%u", STR_ARG(id), events, fold_events(rig->fold));
  if (events) {
    add_scores(rig->fold, &out);
    add_stages(rig->fold, &out);
    add_frameworks(rig->fold, &out);
    add_traits(rig->fold, &out);
    add_parts(rig->fold, &arena, &out);
  }
  buf_add_char(&out, '\n');
  arena_release(&arena);
  return buf_detach(&out);
}

static int compare_lines(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

char *rig_describe(struct rig *rig, int64_t at_ms) {
  uint32_t cursor = 0, lead;
  size_t count = 0, room = engine_lead_count(rig->engine);
  char **lines = xcalloc(room, sizeof *lines);
  struct buf out;
  buf_init(&out);
  while (engine_next_lead(rig->engine, &cursor, &lead)) lines[count++] = describe_lead(rig, lead, at_ms);
  assert_int_equal(count, room);
  qsort(lines, count, sizeof *lines, compare_lines);
  for (size_t i = 0; i < count; i++) {
    buf_add_text(&out, lines[i]);
    free(lines[i]);
  }
  free(lines);
  return buf_detach(&out);
}
