/* mutate_value.c - other numbers and other spans. */
#include "base/timefmt.h"
#include "notation/mutate/mutate_private.h"

#include <math.h>

static void other_number(struct mutating *m, const struct at *at, double number, const char *hint) {
  struct node changed = *at->node;
  changed.number = number;
  mutate_node(m, at, &changed, hint);
}

static bool is_key(const struct at *at, const char *key) {
  return at->kind == AT_PAIR && str_eq(at->up->node->table.pairs[at->index].key, str_of(key));
}

/* A band begins at its number; the lowest begins where the score does, whatever it says. */
static bool is_lowest_band(const struct at *at) {
  const struct node *bands = at->up->node;
  for (uint32_t i = 0; i < bands->table.pair_count; i++)
    if (bands->table.pairs[i].value.kind == NODE_NUMBER &&
        bands->table.pairs[i].value.number < at->node->number)
      return false;
  return true;
}

static void other_count(struct mutating *m, const struct at *at) {
  double n = at->node->number;
  other_number(m, at, n + 1, "assert what happens at exactly this many, and at one more");
  if (n > 1) other_number(m, at, n - 1, "assert what happens at exactly this many");
}

/* A share: of what is kept, or left after an age. */
static void other_share(struct mutating *m, const struct at *at) {
  double n = at->node->number;
  other_number(m, at, n <= 0.9 ? n + 0.1 : n - 0.1, "assert the points that are left, to the point");
}

/* Numbers inside matchers are their call's business; others that no key names may be values that fields must equal. */
void mutate_number(struct mutating *m, const struct at *at) {
  double n = at->node->number;
  if (at->kind == AT_ARG) {
    if (mutate_is_call(at->up->node, "times") && at->index == 0) other_count(m, at);
    return;
  }
  if (mutate_is_bound(at)) return;
  if (is_key(at, "times") || is_key(at, "per")) {
    other_count(m, at);
  } else if (mutate_within(at, "bands")) {
    if (!is_lowest_band(at))
      other_number(m, at, n + 1, "assert the band at exactly this score: t:expect { grade = .. }");
  } else if (is_key(at, "min")) {
    other_number(m, at, n - 1, "assert the score of a lead whose points fall below `min`");
  } else if (is_key(at, "max") || is_key(at, "cap")) {
    other_number(m, at, n + 1, "assert the score of a lead whose points go beyond the bound");
  } else if (is_key(at, "keep") ||
             (at->up && at->up->kind == AT_ARG && mutate_is_call(at->up->up->node, "step"))) {
    other_share(m, at);
  } else if (is_key(at, "weight")) {
    other_number(m, at, n + 1, "assert the weight of what is met: t:expect { totals = { .. } }");
  } else {
    other_number(m, at, n + 1, "assert the points exactly: t:expect { points = { .. } }");
  }
}

/* A tenth more or less, in whole days where it was whole days and a tenth of it is at least one; a day counts days. */
static int64_t tenth(int64_t ms, bool days) {
  int64_t part = ms / 10;
  if (days || (ms % TIME_MS_PER_DAY == 0 && part >= TIME_MS_PER_DAY))
    part = part < TIME_MS_PER_DAY ? TIME_MS_PER_DAY : part / TIME_MS_PER_DAY * TIME_MS_PER_DAY;
  return part > 0 ? part : 1;
}

static void other_span(struct mutating *m, const struct at *at, int64_t ms, const char *hint) {
  char text[TIME_TEXT_MAX];
  struct node changed = *at->node;
  if (ms <= 0) return;
  changed.text = arena_str(&m->out->arena, str_of(duration_text(ms, text)));
  mutate_node(m, at, &changed, hint);
}

void mutate_span(struct mutating *m, const struct at *at) {
  int64_t ms;
  if (!duration_parse(at->node->text, &ms)) return;
  bool days = at->kind == AT_ARG && mutate_is_call(at->up->node, "velocity");
  other_span(m, at, ms + tenth(ms, days),
             "assert that it ends in time: t:advance to the span, then t:expect");
  other_span(m, at, ms - tenth(ms, days),
             "assert that it lasts: t:advance to just before the span, then t:expect");
}
