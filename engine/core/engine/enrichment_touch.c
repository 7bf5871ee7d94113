#include "core/engine/enrichment_touch.h"

#include "base/timefmt.h"

static enum enrichment_outcome read_outcome(const struct event *event) {
  struct str word;
  if (!json_string(json_get(event->properties, STR("outcome")), &word)) return ENRICHMENT_ANSWERED;
  for (int i = 0; enrichment_words[i]; i++)
    if (str_eq(word, str_of(enrichment_words[i]))) return (enum enrichment_outcome)i;
  return ENRICHMENT_NONE;
}

static int64_t read_until(const struct event *event) {
  struct str text;
  int64_t until_ms;
  if (!json_string(json_get(event->properties, STR("until")), &text)) return TIME_NEVER;
  return time_parse(text, &until_ms) ? until_ms : TIME_NEVER;
}

/* Tells whether two calls were made with the same values: of the JSON object in its one spelling. */
static uint64_t needs_hash(struct json_ref needs) {
  struct arena arena;
  struct json_writer w;
  struct buf text;
  if (json_kind(needs) != JSON_OBJECT) return 0;
  arena_init(&arena, 4096);
  buf_init(&text);
  json_writer_init(&w, &text);
  json_put_value(&w, json_value(needs, &arena));
  uint64_t hash = str_hash(buf_str(&text));
  buf_release(&text);
  arena_release(&arena);
  return hash;
}

const struct touch_enrichment *enrichment_touch(const struct event *event, struct arena *arena) {
  struct touch_enrichment *said = arena_alloc(arena, sizeof *said);
  *said = (struct touch_enrichment){.outcome = read_outcome(event),
                                    .enricher = arena_str(arena, str_trim(event->name)),
                                    .needs = needs_hash(json_get(event->properties, STR("needs"))),
                                    .until_ms = read_until(event)};
  return said;
}
