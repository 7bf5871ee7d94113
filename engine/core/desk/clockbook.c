#include "core/desk/clockbook.h"

enum { CLOCKS_FIRST = 256 };

struct clockbook {
  struct clock *clocks; /* [0] is not used */
  uint32_t count, cap;
  uint32_t *running; /* their numbers, in no order */
  uint32_t running_count, running_cap;
};

const char *clock_what_word(enum clock_what what) {
  static const char *const words[CLOCK_WHATS] = {"started", "warned", "breached", "stopped"};
  return words[what];
}

const char *clock_end_word(enum clock_end end) {
  static const char *const words[CLOCK_ENDS] = {"", "done", "left", "merged", "ignored"};
  return words[end];
}

struct clockbook *clockbook_new(void) {
  struct clockbook *book = xcalloc(1, sizeof *book);
  book->count = 1;
  return book;
}

void clockbook_free(struct clockbook *book) {
  if (!book) return;
  free(book->clocks);
  free(book->running);
  free(book);
}

struct clock *clockbook_at(const struct clockbook *book, uint32_t number) {
  return number ? &book->clocks[number] : NULL;
}

uint32_t clockbook_count(const struct clockbook *book) {
  return book->count - 1;
}

/* --- those that run ------------------------------------------------------------------------------------------------- */

const uint32_t *clockbook_running(const struct clockbook *book, uint32_t *count) {
  *count = book->running_count;
  return book->running;
}

static void begin(struct clockbook *book, uint32_t number) {
  if (book->running_count == book->running_cap) {
    book->running_cap = book->running_cap ? book->running_cap * 2 : CLOCKS_FIRST;
    book->running = xrealloc(book->running, book->running_cap * sizeof *book->running);
  }
  book->running[book->running_count++] = number;
  book->clocks[number].running_at = book->running_count;
}

/* The last one takes its place. */
static void end(struct clockbook *book, uint32_t number) {
  uint32_t at = book->clocks[number].running_at, last = book->running[book->running_count - 1];
  book->running[at - 1] = last;
  book->clocks[last].running_at = at;
  book->clocks[number].running_at = 0;
  book->running_count--;
}

/* --- all of them ---------------------------------------------------------------------------------------------------- */

/* Of two clocks of one lead. Numbers would not do where both were started at one instant: they are others at a start when one of the two was
 * told anew meanwhile. */
static bool is_newer(const struct clockbook *book, uint32_t a, uint32_t b) {
  const struct clock *left = &book->clocks[a], *right = &book->clocks[b];
  if (left->started_ms != right->started_ms) return left->started_ms > right->started_ms;
  return left->due_ms != right->due_ms ? left->due_ms > right->due_ms : left->id > right->id;
}

uint32_t clockbook_add(struct clockbook *book, uint32_t *head, const struct clock *clock) {
  if (book->count >= book->cap) {
    book->cap = book->cap ? book->cap * 2 : CLOCKS_FIRST;
    book->clocks = xrealloc(book->clocks, book->cap * sizeof *book->clocks);
  }
  uint32_t number = book->count++, *end = head;
  book->clocks[number] = *clock;
  book->clocks[number].running_at = 0;
  if (clock_is_open(clock)) begin(book, number);
  while (*end && is_newer(book, *end, number)) end = &book->clocks[*end].older;
  book->clocks[number].older = *end;
  *end = number;
  return number;
}

uint32_t clockbook_find(const struct clockbook *book, uint32_t head, uint64_t id) {
  while (head && book->clocks[head].id != id) head = book->clocks[head].older;
  return head;
}

/* Two lists become one, newest first. */
void clockbook_absorb(struct clockbook *book, uint32_t *head, uint32_t other) {
  uint32_t mine = *head, first = 0, *end = &first;
  for (uint32_t number = other; number; number = book->clocks[number].older)
    book->clocks[number].absorbed = true;
  while (mine && other) {
    uint32_t *newer = is_newer(book, mine, other) ? &mine : &other;
    *end = *newer;
    end = &book->clocks[*newer].older;
    *newer = *end;
  }
  *end = mine ? mine : other;
  *head = first;
}

void clockbook_forget(struct clockbook *book, uint32_t head) {
  while (head) {
    struct clock *clock = &book->clocks[head];
    if (clock->running_at) end(book, head);
    head = clock->older;
    *clock = (struct clock){.end = CLOCK_IGNORED};
  }
}

void clockbook_note(struct clockbook *book, const struct clock_fact *fact) {
  struct clock *clock = &book->clocks[fact->number];
  if (fact->what == CLOCK_WARNED) clock->warned_ms = fact->at_ms;
  if (fact->what == CLOCK_BREACHED) clock->breached_ms = fact->at_ms;
  if (fact->what == CLOCK_STOPPED) clock->stopped_ms = fact->at_ms;
  if (fact->what == CLOCK_STOPPED && clock->running_at) end(book, fact->number);
}

int64_t clockbook_due_ms(const struct clockbook *book, uint32_t head) {
  int64_t due = TIME_NEVER;
  for (; head; head = book->clocks[head].older) {
    const struct clock *clock = &book->clocks[head];
    if (!clock_is_open(clock)) continue;
    if (clock->warned_ms == TIME_NEVER && clock->warn_ms < due) due = clock->warn_ms;
    if (clock->breached_ms == TIME_NEVER && clock->due_ms < due) due = clock->due_ms;
  }
  return due;
}
