/* read_lifecycle.c - lifecycles: their stages, moves and gates. */
#include "notation/compile_private.h"

#include "base/timefmt.h"
#include <stdlib.h>

static const char *const fields[] = {"start", "stages", "final", "who", "sales", "endorsed", "outside", NULL};
static const char *const item_words[] = {"move", "gate", NULL};

static struct names *stages_of(struct compile *c, int lifecycle) {
  return &c->stages[lifecycle];
}

/* --- stages: `stages` when it is there, else every stage a move or `start` names -------------------------------------- */

static void add_stage(struct compile *c, int lifecycle, const struct node *node) {
  struct names *stages = stages_of(c, lifecycle);
  if (!node || node->kind != NODE_STRING || node->text.len == 0) return;
  if (stages->count == RULESET_MAX_STAGES && names_find(stages, node->text) == NONE) {
    FAULT(c, "too_many", node->place, NULL, "lifecycle '%s' has more than %d stages",
          c->lifecycles.words[lifecycle], (int)RULESET_MAX_STAGES);
    return;
  }
  names_add(c, stages, node->text, node->place);
}

static void add_stages(struct compile *c, int lifecycle, const struct node *node) {
  if (!node || node->kind != NODE_TABLE) {
    add_stage(c, lifecycle, node);
    return;
  }
  for (uint32_t i = 0; i < node->table.item_count; i++) add_stage(c, lifecycle, &node->table.items[i]);
}

static const struct node *move_table(const struct node *item) {
  bool move = item->kind == NODE_CALL && str_eq(item->call.name, STR("move")) && item->call.arg_count == 1;
  return move && item->call.args[0].kind == NODE_TABLE ? &item->call.args[0] : NULL;
}

static void name_stages(struct compile *c, int lifecycle, const struct node *body) {
  const struct node *declared = read_field(body, "stages");
  if (declared) {
    add_stages(c, lifecycle, declared);
    return;
  }
  add_stage(c, lifecycle, read_field(body, "start"));
  for (uint32_t i = 0; i < body->table.item_count; i++) {
    const struct node *move = move_table(&body->table.items[i]);
    for (uint32_t j = 0; move && j < move->table.item_count && j < 2; j++)
      add_stages(c, lifecycle, &move->table.items[j]);
  }
}

/* "main" is what `stage` means everywhere, whichever file declares it; the others follow by name. */
static int by_name(const void *a, const void *b) {
  const struct declaration *x = *(const struct declaration *const *)a,
                           *y = *(const struct declaration *const *)b;
  bool main_x = str_eq(x->name, STR("main")), main_y = str_eq(y->name, STR("main"));
  return main_x != main_y ? (int)main_y - (int)main_x : str_cmp(x->name, y->name);
}

static uint32_t sorted_lifecycles(struct compile *c, const struct declaration ***out) {
  const struct declaration *d, **sorted = NULL;
  uint32_t count = 0;
  for (size_t at = 0; (d = read_next(c, "lifecycle", &at));) {
    sorted = read_grow(&c->scratch, sorted, count, sizeof *sorted);
    sorted[count++] = d;
  }
  if (count) qsort(sorted, count, sizeof *sorted, by_name);
  *out = sorted;
  return count;
}

void read_lifecycle_names(struct compile *c) {
  const struct declaration **sorted;
  uint32_t count = sorted_lifecycles(c, &sorted);
  c->stages = arena_zalloc(&c->scratch, (count + 1) * sizeof *c->stages);
  for (uint32_t i = 0; i < count; i++) {
    if (c->lifecycles.count == RULESET_MAX_LIFECYCLES) {
      FAULT(c, "too_many", sorted[i]->place, NULL, "more than %d lifecycles", (int)RULESET_MAX_LIFECYCLES);
      return;
    }
    int lifecycle = names_declare(c, &c->lifecycles, sorted[i]->name, sorted[i]->place);
    if (lifecycle == NONE) continue;
    names_init(stages_of(c, lifecycle), "stage");
    if (sorted[i]->body.kind == NODE_TABLE) name_stages(c, lifecycle, &sorted[i]->body);
  }
}

/* --- moves --------------------------------------------------------------------------------------------------------------- */

struct place_in { /* one lifecycle being read */
  struct lifecycle *lifecycle;
  int number;
  struct move *moves;
  struct gate *gates;
};

