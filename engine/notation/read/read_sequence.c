/* read_sequence.c - sequences of events: steps, what must not come between them, and what they share. */
#include "notation/compile_private.h"

struct reading { /* a sequence's steps, one after another */
  struct selecting how;
  struct sequence_step *steps;
  uint32_t count;
};

static const char *const step_words[] = {"times", "no", NULL};

static bool add_step(struct compile *c, struct reading *r, struct signal_set on, struct place place) {
  if (r->count == SEQUENCE_STEPS_MAX) {
    FAULT(c, "too_many", place, NULL, "%s has more than %d steps", r->how.what, (int)SEQUENCE_STEPS_MAX);
    return false;
  }
  r->steps[r->count++].on = on;
  return true;
}

static bool read_times(struct compile *c, struct reading *r, const struct node *call) {
  if (call->call.arg_count != 2) {
    FAULT(c, "wrong_arguments", call->place, "write times(2, page { .. })",
          "%s: times takes a number and a selector", r->how.what);
    return false;
  }
  uint32_t times;
  struct signal_set on;
  bool counted =
      read_count(c, &call->call.args[0], read_what(c, "times", r->how.what), SEQUENCE_STEPS_MAX, &times);
  bool selected = read_selector(c, &call->call.args[1], &r->how, &on);
  if (!counted || !selected) return false;
  for (uint32_t i = 0; i < times; i++) {
    if (!add_step(c, r, on, call->place)) return false;
  }
  return true;
}

/* `no` belongs to the step before it: from there on, until the next step, it must not happen. */
static bool read_no(struct compile *c, struct reading *r, const struct node *call) {
  if (call->call.arg_count != 1) {
    FAULT(c, "wrong_arguments", call->place, "write no(track \"Name\")", "%s: no takes one selector",
          r->how.what);
    return false;
  }
  if (r->count == 0) {
    FAULT(c, "bad_sequence", call->place, "begin with what happens first",
          "%s begins with no(..): there is nothing before it to wait from", r->how.what);
    return false;
  }
  struct signal_set none;
  if (!read_selector(c, &call->call.args[0], &r->how, &none)) return false;
  struct signal_set *unless = &r->steps[r->count - 1].unless;
  uint16_t *ids = arena_alloc(&c->scratch, (unless->count + none.count) * sizeof *ids);
  for (uint32_t i = 0; i < unless->count; i++) ids[i] = unless->ids[i];
  for (uint32_t i = 0; i < none.count; i++) ids[unless->count + i] = none.ids[i];
  *unless = signals_set(c, ids, unless->count + none.count);
  return true;
}

static bool read_step(struct compile *c, struct reading *r, const struct node *node) {
  struct node call;
  if (node_as_call(node, step_words, &call)) {
    if (str_eq(call.call.name, STR("times"))) return read_times(c, r, &call);
    if (str_eq(call.call.name, STR("no"))) return read_no(c, r, &call);
  }
  struct signal_set on;
  return read_selector(c, node, &r->how, &on) && add_step(c, r, on, node->place);
}

/* Lua's steps are the table's items; YAML, whose mappings hold none, lists them as `steps`. */
static const struct node *steps_of(const struct node *table) {
  const struct node *steps = read_field(table, "steps");
  return steps && steps->kind == NODE_TABLE && table->table.item_count == 0 ? steps : table;
}

static bool read_steps(struct compile *c, struct reading *r, const struct node *table) {
  const struct node *steps = steps_of(table);
  r->steps = arena_zalloc(&c->scratch, SEQUENCE_STEPS_MAX * sizeof *r->steps);
  bool fine = true;
  for (uint32_t i = 0; i < steps->table.item_count; i++) fine &= read_step(c, r, &steps->table.items[i]);
  if (fine && r->count == 0) {
    FAULT(c, "bad_sequence", table->place, "write sequence { page { .. }, track \"Name\", within = \"14d\" }",
          "%s has no steps", r->how.what);
    return false;
  }
  return fine;
}

static int add_sequence(struct compile *c, struct str key, struct sequence sequence,
                        const struct node *call) {
  struct ruleset *out = c->out;
  struct signal signal = {.kind = SIGNAL_SEQUENCE,
                          .lifecycle = NONE,
                          .sequence = (int)out->sequence_count,
                          .written = read_written(c, call)};
  int id = signals_add(c, key, signal, call->place);
  if (id == NONE) return NONE;
  sequence.signal = id;
  out->sequences = read_grow(c->arena, out->sequences, out->sequence_count, sizeof *out->sequences);
  out->sequences[out->sequence_count++] = sequence;
  return id;
}

static struct str sequence_key(struct compile *c, const struct node *call, int lifecycle) {
  struct buf key;
  buf_init(&key);
  buf_printf(&key, "sequence %d ", lifecycle);
  node_write(call, &key);
  struct str kept = arena_str(&c->scratch, buf_str(&key));
  buf_release(&key);
  return kept;
}

int read_sequence(struct compile *c, const struct node *call, const struct selecting *how) {
  static const char *const fields[] = {"within", "same", "steps", NULL};
  struct str key = sequence_key(c, call, how->lifecycle);
  int known = signals_find(c, key);
  if (known != NONE) return known;
  const char *what = read_inside(c, "sequence", how->what);
  if (call->call.arg_count != 1 || !read_table(c, &call->call.args[0], fields, true, what)) {
    if (call->call.arg_count != 1)
      FAULT(c, "wrong_arguments", call->place, NULL, "%s takes one table of steps", what);
    return NONE;
  }
  const struct node *table = &call->call.args[0];
  struct reading r = {.how = {.scope = SELECT_STEP, .what = what, .lifecycle = how->lifecycle}};
  struct sequence sequence = {0};
  const struct node *within = read_field(table, "within"), *same = read_field(table, "same");
  bool fine = !within || read_span(c, within, read_what(c, "within", what), &sequence.within_ms);
  fine &= !same || read_text(c, same, read_what(c, "same", what), &r.how.capture);
  fine &= read_steps(c, &r, table);
  if (!fine) return NONE;
  if (r.steps[r.count - 1].unless.count && !sequence.within_ms) {
    FAULT(c, "bad_sequence", table->place, "add within = \"2d\"",
          "%s ends with no(..) and has no `within`: it never knows when", what);
    return NONE;
  }
  sequence.steps = arena_dup(c->arena, r.steps, r.count * sizeof *r.steps);
  sequence.step_count = r.count;
  sequence.same = same != NULL;
  return add_sequence(c, key, sequence, call);
}
