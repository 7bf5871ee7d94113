#include "core/intake/intake.h"

#include "base/err.h"
#include "core/desk/answers.h"
#include "core/engine/act_touch.h"
#include "core/engine/enrichment_touch.h"
#include "core/intake/content.h"
#include "core/intake/origin.h"

enum { /* what a signal means here */
       SIGNAL_IGNORES = 1,
       SIGNAL_IS_ACTIVITY = 2,
       SIGNAL_KEEPS_TEXT = 4,
       SIGNAL_CALLS = 8,
       SIGNAL_CAPTURES = 16,
       SIGNAL_IS_CONTENT = 32
};

static void mark(struct intake *intake, struct signal_set set, uint8_t bit) {
  for (uint32_t i = 0; i < set.count; i++) intake->marks[set.ids[i]] |= bit;
}

static bool is_called_here(const struct rule *rule) {
  return rule->points_fn != FN_NONE && !rule->points_need_lead;
}

void intake_init(struct intake *intake, const struct ruleset *rules, const struct intake_calls *calls) {
  *intake = (struct intake){.rules = rules};
  if (calls) intake->calls = *calls;
  intake->marks = xcalloc(rules->signal_count + 1, 1);
  intake->callers = xcalloc(rules->behaviour_count + 1, sizeof *intake->callers);
  mark(intake, rules->activity, SIGNAL_IS_ACTIVITY);
  mark(intake, rules->content, SIGNAL_IS_CONTENT);
  for (uint32_t i = 0; i < rules->ignore_count; i++) mark(intake, rules->ignores[i].on, SIGNAL_IGNORES);
  for (uint32_t i = 0; i < rules->signal_count; i++) {
    if (rules->signals[i].keep_raw) intake->marks[i] |= SIGNAL_KEEPS_TEXT;
    if (rules->signals[i].captures) intake->marks[i] |= SIGNAL_CAPTURES;
  }
  for (uint32_t i = 0; i < rules->behaviour_count; i++) {
    if (!is_called_here(&rules->rules[i])) continue;
    intake->callers[intake->caller_count++] = (uint16_t)i;
    mark(intake, rules->rules[i].on, SIGNAL_CALLS);
  }
  ASSERT(!intake->caller_count || intake->calls.points);
  atom_hits_init(&intake->hits, rules);
  trait_writer_init(&intake->writer);
  arena_init(&intake->scratch, 0);
  buf_init(&intake->text);
}

void intake_release(struct intake *intake) {
  free(intake->marks);
  free(intake->callers);
  atom_hits_release(&intake->hits);
  trait_writer_release(&intake->writer);
  arena_release(&intake->scratch);
  buf_release(&intake->text);
}

void intake_use(struct intake *intake, const struct ruleset *rules, const struct intake_calls *calls) {
  struct intake next;
  intake_init(&next, rules, calls);
  const struct trait_writer fresh = next.writer;
  next.writer = intake->writer;
  intake->writer = fresh;
  intake_release(intake);
  *intake = next;
}

/* --- functions ------------------------------------------------------------------------------------------------- */

/* Both rise. */
static bool intersects(struct signal_set set, const struct atom_hits *hits) {
  uint32_t i = 0, k = 0;
  while (i < set.count && k < hits->count) {
    if (set.ids[i] == hits->signals[k]) return true;
    if (set.ids[i] < hits->signals[k])
      i++;
    else
      k++;
  }
  return false;
}

/* The answer of one rule's function in *points; false when there is none to keep (then *needs_lead may be set). */
static bool call_rule(struct intake *intake, uint16_t rule, const struct event *event, struct arena *arena,
                      struct fn_points *points, bool *needs_lead) {
  struct fn_amount amounts[RULESET_MAX_DIMENSIONS];
  const struct intake_calls *calls = &intake->calls;
  int fn = intake->rules->rules[rule].points_fn;
  if (calls->stopped && calls->stopped(calls->context, fn)) return false;
  int count = calls->points(calls->context, fn, event, amounts);
  if (count == INTAKE_NEEDS_LEAD) *needs_lead = true;
  if (count == INTAKE_NEEDS_LEAD) return false;
  ASSERT(count >= INTAKE_FAILED && count <= RULESET_MAX_DIMENSIONS);
  *points = (struct fn_points){.rule = rule, .failed = count == INTAKE_FAILED};
  if (count > 0) {
    points->count = (uint8_t)count;
    points->amounts = arena_dup(arena, amounts, (size_t)count * sizeof *amounts);
  }
  return true;
}

