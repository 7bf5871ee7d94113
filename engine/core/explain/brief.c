#include "core/explain/brief.h"

#include "core/explain/explain.h"
#include "core/explain/qualify.h"
#include "core/explain/row.h"

struct reason { /* what a rule gives, over all dimensions */
  int rule;
  int64_t held, last_ms;
};

struct reasons {
  struct reason items[BRIEF_REASONS_MAX]; /* the weightiest first */
  uint32_t count;
};

static bool is_weightier(const struct reason *a, const struct reason *b) {
  if (a->held != b->held) return a->held > b->held;
  return a->last_ms != b->last_ms ? a->last_ms > b->last_ms : a->rule < b->rule;
}

static void offer(struct reasons *reasons, const struct reason *reason) {
  uint32_t at = reasons->count;
  while (at > 0 && is_weightier(reason, &reasons->items[at - 1])) at--;
  if (at == BRIEF_REASONS_MAX) return;
  if (reasons->count < BRIEF_REASONS_MAX) reasons->count++;
  for (uint32_t i = reasons->count - 1; i > at; i--) reasons->items[i] = reasons->items[i - 1];
  reasons->items[at] = *reason;
}

static void find_reasons(const struct fold *fold, struct reasons *out) {
  const struct ruleset *rules = fold_rules(fold);
  struct reason *all = xcalloc(rules->rule_count + 1, sizeof *all);
  struct arena arena;
  arena_init(&arena, 0);
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    struct fold_parts parts;
    fold_explain(fold, (int)d, &arena, &parts);
    for (uint32_t i = 0; i < parts.count; i++) {
      struct reason *reason = &all[parts.parts[i].rule];
      reason->held += parts.parts[i].held;
      if (parts.parts[i].last_ms > reason->last_ms) reason->last_ms = parts.parts[i].last_ms;
    }
  }
  arena_release(&arena);
  *out = (struct reasons){.count = 0};
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    all[i].rule = (int)i;
    if (all[i].held > 0) offer(out, &all[i]);
  }
  free(all);
}

static const char *doc_of(const struct fold *fold, const struct reason *reason) {
  const struct rule *rule = &fold_rules(fold)->rules[reason->rule];
  return *rule->doc ? rule->doc : rule->id;
}

/* --- the one text ---------------------------------------------------------------------------------------------------- */

static void shorten(struct buf *text, size_t len) {
  text->len = len;
  text->data[len] = '\0';
}

static size_t characters(struct str text) {
  size_t n = 0;
  for (size_t i = 0; i < text.len; i++) n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
  return n;
}

/* Cuts a text behind so many characters. */
static void cut(struct buf *text, size_t max) {
  size_t at = 0;
  for (size_t n = 0; at < text->len; at++)
    if (((unsigned char)text->data[at] & 0xc0) != 0x80 && n++ == max) break;
  shorten(text, at);
}

void brief_reasons(const struct fold *fold, struct buf *out) {
  struct reasons reasons;
  struct buf text;
  find_reasons(fold, &reasons);
  buf_init(&text);
  for (uint32_t i = 0; i < reasons.count; i++) {
    char points[32];
    size_t before = text.len;
    buf_printf(&text, "%s%s %s", i ? "; " : "", doc_of(fold, &reasons.items[i]),
               points_text(reasons.items[i].held, true, points));
    if (characters(buf_str(&text)) <= BRIEF_REASONS_CHARACTERS) continue;
    if (i)
      shorten(&text, before);
    else
      cut(&text, BRIEF_REASONS_CHARACTERS);
    break;
  }
  buf_add_str(out, buf_str(&text));
  buf_release(&text);
}

/* --- as data ---------------------------------------------------------------------------------------------------------- */

