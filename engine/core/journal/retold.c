#include "core/journal/retold.h"

#include "core/desk/clocks.h"
#include "core/handoff/outbox_record.h"
#include "core/journal/decision_json.h"
#include "model/ruleset/lifecycle.h"

bool retold_mark(struct leadbook *book, const struct lead_entry *entry, const struct retold_marks *marks) {
  struct clockbook *clocks = leadbook_clocks(book);
  bool any = false;
  for (uint32_t number = entry->decisions; number; number = leadbook_decision(book, number)->older) {
    struct decision *decision = leadbook_decision(book, number);
    if (!decision->named || !marks->is_theirs(marks->context, decision->named - 1)) continue;
    decision->to_retell = any = true;
    decision->handed = false;
    if (decision->record) marks->decision(marks->context, decision->record);
  }
  for (uint32_t number = entry->clocks; number; number = clockbook_at(clocks, number)->older) {
    struct clock *clock = clockbook_at(clocks, number);
    bool is_theirs = clock->named && marks->is_theirs(marks->context, clock->named - 1);
    if (!is_theirs && !clock->renamed) continue;
    clock->to_retell = any = true;
    marks->clock(marks->context, clock->id);
  }
  return any;
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

static void put_stages(const struct leadbook *book, const struct ruleset *rules,
                       const struct lead_entry *entry, struct json_writer *w) {
  json_key(w, "stages");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    if (!entry->recorded[i]) continue;
    json_open(w, '{');
    json_member_text(w, "lifecycle", rules->lifecycles[i].name);
    json_member_text(w, "stage", leadbook_name(book, entry->recorded[i]));
    json_member_time(w, "at", entry->recorded_ms[i]);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_decisions(const struct leadbook *book, uint32_t number, struct identity_member name,
                          struct json_writer *w) {
  struct buf part;
  buf_init(&part);
  json_key(w, "decisions");
  json_open(w, '[');
  for (; number; number = leadbook_decision(book, number)->older) {
    const struct decision *decision = leadbook_decision(book, number);
    const struct decided decided = {.number = number, .derived_count = DECIDE_UNCOMPARED};
    if (!decision->to_retell || !decision->record) continue;
    buf_clear(&part);
    decision_record(book, &decided, name, STR(""), &part);
    json_open(w, '{');
    json_member_int(w, "record", (int64_t)decision->record);
    json_key(w, "decision");
    json_put_raw(w, buf_str(&part));
    json_close(w, '}');
  }
  json_close(w, ']');
  buf_release(&part);
}

static void put_clock(const struct leadbook *book, const struct clock *clock, struct json_writer *w) {
  json_open(w, '{');
  clocks_json(book, clock, clock->started_ms, w);
  if (clock->absorbed) json_member_bool(w, "absorbed", true);
  json_close(w, '}');
}

static void put_clocks(const struct leadbook *book, uint32_t number, struct json_writer *w) {
  const struct clockbook *clocks = leadbook_clocks(book);
  json_key(w, "clocks");
  json_open(w, '[');
  for (; number; number = clockbook_at(clocks, number)->older)
    if (clockbook_at(clocks, number)->to_retell) put_clock(book, clockbook_at(clocks, number), w);
  json_close(w, ']');
}

static void put_messages(const struct retold_from *from, struct json_writer *w) {
  const struct outbox *outbox = from->outbox;
  uint32_t lead = from->entry->node;
  char text[OUTBOX_ID_TEXT];
  json_key(w, "messages");
  json_open(w, '[');
  for (uint32_t at = outbox_next_of_lead(outbox, lead, OUTBOX_NONE); at != OUTBOX_NONE;
       at = outbox_next_of_lead(outbox, lead, at)) {
    const struct outbox_row *row = outbox_row(outbox, at);
    if (row->named != OUTBOX_NONE && from->is_others(from->context, row->named))
      json_put_text(w, outbox_id_text(row->id, text));
  }
  json_close(w, ']');
}

void retold_write(const struct retold_from *from, struct buf *out) {
  const struct leadbook *book = from->book;
  const struct lead_entry *entry = from->entry;
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_member_str(&w, "lead", from->name.id);
  json_member_text(&w, "kind", id_kind_word(from->name.kind));
  put_stages(book, from->rules, entry, &w);
  decision_put_derived(&w, entry->derived_count, entry->derived_hash);
  if (entry->merged) json_member_bool(&w, "merged", true);
  json_member_text(&w, "ruleset", leadbook_name(book, entry->ruleset));
  json_member_int(&w, "sequence", outbox_sequence(from->outbox, entry->node));
  put_decisions(book, entry->decisions, from->name, &w);
  put_clocks(book, entry->clocks, &w);
  put_messages(from, &w);
  json_close(&w, '}');
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

static uint32_t find_decision(const struct leadbook *book, uint32_t number, uint64_t record) {
  while (number && leadbook_decision(book, number)->record != record)
    number = leadbook_decision(book, number)->older;
  return number;
}

static int take_decision(const struct retold_into *into, struct json_ref item, struct err *err) {
  struct decision_read read;
  int64_t record;
  if (!json_whole(json_get(item, STR("record")), 1, INT64_MAX, &record))
    return err_set(err, ERR_INVALID, "a decision that is told anew does not say which it is");
  uint32_t number = find_decision(into->book, into->entry->decisions, (uint64_t)record);
  if (!number) {
    if (decision_parse(into->book, json_get(item, STR("decision")), &read, err) != 0) return -1;
    read.decision.record = (uint64_t)record;
    number = leadbook_insert(into->book, into->entry, &read.decision);
  }
  struct decision *decision = leadbook_decision(into->book, number);
  decision->node = into->entry->node;
  decision->named = into->named + 1;
  decision->to_retell = false;
  return 0;
}

/* It was told anew before, and what happened to it since went with the records that are told anew now. */
static void catch_up(struct clockbook *clocks, uint32_t number, const struct clock *read) {
  struct clock *clock = clockbook_at(clocks, number);
  clock->warned_ms = read->warned_ms;
  clock->breached_ms = read->breached_ms;
  clock->absorbed = read->absorbed;
  if (clock_is_open(read) || !clock_is_open(clock)) return;
  const struct clock_fact stopped = {.number = number, .what = CLOCK_STOPPED, .at_ms = read->stopped_ms};
  clock->end = read->end;
  clock->made = read->made;
  clock->worked_ms = read->worked_ms;
  clockbook_note(clocks, &stopped);
}

static int take_clock(const struct retold_into *into, struct json_ref item, bool is_visitor,
                      struct err *err) {
  struct clockbook *clocks = leadbook_clocks(into->book);
  struct clock read;
  if (clocks_parse_retold(into->book, item, &read, err) != 0) return -1;
  uint32_t number = clockbook_find(clocks, into->entry->clocks, read.id);
  if (number)
    catch_up(clocks, number, &read);
  else
    number = clockbook_add(clocks, &into->entry->clocks, &read);
  struct clock *clock = clockbook_at(clocks, number);
  clock->node = into->entry->node;
  clock->named = is_visitor ? into->named + 1 : 0;
  clock->renamed = false;
  clock->to_retell = false;
  return 0;
}

/* One that is not there was erased since. */
static int take_message(const struct retold_into *into, struct json_ref item, struct err *err) {
  struct hash128 id;
  struct str text;
  if (!json_string(item, &text) || !outbox_id_parse(text, &id))
    return err_set(err, ERR_INVALID, "a message that is told anew has no id");
  uint32_t number = outbox_find(into->outbox, id);
  if (number == OUTBOX_NONE) return 0;
  uint32_t named = outbox_row(into->outbox, number)->named;
  outbox_give(into->outbox, number, into->entry->node);
  if (named != OUTBOX_NONE) leadbook_note_mention(into->book, into->entry, named);
  return 0;
}

/* Lifecycles that the present rules do not have are not kept. */
static void take_stages(const struct retold_into *into, struct json_ref stages) {
  struct str lifecycle, stage, at;
  struct json_iter it;
  int64_t at_ms;
  for (json_iter_init(&it, stages); json_next(&it);) {
    if (!json_string(json_get(it.value, STR("lifecycle")), &lifecycle) ||
        !json_string(json_get(it.value, STR("stage")), &stage) ||
        !json_string(json_get(it.value, STR("at")), &at) || !time_parse(at, &at_ms))
      continue;
    int number = ruleset_lifecycle(into->rules, lifecycle);
    if (number != NONE) leadbook_stand(into->entry, number, leadbook_intern(into->book, stage), at_ms);
  }
}

static void take_state(const struct retold_into *into, struct json_ref root) {
  struct lead_entry *entry = into->entry;
  struct str ruleset;
  int64_t number;
  take_stages(into, json_get(root, STR("stages")));
  decision_derived(root, &entry->derived_count, &entry->derived_hash);
  entry->merged = false;
  json_bool(json_get(root, STR("merged")), &entry->merged);
  if (json_string(json_get(root, STR("ruleset")), &ruleset))
    entry->ruleset = leadbook_intern(into->book, ruleset);
  if (json_whole(json_get(root, STR("sequence")), 1, UINT32_MAX, &number))
    outbox_raise_sequence(into->outbox, entry->node, (uint32_t)number);
}

int retold_take(const struct retold_into *into, struct json_ref root, struct err *err) {
  struct identity_member name;
  struct json_iter it;
  bool is_visitor = decision_lead(root, &name) && name.kind == ID_ANONYMOUS;
  for (json_iter_init(&it, json_get(root, STR("decisions"))); json_next(&it);)
    if (take_decision(into, it.value, err) != 0) return -1;
  for (json_iter_init(&it, json_get(root, STR("clocks"))); json_next(&it);)
    if (take_clock(into, it.value, is_visitor, err) != 0) return -1;
  for (json_iter_init(&it, json_get(root, STR("messages"))); json_next(&it);)
    if (take_message(into, it.value, err) != 0) return -1;
  take_state(into, root);
  return 0;
}