static bool read_mask(struct compile *c, const struct place_in *in, const struct node *node, const char *what,
                      uint64_t *mask) {
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) {
    int stage = names_need(c, stages_of(c, in->number), texts[i].text, texts[i].place);
    if (stage == NONE)
      fine = false;
    else
      *mask |= UINT64_C(1) << stage;
  }
  return fine;
}

static bool is_any(const struct node *node) {
  static const char *const words[] = {"any", NULL};
  struct node call;
  return node_as_call(node, words, &call) && str_eq(call.call.name, STR("any")) && call.call.arg_count == 0;
}

static uint64_t all_stages(const struct lifecycle *lifecycle) {
  return lifecycle->stage_count == RULESET_MAX_STAGES ? UINT64_MAX
                                                      : (UINT64_C(1) << lifecycle->stage_count) - 1;
}

static bool read_ends(struct compile *c, const struct place_in *in, const struct node *table,
                      const char *what, struct move *move) {
  struct str name;
  if (table->table.item_count != 2) {
    FAULT(c, "wrong_arguments", table->place, "write move { \"lead\", \"mql\", when = .. }",
          "%s goes from one stage (or several) to another", what);
    return false;
  }
  const struct node *from = &table->table.items[0], *to = &table->table.items[1];
  bool fine = read_text(c, to, arena_printf(&c->scratch, "the stage that %s leads to", what), &name);
  move->to = fine ? names_need(c, stages_of(c, in->number), name, to->place) : NONE;
  fine = move->to != NONE;
  uint64_t to_bit = fine ? UINT64_C(1) << move->to : 0;
  if (is_any(from)) {
    move->from = all_stages(in->lifecycle) & ~in->lifecycle->final & ~to_bit;
    return fine;
  }
  fine &=
      read_mask(c, in, from, arena_printf(&c->scratch, "the stage that %s comes from", what), &move->from);
  if (fine && (move->from & to_bit)) {
    FAULT(c, "bad_move", table->place, NULL, "%s leads from '%.*s' to itself", what, STR_ARG(name));
    return false;
  }
  return fine;
}

static bool read_stands(struct compile *c, const struct node *node, const char *what,
                        struct verdict_reason *reason) {
  reason->stands_ms = TIME_NEVER;
  if (node->kind == NODE_STRING && str_eq(node->text, STR("never"))) return true;
  return read_span(c, node, what, &reason->stands_ms);
}

/* no_budget = { stands = "180d", alternative = "the free plan" } */
static bool read_long_reason(struct compile *c, const struct node *table, const char *what,
                             struct verdict_reason *reason) {
  static const char *const reason_fields[] = {"stands", "alternative", NULL};
  struct str text;
  if (!read_table(c, table, reason_fields, false, what)) return false;
  const struct node *stands = read_field(table, "stands"), *alternative = read_field(table, "alternative");
  if (alternative && !read_text(c, alternative, read_what(c, "alternative", what), &text)) return false;
  if (alternative) reason->alternative = read_keep(c, text);
  return !stands || read_stands(c, stands, read_what(c, "stands", what), reason);
}

static bool read_reason(struct compile *c, const struct node_pair *pair, const char *what,
                        struct verdict_reason *reason) {
  const char *of = arena_printf(&c->scratch, "'%.*s' in %s", STR_ARG(pair->key), what);
  *reason = (struct verdict_reason){.code = read_keep(c, pair->key), .alternative = ""};
  if (pair->value.kind == NODE_TABLE) return read_long_reason(c, &pair->value, of, reason);
  return read_stands(c, &pair->value, of, reason);
}

/* { no_need = "180d", competitor = "never" } says how long each verdict stands; a plain list stands not at all. */
static bool read_reasons(struct compile *c, const struct node *node, const char *what, struct move *move) {
  if (!node) return true;
  if (node->kind != NODE_TABLE || node->table.item_count + node->table.pair_count == 0) {
    FAULT(c, "wrong_kind", node->place, "write reasons = { no_need = \"180d\", competitor = \"never\" }",
          "%s must name reasons, got %s", what, read_described(c, node));
    return false;
  }
  if (move->by_count == 0) {
    FAULT(c, "missing_field", node->place, "add by = \"sales\"",
          "%s: only people give reasons, and the move says no `by`", what);
    return false;
  }
  uint32_t count = node->table.item_count + node->table.pair_count, at = 0;
  struct verdict_reason *reasons = arena_zalloc(c->arena, count * sizeof *reasons);
  bool fine = true;
  for (uint32_t i = 0; i < node->table.item_count; i++) {
    struct str code;
    if (read_text(c, &node->table.items[i], what, &code))
      reasons[at++] = (struct verdict_reason){.code = read_keep(c, code), .alternative = ""};
    else
      fine = false;
  }
  for (uint32_t i = 0; i < node->table.pair_count; i++)
    fine &= read_reason(c, &node->table.pairs[i], what, &reasons[at++]);
  move->reasons = reasons;
  move->reason_count = at;
  return fine;
}