static void put_reasons(const struct fold *fold, struct json_writer *w) {
  struct reasons reasons;
  struct buf text;
  buf_init(&text);
  brief_reasons(fold, &text);
  json_key(w, "reasons");
  json_put_str(w, buf_str(&text));
  buf_release(&text);
  find_reasons(fold, &reasons);
  json_key(w, "top");
  json_open(w, '[');
  for (uint32_t i = 0; i < reasons.count; i++) {
    json_open(w, '{');
    json_key(w, "rule");
    json_put_text(w, fold_rules(fold)->rules[reasons.items[i].rule].id);
    json_key(w, "doc");
    json_put_text(w, doc_of(fold, &reasons.items[i]));
    json_key(w, "points");
    json_put_milli(w, reasons.items[i].held);
    json_key(w, "last_at");
    json_put_time(w, reasons.items[i].last_ms);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static bool is_missing(const struct fold *fold, const struct profile_field *field) {
  struct value value = fold_trait(fold, field->path);
  if (!value_present(value)) return true;
  return field->valid && matcher_eval(field->valid, value, fold_now(fold)) != TRUTH_YES;
}

static void put_missing(const struct fold *fold, struct json_writer *w) {
  const struct ruleset *rules = fold_rules(fold);
  json_key(w, "missing");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->profile_count; i++)
    if (rules->profile[i].required && is_missing(fold, &rules->profile[i]))
      json_put_str(w, rules->profile[i].path);
  json_close(w, ']');
}

static void put_seen(const struct fold *fold, struct json_writer *w) {
  const struct touch *seen[FOLD_CONTENT_MAX];
  uint32_t count = fold_content(fold, seen);
  json_key(w, "seen");
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    struct touch_content content;
    if (!touch_content(seen[i], &content)) continue;
    json_open(w, '{');
    json_key(w, "at");
    json_put_time(w, seen[i]->time_ms);
    json_key(w, "type");
    json_put_text(w, event_type_word((enum event_type)seen[i]->type));
    json_key(w, "what");
    json_put_str(w, content.what);
    if (content.title.len) {
      json_key(w, "title");
      json_put_str(w, content.title);
    }
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* --- questions --------------------------------------------------------------------------------------------------------- */

/* Appends open criteria of a framework, the first to ask first, as long as there is room. */
static uint32_t add_open(const struct fold *fold, int framework, int open[BRIEF_OPEN_MAX], uint32_t count) {
  int order[FRAMEWORK_CRITERIA_MAX];
  uint32_t more = fold_open_criteria(fold, framework, order);
  for (uint32_t i = 0; i < more && count < BRIEF_OPEN_MAX; i++) open[count++] = order[i];
  return count;
}

static uint32_t find_open(const struct fold *fold, int open[BRIEF_OPEN_MAX]) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < fold_rules(fold)->framework_count; i++)
    if (qualify_begun(fold, (int)i)) count = add_open(fold, (int)i, open, count);
  int next = qualify_begun(fold, NONE) ? NONE : qualify_framework(fold);
  return next == NONE ? count : add_open(fold, next, open, count);
}

static void put_criterion(const struct fold *fold, int number, struct json_writer *w) {
  const struct criterion *criterion = &fold_rules(fold)->criteria[number];
  struct assessed assessed;
  fold_assess(fold, number, &assessed);
  json_open(w, '{');
  json_key(w, "framework");
  json_put_text(w, fold_rules(fold)->frameworks[criterion->framework].id);
  json_key(w, "criterion");
  json_put_text(w, criterion->id);
  json_key(w, "ask");
  json_put_text(w, criterion->ask);
  json_key(w, "must");
  json_put_bool(w, criterion->must);
  json_key(w, "weight");
  json_put_int(w, criterion->weight);
  json_key(w, "state");
  json_put_text(w, criterion_state_word(assessed.state));
  json_close(w, '}');
}

static void put_open(const struct fold *fold, struct json_writer *w) {
  int open[BRIEF_OPEN_MAX];
  uint32_t count = find_open(fold, open);
  json_key(w, "question");
  if (count)
    json_put_text(w, fold_rules(fold)->criteria[open[0]].ask);
  else
    json_put_null(w);
  json_key(w, "open");
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) put_criterion(fold, open[i], w);
  json_close(w, ']');
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */

/* BASE/v1/leads/ID/explain, with what a path cannot hold as %XX. */
static void add_url(const struct fold *fold, const char *base, struct buf *out) {
  buf_printf(out, "%s/v1/leads/", base);
  buf_add_escaped(out, fold_lead_id(fold));
  buf_add_text(out, "/explain");
}

