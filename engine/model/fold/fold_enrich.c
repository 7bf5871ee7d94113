#include "model/fold/fold_enrich.h"

#include "model/fold/fold_private.h"

const char *const enrichment_words[] = {"none", "asked", "answered", "nothing", "failed", NULL};

/* --- who wins -------------------------------------------------------------------------------------------------------- */

static uint8_t rank_named(const struct ruleset *rules, struct str name, uint8_t otherwise) {
  for (uint32_t i = 0; i < rules->source_count; i++)
    if (str_eq(rules->sources[i], name)) return (uint8_t)i;
  return otherwise;
}

uint8_t fold_rank(const struct fold *fold, const struct touch *touch) {
  const struct ruleset *rules = fold->rules;
  uint8_t others = (uint8_t)rules->source_count;
  if (touch->type == EVENT_ENRICHMENT) return rank_named(rules, STR("enricher"), (uint8_t)(others + 1));
  if (rules->source_count == 0) return others;
  return rank_named(rules, touch->type == EVENT_ACT ? STR("person") : touch_source(touch), others);
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

/* "company.employees" is below "company". */
bool fold_path_covers(struct str above, struct str path) {
  return str_starts(path, above) && (path.len == above.len || path.p[above.len] == '.');
}

static struct str top_of(struct str path) {
  const char *dot = memchr(path.p, '.', path.len);
  return (struct str){path.p, dot ? (size_t)(dot - path.p) : path.len};
}

static void drop(struct fold *fold, uint32_t at) {
  struct str top = top_of(fold->given[at].path);
  fold->given[at] = fold->given[--fold->given_count];
  fold_refresh_trait(fold, top);
}

static void give(struct fold *fold, struct fold_given given) {
  uint32_t at = 0;
  while (at < fold->given_count &&
         !(str_eq(fold->given[at].path, given.path) && str_eq(fold->given[at].enricher, given.enricher)))
    at++;
  if (at == GIVEN_MAX) return;
  if (at == fold->given_count) fold->given_count++;
  fold->given[at] = given;
  fold_refresh_trait(fold, top_of(given.path));
}

/* Every value that is no map, under its path. */
static void give_value(struct fold *fold, struct fold_given given) {
  if (given.value.kind != VALUE_MAP) {
    give(fold, given);
    return;
  }
  for (uint32_t i = 0; i < given.value.len; i++) {
    const struct pair *pair = &given.value.pairs[i];
    struct fold_given below = given;
    const char *path = arena_printf(&fold->arena, "%.*s.%.*s", STR_ARG(given.path), STR_ARG(pair->key));
    below.path = str_of(path);
    below.value = pair->value;
    give_value(fold, below);
  }
}

/* Asked about somebody else, as it were: what it told before is not about these values. */
static void forget_other_needs(struct fold *fold, const struct touch_enrichment *said) {
  for (uint32_t i = fold->given_count; i-- > 0;)
    if (str_eq(fold->given[i].enricher, said->enricher) && fold->given[i].needs != said->needs) drop(fold, i);
}

void fold_apply_enrichment(struct fold *fold, const struct touch *touch) {
  const struct touch_more *more = touch->more;
  const struct touch_enrichment *said = more->enrichment;
  int enricher = ruleset_enricher(fold->rules, said->enricher);
  if (enricher != NONE) {
    fold->enrichments[enricher].said = *said;
    fold->enrichments[enricher].at_ms = touch->time_ms;
  }
  fold->pending = fold_any_pending(fold);
  forget_other_needs(fold, said);
  for (uint32_t i = 0; i < more->trait_count && said->until_ms > fold->now; i++)
    give_value(fold, (struct fold_given){.path = more->traits[i].key,
                                         .value = more->traits[i].value,
                                         .enricher = said->enricher,
                                         .needs = said->needs,
                                         .rank = fold_rank(fold, touch),
                                         .time_ms = touch->time_ms,
                                         .expires_ms = said->until_ms});
  fold_changed(fold, READS_TRAITS);
}

/* --- time ------------------------------------------------------------------------------------------------------------ */

static int64_t deadline_of(const struct fold *fold, uint32_t enricher) {
  const struct fold_enrichment_state *state = &fold->enrichments[enricher];
  return state->open ? state->open_since_ms + fold->rules->enrichers[enricher].deadline_ms : TIME_MIN;
}

static void narrow(int64_t instant, int64_t now, int64_t *due) {
  if (instant > now && instant < *due) *due = instant;
}

int64_t fold_enrich_due(const struct fold *fold) {
  int64_t due = TIME_NEVER;
  for (uint32_t i = 0; i < fold->given_count; i++)
    if (fold->given[i].expires_ms < due) due = fold->given[i].expires_ms;
  for (uint32_t i = 0; i < fold->rules->enricher_count; i++) {
    const struct touch_enrichment *said = &fold->enrichments[i].said;
    if (said->outcome != ENRICHMENT_NONE) narrow(said->until_ms, fold->now, &due);
    narrow(deadline_of(fold, i), fold->now, &due);
  }
  return due;
}

void fold_expire(struct fold *fold) {
  for (uint32_t i = fold->given_count; i-- > 0;)
    if (fold->given[i].expires_ms <= fold->now) drop(fold, i);
  for (uint32_t i = 0; i < fold->rules->enricher_count; i++)
    if (fold->enrichments[i].said.until_ms == fold->now || deadline_of(fold, i) == fold->now)
      fold_changed(fold, READS_TRAITS);
  fold->pending = fold_any_pending(fold);
}

/* --- reading --------------------------------------------------------------------------------------------------------- */

bool fold_is_pending(const struct fold *fold, uint32_t enricher) {
  const struct touch_enrichment *said = &fold->enrichments[enricher].said;
  if (said->outcome == ENRICHMENT_ASKED && said->until_ms > fold->now) return true;
  return deadline_of(fold, enricher) > fold->now;
}

int64_t fold_pending_until(const struct fold *fold, uint32_t enricher) {
  return deadline_of(fold, enricher);
}

bool fold_any_pending(const struct fold *fold) {
  for (uint32_t i = 0; i < fold->rules->enricher_count; i++)
    if (fold_is_pending(fold, i)) return true;
  return false;
}

struct touch_enrichment fold_enrichment(const struct fold *fold, uint32_t enricher, int64_t *at_ms) {
  *at_ms = fold->enrichments[enricher].at_ms;
  return fold->enrichments[enricher].said;
}

bool fold_trait_pending(const struct fold *fold, struct str path) {
  for (uint32_t i = 0; i < fold->rules->enricher_count; i++) {
    const struct enricher *enricher = &fold->rules->enrichers[i];
    if (!fold_is_pending(fold, i)) continue;
    for (uint32_t k = 0; k < enricher->give_count; k++)
      if (fold_path_covers(enricher->gives[k], path) || fold_path_covers(path, enricher->gives[k]))
        return !value_present(fold_trait(fold, path));
  }
  return false;
}

bool fold_enricher_needs(const struct fold *fold, uint32_t number, struct buf *out) {
  const struct enricher *enricher = &fold->rules->enrichers[number];
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  for (uint32_t i = 0; i < enricher->need_count; i++) {
    struct value v = fold_trait(fold, enricher->needs[i]);
    if (!value_present(v)) return false;
    json_key_str(&w, enricher->needs[i]);
    json_put_value(&w, v);
  }
  json_close(&w, '}');
  return true;
}

/* Whether it could tell anything: some trait it gives has no value, or one of its own under other needs. */
static bool could_tell(const struct fold *fold, const struct enricher *enricher, uint64_t needs) {
  for (uint32_t i = 0; i < enricher->give_count; i++)
    if (!value_present(fold_trait(fold, enricher->gives[i]))) return true;
  for (uint32_t i = 0; i < fold->given_count; i++)
    if (str_eq(fold->given[i].enricher, str_of(enricher->id)) && fold->given[i].needs != needs) return true;
  return false;
}

/* Nothing that is learned would change anything. */
static bool is_at_end(const struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    if (!(rules->lifecycles[l].final >> fold->stages[l].stage & 1)) return false;
  return rules->lifecycle_count > 0;
}

/* What it said last answers the question as it stands now. */
static bool has_answered(const struct fold *fold, uint32_t number, uint64_t needs) {
  const struct touch_enrichment *said = &fold->enrichments[number].said;
  return said->outcome != ENRICHMENT_NONE && said->outcome != ENRICHMENT_ASKED &&
         said->until_ms > fold->now && said->needs == needs;
}

static bool knows_needs(const struct fold *fold, const struct enricher *enricher) {
  for (uint32_t i = 0; i < enricher->need_count; i++)
    if (!value_present(fold_trait(fold, enricher->needs[i]))) return false;
  return true;
}

/* Whether it could be asked, `when` apart. Looked at whenever something has changed: what mostly fails, and costs least, comes
 * first. */
static bool could_ask(const struct fold *fold, uint32_t number) {
  struct buf needs;
  if (!knows_needs(fold, &fold->rules->enrichers[number])) return false;
  if (is_at_end(fold) || fold_verdict_stands(fold) || fold_ignored(fold)) return false;
  buf_init(&needs);
  bool could = fold_enricher_needs(fold, number, &needs);
  uint64_t hash = str_hash(buf_str(&needs));
  buf_release(&needs);
  return could && !has_answered(fold, number, hash) &&
         could_tell(fold, &fold->rules->enrichers[number], hash);
}

/* `when` is about what is known: while it is judged nothing counts as pending, or asking could end by itself. */
static bool when_holds(struct fold *fold, const struct enricher *enricher) {
  bool pending = fold->pending;
  if (!enricher->when) return true;
  fold->pending = false;
  if (pending) fold_forget_functions(fold, READS_TRAITS);
  bool holds = fold_test(fold, enricher->when) == TRUTH_YES;
  fold->pending = pending;
  if (pending) fold_forget_functions(fold, READS_TRAITS);
  return holds;
}

bool fold_note_open(struct fold *fold) {
  bool changed = false;
  for (uint32_t i = 0; i < fold->rules->enricher_count; i++) {
    struct fold_enrichment_state *state = &fold->enrichments[i];
    bool was = fold_is_pending(fold, i), waits = deadline_of(fold, i) > fold->now;
    bool open = could_ask(fold, i) && (waits || when_holds(fold, &fold->rules->enrichers[i]));
    if (open && !state->open) state->open_since_ms = fold->now;
    state->open = open;
    changed |= was != fold_is_pending(fold, i);
  }
  fold->pending = fold_any_pending(fold);
  if (changed) fold_changed(fold, READS_TRAITS);
  return changed;
}

bool fold_enricher_wanted(const struct fold *fold, uint32_t number) {
  return fold->enrichments[number].open;
}

bool fold_reads_pending(const struct fold *fold, struct str path) {
  for (uint32_t i = 0; fold->pending && i < fold->rules->enricher_count; i++) {
    const struct enricher *enricher = &fold->rules->enrichers[i];
    if (!fold_is_pending(fold, i)) continue;
    for (uint32_t k = 0; k < enricher->give_count; k++) {
      struct str give = enricher->gives[k];
      if ((path.len == 0 || fold_path_covers(path, give)) && !value_present(fold_trait(fold, give)))
        return true;
      if (fold_path_covers(give, path) && !value_present(fold_trait(fold, path))) return true;
    }
  }
  return false;
}

/* --- origins --------------------------------------------------------------------------------------------------------- */

const struct fold_given *fold_given_at(const struct fold *fold, struct str path) {
  const struct fold_given *best = NULL;
  for (uint32_t i = 0; i < fold->given_count; i++) {
    const struct fold_given *given = &fold->given[i];
    if (!str_eq(given->path, path)) continue;
    if (!best || given->rank < best->rank || (given->rank == best->rank && given->time_ms >= best->time_ms))
      best = given;
  }
  return best;
}

const struct fold_told *fold_told_at(const struct fold *fold, struct str path) {
  const struct fold_told *best = NULL;
  for (uint32_t i = 0; i < fold->told_count; i++)
    if (fold_path_covers(fold->told[i].path, path) && (!best || fold->told[i].path.len > best->path.len))
      best = &fold->told[i];
  return best;
}

bool fold_given_wins(const struct fold_given *given, const struct fold_told *told) {
  return !told || given->rank < told->rank || (given->rank == told->rank && given->time_ms >= told->time_ms);
}

/* False: the trait has no value, or it is a derived one. */
static bool trait_origin(const struct fold *fold, struct str path, struct fold_origin *origin) {
  const struct fold_given *given = fold_given_at(fold, path);
  const struct fold_told *told = fold_told_at(fold, path);
  if (!value_present(fold_trait(fold, path))) return false;
  if (told && !value_present(fold_told_value(fold, path))) told = NULL;
  if (given && fold_given_wins(given, told))
    *origin = (struct fold_origin){given->enricher, EVENT_ENRICHMENT, given->time_ms, given->expires_ms};
  else if (told)
    *origin = (struct fold_origin){told->source, told->type, told->time_ms, TIME_NEVER};
  else
    return false;
  return true;
}

bool fold_given_next(const struct fold *fold, uint32_t *index, struct str *path, struct fold_origin *origin) {
  while (*index < fold->given_count) {
    const struct fold_given *given = &fold->given[(*index)++];
    if (fold_given_at(fold, given->path) != given) continue;
    if (!trait_origin(fold, given->path, origin) || origin->type != EVENT_ENRICHMENT) continue;
    *path = given->path;
    return true;
  }
  return false;
}
