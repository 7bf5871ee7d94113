/* world_text.c - a world as a rule file and as events: what the engine reads. */
#include "world.h"

#include <inttypes.h>

static void add_span(struct buf *out, int64_t ms) {
  buf_printf(out, "\"%" PRId64 "h\"", ms / 3600000);
}

static void add_pattern(struct buf *out, const struct pattern *pattern) {
  const char *comma = "";
  if (pattern->is_page)
    buf_add_text(out, "page {");
  else
    buf_printf(out, pattern->is_act ? "act \"A%d\"" : "track \"E%d\"", pattern->name);
  if (!pattern->is_page && pattern->at_least != WORLD_NONE) buf_add_text(out, " {");
  if (pattern->is_page && pattern->name != WORLD_NONE) {
    buf_printf(out, " path = \"/p%d\"", pattern->name);
    comma = ",";
  }
  if (pattern->at_least != WORLD_NONE) buf_printf(out, "%s n = at_least(%d)", comma, pattern->at_least);
  if (pattern->is_page || pattern->at_least != WORLD_NONE) buf_add_text(out, " }");
}

static void add_patterns(struct buf *out, const struct pattern *patterns, int count, const char *between) {
  for (int i = 0; i < count; i++) {
    if (i) buf_add_text(out, between);
    add_pattern(out, &patterns[i]);
  }
}

static void add_decay(struct buf *out, const struct world_rule *rule) {
  if (rule->decay == FORM_NONE) return;
  buf_add_text(out, ", decay = ");
  if (rule->decay == FORM_STEP) {
    buf_add_text(out, "step { [");
    add_span(out, rule->decay_span_ms);
    buf_printf(out, "] = 0.%02d, [", rule->step_percent[0]);
    add_span(out, 3 * rule->decay_span_ms);
    buf_printf(out, "] = 0.%02d }", rule->step_percent[1]);
    return;
  }
  buf_add_text(out, rule->decay == FORM_LINEAR ? "linear " : "half_life ");
  add_span(out, rule->decay_span_ms);
}

static void add_points(struct buf *out, const struct world_rule *rule) {
  buf_add_text(out, ", points = {");
  for (int d = 0; d < WORLD_DIMENSIONS; d++)
    if (rule->points[d]) buf_printf(out, " d%d = %d,", d, rule->points[d]);
  buf_add_text(out, " }");
}

static void add_limit(struct buf *out, const struct world_rule *rule) {
  if (!rule->limit_times) return;
  buf_printf(out, ", limit = { times = %d", rule->limit_times);
  if (rule->limit_per_ms) {
    buf_add_text(out, ", per = ");
    add_span(out, rule->limit_per_ms);
  }
  buf_add_text(out, " }");
}

static void add_table(struct buf *out, const struct world_rule *rule) {
  if (rule->group == WORLD_NONE) buf_printf(out, "dimension = \"d%d\", ", rule->table_dimension);
  buf_add_text(out, "field = \"seats\", first = {");
  for (int i = 0; i < rule->row_count; i++)
    buf_printf(out, " { at_least(%d), value = %d },", rule->row_at_least[i], rule->row_value[i]);
  buf_add_text(out, " }");
}

static void add_head(struct buf *out, const struct world_rule *rule) {
  switch (rule->form) {
  case FORM_BEHAVIOUR:
    buf_add_text(out, "on = ");
    add_patterns(out, rule->on, rule->on_count, " | ");
    break;
  case FORM_SEQUENCE:
    buf_add_text(out, "on = sequence { ");
    add_patterns(out, rule->on, rule->on_count, ", ");
    buf_add_text(out, ", within = ");
    add_span(out, rule->within_ms);
    buf_add_text(out, " }");
    break;
  case FORM_SEEN:
    buf_add_text(out, "when = seen(");
    add_pattern(out, &rule->on[0]);
    buf_printf(out, ", { times = %d, within = ", rule->times);
    add_span(out, rule->within_ms);
    buf_add_text(out, " })");
    break;
  case FORM_ACCOUNT: buf_printf(out, "when = account { tier = %d }", rule->tier); break;
  case FORM_CRITERION: buf_printf(out, "when = met \"%s.c\"", rule->criterion ? "team" : "own"); break;
  case FORM_TRAIT: buf_printf(out, "when = trait { country = \"C%d\" }", rule->when_country); break;
  case FORM_TABLE: add_table(out, rule); break;
  }
}

