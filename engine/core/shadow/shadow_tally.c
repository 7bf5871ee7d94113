#include "core/shadow/shadow_tally.h"

#include <stdlib.h>

struct sum { /* of one dimension, or of one rule in one */
  size_t leads;
  int64_t sum, size, most, rules;
};

struct example {
  uint32_t lead;
  bool moves;
  int64_t size;
  const struct shadow_difference *difference;
};

struct stage_pair {
  uint32_t lifecycle;
  int from, to;
  size_t leads;
};

struct shadow_tally {
  const struct shadow_pair *pair;
  size_t differing, scores, stages, left_out;
  struct sum *dimensions, *rules; /* rules: by rule and then by dimension */
  struct stage_pair moves[SHADOW_MOVES_MAX];
  struct example examples[SHADOW_EXAMPLES_MAX];
  size_t move_count, example_count;
};

struct shadow_tally *shadow_tally_new(const struct shadow_pair *pair) {
  struct shadow_tally *tally = xcalloc(1, sizeof *tally);
  size_t dimensions = pair->dimensions.count;
  tally->pair = pair;
  tally->dimensions = xcalloc(dimensions + 1, sizeof *tally->dimensions);
  tally->rules = xcalloc(pair->rules.count * dimensions + 1, sizeof *tally->rules);
  return tally;
}

void shadow_tally_free(struct shadow_tally *tally) {
  if (!tally) return;
  free(tally->dimensions);
  free(tally->rules);
  free(tally);
}

/* --- summing up --------------------------------------------------------------------------------------------------------- */

