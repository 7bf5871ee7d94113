/* read_effect.c - effect: what is told, of what happens; and receiver: what others may tell. */
#include "notation/compile_private.h"

static bool read_doc(struct compile *c, const struct node *body, const char *what, const char **doc) {
  const struct node *node = read_field(body, "doc");
  struct str text = {0};
  bool fine = !node || read_text(c, node, read_what(c, "doc", what), &text);
  *doc = read_keep(c, text);
  return fine;
}

/* --- effects ---------------------------------------------------------------------------------------------------------- */

/* Dotted words of letters, digits and _, as Standard Webhooks has types. */
static bool is_type(struct str text) {
  bool fine = text.len > 0 && text.len <= NAME_BYTES_MAX && text.p[0] != '.' && text.p[text.len - 1] != '.';
  for (size_t i = 0; i < text.len && fine; i++) {
    char ch = text.p[i];
    bool letter =
        (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
    fine = letter || (ch == '.' && text.p[i - 1] != '.');
  }
  return fine;
}

static void read_type(struct compile *c, const struct declaration *d, const char *what, struct effect *out) {
  const struct node *node = read_field(&d->body, "type");
  struct str type = str_of(arena_printf(&c->scratch, "lead.%.*s", STR_ARG(d->name)));
  if (node && !read_text(c, node, read_what(c, "type", what), &type)) return;
  if (!is_type(type))
    FAULT(c, "bad_name", node ? node->place : d->place, "write type = \"lead.qualified\"",
          "the type of %s must be words of letters, digits and _ with dots between, got '%.*s'", what,
          STR_ARG(type));
  out->type = read_keep(c, type);
}

static void read_to(struct compile *c, const struct declaration *d, const char *what, struct effect *out) {
  const struct node *node = read_field(&d->body, "to"), *texts;
  uint32_t count;
  if (!node) {
    if (!read_misspelled(&d->body, "to"))
      FAULT(c, "missing_field", d->place, "add to = \"DESTINATION\"", "%s does not say where it goes", what);
    return;
  }
  if (!read_texts(c, node, read_what(c, "to", what), &texts, &count)) return;
  uint16_t *to = arena_alloc(c->arena, count * sizeof *to);
  for (uint32_t i = 0; i < count; i++) {
    int destination = names_need(c, &c->destinations, texts[i].text, texts[i].place);
    bool twice = false;
    for (uint32_t k = 0; k < out->to_count; k++) twice |= to[k] == destination;
    if (twice)
      FAULT(c, "duplicate", texts[i].place, NULL, "%s names '%.*s' twice", what, STR_ARG(texts[i].text));
    if (destination != NONE && !twice) to[out->to_count++] = (uint16_t)destination;
  }
  out->to = to;
}

/* What happens without an event has nothing that would tell a second time from the first. */
static void refuse_deadlines(struct compile *c, const struct node *on, const char *what,
                             const struct signal_set *set) {
  for (uint32_t i = 0; i < set->count; i++) {
    const struct signal *signal = &c->out->signals[set->ids[i]];
    if (signal->kind != SIGNAL_SEQUENCE) continue;
    const struct sequence *sequence = &c->out->sequences[signal->sequence];
    if (sequence->steps[sequence->step_count - 1].unless.count == 0) continue;
    FAULT(c, "wrong_word", on->place,
          "let a rule with this sequence move the lead to a stage, and use entered \"STAGE\"",
          "%s waits for something not to happen", read_what(c, "on", what));
  }
}

static void read_effect(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"doc", "on", "when", "to", "type", "data", "handoff", NULL};
  const char *what = arena_printf(&c->scratch, "effect '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->effects, d->name, d->place) == NONE ||
      !read_table(c, &d->body, fields, false, what))
    return;
  struct effect out = {
      .name = read_keep(c, d->name), .place = read_place(c, d->place), .data = STR("{}"), .data_fn = FN_NONE};
  const struct node *on = read_field(&d->body, "on"), *when = read_field(&d->body, "when");
  const struct node *data = read_field(&d->body, "data"), *handoff = read_field(&d->body, "handoff");
  struct signal_set set = {0};
  read_doc(c, &d->body, what, &out.doc);
  struct selecting how = {.scope = SELECT_EFFECT, .what = read_what(c, "on", what), .lifecycle = NONE};
  if (on && read_selector(c, on, &how, &set)) refuse_deadlines(c, on, what, &set);
  if (!on && !read_misspelled(&d->body, "on"))
    FAULT(c, "missing_field", d->place, "add on = entered \"STAGE\", or an event selector",
          "%s waits for nothing", what);
  out.signals = set.ids;
  out.signal_count = set.count;
  struct cond_scope scope = {.what = read_what(c, "when", what), .lifecycle = NONE};
  if (when) out.when = read_condition(c, when, &scope);
  read_to(c, d, what, &out);
  read_type(c, d, what, &out);
  if (data && data->kind == NODE_FUNCTION)
    out.data_fn = data->function.fn;
  else if (data)
    read_data(c, data, read_what(c, "data", what), &out.data);
  if (handoff && handoff->kind != NODE_BOOL)
    FAULT(c, "wrong_kind", handoff->place, NULL, "%s must be true or false", read_what(c, "handoff", what));
  out.handoff = handoff && handoff->kind == NODE_BOOL && handoff->boolean;
  c->out->effects = read_grow(c->arena, c->out->effects, c->out->effect_count, sizeof *c->out->effects);
  c->out->effects[c->out->effect_count++] = out;
}