static void add_rule(struct buf *out, const struct world_rule *rule, int number) {
  bool behaves = rule->form == FORM_BEHAVIOUR || rule->form == FORM_SEQUENCE;
  buf_printf(out, "rule \"r%d\" { ", number);
  add_head(out, rule);
  if (rule->form != FORM_TABLE) add_points(out, rule);
  if (behaves && rule->when_country != WORLD_NONE)
    buf_printf(out, ", when = trait { country = \"C%d\" }", rule->when_country);
  if (rule->counts_while_country != WORLD_NONE)
    buf_printf(out, ", counts_while = trait { country = \"C%d\" }", rule->counts_while_country);
  if (rule->group != WORLD_NONE) buf_printf(out, ", group = \"g%d\"", rule->group);
  if (rule->cap) buf_printf(out, ", cap = %d", rule->cap);
  if (behaves) {
    add_limit(out, rule);
    add_decay(out, rule);
  }
  buf_add_text(out, " }\n");
}

static void add_bounds(struct buf *out, int64_t min, int64_t max) {
  if (min > -WORLD_NO_LIMIT) buf_printf(out, " min = %" PRId64 ",", min);
  if (max < WORLD_NO_LIMIT) buf_printf(out, " max = %" PRId64 ",", max);
}

static void add_frameworks(struct buf *out) {
  for (int i = 0; i < WORLD_CRITERIA; i++) {
    buf_printf(out,
               "framework \"%s\" { %scriterion \"c\" { ask = \"?\", value = \"number\", met = at_least(%d), "
               "expires = ",
               i ? "team" : "own", i ? "of = \"account\", " : "", WORLD_ENOUGH);
    add_span(out, world_expiry_ms(i));
    buf_add_text(out, " } }\n");
  }
}

void world_rules(const struct world *world, struct buf *out) {
  add_frameworks(out);
  for (int d = 0; d < WORLD_DIMENSIONS; d++) {
    buf_printf(out, "dimension \"d%d\" {", d);
    add_bounds(out, world->dimension_min[d], world->dimension_max[d]);
    buf_add_text(out, " }\n");
  }
  for (int g = 0; g < WORLD_GROUPS; g++) {
    buf_printf(out, "group \"g%d\" { dimension = \"d%d\",", g, world->group_dimension[g]);
    add_bounds(out, world->group_min[g], world->group_max[g]);
    buf_add_text(out, " }\n");
  }
  for (int r = 0; r < world->rule_count; r++) add_rule(out, &world->rules[r], r);
  for (int r = 0; r < world->reset_count; r++) {
    const struct world_reset *reset = &world->resets[r];
    buf_printf(out, "reset \"z%d\" { on = ", r);
    add_patterns(out, reset->on, reset->on_count, " | ");
    buf_printf(out, ", keep = 0.%02d, dimensions = {", reset->keep_percent);
    for (int d = 0; d < WORLD_DIMENSIONS; d++)
      if (reset->dimensions >> d & 1) buf_printf(out, " \"d%d\",", d);
    buf_add_text(out, " } }\n");
  }
  buf_add_text(
      out,
      "lifecycle \"people\" { start = \"s0\", move { { \"s0\", \"s1\" }, \"s2\", by = \"sales\" },\n"
      "  move { { \"s0\", \"s2\" }, \"s1\", by = \"sales\" }, move { \"s1\", \"s0\", by = \"sales\" } }\n");
}

