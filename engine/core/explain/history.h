/* history.h - a lead's past, newest first, a page at a time: every event and what it changed, and every instant at which time
 * alone changed something.
 *
 * Made by folding the lead once more, up to the page's end, with a watch on each step that may be in the page
 * (model/fold/fold_change.h). An entry's place is its instant and its number among those of the same instant. Pages follow on one another
 * without gap or repetition; an event that arrives meanwhile for the very instant at which a page ends may shift
 * it by one. It knows touches, not what events were called: see recall.h.
 */
#ifndef EMBUDO_CORE_HISTORY_H
#define EMBUDO_CORE_HISTORY_H

#include "core/engine/timeline.h"
#include "model/fold/fold_change.h"

enum { HISTORY_LIMIT_MAX = 200 }; /* entries of a page */

struct history_place {
  int64_t time_ms;
  uint32_t order; /* from 0 */
};

struct history_entry {
  struct history_place place;
  const struct touch *touch; /* NULL: time alone */
  struct fold_change change; /* a copy, the history's */
  void *memory;
  size_t memory_size;
};

struct history {
  struct history_entry entries[HISTORY_LIMIT_MAX]; /* a ring */
  uint32_t limit, next, count;
  bool more; /* there are older ones */
};

void history_init(struct history *history);
void history_release(struct history *history);

/* The last `limit` entries before a place (NULL: none is asked for) and not after `at_ms`. The fold is the lead's
 * workspace, and the touches are all of the lead's up to at_ms, in order; both are borrowed, the touches for as long as the
 * history is read. */
void history_read(struct history *history, struct fold *fold, struct str lead,
                  const struct touch_list *touches, int64_t at_ms, const struct history_place *before,
                  uint32_t limit);

/* From 0, the newest. */
const struct history_entry *history_at(const struct history *history, uint32_t index);

#endif
