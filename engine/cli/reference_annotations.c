/* reference_annotations.c - the words as a definition file (LuaCATS) for editors with the Lua language server: completion, and
 * a word's text where the pointer rests. The library is left out: such editors know Lua's own. */
#include "cli/reference.h"

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

/* The table that a word takes: each field with its form and meaning. */
static void add_class(const struct reference_entry *entry, struct buf *out) {
  if (!entry->field_count) return;
  buf_printf(out, "\n---@class embudo.%s\n", entry->name);
  for (uint32_t i = 0; i < entry->field_count; i++) {
    const struct reference_field *field = &entry->fields[i];
    buf_printf(out, "---@field %s? any `%s` %s\n", field->name, field->form, field->doc);
  }
}

static void add_body_type(const struct reference_entry *entry, struct buf *out) {
  if (entry->field_count)
    buf_printf(out, "embudo.%s", entry->name);
  else
    buf_add_text(out, "table");
}

/* rule "ID" { .. } takes its name first; profile { .. } has none. */
static void add_noun(const struct reference_entry *entry, struct buf *out) {
  bool named = entry->form[strlen(entry->name)] == ' ' && entry->form[strlen(entry->name) + 1] == '"';
  bool test = strcmp(entry->name, "test") == 0;
  add_class(entry, out);
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

static void add_phrase(const struct reference_entry *entry, struct buf *out) {
  add_doc(entry, out);
  if (strcmp(entry->form, entry->name) == 0)
    buf_printf(out, "---@type embudo.phrase\n%s = nil\n", entry->name);
  else
    buf_printf(out, "---@param ... any\n---@return embudo.phrase\nfunction %s(...) end\n", entry->name);
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

static void add_word(const struct reference_entry *entry, struct buf *out) {
  static const char *const phrases[] = {"part", "selector", "step", "matcher", "condition", "decay"};
  if (strcmp(entry->kind, "noun") == 0) add_noun(entry, out);
  for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
    if (strcmp(entry->kind, phrases[i]) == 0) add_phrase(entry, out);
  if (strcmp(entry->kind, "command") != 0) return;
  add_doc(entry, out);
  buf_printf(out, "---@param ... any\nfunction %s(...) end\n", entry->name);
}

void reference_annotations(const struct reference *reference, struct buf *out) {
  buf_add_text(out, "---@meta\n"
                    "-- Made by `embudo help --annotations`: the words of rule files, for editors.\n\n"
                    "---A selector, matcher, condition, decay or part of a lifecycle.\n"
                    "---@class embudo.phrase\n"
                    "---@operator band(any): embudo.phrase\n"
                    "---@operator bor(any): embudo.phrase\n"
                    "---@operator bnot: embudo.phrase\n"
                    "---@operator call(table): embudo.phrase\n");
  add_view(reference, "lead", out);
  add_view(reference, "event", out);
  buf_add_text(out, "\n---@class embudo.test\nlocal t = {}\n");
  for (uint32_t i = 0; i < reference->entry_count; i++) add_word(&reference->entries[i], out);
}
