#include "core/explain/history.h"

#include "base/err.h"

void history_init(struct history *history) {
  *history = (struct history){0};
}

void history_release(struct history *history) {
  for (uint32_t i = 0; i < HISTORY_LIMIT_MAX; i++) free(history->entries[i].memory);
  *history = (struct history){0};
}

const struct history_entry *history_at(const struct history *history, uint32_t index) {
  ASSERT(index < history->count);
  return &history->entries[(history->next + history->limit - 1 - index) % history->limit];
}

/* --- keeping ------------------------------------------------------------------------------------------------------ */

static const void *keep_bytes(char **room, const void *bytes, size_t size) {
  char *at = *room;
  if (size) memcpy(at, bytes, size);
  *room += (size + 7) & ~(size_t)7;
  return at;
}

/* The change's arrays behind one another in the entry's own memory, which it keeps for its next use. */
static void keep_change(struct history_entry *entry, const struct fold_change *change, size_t dimensions) {
  size_t scores = dimensions * sizeof(int64_t), rules = change->rule_count * sizeof *change->rules,
         points = change->point_count * sizeof *change->points,
         transitions = change->transition_count * sizeof *change->transitions;
  size_t size = 3 * scores + rules + points + transitions + 6 * 8;
  if (entry->memory_size < size) {
    entry->memory = xrealloc(entry->memory, size);
    entry->memory_size = size;
  }
  char *room = entry->memory;
  entry->change = *change;
  entry->change.before = keep_bytes(&room, change->before, scores);
  entry->change.after = keep_bytes(&room, change->after, scores);
  entry->change.cut = keep_bytes(&room, change->cut, scores);
  entry->change.points = keep_bytes(&room, change->points, points);
  entry->change.transitions = keep_bytes(&room, change->transitions, transitions);
  entry->change.rules = keep_bytes(&room, change->rules, rules);
}

struct walk { /* one history_read */
  struct history *history;
  struct fold_watch *watch;
  const struct history_place *before;
  struct history_place last; /* of the entry counted last */
  size_t dimensions;
};

/* False: the page ends before it. */
static bool take(struct walk *walk, const struct touch *touch, const struct fold_change *change) {
  struct history *history = walk->history;
  const struct history_place *before = walk->before;
  bool same = walk->last.time_ms == change->time_ms;
  walk->last = (struct history_place){change->time_ms, same ? walk->last.order + 1 : 0};
  if (before && (walk->last.time_ms > before->time_ms ||
                 (walk->last.time_ms == before->time_ms && walk->last.order >= before->order)))
    return false;
  struct history_entry *entry = &history->entries[history->next];
  history->next = (history->next + 1) % history->limit;
  if (history->count == history->limit)
    history->more = true;
  else
    history->count++;
  entry->place = walk->last;
  entry->touch = touch;
  keep_change(entry, change, walk->dimensions);
  return true;
}

/* --- walking ------------------------------------------------------------------------------------------------------ */

static bool pass_time(struct walk *walk, int64_t until) {
  struct fold_change change;
  while (fold_change_advance(walk->watch, until, &change))
    if (change.did && !take(walk, NULL, &change)) return false;
  return true;
}

static bool pass_touch(struct walk *walk, const struct touch *touch) {
  struct fold_change change;
  if (touch->flags & TOUCH_IGNORED) return true;
  if (!pass_time(walk, touch->time_ms)) return false;
  fold_change_touch(walk->watch, touch, &change);
  if (!(touch->flags & TOUCH_OUTSIDE)) return take(walk, touch, &change);
  return !change.did || take(walk, NULL, &change);
}

/* From which touch on to watch: the page's entries are at least as many as its touches. The first of an instant, so that
 * entries are numbered as they would be in a longer page. */
static size_t first_of_page(const struct touch_list *touches, int64_t before_ms, uint32_t limit) {
  size_t end = touches->count, left = limit;
  while (end > 0 && touches->items[end - 1]->time_ms >= before_ms) end--;
  while (end > 0 && left > 0) left -= !(touches->items[--end]->flags & (TOUCH_IGNORED | TOUCH_OUTSIDE));
  while (end > 0 && touches->items[end - 1]->time_ms == touches->items[end]->time_ms) end--;
  return end;
}

/* What lies before the page. */
static void skip(struct walk *walk, struct fold *fold, const struct touch_list *touches, size_t count) {
  for (size_t i = 0; i < count; i++) {
    fold_touch(fold, touches->items[i]);
    walk->history->more =
        walk->history->more || !(touches->items[i]->flags & (TOUCH_IGNORED | TOUCH_OUTSIDE));
  }
}

void history_read(struct history *history, struct fold *fold, struct str lead,
                  const struct touch_list *touches, int64_t at_ms, const struct history_place *before,
                  uint32_t limit) {
  ASSERT(limit > 0 && limit <= HISTORY_LIMIT_MAX);
  struct walk walk = {.history = history,
                      .watch = fold_watch_new(fold),
                      .before = before,
                      .last = {TIME_MIN, 0},
                      .dimensions = fold_rules(fold)->dimension_count};
  history->limit = limit;
  history->next = history->count = 0;
  history->more = false;
  if (before && before->time_ms < at_ms) at_ms = before->time_ms;
  size_t i = first_of_page(touches, before ? before->time_ms : INT64_MAX, limit);
  bool more = true;
  fold_begin(fold, lead);
  skip(&walk, fold, touches, i);
  for (; more && i < touches->count && touches->items[i]->time_ms <= at_ms; i++)
    more = pass_touch(&walk, touches->items[i]);
  if (more) pass_time(&walk, at_ms);
  fold_watch_free(walk.watch);
}