void brief_json(const struct fold *fold, const char *base_url, struct json_writer *w) {
  struct arena arena;
  struct row row;
  struct buf text;
  arena_init(&arena, 0);
  buf_init(&text);
  row_make(&row, fold, &arena);
  json_open(w, '{');
  json_key(w, "at");
  json_put_time(w, fold_now(fold));
  row_members(&row, fold_rules(fold), w);
  put_reasons(fold, w);
  put_seen(fold, w);
  put_missing(fold, w);
  put_open(fold, w);
  if (base_url) {
    add_url(fold, base_url, &text);
    json_key(w, "url");
    json_put_str(w, buf_str(&text));
  }
  buf_clear(&text);
  brief_text(fold, base_url, &text);
  json_key(w, "text");
  json_put_str(w, buf_str(&text));
  json_close(w, '}');
  buf_release(&text);
  arena_release(&arena);
}

/* --- for people --------------------------------------------------------------------------------------------------------- */

static void add_head(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  struct arena arena;
  struct row row;
  char date[TIME_TEXT_MAX], points[32];
  arena_init(&arena, 0);
  row_make(&row, fold, &arena);
  buf_add_str(out, row.name.len ? row.name : row.lead);
  if (row.company.len) buf_printf(out, ", %.*s", STR_ARG(row.company));
  if (*row.grade) buf_printf(out, " (%s)", row.grade);
  buf_printf(out, " on %s\n", time_date(fold_now(fold), date));
  for (uint32_t i = 0; i < rules->dimension_count; i++)
    buf_printf(out, "%s%s %s", i ? ", " : "", rules->dimensions[i].name,
               points_text(row.scores[i], false, points));
  buf_add_char(out, '\n');
  arena_release(&arena);
}

static void add_missing(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  const char *before = "Not known: ";
  for (uint32_t i = 0; i < rules->profile_count; i++) {
    if (!rules->profile[i].required || !is_missing(fold, &rules->profile[i])) continue;
    buf_printf(out, "%s%.*s", before, STR_ARG(rules->profile[i].path));
    before = ", ";
  }
  if (before[0] == ',') buf_add_char(out, '\n');
}

/* "Looked at:" and a line for each: "  2026-03-01  /pricing  Prices". */
static void add_seen(const struct fold *fold, struct buf *out) {
  const struct touch *seen[FOLD_CONTENT_MAX];
  uint32_t count = fold_content(fold, seen);
  if (count) buf_add_text(out, "Looked at:\n");
  for (uint32_t i = 0; i < count; i++) {
    struct touch_content content;
    char at[TIME_TEXT_MAX];
    if (!touch_content(seen[i], &content)) continue;
    buf_printf(out, "  %s  %.*s%s%.*s\n", time_text(seen[i]->time_ms, at), STR_ARG(content.what),
               content.title.len ? ": " : "", STR_ARG(content.title));
  }
}

static void add_open_questions(const struct fold *fold, struct buf *out) {
  int open[BRIEF_OPEN_MAX];
  uint32_t count = find_open(fold, open);
  if (count) buf_add_text(out, "Ask next:\n");
  for (uint32_t i = 0; i < count; i++) {
    const struct criterion *criterion = &fold_rules(fold)->criteria[open[i]];
    buf_printf(out, "  %s (%s %s%s)\n", criterion->ask, fold_rules(fold)->frameworks[criterion->framework].id,
               criterion->id, criterion->must ? ", must" : "");
  }
}

void brief_text(const struct fold *fold, const char *base_url, struct buf *out) {
  struct buf reasons;
  buf_init(&reasons);
  add_head(fold, out);
  brief_reasons(fold, &reasons);
  if (reasons.len) buf_printf(out, "Why: %s\n", reasons.data);
  buf_release(&reasons);
  add_seen(fold, out);
  add_missing(fold, out);
  add_open_questions(fold, out);
  if (!base_url) return;
  add_url(fold, base_url, out);
  buf_add_char(out, '\n');
}
