/* Forgetting a lead. */
#include "core/engine/engine_private.h"
#include "model/ruleset/framework.h"

size_t engine_lead_claims(struct engine *engine, uint32_t lead, struct arena *arena,
                          struct id_claim **claims) {
  return identity_claims(engine->identity, lead, arena, claims);
}

/* The engine's own arena holds all of this. */
static void wipe_text(struct str text) {
  if (text.len) memset((char *)text.p, 0, text.len);
}

static void wipe_value(struct value value) {
  switch (value.kind) {
  case VALUE_STRING: wipe_text(value_text(value)); break;
  case VALUE_LIST:
    for (uint32_t i = 0; i < value.len; i++) wipe_value(value.items[i]);
    break;
  case VALUE_MAP:
    for (uint32_t i = 0; i < value.len; i++) wipe_value(value.pairs[i].value);
    break;
  default: break;
  }
}

static void wipe_answer(const struct touch_answer *answer) {
  wipe_value(answer->value);
  wipe_text(answer->by);
  wipe_text(answer->source);
  wipe_text(answer->note);
}

/* Traits of a group call are the account's, which still shows them. */
static void wipe_touch(const struct touch *touch) {
  const struct touch_more *more = touch->more;
  struct touch_content content;
  if (touch_content(touch, &content)) {
    wipe_text(content.what);
    wipe_text(content.title);
  }
  if (!more) return;
  wipe_text(more->raw);
  for (uint32_t i = 0; i < more->trait_count && !more->is_group; i++) wipe_value(more->traits[i].value);
  for (uint32_t i = 0; i < more->answer_count; i++) wipe_answer(&more->answers[i]);
}

void engine_forget(struct engine *engine, uint32_t lead) {
  engine_forget_peer(engine, lead);
  touch_list_clear(&engine->touches);
  identity_forget(engine->identity, lead, &engine->touches);
  for (size_t i = 0; i < engine->touches.count; i++) wipe_touch(engine->touches.items[i]);
  engine->touches.count = 0;
}