static void call_functions(struct intake *intake, const struct event *event, struct arena *arena,
                           struct touch_more *more, bool *needs_lead) {
  struct fn_points *answers = arena_alloc(&intake->scratch, intake->caller_count * sizeof *answers);
  for (uint32_t i = 0; i < intake->caller_count; i++) {
    uint16_t rule = intake->callers[i];
    if (!intersects(intake->rules->rules[rule].on, &intake->hits)) continue;
    struct fn_points *answer = &answers[more->function_count];
    if (call_rule(intake, rule, event, arena, answer, needs_lead)) more->function_count++;
  }
  if (more->function_count)
    more->functions = arena_dup(arena, answers, more->function_count * sizeof *answers);
}

/* --- the touch --------------------------------------------------------------------------------------------------- */

static struct str keep_text(struct intake *intake, const struct event *event, struct str text,
                            struct arena *arena) {
  if (text.len) return arena_str(arena, text);
  buf_clear(&intake->text);
  json_minify(event->root, &intake->text);
  return arena_str(arena, buf_str(&intake->text));
}

/* What few events have. *more is cleared; false when it stays empty. */
static bool fill_more(struct intake *intake, const struct event *event, struct str text, struct arena *arena,
                      struct touch_more *more) {
  char room[ORIGIN_MAX];
  bool wants_text = intake->seen & SIGNAL_KEEPS_TEXT;
  *more = (struct touch_more){.is_group = event->type == EVENT_GROUP};
  if (!json_is_missing(event->traits))
    more->trait_count = trait_writer_take(&intake->writer, event->traits, arena, &more->traits);
  if (event->type == EVENT_ACT) more->act = act_touch(intake->rules, event, arena);
  if (event->type == EVENT_ENRICHMENT) more->enrichment = enrichment_touch(event, arena);
  more->answer_count =
      answers_of(intake->rules, event, &intake->hits, &intake->scratch, arena, &more->answers);
  if (event->group_id.len) more->account = arena_str(arena, event->group_id);
  struct str origin = origin_of(event, room);
  if (origin.len) more->source = arena_str(arena, origin);
  if (intake->seen & SIGNAL_CALLS) call_functions(intake, event, arena, more, &wants_text);
  if (wants_text) more->raw = keep_text(intake, event, text, arena);
  return more->trait_count || more->act || more->answer_count || more->enrichment || more->account.len ||
         more->source.len || more->function_count || more->raw.len;
}

/* Without a declaration pages and screens are. */
static bool is_content(const struct intake *intake, const struct event *event) {
  if (event->type >= EVENT_CALLS) return false;
  if (intake->rules->content.count) return intake->seen & SIGNAL_IS_CONTENT;
  return event->type == EVENT_PAGE || event->type == EVENT_SCREEN;
}

static struct touch *copy_hits(const struct intake *intake, const struct event *event, struct arena *arena) {
  const struct atom_hits *hits = &intake->hits;
  struct touch_content content;
  bool shown = is_content(intake, event) && content_of(event, &content);
  uint32_t captures = 0;
  for (uint32_t i = 0; i < hits->count; i++)
    captures += (intake->marks[hits->signals[i]] & SIGNAL_CAPTURES) != 0;
  struct touch *touch = touch_new(arena, hits->count, captures, shown ? &content : NULL);
  uint16_t *signals = (uint16_t *)(touch + 1);
  if (hits->count) memcpy(signals, hits->signals, hits->count * sizeof *signals);
  if (captures == 0) return touch;
  uint64_t *out = touch_captures(touch);
  for (uint32_t i = 0; i < hits->count; i++)
    if (intake->marks[hits->signals[i]] & SIGNAL_CAPTURES) *out++ = hits->captures[i];
  return touch;
}

bool intake_match(struct intake *intake, const struct event *event) {
  arena_clear(&intake->scratch);
  atoms_match(intake->rules, event, &intake->scratch, &intake->hits);
  intake->seen = 0;
  for (uint32_t i = 0; i < intake->hits.count; i++) intake->seen |= intake->marks[intake->hits.signals[i]];
  return !(intake->seen & SIGNAL_IGNORES);
}

struct touch *intake_touch(struct intake *intake, const struct event *event, struct str key, struct str text,
                           struct arena *arena) {
  struct touch_more more;
  struct touch *touch = copy_hits(intake, event, arena);
  bool counts = intake->rules->activity.count == 0 || (intake->seen & SIGNAL_IS_ACTIVITY);
  bool active = counts && event->type < EVENT_CALLS; /* what others do is not the lead's activity */
  bool visit = event->type == EVENT_PAGE || event->type == EVENT_SCREEN;
  touch->time_ms = event->time_ms;
  touch->type = (uint8_t)event->type;
  touch->flags |= (uint8_t)((active ? TOUCH_ACTIVITY : 0) | (visit ? TOUCH_VISIT : 0));
  touch->key = arena_dup(arena, key.p, key.len);
  touch->key_len = (uint32_t)key.len;
  if (fill_more(intake, event, text, arena, &more)) touch->more = arena_dup(arena, &more, sizeof more);
  return touch;
}
