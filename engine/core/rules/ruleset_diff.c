#include "core/rules/ruleset_diff.h"

#include "base/map.h"
#include "core/rules/declared_diff.h"

/* One of the two, its declarations by kind, name and which of that name: some kinds have no names, and may be said twice. */
struct side {
  const struct generation *in;
  struct map keys; /* -> index of the declaration */
};

struct diff {
  struct side from, to;
  struct json_writer w;
  struct buf *text; /* NULL: not wanted */
  bool opened;      /* the declaration under way has a change already */
  const struct declaration *changing;
};

static void side_init(struct side *side, const struct generation *in) {
  struct map times;
  struct buf key;
  side->in = in;
  map_init(&side->keys);
  map_init(&times);
  buf_init(&key);
  for (size_t i = 0; i < in->declared->count; i++) {
    const struct declaration *declaration = &in->declared->items[i];
    buf_clear(&key);
    buf_printf(&key, "%s %.*s", declaration->kind, STR_ARG(declaration->name));
    uint32_t before = map_get(&times, buf_str(&key));
    before = before == MAP_NONE ? 0 : before;
    map_set(&times, buf_str(&key), before + 1);
    buf_add_char(&key, '\0'); /* in no name */
    buf_add(&key, &before, sizeof before);
    map_set(&side->keys, buf_str(&key), (uint32_t)i);
  }
  buf_release(&key);
  map_release(&times);
}

/* Of the other side; NULL: it has none. */
static const struct declaration *twin(const struct side *side, struct str key) {
  uint32_t at = map_get(&side->keys, key);
  return at == MAP_NONE ? NULL : &side->in->declared->items[at];
}

static void say(const struct diff *diff, const char *mark, const char *word, struct str name) {
  if (diff->text) buf_printf(diff->text, "%s %s%s%.*s\n", mark, word, name.len ? " " : "", STR_ARG(name));
}

static void open_declaration(struct diff *diff, const struct declaration *declaration, const char *mark) {
  json_open(&diff->w, '{');
  json_key(&diff->w, "kind");
  json_put_text(&diff->w, declaration->kind);
  json_key(&diff->w, "name");
  json_put_str(&diff->w, declaration->name);
  json_key(&diff->w, "file");
  json_put_text(&diff->w, declaration->place.file);
  json_key(&diff->w, "line");
  json_put_int(&diff->w, declaration->place.line);
  say(diff, mark, declaration->kind, declaration->name);
}

/* --- those that only one has ----------------------------------------------------------------------------------------- */

static void put_only(struct diff *diff, const char *key, const struct side *in, const struct side *other,
                     const char *mark) {
  json_key(&diff->w, key);
  json_open(&diff->w, '[');
  for (size_t i = 0; i < in->keys.count; i++) {
    if (twin(other, in->keys.entries[i].key)) continue;
    open_declaration(diff, &in->in->declared->items[in->keys.entries[i].value], mark);
    json_close(&diff->w, '}');
  }
  json_close(&diff->w, ']');
}

/* --- those that are different ---------------------------------------------------------------------------------------- */

static void put_side(struct diff *diff, const char *key, struct str written) {
  json_key(&diff->w, key);
  if (written.p)
    json_put_str(&diff->w, written);
  else
    json_put_null(&diff->w);
}

static void put_change(void *context, const struct declared_change *change) {
  struct diff *diff = context;
  struct str none = STR("nothing");
  if (!diff->opened) {
    open_declaration(diff, diff->changing, "~");
    json_key(&diff->w, "changes");
    json_open(&diff->w, '[');
  }
  diff->opened = true;
  json_open(&diff->w, '{');
  json_key(&diff->w, "what");
  json_put_str(&diff->w, change->what);
  put_side(diff, "from", change->from);
  put_side(diff, "to", change->to);
  json_close(&diff->w, '}');
  if (diff->text)
    buf_printf(diff->text, "    %.*s: %.*s -> %.*s\n", STR_ARG(change->what),
               STR_ARG(change->from.p ? change->from : none), STR_ARG(change->to.p ? change->to : none));
}

static void put_changed(struct diff *diff) {
  json_key(&diff->w, "changed");
  json_open(&diff->w, '[');
  for (size_t i = 0; i < diff->to.keys.count; i++) {
    const struct declaration *now = &diff->to.in->declared->items[diff->to.keys.entries[i].value];
    const struct declaration *before = twin(&diff->from, diff->to.keys.entries[i].key);
    if (!before) continue;
    diff->opened = false;
    diff->changing = now;
    declared_diff(diff->from.in, &before->body, diff->to.in, &now->body, put_change, diff);
    if (!diff->opened) continue;
    json_close(&diff->w, ']');
    json_close(&diff->w, '}');
  }
  json_close(&diff->w, ']');
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
    const struct generation_file *file = &in->files[i], *same = file_of(other, file->path);
    if (changed ? !is_other(file, same) : same != NULL) continue;
    json_put_text(&diff->w, file->path);
    say(diff, mark, "file", str_of(file->path));
  }
  json_close(&diff->w, ']');
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

static void put_head(struct diff *diff) {
  const struct generation *from = diff->from.in, *to = diff->to.in;
  json_key(&diff->w, "from");
  json_put_text(&diff->w, from->rules->hash);
  json_key(&diff->w, "to");
  json_put_text(&diff->w, to->rules->hash);
  json_key(&diff->w, "files");
  json_open(&diff->w, '{');
  put_files(diff, "added", to, from, false, "+");
  put_files(diff, "removed", from, to, false, "-");
  put_files(diff, "changed", from, to, true, "~");
  json_close(&diff->w, '}');
}

void ruleset_diff(const struct generation *from, const struct generation *to, struct buf *json,
                  struct buf *text) {
  struct diff diff = {.text = text};
  side_init(&diff.from, from);
  side_init(&diff.to, to);
  json_writer_init(&diff.w, json);
  json_open(&diff.w, '{');
  put_head(&diff);
  json_key(&diff.w, "declarations");
  json_open(&diff.w, '{');
  put_only(&diff, "added", &diff.to, &diff.from, "+");
  put_only(&diff, "removed", &diff.from, &diff.to, "-");
  put_changed(&diff);
  json_close(&diff.w, '}');
  json_close(&diff.w, '}');
  map_release(&diff.from.keys);
  map_release(&diff.to.keys);
}
