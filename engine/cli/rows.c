#include "cli/rows.h"
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

static struct str text_trait(const struct fold *fold, struct str path) {
  struct value v = fold_trait(fold, path);
  return v.kind == VALUE_STRING ? value_text(v) : (struct str){NULL, 0};
}

/* "Ana Ruiz" from first and last name, else `name`, else the e-mail's local part stays out: nothing. */
static struct str person(struct arena *arena, const struct fold *fold) {
  struct str first = text_trait(fold, STR("first_name")), last = text_trait(fold, STR("last_name"));
  if (first.len == 0 && last.len == 0) return arena_str(arena, text_trait(fold, STR("name")));
  return str_of(
      arena_printf(arena, "%.*s%s%.*s", STR_ARG(first), first.len && last.len ? " " : "", STR_ARG(last)));
}

static struct str company(struct arena *arena, const struct fold *fold) {
  struct str name = text_trait(fold, STR("company.name"));
  return arena_str(arena, name.len ? name : text_trait(fold, STR("company")));
}

static const char *grade(struct arena *arena, const struct fold *fold) {
  struct buf text;
  buf_init(&text);
  fold_grade(fold, &text);
  const char *copy = arena_str(arena, buf_str(&text)).p;
  buf_release(&text);
  return copy;
}

static int64_t *scores(struct arena *arena, const struct fold *fold, uint32_t count) {
  int64_t *all = arena_alloc(arena, (count + 1) * sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i] = fold_score(fold, (int)i);
  return all;
}

static int64_t *interests(struct arena *arena, const struct fold *fold, uint32_t count) {
  int64_t *all = arena_alloc(arena, (count + 1) * sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i] = fold_interest(fold, (int)i);
  return all;
}

static int *stages(struct arena *arena, const struct fold *fold, uint32_t count) {
  int *all = arena_alloc(arena, (count + 1) * sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i] = fold_stage(fold, (int)i);
  return all;
}

void rows_add(struct rows *rows, const struct fold *fold) {
  struct arena *arena = &rows->arena;
  if (rows->count == rows->cap) {
    rows->cap = rows->cap ? rows->cap * 2 : 256;
    rows->items = xrealloc(rows->items, rows->cap * sizeof *rows->items);
  }
  rows->items[rows->count++] = (struct row){.lead = arena_str(arena, fold_lead_id(fold)),
                                            .name = person(arena, fold),
                                            .company = company(arena, fold),
                                            .account = arena_str(arena, fold_account(fold)),
                                            .grade = grade(arena, fold),
                                            .scores = scores(arena, fold, rows->rules->dimension_count),
                                            .interest = interests(arena, fold, rows->rules->topic_count),
                                            .stages = stages(arena, fold, rows->rules->lifecycle_count),
                                            .first_ms = fold_first_seen(fold),
                                            .last_ms = fold_last_seen(fold),
                                            .events = fold_events(fold),
                                            .incomplete = fold_incomplete(fold)};
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
