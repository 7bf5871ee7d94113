/* spec_desk.c - what a test expects of clocks, worklists and owners. These follow from decisions, not from scores alone: so the
 * test's events are taken once more, as a daemon takes them, each at the instant at which the test sent it. */
#include "core/spec/spec_desk.h"
#include "core/desk/clocks.h"
#include "core/desk/worklists.h"
#include "core/journal/journal.h"
#include "core/journal/pipeline.h"

enum { STEPS_MAX = 100000 }; /* folds of one test */

void spec_desk_note(struct spec *spec, struct str event, bool is_system) {
  buf_printf(&spec->history, "%d %lld {\"batch\":[%.*s]}\n", is_system ? JOURNAL_SYSTEM : JOURNAL_EVENTS,
             (long long)spec->now_ms, STR_ARG(event));
}

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  struct desk *desk = context;
  (void)fold, (void)summary, (void)reason;
  handoff_folded(desk->handoff, desk->pipeline, entry);
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  struct desk *desk = context;
  struct decision *decision = leadbook_decision(pipeline_book(desk->pipeline), decided->number);
  decision->record = ++desk->records;
  handoff_decided(desk->handoff, desk->pipeline, entry, decision);
}

static void on_clocked(void *context, struct lead_entry *entry, const struct clock_fact *fact) {
  struct desk *desk = context;
  handoff_clocked(desk->handoff, desk->pipeline, entry, fact);
}

static void on_merged(void *context, struct lead_entry *entry) {
  struct desk *desk = context;
  handoff_merged(desk->handoff, desk->pipeline, entry);
}

/* What others are told is kept, in order, and taken when the lead is done with. */
static void on_told(void *context, enum journal_kind kind, struct str bytes) {
  struct desk *desk = context;
  struct desk_told *told = arena_alloc(desk->arena, sizeof *told);
  *told = (struct desk_told){.kind = kind, .record = arena_str(desk->arena, bytes)};
  *desk->told_end = told;
  desk->told_end = &told->next;
}

static void on_assigned(void *context, struct lead_entry *entry, struct str record) {
  struct desk *desk = context;
  (void)entry;
  buf_add_str(&desk->act, record);
}

static void take(struct desk *desk, uint32_t kind, struct str bytes, int64_t now_ms) {
  const struct store_record record = {
      .seq = ++desk->records, .received_ms = now_ms, .kind = kind, .source = STR("test"), .bytes = bytes};
  struct err err;
  ASSERT(pipeline_take(desk->pipeline, &record, NULL, &err) == 0); /* the engine took it before */
}

static void settle(struct desk *desk, int64_t now_ms) {
  const struct pipeline_visitor visitor = {.context = desk,
                                           .folded = on_folded,
                                           .decided = on_decided,
                                           .clocked = on_clocked,
                                           .assigned = on_assigned,
                                           .merged = on_merged};
  while (desk->steps++ < STEPS_MAX && pipeline_step(desk->pipeline, now_ms, &visitor)) {
    for (; *desk->untaken; desk->untaken = &(*desk->untaken)->next)
      take(desk, (*desk->untaken)->kind, (*desk->untaken)->record, now_ms);
    if (!desk->act.len) continue;
    take(desk, JOURNAL_SYSTEM, buf_str(&desk->act), now_ms);
    buf_clear(&desk->act);
  }
}

/* Everything that is due on the way, at its own instant. */
static void pass(struct desk *desk, int64_t until_ms) {
  int64_t due_ms;
  while (desk->steps < STEPS_MAX && (due_ms = pipeline_due_ms(desk->pipeline)) < until_ms)
    settle(desk, due_ms);
  settle(desk, until_ms);
}

static void replay(struct desk *desk, const struct buf *history) {
  for (const char *line = history->data; line && *line;) {
    char *rest;
    uint32_t kind = (uint32_t)strtoul(line, &rest, 10);
    int64_t at_ms = strtoll(rest, &rest, 10);
    const char *end = strchr(rest, '\n');
    pass(desk, at_ms);
    take(desk, kind, (struct str){rest + 1, (size_t)(end - rest) - 1}, at_ms);
    settle(desk, at_ms);
    line = end + 1;
  }
}

