/* read_rule.c - rules: which fields go together, and what triggers them. */
#include "notation/compile_private.h"

static const char *const fields[] = {"doc",          "group",  "dimension", "on",     "when",
                                     "counts_while", "points", "field",     "first",  "limit",
                                     "cooldown",     "decay",  "cap",       "topics", NULL};

void read_topics(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "rule", &at));) {
    const struct node *topics = read_field(&d->body, "topics");
    if (!topics || topics->kind != NODE_TABLE) continue;
    for (uint32_t i = 0; i < topics->table.item_count && c->topics.count < TOPICS_MAX; i++) {
      const struct node *topic = &topics->table.items[i];
      if (topic->kind == NODE_STRING && topic->text.len) names_add(c, &c->topics, topic->text, topic->place);
    }
  }
  struct ruleset *out = c->out;
  out->topics = arena_zalloc(c->arena, (c->topics.count + 1) * sizeof *out->topics);
  out->topic_count = c->topics.count;
  for (uint32_t i = 0; i < c->topics.count; i++) out->topics[i] = read_keep(c, str_of(c->topics.words[i]));
}

static bool read_rule_topics(struct compile *c, const struct node *node, const char *what,
                             struct rule *rule) {
  if (!node) return true;
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  if (node->kind != NODE_TABLE) {
    FAULT(c, "wrong_kind", node->place, "write topics = { \"product\" }", "%s must be a list", what);
    return false;
  }
  uint16_t *topics = arena_zalloc(c->arena, count * sizeof *topics);
  for (uint32_t i = 0; i < count; i++) {
    int topic = names_find(&c->topics, texts[i].text);
    if (topic == NONE) {
      FAULT(c, "too_many", texts[i].place, NULL, "more than %d topics", (int)TOPICS_MAX);
      return false;
    }
    topics[i] = (uint16_t)topic;
  }
  rule->topics = topics;
  rule->topic_count = count;
  return true;
}

/* What only makes sense for points that were added by events. */
static bool refuse_behaviour_fields(struct compile *c, const struct node *body, const char *what) {
  static const struct {
    const char *field, *hint;
  } refused[] = {
      {"limit", "a limit picks events: add `on`, or leave it out"},
      {"cooldown", "a cooldown picks events: add `on`, or leave it out"},
      {"decay", "points of a rule without `on` hold while it is true: add `on`, or leave it out"},
      {"cap", "points of a rule without `on` are held once: add `on`, or leave it out"},
      {"counts_while", "a rule without `on` counts while `when` is true: join it to `when` with &"},
  };
  bool fine = true;
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    const struct node_pair *pair = node_pair(body, refused[i].field);
    if (!pair) continue;
    FAULT(c, "needs_on", pair->key_place, refused[i].hint, "%s has `%s`, but no `on`", what,
          refused[i].field);
    fine = false;
  }
  return fine;
}

static bool check_profile(struct compile *c, const struct declaration *d, const char *what) {
  const struct node *points = read_field(&d->body, "points");
  bool fine = refuse_behaviour_fields(c, &d->body, what);
  if (!read_field(&d->body, "when") && !read_field(&d->body, "first")) {
    if (read_misspelled(&d->body, "on") || read_misspelled(&d->body, "when")) return false;
    FAULT(c, "missing_field", d->place,
          "`on` waits for an event, `when` tests the lead, `first` looks a field up",
          "%s never gives points: it has neither `on` nor `when` nor `first`", what);
    fine = false;
  }
  if (points && points->kind == NODE_FUNCTION) {
    FAULT(c, "needs_on", points->place, "give constant points, or a `first` table; `when` may be a function",
          "%s: points as a function are called for an event, and it has no `on`", what);
    fine = false;
  }
  return fine;
}

static bool check_shape(struct compile *c, const struct declaration *d, const char *what) {
  const struct node *points = read_field(&d->body, "points"), *first = read_field(&d->body, "first");
  const struct node *on = read_field(&d->body, "on");
  if (!points == !first) {
    if (!points && (read_misspelled(&d->body, "points") || read_misspelled(&d->body, "first"))) return false;
    FAULT(c, points ? "conflict" : "missing_field", d->place,
          "points = { fit = 10 }, or field = \"..\" and first = { .. }",
          "%s needs either `points` or `first`%s", what, points ? ", it has both" : "");
    return false;
  }
  if (!on) return check_profile(c, d, what);
  if (!first) return true;
  FAULT(c, "conflict", first->place, "write one rule for each row, its matcher in `on`",
        "%s: `first` looks up what is known of the lead, it does not go with `on`", what);
  return false;
}

static bool read_trigger(struct compile *c, const struct node *body, const char *what, struct rule *rule) {
  const struct node *on = read_field(body, "on"), *when = read_field(body, "when");
  const struct node *counts_while = read_field(body, "counts_while");
  bool fine = true;
  rule->kind = on ? RULE_BEHAVIOUR : RULE_PROFILE;
  if (on) {
    struct selecting how = {.scope = SELECT_ANY, .what = read_what(c, "on", what), .lifecycle = NONE};
    fine &= read_selector(c, on, &how, &rule->on);
  }
  if (when) {
    struct cond_scope scope = {.what = read_what(c, "when", what), .event = on != NULL, .lifecycle = NONE};
    rule->when = read_condition(c, when, &scope);
    fine &= rule->when != NULL;
  }
  if (counts_while && on) {
    struct cond_scope scope = {.what = read_what(c, "counts_while", what), .lifecycle = NONE};
    rule->counts_while = read_condition(c, counts_while, &scope);
    fine &= rule->counts_while != NULL;
  }
  return fine;
}

static bool need_lead(const struct compile *c, const struct rule *rule) {
  if (rule->points_fn == FN_NONE) return false;
  bool needs = rule->when != NULL;
  for (uint32_t i = 0; i < rule->on.count; i++)
    needs |= c->out->signals[rule->on.ids[i]].kind != SIGNAL_EVENT;
  return needs;
}

static void read_rule(struct compile *c, const struct declaration *d) {
  const char *what = arena_printf(&c->scratch, "rule '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->rules, d->name, d->place) == NONE || !read_table(c, &d->body, fields, false, what))
    return;
  struct draft draft = {.rule = {.id = read_keep(c, d->name),
                                 .place = read_place(c, d->place),
                                 .group = NONE,
                                 .points_fn = FN_NONE}};
  struct rule *rule = &draft.rule;
  struct str doc = {0};
  const struct node *doc_node = read_field(&d->body, "doc");
  bool fine = !doc_node || read_text(c, doc_node, read_what(c, "doc", what), &doc);
  rule->doc = read_keep(c, doc);
  fine &= check_shape(c, d, what);
  fine &= read_trigger(c, &d->body, what, rule);
  fine &= read_field(&d->body, "first") ? read_rule_first(c, &d->body, what, &draft)
                                        : read_rule_points(c, &d->body, what, &draft);
  fine &= read_rule_bounds(c, &d->body, what, rule);
  fine &= read_rule_topics(c, read_field(&d->body, "topics"), read_what(c, "topics", what), rule);
  if (!fine) return;
  rule->points_need_lead = need_lead(c, rule);
  c->drafts = read_grow(&c->scratch, c->drafts, c->draft_count, sizeof *c->drafts);
  c->drafts[c->draft_count++] = draft;
}

void read_rules(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "rule", &at));) {
    if (c->rules.count == RULESET_MAX_RULES) {
      FAULT(c, "too_many", d->place, NULL, "more than %d rules", (int)RULESET_MAX_RULES);
      return;
    }
    read_rule(c, d);
  }
}
