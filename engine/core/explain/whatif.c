#include "core/explain/whatif.h"

struct attempt {
  const struct fold *fold;
  struct fold *scratch;
  const struct touch *const *touches;
  size_t touch_count;
  struct arena *arena;
  struct whatif *out;
};

enum { WHATIF_TOUCHES_MAX = 20000 }; /* longer histories are not folded again dozens of times */

/* --- the fields that gates miss ------------------------------------------------------------------------------------ */

static bool has_field(const struct whatif *out, struct str path) {
  for (uint32_t i = 0; i < out->field_count; i++)
    if (str_eq(out->fields[i], path)) return true;
  return false;
}

static void missing_fields(struct attempt *a, const struct cond *cond, uint32_t room) {
  if (cond->op == COND_AND || cond->op == COND_SEGMENT)
    for (uint32_t i = 0; i < cond->len; i++) missing_fields(a, cond->kids[i], room);
  if (cond->op != COND_KNOWN) return;
  for (uint32_t i = 0; i < cond->len; i++) {
    struct str path = cond->traits[i].path;
    if (value_present(fold_trait(a->fold, path)) || has_field(a->out, path) || a->out->field_count == room)
      continue;
    a->out->fields[a->out->field_count++] = path;
  }
}

static void gate_fields(struct attempt *a) {
  enum { FIELDS_MAX = 32 };
  const struct ruleset *rules = fold_rules(a->fold);
  a->out->fields = arena_alloc(a->arena, FIELDS_MAX * sizeof *a->out->fields);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    for (uint32_t g = 0; g < rules->lifecycles[l].gate_count; g++)
      missing_fields(a, rules->lifecycles[l].gates[g].need, FIELDS_MAX);
}

/* --- trying ----------------------------------------------------------------------------------------------------------- */

/* The missing fields, written as if a form had just brought them. */
static const struct touch *fields_touch(struct attempt *a) {
  struct touch *touch = touch_new(a->arena, 0, 0, NULL);
  struct touch_more *more = arena_zalloc(a->arena, sizeof *more);
  struct trait_write *writes = arena_alloc(a->arena, a->out->field_count * sizeof *writes);
  for (uint32_t i = 0; i < a->out->field_count; i++)
    writes[i] = (struct trait_write){a->out->fields[i], value_str(STR("known"))};
  *more = (struct touch_more){.traits = writes, .trait_count = a->out->field_count};
  touch->time_ms = fold_now(a->fold);
  touch->type = EVENT_IDENTIFY;
  touch->key = "";
  touch->more = more;
  return touch;
}

static const struct touch *signal_touch(struct attempt *a, uint16_t signal) {
  const uint64_t some_value = UINT64_C(0x9e3779b97f4a7c15);
  bool captures = fold_rules(a->fold)->signals[signal].captures;
  struct touch *touch = touch_new(a->arena, 1, captures, NULL);
  ((uint16_t *)touch_hits(touch))[0] = signal;
  if (captures) touch_captures(touch)[0] = some_value;
  touch->time_ms = fold_now(a->fold);
  touch->type = EVENT_TRACK;
  touch->flags = TOUCH_ACTIVITY;
  touch->key = "";
  return touch;
}

static void refold(struct attempt *a) {
  fold_begin(a->scratch, fold_lead_id(a->fold));
  for (size_t i = 0; i < a->touch_count; i++) fold_touch(a->scratch, a->touches[i]);
  fold_advance(a->scratch, fold_now(a->fold));
}

/* Whether the touches lead elsewhere; adds the finding. */
static bool try_touches(struct attempt *a, int rule, const struct touch *fields, const struct touch *signal) {
  refold(a);
  if (fields) fold_touch(a->scratch, fields);
  if (signal) fold_touch(a->scratch, signal);
  for (uint32_t l = 0; l < fold_rules(a->fold)->lifecycle_count; l++) {
    int stage = fold_stage(a->scratch, (int)l);
    if (stage == fold_stage(a->fold, (int)l) || a->out->count == WHATIF_MAX) continue;
    a->out->findings[a->out->count++] = (struct finding){rule, fields != NULL, (int)l, stage};
    return true;
  }
  return false;
}

/* The signal of an event that fires the rule; NONE when only sequences or transitions do. */
static int event_signal(const struct ruleset *rules, const struct rule *rule) {
  for (uint32_t i = 0; i < rule->on.count; i++)
    if (rules->signals[rule->on.ids[i]].kind == SIGNAL_EVENT) return rule->on.ids[i];
  return NONE;
}

void whatif_try(const struct fold *fold, struct fold *scratch, const struct touch *const *touches,
                size_t touch_count, struct arena *arena, struct whatif *out) {
  const struct ruleset *rules = fold_rules(fold);
  struct attempt a = {fold, scratch, touches, touch_count, arena, out};
  *out = (struct whatif){.findings = arena_alloc(arena, WHATIF_MAX * sizeof *out->findings)};
  gate_fields(&a);
  if (touch_count > WHATIF_TOUCHES_MAX) return;
  const struct touch *fields = out->field_count ? fields_touch(&a) : NULL;
  if (fields && try_touches(&a, NONE, fields, NULL)) fields = NULL; /* the fields alone do it */
  for (uint32_t r = 0; r < rules->behaviour_count; r++) {
    const struct rule *rule = &rules->rules[r];
    int signal = event_signal(rules, rule);
    if (signal == NONE || rule->points_fn != FN_NONE) continue;
    const struct touch *touch = signal_touch(&a, (uint16_t)signal);
    if (!try_touches(&a, (int)r, NULL, touch) && fields) try_touches(&a, (int)r, fields, touch);
  }
}