static void read_move(struct compile *c, struct place_in *in, const struct node *call) {
  static const char *const move_fields[] = {"when", "doc",  "by",     "reasons", "again",  "act",
                                            "need", "asks", "learns", "claim",   "resets", NULL};
  const char *what = arena_printf(&c->scratch, "a move of lifecycle '%s'", in->lifecycle->name);
  if (call->call.arg_count != 1) {
    FAULT(c, "wrong_arguments", call->place, "write move { \"lead\", \"mql\", when = .. }",
          "%s takes one table", what);
    return;
  }
  const struct node *table = &call->call.args[0];
  if (!read_table(c, table, move_fields, true, what)) return;
  struct move move = {.place = read_place(c, call->place), .lifecycle = in->number, .to = NONE};
  bool fine = read_ends(c, in, table, what, &move);
  const struct node *when = read_field(table, "when"), *again = read_field(table, "again"),
                    *doc = read_field(table, "doc");
  struct str text = {0};
  if (doc) fine &= read_text(c, doc, read_what(c, "doc", what), &text);
  move.doc = read_keep(c, text);
  fine &= read_by(c, read_field(table, "by"), read_what(c, "by", what), &move.by, &move.by_count);
  fine &= read_act_part(c, table, what, &move);
  fine &= read_reasons(c, read_field(table, "reasons"), read_what(c, "reasons", what), &move);
  fine &= !again || read_span(c, again, read_what(c, "again", what), &move.again_ms);
  if (when) {
    struct cond_scope scope = {.what = read_what(c, "when", what), .lifecycle = in->number};
    move.when = read_condition(c, when, &scope);
    fine &= move.when != NULL;
  } else if (!read_field(table, "by")) {
    if (read_misspelled(table, "when") || read_misspelled(table, "by")) return;
    FAULT(c, "missing_field", call->place,
          "add when = .. for a move by itself, by = \"sales\" for one that people make",
          "%s says neither `when` nor `by`: nothing makes it", what);
    fine = false;
  }
  if (!fine) return;
  uint32_t *count = &in->lifecycle->move_count;
  in->moves = read_grow(c->arena, in->moves, *count, sizeof *in->moves);
  in->moves[(*count)++] = move;
}

/* --- gates --------------------------------------------------------------------------------------------------------------- */

static void read_gate(struct compile *c, struct place_in *in, const struct node *call, struct names *ids) {
  static const char *const gate_fields[] = {"doc", "into", "need", NULL};
  struct str id;
  if (call->call.arg_count != 2 || !read_text(c, &call->call.args[0], "a gate's name", &id)) {
    if (call->call.arg_count != 2)
      FAULT(c, "wrong_arguments", call->place,
            "write gate \"name_and_title\" { into = { \"mql\" }, need = .. }",
            "a gate of lifecycle '%s' takes a name and a table", in->lifecycle->name);
    return;
  }
  const char *what = arena_printf(&c->scratch, "gate '%.*s'", STR_ARG(id));
  const struct node *table = &call->call.args[1];
  if (names_declare(c, ids, id, call->place) == NONE || !read_table(c, table, gate_fields, false, what))
    return;
  struct gate gate = {.id = read_keep(c, id), .place = read_place(c, call->place)};
  const struct node *into = read_field(table, "into"), *need = read_field(table, "need"),
                    *doc = read_field(table, "doc");
  struct str text = {0};
  if (doc) read_text(c, doc, read_what(c, "doc", what), &text);
  gate.doc = read_keep(c, text);
  if (!into || !need) {
    if (read_misspelled(table, into ? "need" : "into")) return;
    FAULT(c, "missing_field", call->place,
          "into = { \"mql\" } says which stages it guards, need = .. what it asks", "%s says no `%s`", what,
          into ? "need" : "into");
    return;
  }
  struct cond_scope scope = {.what = read_what(c, "need", what), .lifecycle = in->number};
  read_mask(c, in, into, read_what(c, "into", what), &gate.into);
  gate.need = read_condition(c, need, &scope);
  uint32_t *count = &in->lifecycle->gate_count;
  in->gates = read_grow(c->arena, in->gates, *count, sizeof *in->gates);
  in->gates[(*count)++] = gate;
}

