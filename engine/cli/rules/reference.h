/* reference.h - the reference of the rule language in three sizes: one word, one chapter, all of it; as text for a terminal, as
 * the Markdown page docs/reference.md, and as annotations for editors. The words come from vm/source/reference.h; only their looks are here. */
#ifndef EMBUDO_CLI_REFERENCE_H
#define EMBUDO_CLI_REFERENCE_H

#include "base/buf.h"
#include "cli/style.h"
#include "vm/source/reference.h"

enum { REFERENCE_WIDTH = 80 }; /* columns that text is broken at */

void reference_entry_text(const struct reference_entry *entry, const struct style *style, struct buf *out);
/* One field of an entry, with the word it belongs to. */
void reference_field_text(const struct reference_entry *entry, const struct reference_field *field,
                          const struct style *style, struct buf *out);
void reference_group_text(const struct reference_group *group, const struct style *style, struct buf *out);
void reference_words_text(const struct reference *reference, const struct style *style,
                          struct buf *out); /* every chapter with its words */

void reference_markdown(const struct reference *reference, struct buf *out);

/* A definition file for editors with the Lua language server (LuaCATS). */
void reference_annotations(const struct reference *reference, struct buf *out);

/* Appends `text`, broken between words so that lines have at most REFERENCE_WIDTH columns, each after `indent` blanks and
 * ended by a newline. */
void reference_wrap(const char *text, size_t indent, struct buf *out);

#endif
