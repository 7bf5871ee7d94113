/* GET /v1/leads/{id} and its explanation. */
#include "core/explain/explain.h"
#include "core/explain/row.h"
#include "core/explain/whatif.h"
#include "core/journal/decision_json.h"
#include "model/fold/fold_enrich.h"
#include "serve/api/api.h"

/* --- one lead ----------------------------------------------------------------------------------------------------------- */

static void put_ids(struct json_writer *w, struct engine *engine, uint32_t lead, struct arena *arena) {
  static const char *const keys[ID_KINDS] = {
      [ID_USER] = "user_id", [ID_ANONYMOUS] = "anonymous_id", [ID_EMAIL] = "email"};
  struct identity_member *members;
  size_t count = engine_lead_members(engine, lead, arena, &members);
  json_key(w, "ids");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    json_open(w, '{');
    json_key(w, keys[members[i].kind]);
    json_put_str(w, members[i].id);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* Who wrote the trait that stands: the last touch, in the order of events, that names it. */
static const struct touch *writer_of(const struct touch_list *touches, struct str key) {
  for (size_t i = touches->count; i-- > 0;) {
    const struct touch_more *more = touches->items[i]->more;
    if (!more || more->is_group) continue;
    for (uint32_t k = 0; k < more->trait_count; k++)
      if (str_eq(more->traits[k].key, key)) return touches->items[i];
  }
  return NULL;
}

static void put_traits(struct json_writer *w, const struct fold *fold, const struct touch_list *touches) {
  json_key(w, "traits");
  json_open(w, '{');
  for (uint32_t i = 0; i < fold_trait_count(fold); i++) {
    struct value value;
    struct str key = fold_trait_at(fold, i, &value);
    const struct touch *touch = writer_of(touches, key);
    json_key_str(w, key);
    json_open(w, '{');
    json_key(w, "value");
    json_put_value(w, value);
    if (touch) api_put_origin(w, touch);
    json_close(w, '}');
  }
  json_close(w, '}');
}

/* What enrichers told, beside `traits`, where it stands among the rest. */
static void put_enriched(struct json_writer *w, const struct fold *fold) {
  struct str path;
  struct fold_origin origin;
  json_key(w, "enriched");
  json_open(w, '{');
  for (uint32_t i = 0; fold_given_next(fold, &i, &path, &origin);) {
    json_key_str(w, path);
    json_open(w, '{');
    json_key(w, "enricher");
    json_put_str(w, origin.source);
    json_key(w, "at");
    json_put_time(w, origin.time_ms);
    json_key(w, "expires_at");
    json_put_time(w, origin.expires_ms);
    json_close(w, '}');
  }
  json_close(w, '}');
}

/* Who is being asked, and what the scores can still become. */
static void put_pending(struct json_writer *w, const struct fold *fold) {
  const struct ruleset *rules = fold_rules(fold);
  json_key(w, "pending");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->enricher_count; i++)
    if (fold_is_pending(fold, i)) json_put_text(w, rules->enrichers[i].id);
  json_close(w, ']');
  if (!fold_any_pending(fold)) return;
  json_key(w, "score_ranges");
  json_open(w, '{');
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    int64_t low, high;
    fold_score_range(fold, (int)d, &low, &high);
    json_key(w, rules->dimensions[d].name);
    json_open(w, '[');
    json_put_milli(w, low);
    json_put_milli(w, high);
    json_close(w, ']');
  }
  json_close(w, '}');
}

static void put_history(struct json_writer *w, const struct leadbook *book, uint32_t lead) {
  const struct lead_entry *entry = leadbook_find(book, lead);
  json_key(w, "stage_history");
  json_open(w, '[');
  for (uint32_t number = entry ? entry->decisions : 0; number;) {
    const struct decision *decision = leadbook_decision(book, number);
    json_open(w, '{');
    decision_json(book, decision, w);
    json_close(w, '}');
    number = decision->older;
  }
  json_close(w, ']');
}

void api_put_lead(struct json_writer *w, struct pipeline *pipeline, uint32_t lead, int64_t at_ms) {
  struct engine *engine = pipeline_engine(pipeline);
  const struct fold *fold = pipeline_fold(pipeline);
  struct touch_list touches = {0};
  struct arena arena;
  struct row row;
  arena_init(&arena, 0);
  row_make(&row, fold, &arena);
  engine_lead_touches(engine, lead, at_ms, &touches);
  json_open(w, '{');
  api_put_row(w, &row, fold_rules(fold));
  json_key(w, "cycle");
  json_put_int(w, fold_cycle(fold));
  json_key(w, "as_of");
  json_put_time(w, fold_now(fold));
  json_key(w, "ruleset");
  json_put_text(w, fold_rules(fold)->hash);
  put_ids(w, engine, lead, &arena);
  put_traits(w, fold, &touches);
  put_enriched(w, fold);
  put_pending(w, fold);
  put_history(w, pipeline_book(pipeline), lead);
  json_close(w, '}');
  touch_list_release(&touches);
  arena_release(&arena);
}

static const char *const parameters[] = {"at", NULL};

void api_show_lead(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  int64_t at_ms;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, parameters) != 0) return;
  if (api_instant(exchange, daemon, &at_ms) != 0) return;
  uint32_t lead = api_fold_lead(exchange, daemon, at_ms);
  if (lead == IDENTITY_NONE) return;
  api_open(&answer);
  api_put_lead(&answer.w, service_pipeline(daemon->service), lead, at_ms);
  api_send(&answer, exchange);
}

/* --- why ------------------------------------------------------------------------------------------------------------------ */

/* Trying what would change the stage folds the lead again for every rule: not on the loop when that takes long. */
enum { TRIED_TOUCHES_MAX = 500 };

static void explain(struct http_exchange *exchange, struct pipeline *pipeline, uint32_t lead, int64_t at_ms) {
  struct engine *engine = pipeline_engine(pipeline);
  struct fold *fold = pipeline_fold(pipeline), *scratch = engine_fold_new(engine);
  struct explanation explanation;
  struct whatif whatif;
  struct touch_list touches = {0};
  struct api_answer answer;
  struct arena arena;
  arena_init(&arena, 0);
  api_open(&answer);
  engine_lead_touches(engine, lead, at_ms, &touches);
  explain_make(fold, &arena, &explanation);
  if (touches.count <= TRIED_TOUCHES_MAX) {
    whatif_try(fold, scratch, touches.items, touches.count, &arena, &whatif);
    explanation.whatif = &whatif;
  }
  if (api_wants_text(exchange)) {
    explain_text(&explanation, &answer.body);
    http_exchange_answer(exchange, 200, "text/plain; charset=utf-8", buf_str(&answer.body));
    buf_release(&answer.body);
  } else {
    explain_json(&explanation, &answer.w);
    api_send(&answer, exchange);
  }
  touch_list_release(&touches);
  arena_release(&arena);
  fold_free(scratch);
}

void api_explain_lead(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  int64_t at_ms;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, parameters) != 0) return;
  if (api_instant(exchange, daemon, &at_ms) != 0) return;
  uint32_t lead = api_fold_lead(exchange, daemon, at_ms);
  if (lead != IDENTITY_NONE) explain(exchange, service_pipeline(daemon->service), lead, at_ms);
}
