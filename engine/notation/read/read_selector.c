/* read_selector.c - event selectors: which signals `page { .. } | track "Name"` waits for. */
#include "notation/compile_private.h"

#include "base/timefmt.h"

static const char *const names[] = {"page",      "screen", "track",   "identify", "group_call", "act",
                                    "any_event", "visit",  "entered", "sequence", "warned",     "breached",
                                    "|",         "&",      "~",       NULL};

#define VISIT_GAP_MS (30 * TIME_MS_PER_MINUTE)

struct leaf { /* one alternative of a selector */
  struct node call;
  unsigned types; /* of an event pattern; 0: another kind */
  struct field capture;
  bool done;
};

struct leaves {
  struct leaf *items; /* moves while it grows */
  uint32_t count;
};

static unsigned event_types(struct str name) {
  static const struct {
    const char *word;
    unsigned types;
  } words[] = {
      {"page", 1u << EVENT_PAGE},        {"screen", 1u << EVENT_SCREEN},
      {"track", 1u << EVENT_TRACK},      {"identify", 1u << EVENT_IDENTIFY},
      {"group_call", 1u << EVENT_GROUP}, {"any_event", (1u << EVENT_CALLS) - 1},
      {"act", 1u << EVENT_ACT},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (str_eq(name, str_of(words[i].word))) return words[i].types;
  }
  return 0;
}

static bool is(const struct node *call, const char *word) {
  return str_eq(call->call.name, str_of(word));
}

static bool is_clocked(const struct node *call) {
  return is(call, "warned") || is(call, "breached");
}

/* --- what alternatives there are -------------------------------------------------------------------------------------- */

static bool allowed(struct compile *c, const struct node *call, const struct selecting *how) {
  if (event_types(call->call.name)) return true;
  if (how->scope == SELECT_EVENTS) {
    FAULT(c, "wrong_word", call->place, "use page, screen, track, identify, group_call, act or any_event",
          "%s is decided when an event arrives, '%.*s' is known only later", how->what,
          STR_ARG(call->call.name));
    return false;
  }
  if (how->scope != SELECT_EFFECT && is_clocked(call)) {
    FAULT(c, "wrong_word", call->place, "let an effect wait for it",
          "%s cannot wait for a clock: '%.*s' is for effects alone", how->what, STR_ARG(call->call.name));
    return false;
  }
  if (how->scope == SELECT_STEP && is(call, "sequence")) {
    FAULT(c, "wrong_word", call->place, "write its steps out", "%s cannot hold another sequence", how->what);
    return false;
  }
  if (how->capture.p) {
    FAULT(c, "no_field", call->place, "leave it out, or use an event selector",
          "%s compares the field '%.*s', and '%.*s' has no fields", how->what, STR_ARG(how->capture),
          STR_ARG(call->call.name));
    return false;
  }
  return true;
}

static bool add_leaf(struct compile *c, const struct node *call, const struct selecting *how,
                     struct leaves *leaves) {
  static const char *const known[] = {"page",   "screen",    "track", "identify", "group_call",
                                      "act",    "any_event", "visit", "entered",  "sequence",
                                      "warned", "breached",  NULL};
  bool fine = false;
  for (const char *const *word = known; *word; word++) fine |= is(call, *word);
  if (!fine) {
    read_unknown_word(c, call, how->what, "an event selector", names);
    return false;
  }
  if (!allowed(c, call, how)) return false;
  if (leaves->count == SELECTOR_ALTERNATIVES_MAX) {
    FAULT(c, "too_many", call->place, "use track(one_of { .. })", "%s has more than %d alternatives",
          how->what, (int)SELECTOR_ALTERNATIVES_MAX);
    return false;
  }
  leaves->items = read_grow(&c->scratch, leaves->items, leaves->count, sizeof *leaves->items);
  struct leaf *leaf = &leaves->items[leaves->count++];
  *leaf = (struct leaf){.call = *call, .types = event_types(call->call.name)};
  if (how->capture.p) leaf->capture = read_event_field(c, how->capture, leaf->types);
  return true;
}

static bool flatten(struct compile *c, const struct node *node, const struct selecting *how,
                    struct leaves *leaves) {
  struct node call;
  if (!node_as_call(node, names, &call)) {
    read_unknown_word(c, node, how->what, "an event selector", names);
    return false;
  }
  if (is(&call, "|")) {
    bool fine = call.call.arg_count > 0;
    for (uint32_t i = 0; i < call.call.arg_count; i++) fine &= flatten(c, &call.call.args[i], how, leaves);
    return fine;
  }
  if (is(&call, "&") || is(&call, "~")) {
    FAULT(c, "wrong_word", call.place,
          "put all tests between one selector's braces; a condition goes into `when`",
          "%s: event selectors combine only with |", how->what);
    return false;
  }
  return add_leaf(c, &call, how, leaves);
}

