#include "cli/leads/table.h"
#include "base/err.h"
#include "base/text.h"

enum { GAP = 2, NARROWEST = 8 };

void table_init(struct table *table, uint32_t columns) {
  ASSERT(columns <= TABLE_MAX_COLUMNS);
  *table = (struct table){.columns = columns};
  buf_init(&table->cells);
}

void table_release(struct table *table) {
  buf_release(&table->cells);
}

void table_cell(struct table *table, struct str text) {
  uint32_t column = table->count % table->columns;
  size_t width = text_width(text);
  if (width > table->widths[column]) table->widths[column] = width;
  for (size_t i = 0; i < text.len; i++) /* a cell is one line, whatever a trait holds */
    buf_add_char(&table->cells, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
  buf_add_char(&table->cells, 0);
  table->count++;
}

static void fit(const struct table *table, size_t width, size_t *widths) {
  size_t total = 0;
  for (uint32_t i = 0; i < table->columns; i++) {
    widths[i] = table->widths[i];
    total += widths[i] + (i ? GAP : 0);
  }
  while (width && total > width) {
    uint32_t widest = 0;
    for (uint32_t i = 1; i < table->columns; i++)
      if (!table->right[i] && widths[i] > widths[widest]) widest = i;
    if (widths[widest] <= NARROWEST) return;
    widths[widest]--;
    total--;
  }
}

/* As much of `cell` as `width` columns hold, whole characters only. */
static struct str cut(struct str cell, size_t width) {
  while (cell.len > 0 && text_width(cell) > width) {
    cell.len--;
    while (cell.len > 0 && ((unsigned char)cell.p[cell.len] & 0xc0) == 0x80) cell.len--;
  }
  return cell;
}

static void print_cell(const struct table *table, struct str cell, uint32_t column, size_t width,
                       struct buf *out) {
  struct str shown = cut(cell, width);
  size_t blanks = width - text_width(shown);
  if (column) buf_add_repeat(out, ' ', GAP);
  if (table->right[column]) buf_add_repeat(out, ' ', blanks);
  buf_add_str(out, shown);
  if (!table->right[column] && column + 1 < table->columns) buf_add_repeat(out, ' ', blanks);
}

void table_print(const struct table *table, size_t width, struct buf *out) {
  size_t widths[TABLE_MAX_COLUMNS];
  fit(table, width, widths);
  const char *next = table->cells.data;
  for (uint32_t i = 0; i < table->count; i++) {
    struct str cell = str_of(next);
    next += cell.len + 1;
    print_cell(table, cell, i % table->columns, widths[i % table->columns], out);
    if (i % table->columns == table->columns - 1) {
      while (out->len && out->data[out->len - 1] == ' ') out->len--;
      buf_add_char(out, '\n');
    }
  }
}
