#include "core/journal/leadbook_private.h"

/* --- touched leads -------------------------------------------------------------------------------------------------- */

void leadbook_touch(struct leadbook *book, uint32_t node, enum touch_reason reason) {
  leadbook_reach(book, node);
  uint8_t before = book->touched[node];
  if (reason > before) book->touched[node] = (uint8_t)reason;
  if (before != TOUCH_NONE) return;
  if (book->queue_count == book->queue_cap) {
    size_t cap = book->queue_cap ? book->queue_cap * 2 : BOOK_FIRST;
    uint32_t *queue = xmalloc(cap * sizeof *queue);
    for (size_t i = 0; i < book->queue_count; i++)
      queue[i] = book->queue[(book->queue_start + i) % book->queue_cap];
    free(book->queue);
    book->queue = queue;
    book->queue_cap = cap;
    book->queue_start = 0;
  }
  book->queue[(book->queue_start + book->queue_count++) % book->queue_cap] = node;
}

bool leadbook_take(struct leadbook *book, uint32_t *node, enum touch_reason *reason) {
  if (book->queue_count == 0) return false;
  *node = book->queue[book->queue_start];
  book->queue_start = (book->queue_start + 1) % book->queue_cap;
  book->queue_count--;
  *reason = (enum touch_reason)book->touched[*node];
  book->touched[*node] = TOUCH_NONE;
  return true;
}

enum touch_reason leadbook_why_touched(const struct leadbook *book, uint32_t node) {
  return node < book->node_cap ? (enum touch_reason)book->touched[node] : TOUCH_NONE;
}

size_t leadbook_touched(const struct leadbook *book) {
  return book->queue_count;
}

/* --- deadlines: a binary heap ----------------------------------------------------------------------------------------- */

/* Equal instants in order of the leads' numbers, so that the same journal fires in the same order. */
static bool is_earlier(const struct book_due *a, const struct book_due *b) {
  return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->node < b->node;
}

static void put(struct leadbook *book, uint32_t at, struct book_due due) {
  book->heap[at] = due;
  due.entry->heap_at = at;
}

static void rise(struct leadbook *book, uint32_t at, struct book_due due) {
  for (; at > 0 && is_earlier(&due, &book->heap[(at - 1) / 2]); at = (at - 1) / 2)
    put(book, at, book->heap[(at - 1) / 2]);
  put(book, at, due);
}

static void sink(struct leadbook *book, uint32_t at, struct book_due due) {
  for (uint32_t kid; (kid = 2 * at + 1) < book->heap_count; at = kid) {
    if (kid + 1 < book->heap_count && is_earlier(&book->heap[kid + 1], &book->heap[kid])) kid++;
    if (!is_earlier(&book->heap[kid], &due)) break;
    put(book, at, book->heap[kid]);
  }
  put(book, at, due);
}

/* What stands at the place gives way to `due`, which finds its own. */
static void settle(struct leadbook *book, uint32_t at, struct book_due due) {
  if (at > 0 && is_earlier(&due, &book->heap[(at - 1) / 2]))
    rise(book, at, due);
  else
    sink(book, at, due);
}

static void heap_add(struct leadbook *book, struct book_due due) {
  if (book->heap_count == book->heap_cap) {
    book->heap_cap = book->heap_cap ? book->heap_cap * 2 : BOOK_FIRST;
    book->heap = xrealloc(book->heap, book->heap_cap * sizeof *book->heap);
  }
  rise(book, book->heap_count++, due);
}

static void heap_remove(struct leadbook *book, struct lead_entry *entry) {
  const struct book_due last = book->heap[--book->heap_count];
  if (last.entry != entry) settle(book, entry->heap_at, last);
  entry->heap_at = HEAP_NONE;
}

void leadbook_set_due(struct leadbook *book, struct lead_entry *entry, int64_t due_ms) {
  const struct book_due due = {due_ms, entry, entry->node};
  bool waits = entry->heap_at != HEAP_NONE;
  if (waits && due_ms == entry->due_ms) return;
  entry->due_ms = due_ms;
  if (waits && due_ms == TIME_NEVER)
    heap_remove(book, entry);
  else if (waits)
    settle(book, entry->heap_at, due);
  else if (due_ms != TIME_NEVER)
    heap_add(book, due);
}

size_t leadbook_waiting(const struct leadbook *book) {
  return book->heap_count;
}

struct lead_entry *leadbook_earliest(const struct leadbook *book) {
  return book->heap_count ? book->heap[0].entry : NULL;
}