/* --- event patterns ----------------------------------------------------------------------------------------------------- */

static bool read_name(struct compile *c, const struct node *arg, const char *what, struct atom *atom) {
  struct str name;
  if (arg->kind != NODE_STRING) {
    atom->name_matcher = read_matcher(c, arg, what);
    return atom->name_matcher != NULL;
  }
  if (!read_text(c, arg, what, &name)) return false;
  if (name.len && name.p[0] == '/')
    WARN(c, "name_is_path", arg->place,
         arena_printf(&c->problems->arena, "write page { path = \"%.*s\" }", STR_ARG(name)),
         "%s: \"%.*s\" looks like a path, and this is the page's name", what, STR_ARG(name));
  atom->name = arena_str(c->arena, name);
  return true;
}

static bool read_tests(struct compile *c, const struct node *table, const char *what, struct atom *atom) {
  if (table->kind != NODE_TABLE || table->table.item_count) {
    FAULT(c, "wrong_kind", table->place, "write { field = matcher, .. }", "%s needs named fields, got %s",
          what, read_described(c, table));
    return false;
  }
  uint32_t count = table->table.pair_count;
  struct field_test *tests = arena_zalloc(c->arena, (count + 1) * sizeof *tests);
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) {
    const struct node_pair *pair = &table->table.pairs[i];
    const char *field = arena_printf(&c->scratch, "'%.*s' of %s", STR_ARG(pair->key), what);
    tests[i].field = read_event_field(c, pair->key, atom->types);
    tests[i].matcher = read_matcher(c, &pair->value, field);
    fine &= tests[i].matcher != NULL;
  }
  atom->tests = tests;
  atom->test_count = count;
  return fine;
}

static bool read_atom(struct compile *c, const struct leaf *leaf, const struct selecting *how,
                      struct atom *atom) {
  const struct node *args = leaf->call.call.args;
  uint32_t count = leaf->call.call.arg_count, at = 0;
  bool track = is(&leaf->call, "track") || is(&leaf->call, "act"); /* a name, and then fields */
  bool named = track || is(&leaf->call, "page") || is(&leaf->call, "screen");
  const char *what = arena_printf(&c->scratch, "%.*s in %s", STR_ARG(leaf->call.call.name), how->what);
  *atom = (struct atom){.types = (uint8_t)leaf->types, .place = read_place(c, leaf->call.place)};
  bool fine = true;
  if (named && count && (track || args[0].kind != NODE_TABLE))
    fine &= read_name(c, &args[at++], arena_printf(&c->scratch, "the event's name of %s", what), atom);
  if (track && count == 0) {
    FAULT(c, "missing_name", leaf->call.place,
          is(&leaf->call, "act") ? "write act \"accept\" or act(any)"
                                 : "write track \"Name\" or track(glob \"Video *\")",
          "%s says no event's name", what);
    return false;
  }
  if (at < count) fine &= read_tests(c, &args[at++], what, atom);
  if (at < count) {
    FAULT(c, "wrong_arguments", leaf->call.place, NULL, "%s takes %s", what,
          track ? "a name and one table of fields" : "one table of fields");
    return false;
  }
  return fine;
}

static void add_atom(struct compile *c, struct atom atom, int signal) {
  struct ruleset *out = c->out;
  atom.signal = (uint32_t)signal;
  out->atoms = read_grow(c->arena, out->atoms, out->atom_count, sizeof *out->atoms);
  out->atoms[out->atom_count++] = atom;
}

static bool same_capture(const struct leaf *a, const struct leaf *b) {
  return a->types && b->types && a->capture.root == b->capture.root &&
         str_eq(a->capture.path, b->capture.path);
}

/* Event patterns that take the same field along share one signal. Its key says the patterns and the field. */
static struct str pattern_key(struct compile *c, const struct leaves *leaves, const struct leaf *first) {
  struct buf key;
  buf_init(&key);
  buf_printf(&key, "event %d %.*s\n", (int)first->capture.root, STR_ARG(first->capture.path));
  for (uint32_t i = 0; i < leaves->count; i++) {
    if (!same_capture(first, &leaves->items[i])) continue;
    node_write(&leaves->items[i].call, &key);
    buf_add_char(&key, '\n');
  }
  struct str kept = arena_str(&c->scratch, buf_str(&key));
  buf_release(&key);
  return kept;
}

static struct str pattern_written(struct compile *c, const struct leaves *leaves, const struct leaf *first) {
  struct buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < leaves->count; i++) {
    if (!same_capture(first, &leaves->items[i])) continue;
    if (text.len) buf_add_text(&text, " | ");
    node_describe(&leaves->items[i].call, &text);
  }
  struct str kept = arena_str(c->arena, buf_str(&text));
  buf_release(&text);
  return kept;
}

