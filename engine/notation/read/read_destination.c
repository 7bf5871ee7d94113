/* read_destination.c - renderer and destination: where hand-offs go, and how that place wants to be asked. */
#include "notation/compile_private.h"

#include "base/timefmt.h"
#include <math.h>

static bool read_doc(struct compile *c, const struct node *body, const char *what, const char **doc) {
  const struct node *node = read_field(body, "doc");
  struct str text = {0};
  bool fine = !node || read_text(c, node, read_what(c, "doc", what), &text);
  *doc = read_keep(c, text);
  return fine;
}

/* A missing page or a time-out may be over soon, 410 and 429 have meanings of their own. */
static bool may_refuse(double status) {
  return status >= 400 && status <= 499 && status == floor(status) && status != 408 && status != 410 &&
         status != 425 && status != 429;
}

static void read_refusals(struct compile *c, const struct node *node, const char *what,
                          struct refusals *out) {
  if (!node) return;
  bool fine = node->kind == NODE_TABLE && node->table.pair_count == 0 &&
              node->table.item_count <= HANDOFF_REFUSALS_MAX;
  for (uint32_t i = 0; fine && i < node->table.item_count; i++) {
    const struct node *item = &node->table.items[i];
    fine = item->kind == NODE_NUMBER && may_refuse(item->number);
    if (fine) out->statuses[out->count++] = (uint16_t)item->number;
  }
  if (!fine)
    FAULT(c, "wrong_kind", node->place, "write refusals = { 400, 422 }",
          "%s must be a list of statuses from 400 to 499 without 408, 410, 425 and 429, got %s", what,
          read_described(c, node));
}

/* --- renderers ------------------------------------------------------------------------------------------------------- */

static void read_renderer(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"doc", "url", "headers", "render", "accepts", "refusals", NULL};
  const char *what = arena_printf(&c->scratch, "renderer '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->renderers, d->name, d->place) == NONE ||
      !read_table(c, &d->body, fields, false, what))
    return;
  struct renderer renderer = {.name = read_keep(c, d->name), .place = read_place(c, d->place)};
  const struct node *url = read_field(&d->body, "url"), *headers = read_field(&d->body, "headers");
  const struct node *render = read_field(&d->body, "render");
  read_doc(c, &d->body, what, &renderer.doc);
  if (url) read_template(c, url, read_what(c, "url", what), &renderer.url);
  if (headers)
    read_headers(c, headers, read_what(c, "headers", what), &renderer.headers, &renderer.header_count);
  if (!render)
    FAULT(c, "missing_field", d->place, "add render = function(effect) return { body = { .. } } end",
          "%s does not say what is sent", what);
  read_callback(c, render, read_what(c, "render", what), &renderer.render_fn);
  read_callback(c, read_field(&d->body, "accepts"), read_what(c, "accepts", what), &renderer.accepts_fn);
  read_refusals(c, read_field(&d->body, "refusals"), read_what(c, "refusals", what), &renderer.refusals);
  struct ruleset *out = c->out;
  out->renderers = read_grow(c->arena, out->renderers, out->renderer_count, sizeof *out->renderers);
  out->renderers[out->renderer_count++] = renderer;
}

void read_renderers(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "renderer", &at));) read_renderer(c, d);
}

/* --- destinations ---------------------------------------------------------------------------------------------------- */

static bool read_schedule(struct compile *c, const struct node *node, const char *what,
                          struct destination *out) {
  const struct node *texts;
  uint32_t count;
  bool fine = true;
  out->has_delays = true;
  if (node->kind == NODE_TABLE && node->table.item_count + node->table.pair_count == 0)
    return true; /* one attempt */
  if (!read_texts(c, node, what, &texts, &count)) return false;
  if (count > HANDOFF_DELAYS_MAX) {
    FAULT(c, "too_many", node->place, NULL, "%s has more than %d delays", what, (int)HANDOFF_DELAYS_MAX);
    return false;
  }
  for (uint32_t i = 0; i < count; i++) fine &= read_span(c, &texts[i], what, &out->delays[i]);
  out->delay_count = count;
  return fine;
}

/* A matcher; a list of texts is one_of them. */
static bool read_events(struct compile *c, const struct node *node, const char *what,
                        const struct matcher **events) {
  struct node either = {.kind = NODE_CALL, .place = node->place};
  either.call.name = STR("one_of");
  either.call.args = node;
  either.call.arg_count = 1;
  *events = read_matcher(c, node->kind == NODE_TABLE ? &either : node, what);
  return *events != NULL;
}

