/* rows.h - what `embudo score` says of each lead, and the three ways to print it: table, NDJSON, CSV.
 *
 * Rows are copies: a fold is reused for the next lead. The same input in any order prints the same bytes.
 */
#ifndef EMBUDO_CLI_ROWS_H
#define EMBUDO_CLI_ROWS_H

#include "core/explain/row.h"

struct rows {
  const struct ruleset *rules;
  struct arena arena;
  struct row *items;
  size_t count, cap;
};

void rows_init(struct rows *rows, const struct ruleset *rules);
void rows_release(struct rows *rows);
void rows_clear(struct rows *rows);
void rows_add(struct rows *rows, const struct fold *fold);

enum rows_order { ROWS_BY_LEAD, ROWS_BEST_FIRST, ROWS_BY_DIMENSION };

/* Best first: by grade, then by the sum of all scores, then by lead. By dimension: its score, highest first. */
void rows_sort(struct rows *rows, enum rows_order by, int dimension);

/* `top` 0: all. Each prints to standard output as it goes. */
void rows_print_table(const struct rows *rows, size_t top, size_t width);
void rows_print_ndjson(const struct rows *rows, size_t top);
void rows_print_csv(const struct rows *rows, size_t top);

#endif
