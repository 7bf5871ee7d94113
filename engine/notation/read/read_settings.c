/* read_settings.c - the other declarations: reset, ignore, activity, content, profile, identity. */
#include "notation/compile_private.h"

#include <math.h>

enum { MILLION = 1000000 };

static const char *read_doc(struct compile *c, const struct node *body, const char *what) {
  const struct node *node = read_field(body, "doc");
  struct str text = {0};
  if (node) read_text(c, node, read_what(c, "doc", what), &text);
  return read_keep(c, text);
}

/* --- reset and ignore ------------------------------------------------------------------------------------------------ */

/* Exactly one of `on` and `when`. */
static void read_trigger(struct compile *c, const struct declaration *d, const char *what,
                         enum select_scope scope, struct signal_set *on, const struct cond **when) {
  const struct node *on_node = read_field(&d->body, "on"), *when_node = read_field(&d->body, "when");
  if (!on_node == !when_node) {
    if (!on_node && (read_misspelled(&d->body, "on") || read_misspelled(&d->body, "when"))) return;
    FAULT(c, on_node ? "conflict" : "missing_field", d->place,
          "`on` waits for an event, `when` tests the lead", "%s needs either `on` or `when`%s", what,
          on_node ? ", it has both" : "");
    return;
  }
  if (on_node) {
    struct selecting how = {.scope = scope, .what = read_what(c, "on", what), .lifecycle = NONE};
    read_selector(c, on_node, &how, on);
  } else {
    struct cond_scope where = {.what = read_what(c, "when", what), .lifecycle = NONE};
    *when = read_condition(c, when_node, &where);
  }
}

static uint32_t read_dimension_mask(struct compile *c, const struct declaration *d, const char *what) {
  const struct node *node = read_field(&d->body, "dimensions");
  if (!node) {
    if (read_misspelled(&d->body, "dimensions")) return 0;
    FAULT(c, "missing_field", d->place, "add dimensions = { \"engagement\" }",
          "%s does not say what it resets", what);
    return 0;
  }
  const struct node *texts;
  uint32_t count, mask = 0;
  if (!read_texts(c, node, read_what(c, "dimensions", what), &texts, &count)) return 0;
  for (uint32_t i = 0; i < count; i++) {
    int dimension = names_need(c, &c->dimensions, texts[i].text, texts[i].place);
    if (dimension != NONE) mask |= UINT32_C(1) << dimension;
  }
  return mask;
}

static int64_t read_keep_part(struct compile *c, const struct node *body, const char *what) {
  const struct node *node = read_field(body, "keep");
  double keep = 0;
  if (!node || !read_number(c, node, read_what(c, "keep", what), &keep)) return 0;
  if (keep >= 0 && keep < 1) return llround(keep * MILLION);
  FAULT(c, "bad_share", node->place, "0 forgets all, 0.5 keeps half", "%s must lie from 0 to below 1, got %s",
        read_what(c, "keep", what), read_described(c, node));
  return 0;
}

static void read_reset(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"doc", "on", "when", "dimensions", "keep", NULL};
  const char *what = arena_printf(&c->scratch, "reset '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->resets, d->name, d->place) == NONE ||
      !read_table(c, &d->body, fields, false, what))
    return;
  struct reset reset = {.id = read_keep(c, d->name), .place = read_place(c, d->place)};
  reset.doc = read_doc(c, &d->body, what);
  read_trigger(c, d, what, SELECT_ANY, &reset.on, &reset.when);
  reset.dimensions = read_dimension_mask(c, d, what);
  reset.keep_per_million = read_keep_part(c, &d->body, what);
  struct ruleset *out = c->out;
  out->resets = read_grow(c->arena, out->resets, out->reset_count, sizeof *out->resets);
  out->resets[out->reset_count++] = reset;
}

void read_resets(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "reset", &at));) read_reset(c, d);
}

static void read_ignore(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"doc", "on", "when", NULL};
  const char *what = arena_printf(&c->scratch, "ignore '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->ignores, d->name, d->place) == NONE ||
      !read_table(c, &d->body, fields, false, what))
    return;
  struct ignore ignore = {.id = read_keep(c, d->name), .place = read_place(c, d->place)};
  ignore.doc = read_doc(c, &d->body, what);
  read_trigger(c, d, what, SELECT_EVENTS, &ignore.on, &ignore.when);
  struct ruleset *out = c->out;
  out->ignores = read_grow(c->arena, out->ignores, out->ignore_count, sizeof *out->ignores);
  out->ignores[out->ignore_count++] = ignore;
}

void read_ignores(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "ignore", &at));) read_ignore(c, d);
}

/* --- activity, content ----------------------------------------------------------------------------------------------------- */

/* A list of selectors, under a word that is declared once. */
static void read_events(struct compile *c, const char *word, const char *example, struct signal_set *out) {
  const struct declaration *d = read_only(c, word);
  if (!d) return;
  const struct node *body = &d->body;
  if (body->kind != NODE_TABLE || body->table.item_count == 0 || body->table.pair_count) {
    FAULT(c, "wrong_kind", d->place, example, "%s lists event selectors, got %s", word,
          read_described(c, body));
    return;
  }
  /* The list means "any of them": one selector. */
  struct node either = {.kind = NODE_CALL, .place = body->place};
  either.call.name = STR("|");
  either.call.args = body->table.items;
  either.call.arg_count = body->table.item_count;
  struct selecting how = {.scope = SELECT_EVENTS, .what = word, .lifecycle = NONE};
  read_selector(c, &either, &how, out);
}

