/* read_act.c - what people may do about a lead: acts, and what a move asks of the act that makes it; whom not to contact. */
#include "notation/compile_private.h"

enum { ACTS_MAX = 256 };

bool read_by(struct compile *c, const struct node *node, const char *what, const char *const **by,
             uint32_t *count) {
  const struct node *texts;
  if (!node) return true;
  if (!read_texts(c, node, what, &texts, count)) return false;
  const char **roles = arena_zalloc(c->arena, *count * sizeof *roles);
  for (uint32_t i = 0; i < *count; i++) roles[i] = read_keep(c, texts[i].text);
  *by = roles;
  return true;
}

static bool read_fields(struct compile *c, const struct node *node, const char *what, struct texts *out) {
  const struct node *texts;
  if (!node) return true;
  if (!read_texts(c, node, what, &texts, &out->count)) return false;
  struct str *fields = arena_zalloc(c->arena, out->count * sizeof *fields);
  for (uint32_t i = 0; i < out->count; i++) fields[i] = arena_str(c->arena, texts[i].text);
  out->items = fields;
  return true;
}

/* --- what an act must bring along: { "note", amount = at_least(1), ["amount|metric"] = present } ------------------------ */

static bool read_asked(struct compile *c, const struct node *item, const char *what, struct ask *ask) {
  static const struct matcher present = {.op = MATCH_PRESENT};
  struct str field;
  if (!read_text(c, item, what, &field)) return false;
  *ask = (struct ask){arena_str(c->arena, field), arena_dup(c->arena, &present, sizeof present)};
  return true;
}

static bool read_asks(struct compile *c, const struct node *node, const char *what, struct asks *out) {
  if (!node) return true;
  if (node->kind != NODE_TABLE || node->table.item_count + node->table.pair_count == 0) {
    FAULT(c, "wrong_kind", node->place, "write asks = { \"note\", amount = at_least(1) }",
          "%s must name the fields that the act brings along, got %s", what, read_described(c, node));
    return false;
  }
  uint32_t items = node->table.item_count;
  bool fine = true;
  struct ask *asks = arena_zalloc(c->arena, (items + node->table.pair_count) * sizeof *asks);
  for (uint32_t i = 0; i < items; i++)
    fine &= read_asked(c, &node->table.items[i], what, &asks[out->count++]);
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    const struct node_pair *pair = &node->table.pairs[i];
    struct ask *ask = &asks[out->count++];
    ask->field = arena_str(c->arena, pair->key);
    ask->matcher =
        read_matcher(c, &pair->value, arena_printf(&c->scratch, "'%.*s' in %s", STR_ARG(pair->key), what));
    fine &= ask->matcher != NULL;
  }
  out->items = asks;
  return fine;
}

/* --- acts ------------------------------------------------------------------------------------------------------------- */

/* The act of that name, declared or not. */
static int act_named(struct compile *c, struct str name, struct place place) {
  struct ruleset *out = c->out;
  int act = names_add(c, &c->acts, name, place);
  if (act == NONE || (uint32_t)act < out->act_count) return act;
  out->acts = read_grow(c->arena, out->acts, out->act_count, sizeof *out->acts);
  out->acts[out->act_count++] =
      (struct act_kind){.name = read_keep(c, name), .doc = "", .place = read_place(c, place)};
  return act;
}

static void read_act(struct compile *c, const struct node_pair *pair) {
  static const char *const fields[] = {"doc", "by", "asks", "private", "sets", NULL};
  const char *what = arena_printf(&c->scratch, "act '%.*s'", STR_ARG(pair->key));
  const struct node *body = &pair->value;
  if (names_find(&c->acts, pair->key) != NONE) {
    names_declare(c, &c->acts, pair->key, pair->key_place);
    return;
  }
  if (!read_table(c, body, fields, false, what)) return;
  int number = act_named(c, pair->key, pair->key_place);
  if (number == NONE) return;
  struct act_kind *act = &c->out->acts[number];
  const struct node *doc = read_field(body, "doc"), *by = read_field(body, "by");
  struct str text = {0};
  if (doc && read_text(c, doc, read_what(c, "doc", what), &text)) act->doc = read_keep(c, text);
  act->alone = by != NULL;
  read_by(c, by, read_what(c, "by", what), &act->by, &act->by_count);
  read_asks(c, read_field(body, "asks"), read_what(c, "asks", what), &act->asks);
  read_fields(c, read_field(body, "private"), read_what(c, "private", what), &act->private);
  read_fields(c, read_field(body, "sets"), read_what(c, "sets", what), &act->sets);
}