/* A name below the data directory: no way out of it. */
static bool read_file(struct compile *c, const struct node *node, const char *what, const char **file) {
  struct str text;
  if (!read_text(c, node, what, &text)) return false;
  bool fine = text.len <= 128 && text.p[0] != '.';
  for (size_t i = 0; i < text.len && fine; i++) {
    char ch = text.p[i];
    fine =
        (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || strchr("._-", ch);
  }
  if (!fine)
    FAULT(c, "bad_name", node->place,
          "write file = \"leads.ndjson\": it stands in outbox/ of the data directory",
          "%s must be a file's name of letters, digits, '.', '_' and '-', got %s", what,
          read_described(c, node));
  *file = read_keep(c, text);
  return fine;
}

/* How fast it may be asked, and how long. */
static bool read_pace(struct compile *c, const struct node *body, const char *what, struct destination *out) {
  const struct node *concurrency = read_field(body, "concurrency"), *rate = read_field(body, "rate");
  const struct node *timeout = read_field(body, "timeout"), *schedule = read_field(body, "schedule");
  bool fine = true;
  int64_t per_ms = 0;
  uint32_t count = 0;
  out->concurrency = HANDOFF_CONCURRENCY;
  out->timeout_ms = HANDOFF_TIMEOUT_MS;
  if (concurrency)
    fine &= read_count(c, concurrency, read_what(c, "concurrency", what), HANDOFF_CONCURRENCY_MAX,
                       &out->concurrency);
  if (rate) fine &= read_rate(c, rate, read_what(c, "rate", what), &count, &per_ms);
  if (count) out->gap_us = per_ms * 1000 / count;
  if (timeout) fine &= read_span(c, timeout, read_what(c, "timeout", what), &out->timeout_ms);
  if (timeout && out->timeout_ms > HANDOFF_TIMEOUT_MAX_MS) {
    FAULT(c, "bad_duration", timeout->place, NULL, "%s is at most a minute", read_what(c, "timeout", what));
    fine = false;
  }
  if (schedule) fine &= read_schedule(c, schedule, read_what(c, "schedule", what), out);
  return fine;
}

static bool read_where(struct compile *c, const struct declaration *d, const char *what,
                       struct destination *out) {
  const struct node *url = read_field(&d->body, "url"), *file = read_field(&d->body, "file");
  const struct node *plugin = read_field(&d->body, "plugin"), *render = read_field(&d->body, "render");
  struct str name;
  bool fine = true;
  out->renderer = NONE;
  if (plugin && read_text(c, plugin, read_what(c, "plugin", what), &name))
    fine &= (out->renderer = names_need(c, &c->renderers, name, plugin->place)) != NONE;
  if (plugin && render) {
    FAULT(c, "conflict", render->place, "leave one of them out", "%s has both `plugin` and `render`", what);
    fine = false;
  }
  if (url && file) {
    FAULT(c, "conflict", file->place, "leave one of them out", "%s has both `url` and `file`", what);
    fine = false;
  }
  if (url) fine &= read_template(c, url, read_what(c, "url", what), &out->url);
  if (file) fine &= read_file(c, file, read_what(c, "file", what), &out->file);
  return fine;
}

static void read_destination(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"doc",    "url",     "file",        "plugin", "secrets", "headers",
                                       "events", "options", "concurrency", "rate",   "timeout", "schedule",
                                       "render", "accepts", "refusals",    NULL};
  const char *what = arena_printf(&c->scratch, "destination '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->destinations, d->name, d->place) == NONE) return;
  struct destination out = {
      .name = read_keep(c, d->name), .place = read_place(c, d->place), .options = STR("{}")};
  out.render_fn = out.accepts_fn = FN_NONE;
  if (read_table(c, &d->body, fields, false, what)) {
    const struct node *secrets = read_field(&d->body, "secrets"), *headers = read_field(&d->body, "headers");
    const struct node *events = read_field(&d->body, "events"), *options = read_field(&d->body, "options");
    read_doc(c, &d->body, what, &out.doc);
    read_where(c, d, what, &out);
    read_pace(c, &d->body, what, &out);
    if (secrets) read_secret_names(c, secrets, read_what(c, "secrets", what), out.secrets, &out.secret_count);
    if (headers) read_headers(c, headers, read_what(c, "headers", what), &out.headers, &out.header_count);
    if (events) read_events(c, events, read_what(c, "events", what), &out.events);
    if (options) read_data(c, options, read_what(c, "options", what), &out.options);
    read_callback(c, read_field(&d->body, "render"), read_what(c, "render", what), &out.render_fn);
    read_callback(c, read_field(&d->body, "accepts"), read_what(c, "accepts", what), &out.accepts_fn);
    read_refusals(c, read_field(&d->body, "refusals"), read_what(c, "refusals", what), &out.refusals);
  }
  c->out->destinations[c->out->destination_count++] = out;
}

/* The destination's number is its name's, also where there are errors in it. */
void read_destinations(struct compile *c) {
  const struct declaration *d;
  c->out->destinations = arena_zalloc(c->arena, HANDOFF_DESTINATIONS_MAX * sizeof *c->out->destinations);
  for (size_t at = 0; (d = read_next(c, "destination", &at));) {
    if (c->destinations.count == HANDOFF_DESTINATIONS_MAX) {
      FAULT(c, "too_many", d->place, NULL, "more than %d destinations", (int)HANDOFF_DESTINATIONS_MAX);
      return;
    }
    read_destination(c, d);
  }
}