static const struct lead_entry *find_entry(const struct desk *desk) {
  struct engine *engine = pipeline_engine(desk->pipeline);
  uint32_t lead = engine_find_lead(engine, STR(SPEC_USER));
  if (lead == IDENTITY_NONE) lead = engine_find_lead(engine, STR(SPEC_VISITOR));
  return lead == IDENTITY_NONE ? NULL : leadbook_find(pipeline_book(desk->pipeline), lead);
}

/* --- comparing -------------------------------------------------------------------------------------------------------- */

static const char *state_of(const struct desk *desk, const struct lead_entry *entry, struct str sla) {
  const struct leadbook *book = pipeline_book(desk->pipeline);
  for (uint32_t number = entry ? entry->clocks : 0; number;) {
    const struct clock *clock = clockbook_at(leadbook_clocks(book), number);
    if (str_eq(sla, str_of(leadbook_name(book, clock->sla)))) return clocks_state_word(clock);
    number = clock->older;
  }
  return "";
}

static void expect_clocks(struct spec *spec, const struct desk *desk, const struct lead_entry *entry,
                          const struct node *expected) {
  const struct ruleset *rules = spec->generation->rules;
  for (uint32_t i = 0; spec->options->coverage && i < rules->sla_count; i++)
    coverage_clocked(spec->options->coverage, i, state_of(desk, entry, str_of(rules->slas[i].id)));
  for (uint32_t i = 0; i < expected->table.pair_count; i++) {
    const struct node_pair *pair = &expected->table.pairs[i];
    const char *label = arena_printf(&spec->arena, "clocks.%.*s", STR_ARG(pair->key));
    const char *state = state_of(desk, entry, pair->key);
    if (desk_sla(rules, pair->key) == NONE)
      spec_miss(spec, "%s: the rules declare no such sla", label);
    else
      spec_check_value(spec, label, &pair->value, *state ? value_str(str_of(state)) : VALUE_NONE);
  }
}

static bool names(const struct node *list, const char *name) {
  for (uint32_t i = 0; i < list->table.item_count; i++)
    if (list->table.items[i].kind == NODE_STRING && str_eq(list->table.items[i].text, str_of(name)))
      return true;
  return false;
}

/* Exactly these. */
static void expect_worklists(struct spec *spec, const struct desk *desk, const struct lead_entry *entry,
                             const struct node *expected) {
  const struct ruleset *rules = spec->generation->rules;
  for (uint32_t i = 0; i < expected->table.item_count; i++) {
    const struct node *item = &expected->table.items[i];
    if (item->kind != NODE_STRING || desk_worklist(rules, item->text) == NONE)
      spec_miss(spec, "worklists: the rules declare no such list");
  }
  for (uint32_t i = 0; i < rules->worklist_count; i++) {
    const struct worklist *list = &rules->worklists[i];
    bool is_in = entry && worklists_has(pipeline_book(desk->pipeline), rules, entry, list);
    if (spec->options->coverage) coverage_listed(spec->options->coverage, i, is_in);
    if (is_in == names(expected, list->id)) continue;
    spec_miss(spec, is_in ? "worklists: the lead is in '%s'" : "worklists: the lead is not in '%s'",
              list->id);
  }
}

void desk_open(struct desk *desk, struct spec *spec) {
  const struct handoff_calls calls = {desk, on_told};
  *desk = (struct desk){.pipeline = pipeline_new(spec->generation, NULL),
                        .handoff = handoff_new(&calls),
                        .arena = &spec->arena};
  desk->told_end = desk->untaken = &desk->told;
  buf_init(&desk->act);
  replay(desk, &spec->history);
  pass(desk, spec->now_ms);
}

void desk_close(struct desk *desk, struct spec *spec) {
  buf_release(&desk->act);
  handoff_free(desk->handoff);
  pipeline_free(desk->pipeline);
  binding_bind(spec->binding); /* functions read the test's own events again */
}

void spec_expect_desk(struct spec *spec, const char *field, const struct node *expected) {
  struct desk desk;
  desk_open(&desk, spec);
  const struct lead_entry *entry = find_entry(&desk);
  if (strcmp(field, "owner") == 0)
    spec_check_value(spec, field, expected, entry && entry->owner.len ? value_str(entry->owner) : VALUE_NONE);
  else if (expected->kind != NODE_TABLE)
    spec_miss(spec, "%s: expected a table, not %s", field, node_kind_word(expected));
  else if (strcmp(field, "clocks") == 0)
    expect_clocks(spec, &desk, entry, expected);
  else
    expect_worklists(spec, &desk, entry, expected);
  desk_close(&desk, spec);
}
