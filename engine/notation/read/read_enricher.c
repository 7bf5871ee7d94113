/* read_enricher.c - enricher and sources: who may be asked for traits, and whose word counts. */
#include "notation/compile_private.h"

#include "base/timefmt.h"

enum { CONCURRENCY = 8, CONCURRENCY_MAX = 64, RETRIES = 3, RETRIES_MAX = 10 };

static const char *const fields[] = {"doc",          "needs",    "gives",  "when",        "ttl",
                                     "timeout",      "rate",     "budget", "concurrency", "retries",
                                     "negative_ttl", "deadline", "run",    NULL};

/* One trait's path, or several. */
static bool read_paths(struct compile *c, const struct node *node, const char *what, struct str **paths,
                       uint32_t *count) {
  const struct node *texts;
  if (!read_texts(c, node, what, &texts, count)) return false;
  if (*count > ENRICHER_PATHS_MAX) {
    FAULT(c, "too_many", node->place, NULL, "%s has more than %d traits", what, (int)ENRICHER_PATHS_MAX);
    return false;
  }
  *paths = arena_alloc(c->arena, *count * sizeof **paths);
  for (uint32_t i = 0; i < *count; i++) (*paths)[i] = read_trait_path(c, texts[i].text);
  return true;
}

static void read_times(struct compile *c, const struct node *body, const char *what, struct enricher *out) {
  const struct node *ttl = read_field(body, "ttl"), *timeout = read_field(body, "timeout");
  const struct node *negative = read_field(body, "negative_ttl");
  out->ttl_ms = 30 * TIME_MS_PER_DAY;
  out->timeout_ms = ENRICHER_TIMEOUT_MS;
  if (ttl) read_span(c, ttl, read_what(c, "ttl", what), &out->ttl_ms);
  if (timeout) read_span(c, timeout, read_what(c, "timeout", what), &out->timeout_ms);
  if (timeout && out->timeout_ms > TIME_MS_PER_MINUTE)
    FAULT(c, "bad_duration", timeout->place, NULL, "%s is at most a minute", read_what(c, "timeout", what));
  const struct node *deadline = read_field(body, "deadline");
  out->deadline_ms = out->timeout_ms > ENRICHER_DEADLINE_MS ? out->timeout_ms : ENRICHER_DEADLINE_MS;
  if (deadline) read_span(c, deadline, read_what(c, "deadline", what), &out->deadline_ms);
  if (deadline && out->deadline_ms > TIME_MS_PER_DAY)
    FAULT(c, "bad_duration", deadline->place, NULL, "%s is at most a day", read_what(c, "deadline", what));
  out->negative_ttl_ms = out->ttl_ms < TIME_MS_PER_DAY ? out->ttl_ms : TIME_MS_PER_DAY;
  if (negative) read_span(c, negative, read_what(c, "negative_ttl", what), &out->negative_ttl_ms);
}

static void read_pace(struct compile *c, const struct node *body, const char *what, struct enricher *out) {
  const struct node *rate = read_field(body, "rate"), *budget = read_field(body, "budget");
  const struct node *concurrency = read_field(body, "concurrency"), *retries = read_field(body, "retries");
  out->concurrency = CONCURRENCY;
  out->retries = RETRIES;
  if (rate) read_rate(c, rate, read_what(c, "rate", what), &out->rate, &out->rate_ms);
  if (budget) read_rate(c, budget, read_what(c, "budget", what), &out->budget, &out->budget_ms);
  if (concurrency)
    read_count(c, concurrency, read_what(c, "concurrency", what), CONCURRENCY_MAX, &out->concurrency);
  if (retries && retries->kind == NODE_NUMBER && retries->number == 0)
    out->retries = 0;
  else if (retries)
    read_count(c, retries, read_what(c, "retries", what), RETRIES_MAX, &out->retries);
}

static void need_field(struct compile *c, const struct declaration *d, const char *what, const char *field,
                       const char *hint, const char *lacks) {
  if (!read_field(&d->body, field) && !read_misspelled(&d->body, field))
    FAULT(c, "missing_field", d->place, hint, "%s %s", what, lacks);
}

static void read_enricher(struct compile *c, const struct declaration *d) {
  const char *what = arena_printf(&c->scratch, "enricher '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->enrichers, d->name, d->place) == NONE ||
      !read_table(c, &d->body, fields, false, what))
    return;
  struct enricher out = {.id = read_keep(c, d->name)};
  const struct node *doc = read_field(&d->body, "doc"), *needs = read_field(&d->body, "needs");
  const struct node *gives = read_field(&d->body, "gives"), *when = read_field(&d->body, "when");
  struct str text = {"", 0};
  if (doc) read_text(c, doc, read_what(c, "doc", what), &text);
  out.doc = read_keep(c, text);
  need_field(c, d, what, "needs", "add needs = { \"email_domain\" }", "needs no trait to ask with");
  need_field(c, d, what, "gives", "add gives = { \"company.employees\" }", "gives no trait");
  need_field(c, d, what, "run", "add run = function(lead, http) return { .. } end",
             "does not say how to ask");
  if (needs) read_paths(c, needs, read_what(c, "needs", what), &out.needs, &out.need_count);
  if (gives) read_paths(c, gives, read_what(c, "gives", what), &out.gives, &out.give_count);
  struct cond_scope scope = {.what = read_what(c, "when", what), .lifecycle = NONE};
  if (when) out.when = read_condition(c, when, &scope);
  read_times(c, &d->body, what, &out);
  read_pace(c, &d->body, what, &out);
  read_callback(c, read_field(&d->body, "run"), read_what(c, "run", what), &out.run_fn);
  c->out->enrichers = read_grow(c->arena, c->out->enrichers, c->out->enricher_count, sizeof out);
  c->out->enrichers[c->out->enricher_count++] = out;
}

void read_enrichers(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "enricher", &at));) {
    if (c->enrichers.count == ENRICHERS_MAX) {
      FAULT(c, "too_many", d->place, NULL, "more than %d enrichers", (int)ENRICHERS_MAX);
      return;
    }
    read_enricher(c, d);
  }
}

void read_sources(struct compile *c) {
  static const char *const none[] = {NULL};
  const struct declaration *d = read_only(c, "sources");
  if (!d || !read_table(c, &d->body, none, true, "sources")) return;
  uint32_t count = d->body.table.item_count;
  if (count > SOURCES_MAX) {
    FAULT(c, "too_many", d->place, NULL, "sources names more than %d", (int)SOURCES_MAX);
    return;
  }
  c->out->sources = arena_alloc(c->arena, (count + 1) * sizeof *c->out->sources);
  for (uint32_t i = 0; i < count; i++) {
    struct str name;
    if (!read_text(c, &d->body.table.items[i], "each of sources", &name)) continue;
    for (uint32_t k = 0; k < c->out->source_count; k++)
      if (str_eq(c->out->sources[k], name))
        FAULT(c, "duplicate", d->body.table.items[i].place, NULL, "sources names '%.*s' twice",
              STR_ARG(name));
    c->out->sources[c->out->source_count++] = arena_str(c->arena, name);
  }
}
