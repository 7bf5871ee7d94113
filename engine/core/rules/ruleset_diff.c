#include "core/rules/ruleset_diff.h"

#include "core/rules/rule_json.h"
#include "model/cond_describe.h"

struct diff {
  const struct generation *from, *to;
  struct json_writer w;
  struct buf *text; /* NULL: not wanted */
  struct buf left, right, part, other;
  struct json_reader *left_reader, *right_reader;
};

/* What is compared: named things of one kind. */
struct kind {
  const char *word, *plural;
  uint32_t (*count)(const struct ruleset *rules);
  const char *(*name)(const struct ruleset *rules, uint32_t at);
  void (*describe)(const struct ruleset *rules, uint32_t at, struct buf *out); /* an object */
};

static uint32_t find(const struct kind *kind, const struct ruleset *rules, const char *name) {
  uint32_t count = kind->count(rules), at = 0;
  while (at < count && strcmp(kind->name(rules, at), name) != 0) at++;
  return at;
}

static void say(const struct diff *diff, const char *mark, const char *word, const char *name) {
  if (diff->text) buf_printf(diff->text, "%s %s %s\n", mark, word, name);
}

/* --- those that only one has ----------------------------------------------------------------------------------------- */

static void put_only(struct diff *diff, const struct kind *kind, const char *key, const struct ruleset *in,
                     const struct ruleset *not_in, const char *mark) {
  json_key(&diff->w, key);
  json_open(&diff->w, '[');
  for (uint32_t i = 0; i < kind->count(in); i++) {
    const char *name = kind->name(in, i);
    if (find(kind, not_in, name) < kind->count(not_in)) continue;
    json_put_text(&diff->w, name);
    say(diff, mark, kind->word, name);
  }
  json_close(&diff->w, ']');
}

/* --- those that are different ---------------------------------------------------------------------------------------- */

/* A member as its JSON, "null" where there is none. */
static struct str member(struct json_ref root, struct str key, struct buf *out) {
  struct json_ref value = json_get(root, key);
  buf_clear(out);
  if (json_is_missing(value))
    buf_add_text(out, "null");
  else
    json_minify(value, out);
  return buf_str(out);
}

static void put_change(struct diff *diff, struct str what, struct json_ref left, struct json_ref right) {
  struct str from = member(left, what, &diff->part), to = member(right, what, &diff->other);
  if (str_eq(from, to)) return;
  json_open(&diff->w, '{');
  json_key(&diff->w, "what");
  json_put_str(&diff->w, what);
  json_key(&diff->w, "from");
  json_put_raw(&diff->w, from);
  json_key(&diff->w, "to");
  json_put_raw(&diff->w, to);
  json_close(&diff->w, '}');
  if (diff->text)
    buf_printf(diff->text, "    %.*s: %.*s -> %.*s\n", STR_ARG(what), STR_ARG(from), STR_ARG(to));
}

static void put_changes(struct diff *diff) {
  struct json_ref left, right;
  struct json_iter it;
  struct err err;
  json_key(&diff->w, "changes");
  json_open(&diff->w, '[');
  if (json_parse(diff->left_reader, diff->left.data, diff->left.len, &left, &err) == 0 &&
      json_parse(diff->right_reader, diff->right.data, diff->right.len, &right, &err) == 0) {
    for (json_iter_init(&it, left); json_next(&it);) put_change(diff, it.key, left, right);
    for (json_iter_init(&it, right); json_next(&it);)
      if (json_is_missing(json_get(left, it.key))) put_change(diff, it.key, left, right);
  }
  json_close(&diff->w, ']');
}

static void put_changed(struct diff *diff, const struct kind *kind) {
  const struct ruleset *a = diff->from->rules, *b = diff->to->rules;
  json_key(&diff->w, "changed");
  json_open(&diff->w, '[');
  for (uint32_t i = 0; i < kind->count(a); i++) {
    uint32_t other = find(kind, b, kind->name(a, i));
    if (other == kind->count(b)) continue;
    buf_clear(&diff->left);
    buf_clear(&diff->right);
    kind->describe(a, i, &diff->left);
    kind->describe(b, other, &diff->right);
    if (str_eq(buf_str(&diff->left), buf_str(&diff->right))) continue;
    say(diff, "~", kind->word, kind->name(a, i));
    json_open(&diff->w, '{');
    json_key(&diff->w, kind->word);
    json_put_text(&diff->w, kind->name(a, i));
    put_changes(diff);
    json_close(&diff->w, '}');
  }
  json_close(&diff->w, ']');
}

static void put_kind(struct diff *diff, const struct kind *kind) {
  json_key(&diff->w, kind->plural);
  json_open(&diff->w, '{');
  put_only(diff, kind, "added", diff->to->rules, diff->from->rules, "+");
  put_only(diff, kind, "removed", diff->from->rules, diff->to->rules, "-");
  put_changed(diff, kind);
  json_close(&diff->w, '}');
}

/* --- kinds ----------------------------------------------------------------------------------------------------------- */

