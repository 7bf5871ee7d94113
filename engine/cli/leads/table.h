/* table.h - rows aligned in columns for a terminal. */
#ifndef EMBUDO_CLI_TABLE_H
#define EMBUDO_CLI_TABLE_H

#include "base/buf.h"

enum { TABLE_MAX_COLUMNS = 48 };

struct table {
  struct buf cells;        /* NUL-ended texts, row by row */
  uint32_t columns, count; /* of cells */
  size_t widths[TABLE_MAX_COLUMNS];
  bool right[TABLE_MAX_COLUMNS]; /* numbers */
};

void table_init(struct table *table, uint32_t columns);
void table_release(struct table *table);
void table_cell(struct table *table, struct str text); /* the next cell, left to right, row after row */

/* Two blanks between columns; columns beyond `width` (0: no bound) are cut at the widest texts first. */
void table_print(const struct table *table, size_t width, struct buf *out);

#endif