void read_activity(struct compile *c) {
  read_events(c, "activity", "write activity { page {}, track(none_of { .. }) }", &c->out->activity);
}

void read_content(struct compile *c) {
  read_events(c, "content", "write content { page {}, track \"Content Downloaded\" }", &c->out->content);
}

/* --- profile --------------------------------------------------------------------------------------------------------------- */

static struct profile_field *find_field(struct compile *c, struct str path) {
  for (uint32_t i = 0; i < c->out->profile_count; i++) {
    if (str_eq(c->out->profile[i].path, path)) return &c->out->profile[i];
  }
  return NULL;
}

static void add_field(struct compile *c, struct str written, struct place place, uint32_t weight,
                      bool required) {
  struct ruleset *out = c->out;
  struct str path = read_trait_path(c, written);
  if (find_field(c, path)) {
    FAULT(c, "duplicate", place, "name each field once", "profile: field '%.*s' is named twice",
          STR_ARG(path));
    return;
  }
  if (out->profile_count == PROFILE_FIELDS_MAX) {
    FAULT(c, "too_many", place, NULL, "profile: more than %d fields", (int)PROFILE_FIELDS_MAX);
    return;
  }
  out->profile = read_grow(c->arena, out->profile, out->profile_count, sizeof *out->profile);
  out->profile[out->profile_count++] =
      (struct profile_field){.path = path, .weight = weight, .required = required};
}

static void read_required(struct compile *c, const struct node *node) {
  const struct node *texts;
  uint32_t count;
  if (!node || !read_texts(c, node, "`required` of the profile", &texts, &count)) return;
  for (uint32_t i = 0; i < count; i++)
    add_field(c, texts[i].text, texts[i].place, PROFILE_REQUIRED_WEIGHT, true);
}

static bool named_values(struct compile *c, const struct node *node, const char *what, const char *example) {
  if (node->kind == NODE_TABLE && node->table.item_count == 0) return true;
  FAULT(c, "wrong_kind", node->place, example, "%s needs named values, got %s", what,
        read_described(c, node));
  return false;
}

static void read_optional(struct compile *c, const struct node *node) {
  if (!node || !named_values(c, node, "`optional` of the profile", "write optional = { phone = 2 }")) return;
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    const struct node_pair *pair = &node->table.pairs[i];
    uint32_t weight;
    const char *what = arena_printf(&c->scratch, "the weight of '%.*s' in the profile", STR_ARG(pair->key));
    if (read_count(c, &pair->value, what, PROFILE_WEIGHT_MAX, &weight))
      add_field(c, pair->key, pair->key_place, weight, false);
  }
}

static void read_valid(struct compile *c, const struct node *node) {
  if (!node || !named_values(c, node, "`valid` of the profile", "write valid = { phone = matches \"..\" }"))
    return;
  const char **words = arena_zalloc(&c->scratch, (c->out->profile_count + 1) * sizeof *words);
  for (uint32_t i = 0; i < c->out->profile_count; i++) words[i] = c->out->profile[i].path.p;
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    const struct node_pair *pair = &node->table.pairs[i];
    const char *what = arena_printf(&c->scratch, "`valid` of profile field '%.*s'", STR_ARG(pair->key));
    struct str path = read_trait_path(c, pair->key);
    struct profile_field *field = find_field(c, path);
    const struct matcher *matcher = read_matcher(c, &pair->value, what);
    if (field)
      field->valid = matcher;
    else
      FAULT(c, "unknown_field", pair->key_place, problem_hint(c->problems, path, words),
            "`valid` tests '%.*s', which is neither required nor optional", STR_ARG(pair->key));
  }
}

void read_profile(struct compile *c) {
  static const char *const fields[] = {"required", "optional", "valid", NULL};
  const struct declaration *d = read_only(c, "profile");
  if (!d || !read_table(c, &d->body, fields, false, "the profile")) return;
  read_required(c, read_field(&d->body, "required"));
  read_optional(c, read_field(&d->body, "optional"));
  read_valid(c, read_field(&d->body, "valid"));
}

/* --- identity -------------------------------------------------------------------------------------------------------------- */

void read_identity(struct compile *c) {
  static const char *const fields[] = {"email", "never", NULL};
  const struct declaration *d = read_only(c, "identity");
  if (!d || !read_table(c, &d->body, fields, false, "identity")) return;
  const struct node *email = read_field(&d->body, "email"), *never = read_field(&d->body, "never");
  if (email) {
    c->out->merge_by_email = email->kind == NODE_STRING && str_eq(email->text, STR("merge"));
    if (!c->out->merge_by_email)
      FAULT(c, "wrong_kind", email->place, "leave it out to keep equal e-mails apart",
            "`email` of identity must be \"merge\", got %s", read_described(c, email));
  }
  if (never) c->out->never_id = read_matcher(c, never, "`never` of identity");
}
