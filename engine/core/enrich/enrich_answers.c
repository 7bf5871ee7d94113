#include "core/enrich/enrich_private.h"

#include "base/buf.h"

static void make_key(struct buf *key, struct str enricher, struct str needs) {
  buf_init(key);
  buf_add_str(key, enricher);
  buf_add_char(key, '\0');
  buf_add_str(key, needs);
}

/* One that was asked for anew has not been told. */
static void replace(struct enrich_kept *kept, const struct enrich_answer *answer) {
  if (kept->answer.until_ms != answer->until_ms) kept->told = 0;
  free((char *)kept->answer.traits.p);
  kept->answer = *answer;
  kept->answer.traits = (struct str){NULL, 0};
  if (!answer->traits.len) return;
  char *copy = xmalloc(answer->traits.len);
  memcpy(copy, answer->traits.p, answer->traits.len);
  kept->answer.traits = (struct str){copy, answer->traits.len};
}

static void wipe(struct str text) {
  if (text.len) memset((char *)text.p, 0, text.len);
}

/* Those stay of which `stays` says so, in their order. */
static void forget_some(struct enrich *enrich, bool (*stays)(const struct enrich *enrich, size_t i)) {
  struct map keys;
  size_t count = enrich->keys.count, cap = enrich->kept_cap;
  struct enrich_kept *kept = xcalloc(cap + 1, sizeof *kept);
  map_init(&keys);
  for (size_t i = 0; i < count; i++) {
    struct str key = enrich->keys.entries[i].key;
    if (stays(enrich, i)) {
      kept[map_put(&keys, key, (uint32_t)keys.count, NULL)] = enrich->kept[i];
      continue;
    }
    wipe(key); /* the map is thrown away */
    wipe(enrich->kept[i].answer.traits);
    free((char *)enrich->kept[i].answer.traits.p);
  }
  map_release(&enrich->keys);
  free(enrich->kept);
  enrich->keys = keys;
  enrich->kept = kept;
  enrich->kept_cap = cap;
}

static bool is_newer_half(const struct enrich *enrich, size_t i) {
  return i >= enrich->keys.count / 2;
}

static bool is_told(const struct enrich *enrich, size_t i) {
  return enrich->kept[i].told > 0;
}

void enrich_forget_untold(struct enrich *enrich) {
  for (size_t i = 0; i < enrich->keys.count; i++) {
    if (is_told(enrich, i)) continue;
    forget_some(enrich, is_told);
    return;
  }
}

static void keep(struct enrich *enrich, struct str key, const struct enrich_answer *answer) {
  bool added;
  if (enrich->keys.count == ENRICH_ANSWERS_MAX && map_get(&enrich->keys, key) == MAP_NONE)
    forget_some(enrich, is_newer_half);
  uint32_t at = map_put(&enrich->keys, key, (uint32_t)enrich->keys.count, &added);
  if (at == enrich->kept_cap) {
    size_t cap = enrich->kept_cap ? enrich->kept_cap * 2 : 64;
    enrich->kept = xrealloc(enrich->kept, cap * sizeof *enrich->kept);
    memset(enrich->kept + enrich->kept_cap, 0, (cap - enrich->kept_cap) * sizeof *enrich->kept);
    enrich->kept_cap = cap;
  }
  replace(&enrich->kept[at], answer);
}

void enrich_note(struct enrich *enrich, struct str enricher, struct str needs,
                 const struct enrich_answer *answer, int64_t at_ms, uint32_t spent) {
  struct enrich_pace *pace = enrich_pace_named(enrich, enricher);
  struct buf key;
  if (!pace) return;
  int number = ruleset_enricher(enrich->rules, enricher);
  if (spent && number != NONE)
    enrich_pace_spend(enrich, pace, &enrich->rules->enrichers[number], at_ms, spent);
  if (answer->outcome == ENRICHMENT_ASKED || answer->outcome == ENRICHMENT_NONE || !needs.len) return;
  make_key(&key, enricher, needs);
  keep(enrich, buf_str(&key), answer);
  buf_release(&key);
}

void enrich_told(struct enrich *enrich, struct str enricher, struct str needs, int64_t until_ms, int events) {
  struct buf key;
  make_key(&key, enricher, needs);
  uint32_t at = map_get(&enrich->keys, buf_str(&key));
  buf_release(&key);
  if (at != MAP_NONE && enrich->kept[at].answer.until_ms == until_ms) enrich->kept[at].told += events;
}

bool enrich_known(struct enrich *enrich, struct str enricher, struct str needs, int64_t now_ms,
                  struct enrich_answer *answer) {
  struct buf key;
  make_key(&key, enricher, needs);
  uint32_t at = map_get(&enrich->keys, buf_str(&key));
  buf_release(&key);
  if (at == MAP_NONE || enrich->kept[at].answer.until_ms <= now_ms) return false;
  *answer = enrich->kept[at].answer;
  return true;
}

void enrich_forget_answers(struct enrich *enrich) {
  for (size_t i = 0; i < enrich->keys.count; i++) free((char *)enrich->kept[i].answer.traits.p);
  if (enrich->kept) memset(enrich->kept, 0, enrich->kept_cap * sizeof *enrich->kept);
  map_release(&enrich->keys);
  map_init(&enrich->keys);
}