static void add_who(struct buf *out, const struct world_event *event) {
  char id[16];
  if (event->user != WORLD_NONE) {
    world_user(event->user, id);
    buf_printf(out, ",\"userId\":\"%s\"", id);
  }
  if (event->anonymous != WORLD_NONE) {
    world_anonymous(event->anonymous, id);
    buf_printf(out, ",\"anonymousId\":\"%s\"", id);
  }
  if (event->type != WORLD_ALIAS) return;
  if (event->previous != WORLD_NONE)
    world_user(event->previous, id);
  else
    world_anonymous(event->previous_anonymous, id);
  buf_printf(out, ",\"previousId\":\"%s\"", id);
}

static void add_act(struct buf *out, const struct world_event *event) {
  static const char *const main_stages[WORLD_STAGES] = {"lead", "mql", "sal"};
  buf_printf(out, ",\"event\":\"A%d\",\"actor\":{\"id\":\"maria\",\"role\":\"sales\"}", event->name);
  if (event->stage == WORLD_NONE) return;
  if (event->of_main)
    buf_printf(out, ",\"lifecycle\":\"main\",\"from\":\"lead\",\"to\":\"%s\"", main_stages[event->stage]);
  else
    buf_printf(out, ",\"lifecycle\":\"people\",\"from\":\"s0\",\"to\":\"s%d\"", event->stage);
}

static void add_answer(struct buf *out, const struct world_event *event) {
  buf_printf(out,
             ",\"event\":\"answer\",\"actor\":{\"id\":\"maria\",\"role\":\"sales\"},\"properties\":{"
             "\"criterion\":\"%s.c\",\"value\":",
             event->criterion ? "team" : "own");
  if (event->n == WORLD_NONE)
    buf_add_text(out, "null}");
  else
    buf_printf(out, "%d}", event->n);
}

void world_event_json(const struct world_event *event, struct buf *out) {
  static const char *const types[WORLD_TYPES] = {"track", "page", "identify", "alias", "act", "group", "act"};
  buf_printf(out, "{\"type\":\"%s\",\"messageId\":\"m%d\",\"timestamp\":%" PRId64, types[event->type],
             event->number, event->time_ms);
  add_who(out, event);
  if (event->type == WORLD_TRACK) buf_printf(out, ",\"event\":\"E%d\"", event->name);
  if (event->type == WORLD_ACT) add_act(out, event);
  if (event->type == WORLD_ANSWER) add_answer(out, event);
  if (event->type == WORLD_TRACK || event->type == WORLD_PAGE || event->type == WORLD_ACT) {
    buf_add_text(out, ",\"properties\":{");
    if (event->type == WORLD_PAGE) buf_printf(out, "\"path\":\"/p%d\"", event->name);
    if (event->n != WORLD_NONE) buf_printf(out, "%s\"n\":%d", event->type == WORLD_PAGE ? "," : "", event->n);
    buf_add_char(out, '}');
  }
  if (event->type == WORLD_GROUP) {
    buf_printf(out, ",\"groupId\":\"a%d\",\"traits\":{\"x\":0", event->account);
    if (event->tier != WORLD_NONE) buf_printf(out, ",\"tier\":%d", event->tier);
    buf_add_char(out, '}');
  } else if (event->account != WORLD_NONE) {
    buf_printf(out, ",\"context\":{\"groupId\":\"a%d\"}", event->account);
  }
  if (event->type == WORLD_IDENTIFY) {
    buf_add_text(out, ",\"traits\":{\"x\":0");
    if (event->country != WORLD_NONE) buf_printf(out, ",\"country\":\"C%d\"", event->country);
    if (event->seats != WORLD_NONE) buf_printf(out, ",\"Seats\":%d", event->seats);
    if (event->email != WORLD_NONE) buf_printf(out, ",\"email\":\"p%d@x.example\"", event->email);
    buf_add_char(out, '}');
  }
  buf_add_char(out, '}');
}