/* --- lifecycles ------------------------------------------------------------------------------------------------------------ */

static void read_items(struct compile *c, struct place_in *in, const struct node *body) {
  struct names gate_ids;
  names_init(&gate_ids, "gate");
  for (uint32_t i = 0; i < body->table.item_count; i++) {
    const struct node *item = &body->table.items[i];
    struct node call;
    bool known = node_as_call(item, item_words, &call);
    if (known && str_eq(call.call.name, STR("move")))
      read_move(c, in, &call);
    else if (known && str_eq(call.call.name, STR("gate")))
      read_gate(c, in, &call, &gate_ids);
    else
      read_unknown_word(c, item, arena_printf(&c->scratch, "a part of lifecycle '%s'", in->lifecycle->name),
                        "a move or a gate", item_words);
  }
  names_release(&gate_ids);
  in->lifecycle->moves = in->moves;
  in->lifecycle->gates = in->gates;
}

static void read_start(struct compile *c, const struct place_in *in, const struct declaration *d,
                       const char *what) {
  const struct node *start = read_field(&d->body, "start");
  struct str name;
  if (!start && read_misspelled(&d->body, "start")) return;
  if (!start)
    FAULT(c, "missing_field", d->place, "add start = \"lead\"", "%s does not say where a lead starts", what);
  else if (read_text(c, start, read_what(c, "start", what), &name))
    in->lifecycle->start = names_need(c, stages_of(c, in->number), name, start->place);
}

/* What stages are. */
static void read_marks(struct compile *c, const struct place_in *in, const struct node *body,
                       const char *what) {
  const struct {
    const char *field;
    uint64_t *mask;
  } marks[] = {{"sales", &in->lifecycle->sales},
               {"endorsed", &in->lifecycle->endorsed},
               {"outside", &in->lifecycle->outside}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const struct node *node = read_field(body, marks[i].field);
    if (node) read_mask(c, in, node, read_what(c, marks[i].field, what), marks[i].mask);
  }
}

static void read_lifecycle(struct compile *c, const struct declaration *d, struct lifecycle *lifecycle,
                           int number) {
  struct place_in in = {.lifecycle = lifecycle, .number = number};
  const char *what = arena_printf(&c->scratch, "lifecycle '%.*s'", STR_ARG(d->name));
  const struct names *stages = stages_of(c, number);
  *lifecycle = (struct lifecycle){.name = read_keep(c, d->name), .place = read_place(c, d->place)};
  for (uint32_t i = 0; i < stages->count; i++) lifecycle->stages[i] = read_keep(c, str_of(stages->words[i]));
  lifecycle->stage_count = stages->count;
  if (!read_table(c, &d->body, fields, true, what)) return;
  const struct node *final = read_field(&d->body, "final"), *who = read_field(&d->body, "who");
  read_start(c, &in, d, what);
  if (final) read_mask(c, &in, final, read_what(c, "final", what), &lifecycle->final);
  read_marks(c, &in, &d->body, what);
  if (who) {
    struct cond_scope scope = {.what = read_what(c, "who", what), .lifecycle = number};
    lifecycle->who = read_condition(c, who, &scope);
  }
  read_items(c, &in, &d->body);
}

void read_lifecycles(struct compile *c) {
  const struct declaration **sorted;
  uint32_t count = sorted_lifecycles(c, &sorted);
  struct ruleset *out = c->out;
  out->lifecycles = arena_zalloc(c->arena, (c->lifecycles.count + 1) * sizeof *out->lifecycles);
  out->lifecycle_count = c->lifecycles.count;
  uint32_t at = 0;
  for (uint32_t i = 0; i < count && at < c->lifecycles.count; i++) {
    bool again = i > 0 && str_eq(sorted[i]->name, sorted[i - 1]->name);
    if (again || names_find(&c->lifecycles, sorted[i]->name) != (int)at) continue;
    read_lifecycle(c, sorted[i], &out->lifecycles[at], (int)at);
    at++;
  }
}
