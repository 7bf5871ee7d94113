/* spec_why.c - what a test expects of the explanation: `why`, `why_not`, `fails`. */
#include "core/explain/explain.h"
#include "core/spec/spec_private.h"

/* The texts of a list, one after another; a list with anything else in it is a miss. */
static const struct node *text_at(struct spec *spec, const char *label, const struct node *list, uint32_t i) {
  const struct node *item = &list->table.items[i];
  if (item->kind == NODE_STRING && item->text.len > 0) return item;
  spec_miss(spec, "%s: a list of texts, not %s", label, node_kind_word(item));
  return NULL;
}

static bool has(const char *text, struct str part) {
  return memmem(text, strlen(text), part.p, part.len) != NULL;
}

/* --- why: what the explanation must say -------------------------------------------------------------------------------- */

static bool tells_rule(const struct explanation *explanation, int rule) {
  for (uint32_t d = 0; d < explanation->dimension_count; d++) {
    const struct fold_parts *parts = &explanation->dimensions[d].parts;
    for (uint32_t i = 0; i < parts->count; i++)
      if (parts->parts[i].rule == rule && parts->parts[i].held) return true;
  }
  return false;
}

void spec_expect_why(struct spec *spec, const struct node *list) {
  struct explanation explanation;
  struct buf text;
  buf_init(&text);
  explain_make(spec->fold, &spec->arena, &explanation);
  explain_text(&explanation, &text);
  for (uint32_t i = 0; i < list->table.item_count; i++) {
    const struct node *item = text_at(spec, "why", list, i);
    if (!item) continue;
    int rule = ruleset_rule(spec->generation->rules, item->text);
    bool told = rule == NONE ? has(text.data, item->text) : tells_rule(&explanation, rule);
    if (!told && rule == NONE)
      spec_miss(spec, "why: the explanation does not say \"%.*s\"", STR_ARG(item->text));
    else if (!told)
      spec_miss(spec, "why: %.*s is no part of a score", STR_ARG(item->text));
  }
  buf_release(&text);
}

/* --- why_not: what must stand in the way --------------------------------------------------------------------------------- */

struct obstacles {
  struct buf
      failing; /* one line each: gates and moves by name and doc, conditions as written with what is there */
  struct buf holding;
};

static void add_told(struct obstacles *o, const struct told *told) {
  struct buf *out = told->truth == TRUTH_YES ? &o->holding : &o->failing;
  if (told->form == TOLD_LEAF) buf_printf(out, "%s (%s)\n", told->text, told->actual);
  for (uint32_t i = 0; i < told->count; i++) add_told(o, &told->kids[i]);
}

static void add_gate(struct obstacles *o, const struct explained_gate *gate, bool *blocked) {
  bool holds = gate->need.truth == TRUTH_YES;
  buf_printf(holds ? &o->holding : &o->failing, "%s: %s\n", gate->gate->id, gate->gate->doc);
  add_told(o, &gate->need);
  *blocked = *blocked || !holds;
}

static void add_move(struct obstacles *o, const struct explained_move *move, const struct lifecycle *l) {
  if (!move->move->when) return;
  bool waits = move->waits_until_ms != TIME_MIN, blocked = move->when.truth != TRUTH_YES || waits;
  add_told(o, &move->when);
  if (waits) buf_add_text(&o->failing, "not before: it fired lately\n");
  for (uint32_t g = 0; g < move->gate_count; g++) add_gate(o, &move->gates[g], &blocked);
  if (move->contact) {
    buf_printf(&o->failing, "%s: the lead must not be contacted\n", move->contact->id);
    blocked = true;
  }
  buf_printf(blocked ? &o->failing : &o->holding, "to %s: %s\n", l->stages[move->move->to], move->move->doc);
}

void spec_expect_why_not(struct spec *spec, const struct node *list) {
  struct explanation explanation;
  struct obstacles o;
  buf_init(&o.failing);
  buf_init(&o.holding);
  explain_make(spec->fold, &spec->arena, &explanation);
  for (uint32_t m = 0; m < explanation.move_count; m++)
    add_move(&o, &explanation.moves[m], &spec->generation->rules->lifecycles[explanation.moves[m].lifecycle]);
  for (uint32_t i = 0; i < list->table.item_count; i++) {
    const struct node *item = text_at(spec, "why_not", list, i);
    if (!item || has(o.failing.data, item->text)) continue;
    if (has(o.holding.data, item->text))
      spec_miss(spec, "why_not: \"%.*s\" does not stand in the way: it holds", STR_ARG(item->text));
    else
      spec_miss(spec, "why_not: no way out of the stage is barred by \"%.*s\"", STR_ARG(item->text));
  }
  buf_release(&o.failing);
  buf_release(&o.holding);
}

/* --- fails: functions that must have failed ------------------------------------------------------------------------------ */

static bool is_rule(const char *owner, struct str id) {
  return strncmp(owner, "rule ", 5) == 0 && str_eq(str_of(owner + 5), id);
}

static bool has_failed(const struct spec *spec, struct str id) {
  size_t count;
  const struct script_failure *failures = script_failures(spec->generation->script, &count);
  for (size_t i = 0; i < count; i++)
    if (is_rule(failures[i].owner, id)) return true;
  return false;
}

bool spec_is_excused(const struct spec *spec, const char *owner) {
  for (const struct excuse *excuse = spec->excuses; excuse; excuse = excuse->next)
    if (is_rule(owner, excuse->rule)) return true;
  return false;
}

/* A failure that was expected once is no miss for the rest of the test: every look at the lead calls the function again. */
void spec_expect_fails(struct spec *spec, const struct node *list) {
  for (uint32_t i = 0; i < list->table.item_count; i++) {
    const struct node *item = text_at(spec, "fails", list, i);
    if (!item) continue;
    if (!has_failed(spec, item->text)) {
      spec_miss(spec, "fails: no function of '%.*s' has failed", STR_ARG(item->text));
      continue;
    }
    struct excuse *excuse = arena_alloc(&spec->arena, sizeof *excuse);
    *excuse = (struct excuse){arena_str(&spec->arena, item->text), spec->excuses};
    spec->excuses = excuse;
  }
}
