/* reference_annotations.c - the words as a definition file (LuaCATS) for editors with the Lua language server: completion, and
 * a word's text where the pointer rests. The library is left out: such editors know Lua's own. */
#include "cli/rules/reference.h"
#include "cli/rules/reference_types.h"

static void add_comment(const char *text, struct buf *out) {
  while (*text) {
    size_t len = strcspn(text, "\n");
    buf_printf(out, "---%.*s\n", (int)len, text);
    text += len + (text[len] == '\n');
  }
}

static void add_doc(const struct reference_entry *entry, struct buf *out) {
  buf_printf(out, "\n---`%s`\n---\n", entry->form);
  add_comment(entry->doc, out);
  buf_add_text(out, "---\n---```lua\n");
  add_comment(entry->example, out);
  buf_add_text(out, "---```\n");
}

static void add_field_type(const struct reference *reference, const struct reference_field *field,
                           struct buf *out) {
  buf_printf(out, "---@field %s? ", field->name);
  reference_type(reference, field->form, out);
  buf_printf(out, " `%s` %s\n", field->form, field->doc);
}

/* t:expect is `expect` of its object. */
static const char *own_name(const struct reference_entry *entry) {
  const char *colon = strchr(entry->name, ':');
  return colon ? colon + 1 : entry->name;
}

/* The table that a word takes: each field with its type, form and meaning. */
static void add_class(const struct reference *reference, const struct reference_entry *entry,
                      struct buf *out) {
  if (!entry->field_count) return;
  buf_printf(out, "\n---@class embudo.%s_body\n", own_name(entry));
  for (uint32_t i = 0; i < entry->field_count; i++) add_field_type(reference, &entry->fields[i], out);
}

static void add_body_type(const struct reference_entry *entry, struct buf *out) {
  if (entry->field_count)
    buf_printf(out, "embudo.%s_body", own_name(entry));
  else
    buf_add_text(out, "table");
}

/* rule "ID" { .. } takes its name first; profile { .. } has none. */
static void add_noun(const struct reference *reference, const struct reference_entry *entry,
                     struct buf *out) {
  bool named = entry->form[strlen(entry->name)] == ' ' && entry->form[strlen(entry->name) + 1] == '"';
  bool test = strcmp(entry->name, "test") == 0;
  add_class(reference, entry, out);
  add_doc(entry, out);
  if (named)
    buf_add_text(out, "---@param name string\n---@return fun(body: ");
  else
    buf_add_text(out, "---@param body ");
  if (test)
    buf_add_text(out, "fun(t: embudo.test)");
  else
    add_body_type(entry, out);
  buf_printf(out, "%s\nfunction %s(%s) end\n", named ? ")" : "", entry->name, named ? "name" : "body");
}

/* The words of the form's arguments are their names; glob "/x*" and one_of { .. } take one. */
static void add_parameters(const struct reference *reference, const struct reference_entry *entry,
                           struct buf *out) {
  const char *rest = entry->form + strlen(entry->name);
  bool listed = strcmp(entry->kind, "matcher") == 0;
  while (*rest == ' ') rest++;
  if (*rest == '"' || *rest == '{') {
    /* What takes a name takes a matcher on names too, and tables may hold anything that fields are. */
    buf_printf(out, "---@param value %s\n",
               *rest == '{' ? "table"
               : listed     ? "string"
                            : "string|table|embudo.matcher");
    return;
  }
  buf_add_text(out, "---@param ... ");
  if (strcmp(rest, "(n)") == 0 || strcmp(rest, "(a, b)") == 0)
    buf_add_text(out, "number");
  else if (strcmp(rest, "(selector)") == 0)
    reference_type(reference, "selector", out);
  else
    buf_add_text(out, "any");
  buf_add_char(out, '\n');
}

