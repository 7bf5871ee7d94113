#include "cli/leads/rows.h"
#include "base/err.h"

void rows_init(struct rows *rows, const struct ruleset *rules) {
  *rows = (struct rows){.rules = rules};
  arena_init(&rows->arena, 0);
}

void rows_release(struct rows *rows) {
  arena_release(&rows->arena);
  free(rows->items);
}

void rows_clear(struct rows *rows) {
  rows->count = 0;
  arena_clear(&rows->arena);
}

void rows_add(struct rows *rows, const struct fold *fold) {
  if (rows->count == rows->cap) {
    rows->cap = rows->cap ? rows->cap * 2 : 256;
    rows->items = xrealloc(rows->items, rows->cap * sizeof *rows->items);
  }
  row_make(&rows->items[rows->count++], fold, &rows->arena);
}

/* --- order ----------------------------------------------------------------------------------------------------- */

static int by_lead(const void *a, const void *b) {
  return str_cmp(((const struct row *)a)->lead, ((const struct row *)b)->lead);
}

struct order {
  const struct rows *rows;
  enum rows_order by;
  int dimension;
};

static int64_t rank_score(const struct order *order, const struct row *row) {
  if (order->by == ROWS_BY_DIMENSION) return row->scores[order->dimension];
  int64_t sum = 0;
  for (uint32_t i = 0; i < order->rows->rules->dimension_count; i++) sum += row->scores[i];
  return sum;
}

static int compare(const void *a, const void *b, void *context) {
  const struct order *order = context;
  const struct row *x = a, *y = b;
  if (order->by == ROWS_BEST_FIRST) {
    int grades = strcmp(x->grade, y->grade); /* A1 before B1 before D4 */
    if (grades) return grades;
  }
  int64_t sx = rank_score(order, x), sy = rank_score(order, y);
  if (sx != sy) return sx > sy ? -1 : 1;
  return by_lead(a, b);
}

void rows_sort(struct rows *rows, enum rows_order by, int dimension) {
  struct order order = {rows, by, dimension};
  if (rows->count == 0) return;
  if (by == ROWS_BY_LEAD)
    qsort(rows->items, rows->count, sizeof *rows->items, by_lead);
  else
    qsort_r(rows->items, rows->count, sizeof *rows->items, compare, &order);
}
