/* handoff_message.c - a message, as JSON. */
#include "core/explain/explain.h"
#include "core/explain/row.h"
#include "core/handoff/handoff_private.h"
#include "core/journal/decision_json.h"

static void put_lead(const struct handoff_about *about, struct json_writer *w) {
  json_key(w, "lead");
  json_open(w, '{');
  json_key(w, "id");
  json_put_str(w, about->lead.id);
  json_key(w, "kind");
  json_put_text(w, id_kind_word(about->lead.kind));
  json_close(w, '}');
}

/* Who did what; never what was said by it, which may be private. */
static void put_act(const struct touch_act *act, struct json_writer *w) {
  const struct {
    const char *key;
    struct str text;
  } said[] = {{"act", act->name}, {"actor", act->actor}, {"role", act->role}, {"reason", act->reason}};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    if (said[i].text.len == 0) continue;
    json_key(w, said[i].key);
    json_put_str(w, said[i].text);
  }
}

static void put_event(const struct touch *touch, struct json_writer *w) {
  json_key(w, "event");
  json_open(w, '{');
  json_key(w, "id");
  json_put_str(w, touch_message_id(touch));
  json_key(w, "source");
  json_put_str(w, touch_source(touch));
  json_key(w, "type");
  json_put_text(w, event_type_word((enum event_type)touch->type));
  json_key(w, "at");
  json_put_time(w, touch->time_ms);
  if (touch->more && touch->more->act) put_act(touch->more->act, w);
  json_close(w, '}');
}

static void put_clock(const struct handoff_about *about, struct json_writer *w) {
  const struct leadbook *book = pipeline_book(about->pipeline);
  json_key(w, "clock");
  json_open(w, '{');
  json_key(w, "what");
  json_put_text(w, clock_what_word(about->clocked->what));
  clocks_json(book, clockbook_at(leadbook_clocks(book), about->clocked->number), about->clocked->decided_ms,
              w);
  json_close(w, '}');
}

static void put_cause(const struct handoff_about *about, struct json_writer *w) {
  char id[OUTBOX_ID_TEXT];
  json_key(w, "effect");
  json_put_text(w, about->effect->name);
  if (about->corrects) {
    json_key(w, "corrects");
    json_put_text(w, outbox_id_text(*about->corrects, id));
  }
  if (about->decision) {
    json_key(w, "decision");
    json_open(w, '{');
    decision_json(pipeline_book(about->pipeline), about->decision, w);
    json_close(w, '}');
  }
  if (about->touch) put_event(about->touch, w);
  if (about->clocked) put_clock(about, w);
}

/* --- what a person needs to take over ---------------------------------------------------------------------------------- */

static void put_profile(const struct fold *fold, struct json_writer *w) {
  json_key(w, "profile");
  json_open(w, '{');
  for (uint32_t i = 0; i < fold_trait_count(fold); i++) {
    struct value value;
    struct str name = fold_trait_at(fold, i, &value);
    if (value.kind <= VALUE_NULL) continue;
    json_key_str(w, name);
    json_put_value(w, value);
  }
  json_close(w, '}');
}

static void put_explanation(const struct fold *fold, struct arena *arena, struct json_writer *w) {
  struct explanation explanation;
  struct json_writer inner;
  struct buf text;
  buf_init(&text);
  json_writer_init(&inner, &text);
  explain_make(fold, arena, &explanation);
  explain_json(&explanation, &inner);
  json_key(w, "explanation");
  if (text.len <= HANDOFF_EXPLANATION_MAX)
    json_put_raw(w, buf_str(&text));
  else
    json_put_null(w);
  buf_release(&text);
}

/* The same explanation, later: it is of this instant. */
static void put_url(const struct handoff_about *about, struct json_writer *w) {
  char at[TIME_TEXT_MAX];
  struct buf url;
  if (!*about->public_url) return;
  buf_init(&url);
  buf_printf(&url, "%s/v1/leads/", about->public_url);
  buf_add_escaped(&url, about->lead.id);
  buf_printf(&url, "/explain?at=%s", time_text(fold_now(about->fold), at));
  json_key(w, "url");
  json_put_str(w, buf_str(&url));
  buf_release(&url);
}

static void put_handoff(const struct handoff_about *about, struct arena *arena, struct json_writer *w) {
  put_profile(about->fold, w);
  json_key(w, "brief");
  json_put_raw(w, about->brief);
  put_explanation(about->fold, arena, w);
  put_url(about, w);
}

static void put_standing(const struct fold *fold, struct arena *arena, struct json_writer *w) {
  struct row row;
  row_make(&row, fold, arena);
  json_key(w, "standing");
  row_json(&row, fold_rules(fold), w);
}

/* --- the author's own --------------------------------------------------------------------------------------------------- */

static bool is_ours(struct str key) {
  static const char *const ours[] = {"sequence",    "lead",  "effect",   "corrects", "decision",
                                     "event",       "clock", "standing", "profile",  "brief",
                                     "explanation", "url",   NULL};
  for (const char *const *word = ours; *word; word++)
    if (str_eq(key, str_of(*word))) return true;
  return false;
}

static int merge(struct str json, struct json_writer *w, struct err *err) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct json_iter it;
  struct buf text;
  int failed = json_parse(reader, json.p, json.len, &root, err);
  if (!failed && json_kind(root) != JSON_OBJECT)
    failed =
        err_set(err, ERR_SCRIPT, "`data` must give named values, got %s", json_kind_word(json_kind(root)));
  buf_init(&text);
  if (!failed)
    for (json_iter_init(&it, root); json_next(&it);) {
      if (is_ours(it.key)) continue;
      buf_clear(&text);
      json_minify(it.value, &text);
      json_key_str(w, it.key);
      json_put_raw(w, buf_str(&text));
    }
  buf_release(&text);
  json_reader_free(reader);
  return failed;
}

static int put_data(const struct handoff_about *about, struct json_writer *w, struct err *err) {
  const struct effect *effect = about->effect;
  struct script *script = pipeline_generation(about->pipeline)->script;
  struct buf said;
  if (about->corrects) return 0;
  if (effect->data_fn == FN_NONE) return merge(effect->data, w, err);
  buf_init(&said);
  int failed = script_tell(script, effect->data_fn, about->fold, about->touch, &said, err);
  if (!failed && said.len) failed = merge(buf_str(&said), w, err);
  buf_release(&said);
  return failed;
}

int handoff_message(const struct handoff_about *about, struct buf *out, struct err *err) {
  struct json_writer w;
  struct arena arena;
  arena_init(&arena, 16384);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "type");
  json_put_text(&w, about->type);
  json_key(&w, "timestamp");
  json_put_time(&w, about->at_ms);
  json_key(&w, "data");
  json_open(&w, '{');
  json_key(&w, "sequence");
  json_put_int(&w, about->sequence);
  put_lead(about, &w);
  put_cause(about, &w);
  put_standing(about->fold, &arena, &w);
  if (about->effect->handoff && !about->corrects) put_handoff(about, &arena, &w);
  int failed = put_data(about, &w, err);
  json_close(&w, '}');
  json_close(&w, '}');
  arena_release(&arena);
  return failed;
}