/* Whoever declares questions lets people answer them. */
static void add_answer(struct compile *c) {
  static const char *const by[] = {"marketing", "sales"};
  size_t at = 0;
  const struct declaration *framework = read_next(c, "framework", &at);
  if (!framework || names_find(&c->acts, STR("answer")) != NONE) return;
  int number = act_named(c, STR("answer"), framework->place);
  if (number == NONE) return;
  struct act_kind *act = &c->out->acts[number];
  act->doc = "An answer to a question of qualification";
  act->alone = true;
  act->by = arena_dup(c->arena, by, sizeof by);
  act->by_count = sizeof by / sizeof *by;
}

void read_acts(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "acts", &at));) {
    if (d->body.kind != NODE_TABLE || d->body.table.item_count) {
      FAULT(c, "wrong_kind", d->place, "write acts { log_call = { doc = \"..\", by = \"sales\" } }",
            "acts needs named acts, got %s", read_described(c, &d->body));
      continue;
    }
    for (uint32_t i = 0; i < d->body.table.pair_count && c->out->act_count < ACTS_MAX; i++)
      read_act(c, &d->body.table.pairs[i]);
  }
  add_answer(c);
}

/* --- of a move -------------------------------------------------------------------------------------------------------- */

static bool read_reset_mask(struct compile *c, const struct node *node, const char *what, uint32_t *mask) {
  const struct node *texts;
  uint32_t count;
  bool fine = true;
  if (!node) return true;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  for (uint32_t i = 0; i < count; i++) {
    int dimension = names_need(c, &c->dimensions, texts[i].text, texts[i].place);
    if (dimension == NONE)
      fine = false;
    else
      *mask |= UINT32_C(1) << dimension;
  }
  return fine;
}

/* What only people's moves have. */
static bool only_by_people(struct compile *c, const struct node *table, const char *what,
                           const struct move *move) {
  static const char *const fields[] = {"act", "need", "asks", "learns", "claim", NULL};
  bool fine = true;
  for (const char *const *field = fields; *field && move->by_count == 0; field++) {
    const struct node *node = read_field(table, *field);
    if (!node) continue;
    FAULT(c, "missing_field", node->place, "add by = \"sales\"",
          "%s: `%s` is about people's acts, and the move says no `by`", what, *field);
    fine = false;
  }
  return fine;
}

bool read_act_part(struct compile *c, const struct node *table, const char *what, struct move *move) {
  const struct node *act = read_field(table, "act"), *need = read_field(table, "need"),
                    *claim = read_field(table, "claim");
  struct str name;
  bool fine = only_by_people(c, table, what, move);
  move->act = NONE;
  if (act) {
    fine &= read_text(c, act, read_what(c, "act", what), &name);
    if (fine) move->act = act_named(c, name, act->place);
  }
  if (need) {
    struct cond_scope scope = {.what = read_what(c, "need", what), .lifecycle = move->lifecycle};
    move->need = read_condition(c, need, &scope);
    fine &= move->need != NULL;
  }
  fine &= !claim || read_switch(c, claim, read_what(c, "claim", what), &move->claim);
  fine &= read_asks(c, read_field(table, "asks"), read_what(c, "asks", what), &move->asks);
  fine &= read_fields(c, read_field(table, "learns"), read_what(c, "learns", what), &move->learns);
  return read_reset_mask(c, read_field(table, "resets"), read_what(c, "resets", what), &move->resets) && fine;
}

/* --- whom not to contact ---------------------------------------------------------------------------------------------- */

void read_contact(struct compile *c) {
  const struct declaration *d = read_only(c, "contact");
  if (!d) return;
  if (d->body.kind != NODE_TABLE || d->body.table.item_count) {
    FAULT(c, "wrong_kind", d->place, "write contact { unsubscribed = seen(track \"Unsubscribed\") }",
          "contact needs named conditions, got %s", read_described(c, &d->body));
    return;
  }
  uint32_t count = d->body.table.pair_count;
  struct contact_block *blocks = arena_zalloc(c->arena, (count + 1) * sizeof *blocks);
  for (uint32_t i = 0; i < count; i++) {
    const struct node_pair *pair = &d->body.table.pairs[i];
    struct cond_scope scope = {.what = arena_printf(&c->scratch, "'%.*s' in contact", STR_ARG(pair->key)),
                               .lifecycle = NONE};
    blocks[i] = (struct contact_block){read_keep(c, pair->key), read_place(c, pair->value.place),
                                       read_condition(c, &pair->value, &scope)};
  }
  c->out->contact = blocks;
  c->out->contact_count = count;
}
