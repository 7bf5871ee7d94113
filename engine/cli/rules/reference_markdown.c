#include "cli/rules/reference.h"

/* Code between as many backticks as Markdown needs; in a table a bar would end the cell. */
static void add_code(const char *code, bool cell, struct buf *out) {
  buf_add_char(out, '`');
  for (; *code; code++) {
    if (cell && *code == '|') buf_add_char(out, '\\');
    buf_add_char(out, *code);
  }
  buf_add_char(out, '`');
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Prose: what Markdown or HTML would read as its own marks is escaped. */
static void add_prose(const char *text, struct buf *out) {
  for (const char *p = text; *p; p++) {
    bool in_code = false;
    if (*p == '`') { /* a word in backticks is kept as it is */
      const char *end = strchr(p + 1, '`');
      in_code = end != NULL;
      if (in_code) {
        buf_add(out, p, (size_t)(end + 1 - p));
        p = end;
      }
    }
    if (in_code) continue;
    bool inside_word = *p == '_' && p > text && is_word(p[-1]) && is_word(p[1]);
    if (strchr("\\*<>|[]~#", *p) || (*p == '_' && !inside_word)) buf_add_char(out, '\\');
    buf_add_char(out, *p);
  }
}

static void add_fields(const struct reference_entry *entry, struct buf *out) {
  if (!entry->field_count) return;
  bool members = strchr(entry->fields[0].name, '.') != NULL; /* of a library */
  buf_add_text(out, members ? "| function | |\n|---|---|\n" : "| field | is | |\n|---|---|---|\n");
  for (uint32_t i = 0; i < entry->field_count; i++) {
    const struct reference_field *field = &entry->fields[i];
    buf_add_text(out, "| ");
    if (!members) {
      add_code(field->name, true, out);
      buf_add_text(out, " | ");
    }
    add_code(field->form, true, out);
    buf_add_text(out, " | ");
    add_prose(field->doc, out);
    buf_add_text(out, " |\n");
  }
  buf_add_char(out, '\n');
}

static void add_section(const struct reference_entry *entry, struct buf *out) {
  buf_add_text(out, "### ");
  add_code(entry->name, false, out);
  buf_printf(out, "\n\n```lua\n%s\n```\n\n", entry->form);
  add_prose(entry->doc, out);
  buf_add_text(out, "\n\n");
  add_fields(entry, out);
  buf_printf(out, "For example:\n\n```lua\n%s\n```\n\n", entry->example);
}

/* What is told in a sentence is a row of its chapter's table; the rest has a section. */
static bool is_row(const struct reference_entry *entry) {
  static const char *const sections[] = {"form", "noun", "part"};
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    if (strcmp(entry->kind, sections[i]) == 0) return false;
  return entry->field_count == 0 && !strchr(entry->example, '\n');
}

static void add_row(const struct reference_entry *entry, struct buf *out) {
  buf_add_text(out, "| ");
  add_code(entry->form, true, out);
  buf_add_text(out, " | ");
  add_prose(entry->doc, out);
  buf_add_text(out, " | ");
  add_code(entry->example, true, out);
  buf_add_text(out, " |\n");
}

static void add_group(const struct reference_group *group, struct buf *out) {
  uint32_t rows = 0;
  buf_printf(out, "## %s\n\n", group->title);
  add_prose(group->doc, out);
  buf_add_text(out, "\n\n");
  for (uint32_t i = 0; i < group->entry_count; i++) {
    if (!is_row(&group->entries[i])) continue;
    if (rows++ == 0) buf_add_text(out, "| word | meaning | example |\n|---|---|---|\n");
    add_row(&group->entries[i], out);
  }
  if (rows) buf_add_char(out, '\n');
  for (uint32_t i = 0; i < group->entry_count; i++)
    if (!is_row(&group->entries[i])) add_section(&group->entries[i], out);
}

/* The anchor that Markdown viewers make of a title. */
static void add_anchor(const char *title, struct buf *out) {
  for (; *title; title++) {
    char c = *title;
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c == ' ')
      buf_add_char(out, '-');
    else if (is_word(c) || c == '-')
      buf_add_char(out, c);
  }
}

static void add_contents(const struct reference *reference, struct buf *out) {
  for (uint32_t i = 0; i < reference->group_count; i++) {
    const struct reference_group *group = &reference->groups[i];
    buf_printf(out, "- [%s](#", group->title);
    add_anchor(group->title, out);
    buf_add_text(out, "): ");
    for (uint32_t j = 0; j < group->entry_count; j++) {
      buf_add_text(out, j ? ", " : "");
      add_code(group->entries[j].name, false, out);
    }
    buf_add_char(out, '\n');
  }
  buf_add_char(out, '\n');
}

void reference_markdown(const struct reference *reference, struct buf *out) {
  buf_add_text(out,
               "<!-- Made by `embudo help --markdown > docs/reference.md`: change lua/embudo/reference*.lua "
               "instead. -->\n\n"
               "# Reference of the rule language\n\n"
               "Every word a rule file may use, and how it is written. [rules.md](rules.md) is the way in; "
               "`embudo help WORD`\nshows one word of this page.\n\n");
  add_contents(reference, out);
  for (uint32_t i = 0; i < reference->group_count; i++) add_group(&reference->groups[i], out);
  while (out->len > 1 && out->data[out->len - 2] == '\n') out->data[--out->len] = '\0';
}
