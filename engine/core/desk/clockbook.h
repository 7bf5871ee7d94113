/* clockbook.h - every clock that was ever started for a lead, and how far it has come. The book of leads owns one.
 *
 * A clock is a promise about one stay of one lead in one stage (model/ruleset/desk.h, struct sla). Its numbers were fixed when it was
 * started and stay, whatever rules come later. What happens to it is recorded: started, warned, breached, stopped, each once
 * and with the instant at which it was due. It is made anew from those records at every start. Clocks are numbered from 1 and never
 * go away; the clocks of one lead are a list, newest first. One thread.
 */
#ifndef EMBUDO_CORE_CLOCKBOOK_H
#define EMBUDO_CORE_CLOCKBOOK_H

#include "base/timefmt.h"
#include "model/fold/fold.h"

enum clock_what { CLOCK_STARTED, CLOCK_WARNED, CLOCK_BREACHED, CLOCK_STOPPED, CLOCK_WHATS };
const char *clock_what_word(enum clock_what what); /* "started" ... */

/* How a clock ended. */
enum clock_end {
  CLOCK_RUNS,    /* it has not */
  CLOCK_DONE,    /* what stops it happened */
  CLOCK_LEFT,    /* the lead left the stage */
  CLOCK_MERGED,  /* the lead is part of another, which has its own clock or is further */
  CLOCK_IGNORED, /* the lead does not count any more */
  CLOCK_ENDS
};
const char *clock_end_word(enum clock_end end); /* "" for CLOCK_RUNS, else "done" ... */

struct clock {
  uint64_t id;
  uint32_t older; /* of the same lead; 0: none */
  uint32_t node;  /* the lead; it may be part of another by now, whose list this clock is then in */
  uint16_t sla, lifecycle, stage, ruleset, escalate; /* names in the book of leads */
  uint16_t attempts, made;                           /* needed, and seen when it ended */
  uint8_t end;
  bool reassign, absorbed; /* absorbed: it came with another lead and has not been looked at since */
  uint32_t cycle;
  int64_t entered_ms;      /* the stage, by the fold's reckoning; what stops it is later than this */
  int64_t started_ms;      /* when that was decided */
  int64_t warn_ms, due_ms; /* TIME_NEVER: not at all */
  int64_t warned_ms, breached_ms, stopped_ms; /* TIME_NEVER: not yet */
  int64_t worked_ms;                          /* business time from its start to its end */
  uint32_t running_at;                        /* the book's own */
  uint32_t named; /* the node of a nameless visitor's id that a record of it names, plus one; 0: none does */
  bool renamed;   /* records of it name several such ids */
  bool
      to_retell; /* that id is not the lead's any more: the clock is to be told anew (core/journal/retold.h) */
};

/* Something that happened to a clock. */
struct clock_fact {
  uint32_t number; /* of the clock */
  enum clock_what what;
  int64_t at_ms;      /* when it was due, or happened */
  int64_t decided_ms; /* when it was found */
};

struct clockbook;

struct clockbook *clockbook_new(void);
void clockbook_free(struct clockbook *book);

struct clock *clockbook_at(const struct clockbook *book, uint32_t number); /* NULL for 0 */
uint32_t clockbook_count(const struct clockbook *book);                    /* numbers are 1 to this */

/* The numbers of those that run, in no order; valid until something happens to a clock. */
const uint32_t *clockbook_running(const struct clockbook *book, uint32_t *count);

/* A new clock, at its place in a list by its start; *head is a lead's newest (0: none). Returns its number. */
uint32_t clockbook_add(struct clockbook *book, uint32_t *head, const struct clock *clock);
uint32_t clockbook_find(const struct clockbook *book, uint32_t head, uint64_t id); /* 0: not among them */

/* All of `other`'s clocks become the lead's, as absorbed ones. */
void clockbook_absorb(struct clockbook *book, uint32_t *head, uint32_t other);

/* They are nobody's from now on. */
void clockbook_forget(struct clockbook *book, uint32_t head);

/* Takes what happened into the clock. */
void clockbook_note(struct clockbook *book, const struct clock_fact *fact);

/* The next instant at which a running clock of that list warns or is due; TIME_NEVER: none. */
int64_t clockbook_due_ms(const struct clockbook *book, uint32_t head);

static inline bool clock_is_open(const struct clock *clock) {
  return clock->end == CLOCK_RUNS;
}

#endif
