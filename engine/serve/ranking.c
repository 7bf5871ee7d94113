#include "serve/ranking.h"

#include <inttypes.h>

int ranking_init(struct ranking *ranking, struct http_exchange *exchange, uint32_t limit,
                 uint32_t limit_max) {
  struct str text;
  int64_t wanted, numbers[3];
  *ranking = (struct ranking){0};
  if (api_number(exchange, STR("limit"), limit, 1, limit_max, &wanted) != 0) return -1;
  if (http_request_query(http_exchange_request(exchange), STR("cursor"), &text)) {
    if (!api_numbers(text, numbers, 3) || numbers[2] < 0 || numbers[2] > UINT32_MAX)
      return api_refuse(exchange, "cursor", "the `next` of another answer");
    ranking->has_cursor = true;
    ranking->cursor = (struct rank){numbers[0], numbers[1], (uint32_t)numbers[2]};
  }
  ranking->limit = (uint32_t)wanted;
  ranking->items = xmalloc((ranking->limit + 1) * sizeof *ranking->items);
  return 0;
}

void ranking_release(struct ranking *ranking) {
  free(ranking->items);
  *ranking = (struct ranking){0};
}

int rank_cmp(const struct rank *a, const struct rank *b) {
  if (a->first != b->first) return a->first > b->first ? -1 : 1;
  if (a->second != b->second) return a->second > b->second ? -1 : 1;
  return (a->number > b->number) - (a->number < b->number);
}

static bool comes_before(const struct rank *a, const struct rank *b) {
  return rank_cmp(a, b) < 0;
}

static void rise(struct ranking *ranking, struct rank rank) {
  size_t at = ranking->count++;
  for (; at > 0 && comes_before(&ranking->items[(at - 1) / 2], &rank); at = (at - 1) / 2)
    ranking->items[at] = ranking->items[(at - 1) / 2];
  ranking->items[at] = rank;
}

/* The worst gives way. */
static void sink(struct ranking *ranking, struct rank rank) {
  size_t at = 0;
  for (size_t kid; (kid = 2 * at + 1) < ranking->count; at = kid) {
    if (kid + 1 < ranking->count && comes_before(&ranking->items[kid], &ranking->items[kid + 1])) kid++;
    if (!comes_before(&rank, &ranking->items[kid])) break;
    ranking->items[at] = ranking->items[kid];
  }
  ranking->items[at] = rank;
}

void ranking_offer(struct ranking *ranking, struct rank rank) {
  ranking->total++;
  if (ranking->has_cursor && !comes_before(&ranking->cursor, &rank)) return;
  if (ranking->count <= ranking->limit)
    rise(ranking, rank);
  else if (comes_before(&rank, &ranking->items[0]))
    sink(ranking, rank);
}

static int by_rank(const void *a, const void *b) {
  return rank_cmp(a, b);
}

size_t ranking_end(struct ranking *ranking) {
  if (ranking->count) qsort(ranking->items, ranking->count, sizeof *ranking->items, by_rank);
  return ranking->count < ranking->limit ? ranking->count : ranking->limit;
}

void ranking_put(const struct ranking *ranking, struct json_writer *w) {
  char text[80];
  json_key(w, "total");
  json_put_int(w, (int64_t)ranking->total);
  json_key(w, "next");
  if (ranking->count <= ranking->limit) {
    json_put_null(w);
    return;
  }
  const struct rank *last = &ranking->items[ranking->limit - 1];
  snprintf(text, sizeof text, "%" PRId64 "_%" PRId64 "_%" PRIu32, last->first, last->second, last->number);
  json_put_text(w, text);
}
