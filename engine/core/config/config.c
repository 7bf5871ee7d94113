#include "core/config/config.h"

#include "base/file.h"
#include "core/config/config_private.h"
#include "core/rules/document.h"
#include <stdio.h>

void config_init(struct config *config) {
  struct err err;
  *config = (struct config){0};
  arena_init(&config->arena, 0);
  for (const struct config_setting *setting = config_settings; setting->path; setting++)
    if (setting->initial)
      ASSERT(config_parse(&config->arena, setting, str_of(setting->initial), config, &err) == 0);
}

void config_release(struct config *config) {
  arena_release(&config->arena);
}

int config_set(struct config *config, const char *path, const char *text, struct err *err) {
  const struct config_setting *setting = config_find(str_of(path));
  struct err why;
  ASSERT(setting);
  if (config_parse(&config->arena, setting, str_of(text), config, &why) == 0) return 0;
  return err_set(err, why.code, "%s: %s", path, why.text);
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* file:/path in place of a secret: the file's first line. */
static int read_secret(struct str path, struct buf *out, struct err *err) {
  if (path.len == 0 || path.p[0] != '/' || memchr(path.p, '\0', path.len))
    return err_set(err, ERR_INVALID, "file: needs a path that begins with /");
  char *name = xstrdup(path.p); /* values are NUL-terminated */
  buf_clear(out);
  int code = file_read(name, CONFIG_SECRET_BYTES_MAX, out, err);
  free(name);
  if (code) return -1;
  const char *line_end = memchr(out->data, '\n', out->len);
  struct str line = str_trim((struct str){out->data, line_end ? (size_t)(line_end - out->data) : out->len});
  memmove(out->data, line.p, line.len);
  out->len = line.len;
  return 0;
}

/* --- one value of the file ---------------------------------------------------------------------------------------- */

struct reading {
  struct config *config;
  config_env *env;
  struct problems *problems;
};

__attribute__((format(printf, 5, 6))) static void complain(struct reading *reading, struct place place,
                                                           const char *code, const char *hint,
                                                           const char *format, ...) {
  char text[ERR_TEXT_MAX + 256];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  problem_add(reading->problems, SEVERITY_ERROR, code, place, hint, "%s", text);
}

/* The text of a scalar with its variables replaced, in the arena. */
static int scalar_text(struct reading *reading, const struct config_setting *setting, const struct node *node,
                       struct str *text, struct err *err) {
  struct buf out;
  buf_init(&out);
  int code = config_expand(node->text, reading->env, &out, err);
  if (code == 0 && (setting->type == CONFIG_SECRET || setting->type == CONFIG_HIDDEN) &&
      str_starts(buf_str(&out), STR("file:"))) {
    struct buf path;
    buf_init(&path);
    buf_add(&path, out.data + 5, out.len - 5);
    code = read_secret(buf_str(&path), &out, err);
    buf_release(&path);
  }
  if (code == 0) *text = arena_str(&reading->config->arena, buf_str(&out));
  buf_release(&out);
  return code;
}

/* A sequence of texts. */
static int read_list(struct reading *reading, const struct config_setting *setting, const struct node *node,
                     void *base, struct err *err) {
  struct arena *arena = &reading->config->arena;
  uint32_t count = node->table.item_count;
  if (count > CONFIG_LIST_MAX) return err_set(err, ERR_LIMIT, "more than %d entries", CONFIG_LIST_MAX);
  struct str *items = arena_alloc(arena, count * sizeof *items);
  for (uint32_t i = 0; i < count; i++) {
    const struct node *item = &node->table.items[i];
    if (item->kind != NODE_STRING) return err_set(err, ERR_INVALID, "each entry of the list is one text");
    if (scalar_text(reading, setting, item, &items[i], err)) return -1;
  }
  return config_parse_list(arena, setting, items, count, base, err);
}

/* False after a problem. */
static bool read_value(struct reading *reading, const struct config_setting *setting, const struct node *node,
                       const char *path, void *base) {
  struct err err;
  struct str text;
  int code;
  bool list = node->kind == NODE_TABLE && node->table.pair_count == 0 && config_is_list(setting);
  if (node->kind == NODE_MISSING)
    code = err_set(&err, ERR_INVALID, "a value is missing; remove the line to have the default");
  else if (list)
    code = read_list(reading, setting, node, base, &err);
  else if (node->kind != NODE_STRING)
    code =
        err_set(&err, ERR_INVALID, "holds one value, not a %s", node->table.pair_count ? "mapping" : "list");
  else if ((code = scalar_text(reading, setting, node, &text, &err)) == 0)
    code = config_parse(&reading->config->arena, setting, text, base, &err);
  if (code) complain(reading, node->place, "bad_value", NULL, "%s: %s", path, err.text);
  return code == 0;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static const struct config_setting *find_field(const struct config_record *record, struct str key) {
  for (const struct config_setting *field = record->fields; field->path; field++)
    if (str_eq(key, str_of(field->path))) return field;
  return NULL;
}

static void unknown_field(struct reading *reading, const struct config_record *record, const char *path,
                          const struct node_pair *pair) {
  const char *words[8];
  size_t count = 0;
  for (const struct config_setting *field = record->fields; field->path; field++)
    words[count++] = field->path;
  ASSERT(count < sizeof words / sizeof *words);
  words[count] = NULL;
  complain(reading, pair->key_place, "unknown_key", problem_hint(reading->problems, pair->key, words),
           "%s: unknown key '%.*s'", path, STR_ARG(pair->key));
}

/* What must be there, and the key in one of its two forms. */
static bool record_is_whole(struct reading *reading, const struct config_record *record,
                            const struct node *node, const char *path) {
  bool whole = true;
  for (const struct config_setting *field = record->fields; field->path; field++) {
    if (field->initial || node_pair(node, field->path)) continue;
    complain(reading, node->place, "missing_key", NULL, "%s: '%s' is missing", path, field->path);
    whole = false;
  }
  if (!record->secret) return whole;
  int secrets = (node_pair(node, record->secret) != NULL) + (node_pair(node, record->hash) != NULL);
  if (secrets != 1)
    complain(reading, node->place, "missing_key", NULL, "%s: give either '%s' or '%s'%s", path,
             record->secret, record->hash, secrets ? ", not both" : "");
  return whole && secrets == 1;
}

static bool read_record(struct reading *reading, const struct config_record *record, const struct node *node,
                        const char *path, void *entry) {
  if (node->kind != NODE_TABLE || node->table.item_count) {
    complain(reading, node->place, "shape", "as '- name: ..'", "%s: an entry is a mapping", path);
    return false;
  }
  bool sound = record_is_whole(reading, record, node, path);
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    const struct node_pair *pair = &node->table.pairs[i];
    const struct config_setting *field = find_field(record, pair->key);
    char name[128];
    if (!field) unknown_field(reading, record, path, pair);
    if (field) snprintf(name, sizeof name, "%s: %s", path, field->path);
    sound = field && read_value(reading, field, &pair->value, name, entry) && sound;
  }
  return sound;
}

static void read_records(struct reading *reading, const struct config_setting *setting,
                         const struct node *node, const char *path) {
  const struct config_record *record = setting->record;
  struct config *config = reading->config;
  if (node->kind == NODE_MISSING) return;
  if (node->kind != NODE_TABLE || node->table.pair_count || node->table.item_count > CONFIG_LIST_MAX) {
    complain(reading, node->place, "shape", "each entry begins with a dash",
             "%s: a list of at most %d entries", path, CONFIG_LIST_MAX);
    return;
  }
  char *entries = arena_zalloc(&config->arena, node->table.item_count * record->size);
  size_t count = 0;
  for (uint32_t i = 0; i < node->table.item_count; i++)
    count += read_record(reading, record, &node->table.items[i], path, entries + count * record->size);
  *(void **)((char *)config + setting->offset) = entries;
  *(size_t *)((char *)config + setting->count_offset) = count;
}

/* --- the tree ----------------------------------------------------------------------------------------------------- */

/* The words that may stand in a section ("" is the file), ended by NULL. */
static const char *const *section_words(struct reading *reading, struct str section) {
  struct arena *arena = &reading->problems->arena;
  size_t count = 0, max = 1;
  for (const struct config_setting *setting = config_settings; setting->path; setting++) max++;
  const char **words = arena_alloc(arena, max * sizeof *words);
  for (const struct config_setting *setting = config_settings; setting->path; setting++) {
    struct str rest = str_of(setting->path);
    if (section.len && (!str_starts(rest, section) || rest.p[section.len] != '.')) continue;
    if (section.len) rest = (struct str){rest.p + section.len + 1, rest.len - section.len - 1};
    const char *dot = memchr(rest.p, '.', rest.len);
    if (dot) rest.len = (size_t)(dot - rest.p);
    if (count == 0 || !str_eq(rest, str_of(words[count - 1]))) words[count++] = arena_str(arena, rest).p;
  }
  words[count] = NULL;
  return words;
}

/* A key that is right elsewhere: "limits.body_bytes" for body_bytes. NULL: nowhere. */
static const char *elsewhere(struct str key) {
  for (const struct config_setting *setting = config_settings; setting->path; setting++) {
    struct str path = str_of(setting->path);
    const char *dot = strrchr(setting->path, '.');
    if (str_eq(path, key) || (dot && str_eq(str_of(dot + 1), key))) return setting->path;
  }
  return NULL;
}

static void unknown_key(struct reading *reading, struct str section, const struct node_pair *pair) {
  const char *const *words = section_words(reading, section);
  const char *right = str_nearest(pair->key, words) ? NULL : elsewhere(pair->key);
  const char *dot = right ? strrchr(right, '.') : NULL, *hint;
  if (dot)
    hint = arena_printf(&reading->problems->arena, "write '%s' in the section '%.*s:'", dot + 1,
                        (int)(dot - right), right);
  else if (right)
    hint = arena_printf(&reading->problems->arena, "write '%s' at the left margin, in no section", right);
  else
    hint = problem_hint(reading->problems, pair->key, words);
  complain(reading, pair->key_place, "unknown_key", hint, "unknown key '%.*s'%s%.*s%s", STR_ARG(pair->key),
           section.len ? " in '" : "", STR_ARG(section), section.len ? "'" : "");
}

static bool is_section(struct str path) {
  for (const struct config_section *section = config_sections; section->name; section++)
    if (str_eq(path, str_of(section->name))) return true;
  return false;
}

static void read_section(struct reading *reading, struct str section, const struct node *node);

static void read_pair(struct reading *reading, struct str section, const struct node_pair *pair) {
  struct arena *arena = &reading->problems->arena;
  const char *path = section.len ? arena_printf(arena, "%.*s.%.*s", STR_ARG(section), STR_ARG(pair->key))
                                 : arena_str(arena, pair->key).p;
  const struct config_setting *setting =
      section.len || !memchr(path, '.', strlen(path)) ? config_find(str_of(path)) : NULL;
  if (setting && setting->type == CONFIG_RECORDS)
    read_records(reading, setting, &pair->value, path);
  else if (setting)
    read_value(reading, setting, &pair->value, path, reading->config);
  else if (section.len == 0 && is_section(pair->key))
    read_section(reading, str_of(path), &pair->value);
  else
    unknown_key(reading, section, pair);
}

/* A section of which every line is a comment is a missing value. */
static void read_section(struct reading *reading, struct str section, const struct node *node) {
  if (node->kind == NODE_MISSING) return;
  if (node->kind != NODE_TABLE || node->table.item_count) {
    complain(reading, node->place, "shape", "write 'key: value' lines",
             section.len ? "'%.*s' is a section of settings" : "%.*sthe file holds a mapping of settings",
             STR_ARG(section));
    return;
  }
  for (uint32_t i = 0; i < node->table.pair_count; i++) read_pair(reading, section, &node->table.pairs[i]);
}

const char *config_secret(const struct config *config, struct str name) {
  for (size_t i = 0; i < config->secret_count; i++)
    if (str_eq(str_of(config->secrets[i].name), name)) return config->secrets[i].value;
  return NULL;
}

const struct config_destination *config_destination(const struct config *config, struct str name) {
  for (size_t i = 0; i < config->destination_count; i++)
    if (str_eq(str_of(config->destinations[i].name), name)) return &config->destinations[i];
  return NULL;
}

void config_read(struct config *config, const char *file, struct str text, config_env *env,
                 struct problems *problems) {
  struct reading reading = {config, env, problems};
  struct node root;
  if (document_read(file, text, DOCUMENT_TEXTS, &config->arena, problems, &root))
    read_section(&reading, STR(""), &root);
}

void config_load(struct config *config, const char *path, config_env *env, struct problems *problems) {
  struct buf text;
  struct err err;
  buf_init(&text);
  if (file_read(path, CONFIG_BYTES_MAX, &text, &err))
    problem_add(problems, SEVERITY_ERROR, "unreadable", (struct place){NULL, 0},
                "name another file with -c, or let 'embudo run --init' write one", "%s", err.text);
  else
    config_read(config, arena_str(&config->arena, str_of(path)).p, buf_str(&text), env, problems);
  buf_release(&text);
}