static uint32_t rule_count(const struct ruleset *rules) {
  return rules->rule_count;
}

static const char *rule_name(const struct ruleset *rules, uint32_t at) {
  return rules->rules[at].id;
}

static void describe_rule(const struct ruleset *rules, uint32_t at, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  rule_json(rules, &rules->rules[at], &w);
  json_close(&w, '}');
}

static uint32_t dimension_count(const struct ruleset *rules) {
  return rules->dimension_count;
}

static const char *dimension_name(const struct ruleset *rules, uint32_t at) {
  return rules->dimensions[at].name;
}

static void describe_dimension(const struct ruleset *rules, uint32_t at, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  rule_json_dimension(&rules->dimensions[at], &w);
}

static uint32_t lifecycle_count(const struct ruleset *rules) {
  return rules->lifecycle_count;
}

static const char *lifecycle_name(const struct ruleset *rules, uint32_t at) {
  return rules->lifecycles[at].name;
}

static void put_stages(struct buf *out, const struct lifecycle *lifecycle, uint64_t mask) {
  const char *before = "";
  for (uint32_t i = 0; i < lifecycle->stage_count; i++) {
    if (!(mask >> i & 1)) continue;
    buf_printf(out, "%s%s", before, lifecycle->stages[i]);
    before = ", ";
  }
}

/* A move by where it goes from and to, and what it wants. */
static void describe_lifecycle(const struct ruleset *rules, uint32_t at, struct buf *out) {
  const struct lifecycle *lifecycle = &rules->lifecycles[at];
  struct json_writer w;
  struct buf key, when;
  buf_init(&key);
  buf_init(&when);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "stages");
  json_open(&w, '[');
  for (uint32_t i = 0; i < lifecycle->stage_count; i++) json_put_text(&w, lifecycle->stages[i]);
  json_close(&w, ']');
  for (uint32_t i = 0; i < lifecycle->move_count; i++) {
    const struct move *move = &lifecycle->moves[i];
    buf_clear(&key);
    buf_clear(&when);
    buf_printf(&key, "move %u: ", i + 1);
    put_stages(&key, lifecycle, move->from);
    buf_printf(&key, " to %s", lifecycle->stages[move->to]);
    if (move->when)
      cond_describe(rules, move->when, &when);
    else
      buf_add_text(&when, "by people");
    json_key_str(&w, buf_str(&key));
    json_put_text(&w, when.data);
  }
  json_close(&w, '}');
  buf_release(&key);
  buf_release(&when);
}

/* --- files ----------------------------------------------------------------------------------------------------------- */

static const struct generation_file *file_of(const struct generation *in, const char *path) {
  for (size_t i = 0; i < in->file_count; i++)
    if (strcmp(in->files[i].path, path) == 0) return &in->files[i];
  return NULL;
}

static bool is_other(const struct generation_file *a, const struct generation_file *b) {
  return b && (a->text.low != b->text.low || a->text.high != b->text.high);
}

static void put_files(struct diff *diff, const char *key, const struct generation *in,
                      const struct generation *other, bool changed, const char *mark) {
  json_key(&diff->w, key);
  json_open(&diff->w, '[');
  for (size_t i = 0; i < in->file_count; i++) {
    const struct generation_file *file = &in->files[i], *twin = file_of(other, file->path);
    if (changed ? !is_other(file, twin) : twin != NULL) continue;
    json_put_text(&diff->w, file->path);
    say(diff, mark, "file", file->path);
  }
  json_close(&diff->w, ']');
}

void ruleset_diff(const struct generation *from, const struct generation *to, struct buf *json,
                  struct buf *text) {
  static const struct kind kinds[] = {
      {"rule", "rules", rule_count, rule_name, describe_rule},
      {"dimension", "dimensions", dimension_count, dimension_name, describe_dimension},
      {"lifecycle", "lifecycles", lifecycle_count, lifecycle_name, describe_lifecycle}};
  struct diff diff = {.from = from, .to = to, .text = text};
  struct buf *bufs[] = {&diff.left, &diff.right, &diff.part, &diff.other};
  for (size_t i = 0; i < 4; i++) buf_init(bufs[i]);
  diff.left_reader = json_reader_new();
  diff.right_reader = json_reader_new();
  json_writer_init(&diff.w, json);
  json_open(&diff.w, '{');
  json_key(&diff.w, "from");
  json_put_text(&diff.w, from->rules->hash);
  json_key(&diff.w, "to");
  json_put_text(&diff.w, to->rules->hash);
  json_key(&diff.w, "files");
  json_open(&diff.w, '{');
  put_files(&diff, "added", to, from, false, "+");
  put_files(&diff, "removed", from, to, false, "-");
  put_files(&diff, "changed", from, to, true, "~");
  json_close(&diff.w, '}');
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) put_kind(&diff, &kinds[i]);
  json_close(&diff.w, '}');
  json_reader_free(diff.left_reader);
  json_reader_free(diff.right_reader);
  for (size_t i = 0; i < 4; i++) buf_release(bufs[i]);
}
