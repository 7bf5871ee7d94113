/* clock_json.c - what happens to clocks, as records of the journal and for people: see clocks.h. */
#include "core/desk/clocks.h"

#include "base/hex.h"
#include "core/desk/clockbook.h"
#include "core/journal/decision_json.h"
#include "core/journal/fields.h"

static void put_name(struct json_writer *w, const char *key, const struct leadbook *book, uint16_t number) {
  json_key(w, key);
  json_put_text(w, leadbook_name(book, number));
}

static void put_instant(struct json_writer *w, const char *key, int64_t ms) {
  if (ms == TIME_NEVER) return;
  json_key(w, key);
  json_put_time(w, ms);
}

static void put_id(struct json_writer *w, uint64_t id) {
  char text[HEX64_TEXT];
  json_member_text(w, "clock", hex64_text(id, text));
}

/* What was fixed when it was started. */
static void put_terms(const struct leadbook *book, const struct clock *clock, struct json_writer *w) {
  put_instant(w, "entered_at", clock->entered_ms);
  put_instant(w, "warn_at", clock->warn_ms);
  put_instant(w, "due_at", clock->due_ms);
  if (clock->attempts > 1) json_member_int(w, "attempts", clock->attempts);
  if (*leadbook_name(book, clock->escalate)) put_name(w, "escalate", book, clock->escalate);
  if (!clock->reassign) return;
  json_key(w, "reassign");
  json_put_bool(w, true);
}

static void put_end(const struct clock *clock, struct json_writer *w) {
  json_key(w, "end");
  json_put_text(w, clock_end_word((enum clock_end)clock->end));
  json_member_int(w, "made", clock->made);
  json_member_int(w, "worked_ms", clock->worked_ms);
}

void clocks_record(const struct leadbook *book, const struct clock_fact *fact, struct identity_member lead,
                   struct buf *out) {
  const struct clock *clock = clockbook_at(leadbook_clocks(book), fact->number);
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "lead");
  json_put_str(&w, lead.id);
  json_key(&w, "kind");
  json_put_text(&w, id_kind_word(lead.kind));
  put_id(&w, clock->id);
  put_name(&w, "sla", book, clock->sla);
  json_key(&w, "what");
  json_put_text(&w, clock_what_word(fact->what));
  put_instant(&w, "at", fact->at_ms);
  put_instant(&w, "decided_at", fact->decided_ms);
  put_name(&w, "lifecycle", book, clock->lifecycle);
  put_name(&w, "stage", book, clock->stage);
  json_member_int(&w, "cycle", clock->cycle);
  put_name(&w, "ruleset", book, clock->ruleset);
  if (fact->what == CLOCK_STARTED) put_terms(book, clock, &w);
  if (fact->what == CLOCK_STOPPED) put_end(clock, &w);
  json_close(&w, '}');
}

const char *clocks_state_word(const struct clock *clock) {
  if (!clock_is_open(clock)) return "stopped";
  if (clock->breached_ms != TIME_NEVER) return "breached";
  return clock->warned_ms != TIME_NEVER ? "warned" : "open";
}