static void add_phrase(const struct reference *reference, const struct reference_entry *entry,
                       struct buf *out) {
  const char *class = reference_class(entry->kind);
  bool one = entry->form[strlen(entry->name)] == ' ';
  add_class(reference, entry, out);
  add_doc(entry, out);
  if (strcmp(entry->form, entry->name) == 0) {
    buf_printf(out, "---@type %s\n%s = nil\n", class, entry->name);
    return;
  }
  add_parameters(reference, entry, out);
  buf_printf(out, "---@return %s\nfunction %s(%s) end\n", class, entry->name, one ? "value" : "...");
}

/* lead.velocity("dimension", "7d") is a function, lead.stage a value; both are fields of their view. */
static void add_view_field(const struct reference_entry *entry, struct buf *out) {
  const char *type = strchr(entry->form, '(') ? "fun(...): number" : "any";
  buf_printf(out, "---@field %s %s %s\n", strchr(entry->name, '.') + 1, type, entry->doc);
}

static void add_view(const struct reference *reference, const char *kind, struct buf *out) {
  buf_printf(out, "\n---@class embudo.%s\n", kind);
  for (uint32_t i = 0; i < reference->entry_count; i++)
    if (strcmp(reference->entries[i].kind, kind) == 0) add_view_field(&reference->entries[i], out);
}

/* http.get is a field of what an enricher's function is given as http. */
static void add_calls(const struct reference *reference, const char *given, struct buf *out) {
  size_t len = strlen(given);
  buf_printf(out, "\n---@class embudo.%s\n", given);
  for (uint32_t i = 0; i < reference->entry_count; i++) {
    const struct reference_entry *entry = &reference->entries[i];
    if (strcmp(entry->kind, "call") != 0 || strncmp(entry->name, given, len) != 0 || entry->name[len] != '.')
      continue;
    buf_printf(out, "---@field %s fun(...): any %s\n", entry->name + len + 1, entry->doc);
  }
}

static void add_command(const struct reference *reference, const struct reference_entry *entry,
                        struct buf *out) {
  add_class(reference, entry, out);
  add_doc(entry, out);
  bool body = entry->field_count > 0;
  if (body)
    buf_printf(out, "---@param what embudo.%s_body\n", own_name(entry));
  else
    buf_add_text(out, "---@param ... any\n");
  buf_printf(out, "function %s(%s) end\n", entry->name, body ? "what" : "...");
}

static void add_word(const struct reference *reference, const struct reference_entry *entry,
                     struct buf *out) {
  if (strcmp(entry->kind, "noun") == 0) add_noun(reference, entry, out);
  if (reference_class(entry->kind)) add_phrase(reference, entry, out);
  if (strcmp(entry->kind, "command") == 0) add_command(reference, entry, out);
}

static const char *const combining[] = {"selector", "matcher", "condition"};

/* What words make: of one kind, combined with its own kind. */
static void add_kinds(struct buf *out) {
  for (size_t i = 0; i < sizeof combining / sizeof *combining; i++) {
    const char *class = reference_class(combining[i]);
    buf_printf(out, "\n---@class %s\n---@operator bor(any): %s\n", class, class);
    if (i == 0)
      buf_printf(out, "---@operator call(table): %s\n", class);
    else
      buf_printf(out, "---@operator band(any): %s\n---@operator bnot: %s\n", class, class);
  }
  buf_add_text(out, "\n---@class embudo.decay\n\n---@class embudo.step\n\n---@class embudo.secret\n\n"
                    "---@class embudo.answer\n\n"
                    "---@class embudo.part\n---@operator call(table): embudo.part\n");
}

void reference_annotations(const struct reference *reference, struct buf *out) {
  buf_add_text(out, "---@meta\n"
                    "-- Made by `embudo help --stubs`: the words of rule files, for editors with the Lua "
                    "language server.\n");
  add_kinds(out);
  add_view(reference, "lead", out);
  add_view(reference, "event", out);
  add_calls(reference, "http", out);
  add_calls(reference, "dns", out);
  add_calls(reference, "lookup", out);
  buf_add_text(out, "\n---@class embudo.test\nlocal t = {}\n");
  for (uint32_t i = 0; i < reference->entry_count; i++) add_word(reference, &reference->entries[i], out);
}
