#include "core/rules/rule_json.h"

#include "model/ruleset/cond_describe.h"

static void put_span(struct json_writer *w, const char *key, int64_t ms) {
  char text[TIME_TEXT_MAX];
  json_member_text(w, key, duration_text(ms, text));
}

/* --- rules ------------------------------------------------------------------------------------------------- */

static void put_signals(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  json_key(w, "on");
  json_open(w, '[');
  for (uint32_t i = 0; i < rule->on.count; i++) json_put_str(w, rules->signals[rule->on.ids[i]].written);
  json_close(w, ']');
}

static void put_condition(struct json_writer *w, const char *key, const struct ruleset *rules,
                          const struct cond *cond) {
  struct buf text;
  if (!cond) return;
  buf_init(&text);
  cond_describe(rules, cond, &text);
  json_member_text(w, key, text.data);
  buf_release(&text);
}

static void put_points(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  if (rule->points_fn != FN_NONE || rule->row_count) return;
  json_key(w, "points");
  json_open(w, '{');
  for (int i = 0; i < rule->slot_count; i++) {
    const struct slot *slot = &rules->slots[rule->first_slot + i];
    json_key(w, rules->dimensions[slot->dimension].name);
    json_put_milli(w, slot->points);
  }
  json_close(w, '}');
}

static void put_table(struct json_writer *w, const struct rule *rule) {
  struct buf text;
  if (rule->row_count == 0) return;
  buf_init(&text);
  json_key(w, "field");
  json_put_str(w, rule->field);
  json_key(w, "rows");
  json_open(w, '[');
  for (uint32_t i = 0; i < rule->row_count; i++) {
    buf_clear(&text);
    matcher_describe(rule->rows[i].matcher, &text);
    json_open(w, '{');
    json_member_text(w, "is", text.data);
    json_key(w, "points");
    json_put_milli(w, rule->rows[i].points);
    json_close(w, '}');
  }
  json_close(w, ']');
  buf_release(&text);
}

static void put_dimensions(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  json_key(w, "dimensions");
  json_open(w, '[');
  for (int i = 0; i < rule->slot_count; i++)
    json_put_text(w, rules->dimensions[rules->slots[rule->first_slot + i].dimension].name);
  json_close(w, ']');
}

static void put_steps(struct json_writer *w, const struct decay *decay) {
  json_key(w, "steps");
  json_open(w, '[');
  for (uint32_t i = 0; i < decay->step_count; i++) {
    json_open(w, '{');
    put_span(w, "age", decay->steps[i].age_ms);
    json_key(w, "share");
    json_put_number(w, (double)decay->steps[i].per_million / 1e6);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_decay(struct json_writer *w, const struct decay *decay) {
  static const char *const words[] = {
      [DECAY_HALF_LIFE] = "half_life", [DECAY_LINEAR] = "linear", [DECAY_STEP] = "step"};
  if (decay->kind == DECAY_NONE) return;
  json_key(w, "decay");
  json_open(w, '{');
  json_member_text(w, "kind", words[decay->kind]);
  if (decay->kind == DECAY_STEP)
    put_steps(w, decay);
  else
    put_span(w, "span", decay->span_ms);
  json_close(w, '}');
}

static void put_limits(struct json_writer *w, const struct rule *rule) {
  if (rule->limit.times) {
    json_key(w, "limit");
    json_open(w, '{');
    json_member_int(w, "times", rule->limit.times);
    if (rule->limit.per_ms) put_span(w, "per", rule->limit.per_ms);
    json_close(w, '}');
  }
  if (rule->cap) {
    json_key(w, "cap");
    json_put_milli(w, rule->cap);
  }
}

static void put_topics(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  if (rule->topic_count == 0) return;
  json_key(w, "topics");
  json_open(w, '[');
  for (uint32_t i = 0; i < rule->topic_count; i++) json_put_text(w, rules->topics[rule->topics[i]]);
  json_close(w, ']');
}

void rule_json(const struct ruleset *rules, const struct rule *rule, struct json_writer *w) {
  json_member_text(w, "doc", rule->doc);
  json_member_text(w, "kind", rule->kind == RULE_BEHAVIOUR ? "behaviour" : "profile");
  if (rule->group != NONE) json_member_text(w, "group", rules->groups[rule->group].name);
  put_dimensions(w, rules, rule);
  put_points(w, rules, rule);
  put_table(w, rule);
  json_key(w, "function");
  json_put_bool(w, rule->points_fn != FN_NONE);
  if (rule->kind == RULE_BEHAVIOUR) put_signals(w, rules, rule);
  put_condition(w, "when", rules, rule->when);
  put_condition(w, "counts_while", rules, rule->counts_while);
  put_limits(w, rule);
  put_decay(w, &rule->decay);
  put_topics(w, rules, rule);
}

/* --- lifecycles and dimensions --------------------------------------------------------------------------------------- */

void rule_json_lifecycle(const struct lifecycle *lifecycle, struct json_writer *w) {
  json_open(w, '{');
  json_member_text(w, "name", lifecycle->name);
  json_key(w, "stages");
  json_open(w, '[');
  for (uint32_t i = 0; i < lifecycle->stage_count; i++) json_put_text(w, lifecycle->stages[i]);
  json_close(w, ']');
  json_member_text(w, "start", lifecycle->stages[lifecycle->start]);
  json_close(w, '}');
}

void rule_json_dimension(const struct dimension *dimension, struct json_writer *w) {
  json_open(w, '{');
  json_member_text(w, "name", dimension->name);
  if (dimension->min != INT64_MIN) {
    json_key(w, "min");
    json_put_milli(w, dimension->min);
  }
  if (dimension->max != INT64_MAX) {
    json_key(w, "max");
    json_put_milli(w, dimension->max);
  }
  json_key(w, "bands");
  json_open(w, '{');
  for (uint32_t i = 0; i < dimension->band_count; i++) {
    json_key(w, dimension->bands[i].name);
    json_put_milli(w, dimension->bands[i].from);
  }
  json_close(w, '}');
  json_close(w, '}');
}
