#include "core/journal/decision_json.h"
#include "core/journal/fields.h"

#include "base/hex.h"
#include "core/engine/act_touch.h"

static void put_name(struct json_writer *w, const char *key, const struct leadbook *book, uint16_t number) {
  json_key(w, key);
  json_put_text(w, leadbook_name(book, number));
}

void decision_json(const struct leadbook *book, const struct decision *decision, struct json_writer *w) {
  put_name(w, "lifecycle", book, decision->lifecycle);
  put_name(w, "from", book, decision->from);
  put_name(w, "to", book, decision->to);
  json_key(w, "cause");
  json_put_text(w, cause_word((enum cause)decision->cause));
  if (*leadbook_name(book, decision->move)) put_name(w, "move", book, decision->move);
  if (decision->act) act_json(decision->act, w);
  if (decision->existing) {
    json_key(w, "new_business");
    json_put_bool(w, false);
  }
  json_key(w, "cycle");
  json_put_int(w, decision->cycle);
  json_key(w, "at");
  json_put_time(w, decision->at_ms);
  json_key(w, "decided_at");
  json_put_time(w, decision->decided_ms);
  put_name(w, "ruleset", book, decision->ruleset);
}

void decision_put_derived(struct json_writer *w, uint32_t count, uint64_t hash) {
  char text[HEX64_TEXT];
  json_key(w, "derived");
  json_open(w, '[');
  json_put_int(w, count);
  json_put_text(w, hex64_text(hash, text));
  json_close(w, ']');
}

void decision_record(const struct leadbook *book, const struct decided *decided, struct identity_member lead,
                     struct str brief, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "lead");
  json_put_str(&w, lead.id);
  json_key(&w, "kind");
  json_put_text(&w, id_kind_word(lead.kind));
  decision_json(book, leadbook_decision(book, decided->number), &w);
  decision_put_derived(&w, decided->derived_count, decided->derived_hash);
  if (brief.len) {
    json_key(&w, "brief");
    json_put_raw(&w, brief);
  }
  json_close(&w, '}');
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

static enum id_kind read_kind(struct fields *fields) {
  enum id_kind kind = ID_USER;
  if (!id_kind_parse(fields_text(fields, "kind", true), &kind)) fields_miss(fields, "kind");
  return kind;
}

bool decision_derived(struct json_ref root, uint32_t *count, uint64_t *hash) {
  struct json_iter it;
  struct str text;
  int64_t number;
  uint64_t parsed;
  json_iter_init(&it, json_get(root, STR("derived")));
  if (!json_next(&it) || !json_whole(it.value, 0, UINT32_MAX, &number) || !json_next(&it) ||
      !json_string(it.value, &text) || !hex64_parse(text, &parsed))
    return false;
  *count = (uint32_t)number;
  *hash = parsed;
  return true;
}

void decision_export(struct json_ref root, uint64_t record, struct buf *part, struct buf *out) {
  struct json_writer w;
  struct json_iter it;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "record");
  json_put_int(&w, (int64_t)record);
  for (json_iter_init(&it, root); json_next(&it);) {
    if (str_eq(it.key, STR("derived"))) continue;
    buf_clear(part);
    json_minify(it.value, part);
    json_key_str(&w, it.key);
    json_put_raw(&w, buf_str(part));
  }
  json_close(&w, '}');
}

bool decision_lead(struct json_ref root, struct identity_member *lead) {
  struct str word;
  return json_string(json_get(root, STR("lead")), &lead->id) &&
         json_string(json_get(root, STR("kind")), &word) && id_kind_parse(word, &lead->kind);
}

bool decision_about(struct json_ref root, struct decision_about *about) {
  struct str at;
  return decision_lead(root, &about->lead) && json_string(json_get(root, STR("at")), &at) &&
         time_parse(at, &about->at_ms);
}

/* Whose doing it was, in *act; NULL: nobody's. */
static struct touch_act *read_act(struct fields *fields, struct touch_act *act) {
  *act = (struct touch_act){.lifecycle = NONE,
                            .from = NONE,
                            .to = NONE,
                            .until_ms = TIME_MIN,
                            .name = fields_text(fields, "act", false),
                            .actor = fields_text(fields, "actor", false),
                            .role = fields_text(fields, "role", false),
                            .reason = fields_text(fields, "reason", false)};
  json_bool(json_get(fields->root, STR("overridden")), &act->overridden);
  return act->name.len ? act : NULL;
}

int decision_parse(struct leadbook *book, struct json_ref root, struct decision_read *read, struct err *err) {
  struct fields fields = {.book = book, .root = root, .what = "a recorded decision", .err = err};
  enum cause cause = CAUSE_RULE;
  if (!cause_parse(fields_text(&fields, "cause", true), &cause)) fields_miss(&fields, "cause");
  *read = (struct decision_read){
      .lead = {read_kind(&fields), fields_text(&fields, "lead", true)},
      .decision = {.lifecycle = fields_name(&fields, "lifecycle", true),
                   .from = fields_name(&fields, "from", true),
                   .to = fields_name(&fields, "to", true),
                   .ruleset = fields_name(&fields, "ruleset", true),
                   .move = fields_name(&fields, "move", false),
                   .cause = (uint8_t)cause,
                   .cycle = (uint32_t)json_whole_or(json_get(root, STR("cycle")), 0, UINT32_MAX, 0),
                   .at_ms = fields_instant(&fields, "at", true),
                   .decided_ms = fields_instant(&fields, "decided_at", true)}};
  bool new_business = true;
  json_bool(json_get(root, STR("new_business")), &new_business);
  read->decision.existing = !new_business;
  read->decision.handed = json_kind(json_get(root, STR("brief"))) == JSON_OBJECT;
  read->decision.act = read_act(&fields, &read->act);
  if (!decision_derived(root, &read->derived_count, &read->derived_hash)) fields_miss(&fields, "derived");
  return fields.failed ? -1 : 0;
}
