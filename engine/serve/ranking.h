/* ranking.h - the first N of a list that is longer than anyone wants to sort, and a cursor to the next N.
 *
 * Items are offered in any order; the best are kept in a heap. The next page begins behind the last item's rank, so items may
 * change between two pages: each is shown where it stands when its page is made. */
#ifndef EMBUDO_SERVE_RANKING_H
#define EMBUDO_SERVE_RANKING_H

#include "serve/api/api.h"

struct rank { /* greatest first; the number decides between equals, smallest first */
  int64_t first, second;
  uint32_t number;
};

int rank_cmp(const struct rank *a, const struct rank *b); /* -1: a comes first */

struct ranking {
  uint32_t limit;
  bool has_cursor;
  struct rank cursor;
  struct rank
      *items; /* the best `limit` + 1 behind the cursor; before ranking_end a heap, the worst on top */
  size_t count;
  uint64_t total; /* offered */
};

/* Reads ?limit= (at most `limit_max`) and ?cursor=. -1 after answering 400. */
int ranking_init(struct ranking *ranking, struct http_exchange *exchange, uint32_t limit, uint32_t limit_max);
void ranking_release(struct ranking *ranking); /* after init in any case */

void ranking_offer(struct ranking *ranking, struct rank rank);
size_t ranking_end(struct ranking *ranking); /* sorts; how many of `items` are the page's */

/* "total" and "next" (a cursor, or null), into an open object. After ranking_end. */
void ranking_put(const struct ranking *ranking, struct json_writer *w);

#endif