void clocks_json(const struct leadbook *book, const struct clock *clock, int64_t now_ms,
                 struct json_writer *w) {
  put_id(w, clock->id);
  put_name(w, "sla", book, clock->sla);
  json_key(w, "state");
  json_put_text(w, clocks_state_word(clock));
  put_name(w, "lifecycle", book, clock->lifecycle);
  put_name(w, "stage", book, clock->stage);
  json_member_int(w, "cycle", clock->cycle);
  put_instant(w, "started_at", clock->started_ms);
  put_terms(book, clock, w);
  put_instant(w, "warned_at", clock->warned_ms);
  put_instant(w, "breached_at", clock->breached_ms);
  put_instant(w, "stopped_at", clock->stopped_ms);
  put_name(w, "ruleset", book, clock->ruleset);
  if (!clock_is_open(clock))
    put_end(clock, w);
  else if (clock->due_ms != TIME_NEVER)
    json_member_int(w, "left_ms", clock->due_ms - now_ms);
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static int64_t read_count(struct fields *fields, const char *key, int64_t most, int64_t absent) {
  return json_whole_or(json_get(fields->root, str_of(key)), 0, most, absent);
}

static int read_word(struct fields *fields, const char *key, const char *(*word)(int number), int count) {
  struct str text = fields_text(fields, key, true);
  for (int i = 0; i < count; i++)
    if (str_eq(text, str_of(word(i)))) return i;
  fields_miss(fields, key);
  return 0;
}

static const char *what_word(int number) {
  return clock_what_word((enum clock_what)number);
}

static const char *end_word(int number) {
  return clock_end_word((enum clock_end)number);
}

static const char *kind_word(int number) {
  return id_kind_word((enum id_kind)number);
}

static void read_terms(struct fields *fields, struct clock *clock) {
  bool reassign = false;
  json_bool(json_get(fields->root, STR("reassign")), &reassign);
  clock->entered_ms = fields_instant(fields, "entered_at", true);
  clock->warn_ms = fields_instant(fields, "warn_at", false);
  clock->due_ms = fields_instant(fields, "due_at", false);
  clock->attempts = (uint16_t)read_count(fields, "attempts", UINT16_MAX, 1);
  clock->escalate = fields_name(fields, "escalate", false);
  clock->reassign = reassign;
  clock->warned_ms = clock->breached_ms = clock->stopped_ms = TIME_NEVER;
}

static void read_what(struct fields *fields, struct clock *clock) {
  struct str id = fields_text(fields, "clock", true);
  if (id.len && !hex64_parse(id, &clock->id)) fields_miss(fields, "clock");
  clock->sla = fields_name(fields, "sla", true);
  clock->lifecycle = fields_name(fields, "lifecycle", true);
  clock->stage = fields_name(fields, "stage", true);
  clock->ruleset = fields_name(fields, "ruleset", true);
  clock->cycle = (uint32_t)read_count(fields, "cycle", UINT32_MAX, 0);
}

static void read_end(struct fields *fields, struct clock *clock) {
  clock->end = (uint8_t)read_word(fields, "end", end_word, CLOCK_ENDS);
  clock->made = (uint16_t)read_count(fields, "made", UINT16_MAX, 0);
  clock->worked_ms = read_count(fields, "worked_ms", INT64_MAX, 0);
}

int clocks_parse_retold(struct leadbook *book, struct json_ref root, struct clock *clock, struct err *err) {
  struct fields fields = {.book = book, .root = root, .what = "what was recorded of a clock", .err = err};
  *clock = (struct clock){.end = CLOCK_RUNS};
  read_what(&fields, clock);
  read_terms(&fields, clock);
  clock->started_ms = fields_instant(&fields, "started_at", true);
  clock->warned_ms = fields_instant(&fields, "warned_at", false);
  clock->breached_ms = fields_instant(&fields, "breached_at", false);
  clock->stopped_ms = fields_instant(&fields, "stopped_at", false);
  if (clock->stopped_ms != TIME_NEVER) read_end(&fields, clock);
  json_bool(json_get(root, STR("absorbed")), &clock->absorbed);
  return fields.failed ? -1 : 0;
}

int clocks_parse(struct leadbook *book, struct json_ref root, struct clock_read *read, struct err *err) {
  struct fields fields = {.book = book, .root = root, .what = "what was recorded of a clock", .err = err};
  *read = (struct clock_read){.lead = {(enum id_kind)read_word(&fields, "kind", kind_word, ID_KINDS),
                                       fields_text(&fields, "lead", true)},
                              .what = (enum clock_what)read_word(&fields, "what", what_word, CLOCK_WHATS),
                              .at_ms = fields_instant(&fields, "at", true),
                              .decided_ms = fields_instant(&fields, "decided_at", true)};
  struct clock *clock = &read->clock;
  read_what(&fields, clock);
  clock->started_ms = read->at_ms;
  if (read->what == CLOCK_STARTED) read_terms(&fields, clock);
  if (read->what == CLOCK_STOPPED) read_end(&fields, clock);
  return fields.failed ? -1 : 0;
}

int clocks_apply(struct leadbook *book, struct lead_entry *entry, const struct clock_read *read,
                 struct err *err) {
  struct clockbook *clocks = leadbook_clocks(book);
  uint32_t number = clockbook_find(clocks, entry->clocks, read->clock.id);
  if (read->what == CLOCK_STARTED) {
    if (number) return err_set(err, ERR_INVALID, "a clock is started twice");
    struct clock clock = read->clock;
    clock.node = entry->node;
    clockbook_add(clocks, &entry->clocks, &clock);
    return 0;
  }
  if (!number)
    return err_set(err, ERR_NOT_FOUND, "a clock is %s that was never started", clock_what_word(read->what));
  struct clock *clock = clockbook_at(clocks, number);
  if (read->what == CLOCK_STOPPED) {
    clock->end = read->clock.end;
    clock->made = read->clock.made;
    clock->worked_ms = read->clock.worked_ms;
  }
  clockbook_note(clocks, &(struct clock_fact){number, read->what, read->at_ms, read->decided_ms});
  return 0;
}