void read_effects(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "effect", &at));) {
    if (c->effects.count == HANDOFF_EFFECTS_MAX) {
      FAULT(c, "too_many", d->place, NULL, "more than %d effects", (int)HANDOFF_EFFECTS_MAX);
      return;
    }
    read_effect(c, d);
  }
}

/* --- receivers -------------------------------------------------------------------------------------------------------- */

static void read_signed(struct compile *c, const struct node *body, const char *what, struct inbound *out) {
  static const char *const words[] = {"standard", "hubspot", NULL};
  const struct node *header = read_field(body, "header"), *signed_ = read_field(body, "signed");
  struct str text;
  if (header && read_text(c, header, read_what(c, "header", what), &text)) out->header = read_keep(c, text);
  if (header && signed_)
    FAULT(c, "conflict", signed_->place, "leave one of them out", "%s has both `header` and `signed`", what);
  if (!signed_ || !read_text(c, signed_, read_what(c, "signed", what), &text)) return;
  out->hubspot = str_eq(text, STR("hubspot"));
  if (!out->hubspot && !str_eq(text, STR("standard")))
    FAULT(c, "unknown_word", signed_->place, problem_hint(c->problems, text, words),
          "%s knows standard and hubspot as ways to sign, got '%.*s'", what, STR_ARG(text));
}

/* In which roles its acts are made. */
static void read_inbound_by(struct compile *c, const struct node *node, const char *what,
                            struct inbound *out) {
  static const char *const roles[] = {"marketing", "sales", "admin", NULL};
  if (!read_by(c, node, what, &out->by, &out->by_count)) return;
  for (uint32_t i = 0; i < out->by_count; i++) {
    bool known = false;
    for (const char *const *role = roles; *role; role++) known = known || strcmp(*role, out->by[i]) == 0;
    if (!known)
      FAULT(c, "unknown_word", node->place, problem_hint(c->problems, str_of(out->by[i]), roles),
            "%s: '%s' is no role; marketing, sales, admin are", what, out->by[i]);
  }
}

static void read_receiver(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"doc", "secrets", "header", "signed", "by", "of", "map", NULL};
  const char *what = arena_printf(&c->scratch, "receiver '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->receivers, d->name, d->place) == NONE ||
      !read_table(c, &d->body, fields, false, what))
    return;
  struct inbound out = {.name = read_keep(c, d->name), .place = read_place(c, d->place), .of = NONE};
  const struct node *secrets = read_field(&d->body, "secrets"), *of = read_field(&d->body, "of");
  const struct node *map = read_field(&d->body, "map");
  struct str text;
  read_doc(c, &d->body, what, &out.doc);
  if (secrets)
    read_secret_names(c, secrets, read_what(c, "secrets", what), out.secrets, &out.secret_count);
  else
    FAULT(c, "missing_field", d->place, "add secrets = secret \"NAME\"", "%s would believe everybody", what);
  read_signed(c, &d->body, what, &out);
  read_inbound_by(c, read_field(&d->body, "by"), read_what(c, "by", what), &out);
  if (of && read_text(c, of, read_what(c, "of", what), &text))
    out.of = names_need(c, &c->destinations, text, of->place);
  if (!map)
    FAULT(c, "missing_field", d->place, "add map = function(payload) return { { .. } } end",
          "%s does not say what a message means", what);
  read_callback(c, map, read_what(c, "map", what), &out.map_fn);
  c->out->inbounds = read_grow(c->arena, c->out->inbounds, c->out->inbound_count, sizeof *c->out->inbounds);
  c->out->inbounds[c->out->inbound_count++] = out;
}

void read_receivers(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "receiver", &at));) read_receiver(c, d);
}
