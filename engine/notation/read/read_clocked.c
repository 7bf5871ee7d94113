/* read_clocked.c - `warned "SLA"` and `breached "SLA"`: what happens to clocks, for effects to wait for. */
#include "notation/compile_private.h"

#include "model/ruleset/desk.h"

static bool is_any(const struct node *node) {
  static const char *const words[] = {"any", NULL};
  struct node call;
  return node->kind == NODE_CALL && node_as_call(node, words, &call) && call.call.arg_count == 0;
}

/* Marketing's promises are slas too, and have no clock. */
static int find_clock(struct compile *c, const struct node *text) {
  if (names_need(c, &c->slas, text->text, text->place) == NONE) return NONE;
  for (uint32_t i = 0; i < c->out->promise_count; i++)
    if (str_eq(text->text, str_of(c->out->promises[i].id)))
      FAULT(c, "wrong_kind", text->place, "name an sla of sales'",
            "'%.*s' is a promise: no clock runs for it", STR_ARG(text->text));
  return desk_sla(c->out, text->text); /* NONE without a word: an error was told of it where it is declared */
}

static bool read_slas_named(struct compile *c, const struct node *arg, const char *what, uint64_t *slas) {
  const struct node *texts;
  uint32_t count;
  bool fine = true;
  if (is_any(arg)) {
    *slas = UINT64_MAX;
    return true;
  }
  if (!read_texts(c, arg, what, &texts, &count)) return false;
  for (uint32_t i = 0; i < count; i++) {
    int sla = find_clock(c, &texts[i]);
    if (sla == NONE)
      fine = false;
    else
      *slas |= UINT64_C(1) << sla;
  }
  return fine;
}

int read_clocked(struct compile *c, const struct node *call, const struct selecting *how) {
  bool is_breach = str_eq(call->call.name, STR("breached"));
  const char *what = arena_printf(&c->scratch, "%.*s in %s", STR_ARG(call->call.name), how->what);
  uint64_t slas = 0;
  if (call->call.arg_count != 1) {
    FAULT(c, "wrong_arguments", call->place, "write breached \"first_touch\" or breached(any)",
          "%s takes an sla", what);
    return NONE;
  }
  if (!read_slas_named(c, &call->call.args[0], what, &slas)) return NONE;
  struct str key =
      str_of(arena_printf(&c->scratch, "clock %d %llx", (int)is_breach, (unsigned long long)slas));
  int id = signals_find(c, key);
  if (id != NONE) return id;
  const struct signal signal = {.kind = is_breach ? SIGNAL_BREACHED : SIGNAL_WARNED,
                                .slas = slas,
                                .lifecycle = NONE,
                                .sequence = NONE,
                                .written = read_written(c, call)};
  return signals_add(c, key, signal, call->place);
}
