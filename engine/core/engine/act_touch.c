#include "core/engine/act_touch.h"

#include "base/timefmt.h"

static struct str read_text(const struct event *event, const char *path, struct arena *arena) {
  struct str text;
  if (!json_string(json_path(event->root, str_of(path)), &text)) return STR("");
  return arena_str(arena, str_trim(text));
}

static int stage_of(const struct lifecycle *lifecycle, const struct event *event, const char *key) {
  struct str name;
  return json_string(json_get(event->root, str_of(key)), &name) ? lifecycle_stage(lifecycle, name) : NONE;
}

/* Other rules than those it was accepted under may not know the stage: then it moves nothing. */
static void find_move(const struct ruleset *rules, const struct event *event, struct touch_act *act) {
  struct str name;
  act->lifecycle = act->from = act->to = NONE;
  if (!json_string(json_get(event->root, STR("lifecycle")), &name)) return;
  act->lifecycle = ruleset_lifecycle(rules, name);
  if (act->lifecycle == NONE) return;
  act->from = stage_of(&rules->lifecycles[act->lifecycle], event, "from");
  act->to = stage_of(&rules->lifecycles[act->lifecycle], event, "to");
}

static int64_t read_until(const struct event *event) {
  struct str text;
  int64_t until_ms;
  if (!json_string(json_get(event->root, STR("until")), &text)) return TIME_MIN;
  if (str_eq(text, STR("never"))) return TIME_NEVER;
  return time_parse(text, &until_ms) ? until_ms : TIME_MIN;
}

/* assign { owner = "maria" } gives the lead to somebody, without an owner to nobody; who claims it has it. */
static void read_owner(const struct event *event, struct touch_act *act, struct arena *arena) {
  bool claims = str_eq(act->name, STR("claim"));
  if (!claims && !str_eq(act->name, STR("assign"))) return;
  act->assigns = true;
  act->owner = read_text(event, "properties.owner", arena);
  if (claims && act->owner.len == 0) act->owner = act->actor;
}

const struct touch_act *act_touch(const struct ruleset *rules, const struct event *event,
                                  struct arena *arena) {
  struct touch_act *act = arena_zalloc(arena, sizeof *act);
  act->name = arena_str(arena, str_trim(event->name));
  act->actor = read_text(event, "actor.id", arena);
  act->role = read_text(event, "actor.role", arena);
  act->reason = read_text(event, "reason", arena);
  act->overridden = !json_is_missing(json_get(event->root, STR("override")));
  act->until_ms = read_until(event);
  read_owner(event, act, arena);
  find_move(rules, event, act);
  return act;
}

static void put_text(struct json_writer *w, const char *key, struct str text) {
  if (!text.len) return;
  json_key(w, key);
  json_put_str(w, text);
}

void act_json(const struct touch_act *act, struct json_writer *w) {
  put_text(w, "act", act->name);
  put_text(w, "actor", act->actor);
  put_text(w, "role", act->role);
  put_text(w, "reason", act->reason);
  if (!act->overridden) return;
  json_key(w, "overridden");
  json_put_bool(w, true);
}