static void mark_done(struct leaves *leaves, const struct leaf *first) {
  for (uint32_t i = 0; i < leaves->count; i++) {
    if (same_capture(first, &leaves->items[i])) leaves->items[i].done = true;
  }
}

static int read_pattern(struct compile *c, struct leaves *leaves, const struct leaf *first,
                        const struct selecting *how) {
  struct str key = pattern_key(c, leaves, first);
  int id = signals_find(c, key);
  if (id != NONE) return id;
  struct atom *atoms = arena_zalloc(&c->scratch, leaves->count * sizeof *atoms);
  uint32_t count = 0;
  bool fine = true, page = false;
  for (uint32_t i = 0; i < leaves->count; i++) {
    if (!same_capture(first, &leaves->items[i])) continue;
    page |= leaves->items[i].capture.or_page;
    fine &= read_atom(c, &leaves->items[i], how, &atoms[count++]);
  }
  if (!fine) return NONE;
  struct signal signal = {.kind = SIGNAL_EVENT,
                          .captures = how->capture.p != NULL,
                          .capture = first->capture,
                          .lifecycle = NONE,
                          .sequence = NONE,
                          .written = pattern_written(c, leaves, first)};
  signal.capture.or_page = page;
  id = signals_add(c, key, signal, first->call.place);
  for (uint32_t i = 0; i < count && id != NONE; i++) add_atom(c, atoms[i], id);
  return id;
}

/* --- the other kinds ------------------------------------------------------------------------------------------------------ */

static int read_visit(struct compile *c, const struct node *call, const struct selecting *how) {
  static const char *const fields[] = {"gap", NULL};
  const char *what = read_inside(c, "visit", how->what);
  int64_t gap_ms = VISIT_GAP_MS;
  if (call->call.arg_count) {
    if (!read_table(c, &call->call.args[0], fields, false, what)) return NONE;
    const struct node *gap = read_field(&call->call.args[0], "gap");
    if (gap && !read_span(c, gap, read_what(c, "gap", what), &gap_ms)) return NONE;
  }
  struct str key = str_of(arena_printf(&c->scratch, "visit %lld", (long long)gap_ms));
  int id = signals_find(c, key);
  if (id != NONE) return id;
  struct signal signal = {.kind = SIGNAL_VISIT,
                          .gap_ms = gap_ms,
                          .lifecycle = NONE,
                          .sequence = NONE,
                          .written = read_written(c, call)};
  id = signals_add(c, key, signal, call->place);
  /* Every page and screen raises it: the fold knows the silences between them. */
  struct atom pages = {.types = 1u << EVENT_PAGE | 1u << EVENT_SCREEN};
  if (id != NONE) add_atom(c, pages, id);
  return id;
}

static int read_entered(struct compile *c, const struct node *call, const struct selecting *how) {
  int lifecycle;
  uint64_t stages;
  if (!read_stages(c, call, how->lifecycle, &lifecycle, &stages)) return NONE;
  struct str key =
      str_of(arena_printf(&c->scratch, "entered %d %llx", lifecycle, (unsigned long long)stages));
  int id = signals_find(c, key);
  if (id != NONE) return id;
  struct signal signal = {.kind = SIGNAL_ENTERED,
                          .stages = stages,
                          .lifecycle = lifecycle,
                          .sequence = NONE,
                          .written = read_written(c, call)};
  return signals_add(c, key, signal, call->place);
}

static int read_leaf(struct compile *c, struct leaves *leaves, struct leaf *leaf,
                     const struct selecting *how) {
  if (leaf->types) {
    mark_done(leaves, leaf);
    return read_pattern(c, leaves, leaf, how);
  }
  if (is(&leaf->call, "visit")) return read_visit(c, &leaf->call, how);
  if (is(&leaf->call, "entered")) return read_entered(c, &leaf->call, how);
  if (is_clocked(&leaf->call)) return read_clocked(c, &leaf->call, how);
  return read_sequence(c, &leaf->call, how);
}

bool read_selector(struct compile *c, const struct node *node, const struct selecting *how,
                   struct signal_set *out) {
  struct leaves leaves = {0};
  if (!flatten(c, node, how, &leaves)) return false;
  uint16_t *ids = arena_alloc(&c->scratch, (leaves.count + 1) * sizeof *ids);
  uint32_t count = 0;
  bool fine = true;
  for (uint32_t i = 0; i < leaves.count; i++) {
    if (leaves.items[i].done) continue;
    int id = read_leaf(c, &leaves, &leaves.items[i], how);
    if (id == NONE)
      fine = false;
    else
      ids[count++] = (uint16_t)id;
  }
  *out = signals_set(c, ids, count);
  return fine && count > 0;
}