static int64_t plus(int64_t a, int64_t b) {
  int64_t sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t minus(int64_t a, int64_t b) {
  int64_t difference;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t size_of(int64_t n) {
  return n < 0 ? minus(0, n) : n;
}

static void add_sum(struct sum *sum, int64_t difference) {
  sum->leads++;
  sum->sum = plus(sum->sum, difference);
  sum->size = plus(sum->size, size_of(difference));
  if (size_of(difference) > size_of(sum->most)) sum->most = difference;
}

static void add_move(struct shadow_tally *tally, const struct shadow_item *item) {
  for (size_t i = 0; i < tally->move_count; i++) {
    struct stage_pair *move = &tally->moves[i];
    if (move->lifecycle != item->of || move->from != item->live || move->to != item->candidate) continue;
    move->leads++;
    return;
  }
  if (tally->move_count == SHADOW_MOVES_MAX)
    tally->left_out++;
  else
    tally->moves[tally->move_count++] =
        (struct stage_pair){item->of, (int)item->live, (int)item->candidate, 1};
}

static struct sum *rule_sum(const struct shadow_tally *tally, const struct shadow_item *item) {
  return &tally->rules[item->rule * tally->pair->dimensions.count + item->of];
}

static bool is_before(const struct example *a, const struct example *b) {
  return a->moves != b->moves ? a->moves : a->size > b->size;
}

static void add_example(struct shadow_tally *tally, const struct example *example) {
  size_t at = tally->example_count;
  if (at == SHADOW_EXAMPLES_MAX && !is_before(example, &tally->examples[at - 1])) return;
  if (at == SHADOW_EXAMPLES_MAX)
    at--;
  else
    tally->example_count++;
  for (; at > 0 && is_before(example, &tally->examples[at - 1]); at--)
    tally->examples[at] = tally->examples[at - 1];
  tally->examples[at] = *example;
}

void shadow_tally_add(struct shadow_tally *tally, uint32_t lead, const struct shadow_difference *difference) {
  struct example example = {.lead = lead, .difference = difference};
  bool scores = false;
  for (uint32_t i = 0; i < difference->count; i++) {
    const struct shadow_item *item = &difference->items[i];
    int64_t by = minus(item->candidate, item->live);
    if (item->what == SHADOW_SCORE) {
      add_sum(&tally->dimensions[item->of], by);
      example.size = plus(example.size, size_of(by));
      scores = true;
    } else if (item->what == SHADOW_RULE) {
      add_sum(rule_sum(tally, item), by);
      tally->dimensions[item->of].rules = plus(tally->dimensions[item->of].rules, by);
    } else {
      add_move(tally, item);
      example.moves = true;
    }
  }
  tally->differing++;
  tally->scores += scores;
  tally->stages += example.moves;
  add_example(tally, &example);
}

size_t shadow_tally_differing(const struct shadow_tally *tally) {
  return tally->differing;
}

/* --- telling ------------------------------------------------------------------------------------------------------------ */

static void put_name(struct json_writer *w, const char *key, const struct map *names, uint32_t number) {
  json_key(w, key);
  json_put_str(w, names->entries[number].key);
}

static void put_stage(struct json_writer *w, const char *key, const struct shadow_side *side,
                      uint32_t lifecycle, int stage) {
  json_key(w, key);
  if (stage == NONE)
    json_put_null(w);
  else
    json_put_text(w, side->rules->lifecycles[side->lifecycles[lifecycle]].stages[stage]);
}

static void put_dimensions(const struct shadow_tally *tally, struct json_writer *w) {
  json_key(w, "dimensions");
  json_open(w, '[');
  for (uint32_t i = 0; i < tally->pair->dimensions.count; i++) {
    const struct sum *sum = &tally->dimensions[i];
    if (!sum->leads) continue;
    json_open(w, '{');
    put_name(w, "dimension", &tally->pair->dimensions, i);
    json_member_int(w, "leads", sum->leads);
    json_member_milli(w, "sum", sum->sum);
    json_member_milli(w, "mean", sum->sum / (int64_t)sum->leads);
    json_member_milli(w, "most", sum->most);
    json_member_milli(w, "limits", minus(sum->sum, sum->rules));
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_moves(const struct shadow_tally *tally, struct json_writer *w) {
  json_key(w, "stages");
  json_open(w, '[');
  for (size_t i = 0; i < tally->move_count; i++) {
    const struct stage_pair *move = &tally->moves[i];
    json_open(w, '{');
    put_name(w, "lifecycle", &tally->pair->lifecycles, move->lifecycle);
    put_stage(w, "from", &tally->pair->live, move->lifecycle, move->from);
    put_stage(w, "to", &tally->pair->candidate, move->lifecycle, move->to);
    json_member_int(w, "leads", move->leads);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_member_int(w, "stages_left_out", tally->left_out);
}

static bool has_rule(const struct shadow_side *side, uint32_t number) {
  for (uint32_t i = 0; i < side->rules->rule_count; i++)
    if (side->rule_numbers[i] == number) return true;
  return false;
}

static const char *where(const struct shadow_pair *pair, uint32_t rule) {
  if (!has_rule(&pair->candidate, rule)) return "live";
  return has_rule(&pair->live, rule) ? "both" : "candidate";
}

static void put_rule(const struct shadow_tally *tally, size_t at, struct json_writer *w) {
  const struct shadow_pair *pair = tally->pair;
  uint32_t rule = (uint32_t)(at / pair->dimensions.count);
  json_open(w, '{');
  put_name(w, "rule", &pair->rules, rule);
  put_name(w, "dimension", &pair->dimensions, (uint32_t)(at % pair->dimensions.count));
  json_key(w, "in");
  json_put_text(w, where(pair, rule));
  json_member_int(w, "leads", tally->rules[at].leads);
  json_member_milli(w, "sum", tally->rules[at].sum);
  json_member_milli(w, "size", tally->rules[at].size);
  json_close(w, '}');
}

/* The numbers of the largest, largest first; of equal ones, as they are written. */
static size_t pick_rules(const struct shadow_tally *tally, size_t picked[SHADOW_RULES_MAX]) {
  size_t all = tally->pair->rules.count * tally->pair->dimensions.count, count = 0;
  for (size_t i = 0; i < all; i++) {
    if (!tally->rules[i].leads) continue;
    size_t at = count;
    while (at > 0 && tally->rules[picked[at - 1]].size < tally->rules[i].size) at--;
    if (at == SHADOW_RULES_MAX) continue;
    if (count < SHADOW_RULES_MAX) count++;
    memmove(picked + at + 1, picked + at, (count - at - 1) * sizeof *picked);
    picked[at] = i;
  }
  return count;
}

static void put_rules(const struct shadow_tally *tally, struct json_writer *w) {
  size_t picked[SHADOW_RULES_MAX], count = pick_rules(tally, picked);
  json_key(w, "rules");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) put_rule(tally, picked[i], w);
  json_close(w, ']');
}

static void put_item(const struct shadow_pair *pair, const struct shadow_item *item, struct json_writer *w) {
  json_open(w, '{');
  if (item->what == SHADOW_STAGE) {
    put_name(w, "lifecycle", &pair->lifecycles, item->of);
    put_stage(w, "live", &pair->live, item->of, (int)item->live);
    put_stage(w, "candidate", &pair->candidate, item->of, (int)item->candidate);
  } else {
    if (item->what == SHADOW_RULE) put_name(w, "rule", &pair->rules, item->rule);
    put_name(w, "dimension", &pair->dimensions, item->of);
    json_member_milli(w, "live", item->live);
    json_member_milli(w, "candidate", item->candidate);
  }
  json_close(w, '}');
}

static void put_items(const struct shadow_pair *pair, const struct shadow_difference *difference,
                      const char *key, enum shadow_what what, struct json_writer *w) {
  json_key(w, key);
  json_open(w, '[');
  for (uint32_t i = 0; i < difference->count; i++)
    if (difference->items[i].what == what) put_item(pair, &difference->items[i], w);
  json_close(w, ']');
}

void shadow_tally_put(struct shadow_tally *tally, size_t compared,
                      struct str (*name)(void *context, uint32_t lead), void *context,
                      struct json_writer *w) {
  json_open(w, '{');
  json_member_int(w, "leads", compared);
  json_member_int(w, "differing", tally->differing);
  json_member_int(w, "differing_score", tally->scores);
  json_member_int(w, "differing_stage", tally->stages);
  put_dimensions(tally, w);
  put_moves(tally, w);
  put_rules(tally, w);
  json_key(w, "examples");
  json_open(w, '[');
  for (size_t i = 0; i < tally->example_count; i++) {
    const struct example *example = &tally->examples[i];
    json_open(w, '{');
    json_key(w, "lead");
    json_put_str(w, name(context, example->lead));
    put_items(tally->pair, example->difference, "scores", SHADOW_SCORE, w);
    put_items(tally->pair, example->difference, "stages", SHADOW_STAGE, w);
    put_items(tally->pair, example->difference, "rules", SHADOW_RULE, w);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}
