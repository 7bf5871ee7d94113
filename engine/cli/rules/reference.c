#include "cli/rules/reference.h"
#include "base/text.h"

/* --- breaking lines ------------------------------------------------------------------------------------------------- */

static struct str next_word(const char **text) {
  *text += strspn(*text, " \n");
  size_t len = strcspn(*text, " \n");
  struct str word = {*text, len};
  *text += len;
  return word;
}

void reference_wrap(const char *text, size_t indent, struct buf *out) {
  size_t column = 0;
  for (struct str word = next_word(&text); word.len; word = next_word(&text)) {
    size_t width = text_width(word);
    if (column && column + 1 + width > REFERENCE_WIDTH) {
      buf_add_char(out, '\n');
      column = 0;
    }
    buf_add_repeat(out, ' ', column ? 1 : indent);
    buf_add_str(out, word);
    column += (column ? 1 : indent) + width;
  }
  if (column) buf_add_char(out, '\n');
}

/* Code keeps its lines. */
static void add_code(const char *code, size_t indent, struct buf *out) {
  while (*code) {
    size_t len = strcspn(code, "\n");
    if (len) buf_add_repeat(out, ' ', indent);
    buf_add(out, code, len);
    buf_add_char(out, '\n');
    code += len + (code[len] == '\n');
  }
}

/* --- one word --------------------------------------------------------------------------------------------------------- */

static const char *kind_text(const char *kind) {
  static const struct {
    const char *kind, *text;
  } texts[] = {{"noun", "declaration"},
               {"part", "part of a lifecycle"},
               {"selector", "event selector"},
               {"step", "step of a sequence"},
               {"lead", "function's view of the lead"},
               {"event", "function's view of the event"},
               {"library", "Lua library"},
               {"command", "command of a test"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (strcmp(texts[i].kind, kind) == 0) return texts[i].text;
  return kind;
}

/* A field's form is what stands after `=`; a library's members and the like say all in their form. */
static void add_field_form(const struct reference_field *field, struct buf *out) {
  if (strchr(field->name, '.'))
    buf_add_text(out, field->form);
  else
    buf_printf(out, "%s = %s", field->name, field->form);
}

static void add_field(const struct reference_field *field, const struct style *style, struct buf *out) {
  buf_printf(out, "  %s", style->bold);
  add_field_form(field, out);
  buf_printf(out, "%s\n", style->off);
  reference_wrap(field->doc, 6, out);
}

void reference_entry_text(const struct reference_entry *entry, const struct style *style, struct buf *out) {
  buf_printf(out, "%s%s%s  %s(%s)%s\n\n", style->bold, entry->form, style->off, style->dim,
             kind_text(entry->kind), style->off);
  reference_wrap(entry->doc, 2, out);
  if (entry->field_count) buf_add_char(out, '\n');
  for (uint32_t i = 0; i < entry->field_count; i++) add_field(&entry->fields[i], style, out);
  buf_add_text(out, "\nExample:\n\n");
  add_code(entry->example, 2, out);
}

void reference_field_text(const struct reference_entry *entry, const struct reference_field *field,
                          const struct style *style, struct buf *out) {
  buf_printf(out, "%s", style->bold);
  add_field_form(field, out);
  buf_printf(out, "%s  %s(in %s)%s\n\n", style->off, style->dim, entry->form, style->off);
  reference_wrap(field->doc, 2, out);
}

/* --- a chapter, and all of them ------------------------------------------------------------------------------------------ */

/* The first sentence of a text; `{ .. }` does not end one. */
static void add_gist(const char *doc, struct buf *out) {
  struct buf gist;
  const char *end = strstr(doc, ". ");
  while (end && end > doc && end[-1] == '.') end = strstr(end + 1, ". ");
  buf_init(&gist);
  buf_add_str(&gist, end ? (struct str){doc, (size_t)(end + 1 - doc)} : str_of(doc));
  reference_wrap(gist.data, 6, out);
  buf_release(&gist);
}

void reference_group_text(const struct reference_group *group, const struct style *style, struct buf *out) {
  buf_printf(out, "%s%s%s\n\n", style->bold, group->title, style->off);
  reference_wrap(group->doc, 2, out);
  buf_add_char(out, '\n');
  for (uint32_t i = 0; i < group->entry_count; i++) {
    const struct reference_entry *entry = &group->entries[i];
    buf_printf(out, "  %s%s%s\n", style->bold, entry->form, style->off);
    add_gist(entry->doc, out);
  }
  buf_add_text(out, "\n'embudo help WORD' tells all about one of them.\n");
}

void reference_words_text(const struct reference *reference, const struct style *style, struct buf *out) {
  for (uint32_t i = 0; i < reference->group_count; i++) {
    const struct reference_group *group = &reference->groups[i];
    struct buf words;
    buf_init(&words);
    for (uint32_t j = 0; j < group->entry_count; j++) buf_printf(&words, "%s ", group->entries[j].name);
    buf_printf(out, "  %s%s%s\n", style->bold, group->name, style->off);
    reference_wrap(words.data, 6, out);
    buf_release(&words);
  }
}
