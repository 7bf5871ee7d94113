/* outbox.h - what is to be told others, and what became of it: the rows of the outbox.
 *
 * A row is an effect at one destination. It comes into being with a record of the journal (JOURNAL_EFFECT), which holds what is
 * sent, and everything that happens to it is a record too (JOURNAL_DELIVERY, outbox_record.h). Rows follow from the records taken in
 * order, live and at a start alike; here is only what is needed to find them and to choose the next: the bytes are read
 * back from the journal when they are sent. So a row takes some 220 bytes with all that finds it (tests/bench/outbox.c), however much
 * it says.
 *
 * Order. Of one lead's rows at one destination only the first that waits can be due: those behind it wait until it is
 * delivered or given up. Otherwise a destination's rows are due by their instants; finding the next takes time in the logarithm of
 * how many leads have one, never in how many rows there are.
 *
 * Pure: no clock, no disk, no sockets. One thread.
 */
#ifndef EMBUDO_CORE_OUTBOX_H
#define EMBUDO_CORE_OUTBOX_H

#include "core/handoff/outbox_record.h"
#include "core/handoff/retry.h"

enum {
  OUTBOX_NONE = 0xffffffffu, /* no row, no lead */
  OUTBOX_ROWS_MAX = 0x7fffffff
};

/* What became of a row: code, word. */
#define OUTBOX_STATES(X)                                                                                     \
  X(OUTBOX_WAITING, "waiting") /* for its turn, or its next attempt */                                       \
  X(OUTBOX_DELIVERED, "delivered")                                                                           \
  X(OUTBOX_PARKED, "parked")   /* given up for now: somebody has to look */                                  \
  X(OUTBOX_DROPPED, "dropped") /* somebody decided that it is not sent */                                    \
  X(OUTBOX_CANCELLED,                                                                                        \
    "cancelled") /* what it told is no more: the lead became part of another, or was corrected */            \
  X(OUTBOX_ERASED, "erased") /* its lead was erased */

enum outbox_state {
#define X(code, word) code,
  OUTBOX_STATES(X)
#undef X
      OUTBOX_STATE_COUNT
};
const char *outbox_state_word(enum outbox_state state);
bool outbox_state_parse(struct str word, enum outbox_state *state);

struct outbox_row {
  struct hash128 id;
  uint64_t record;      /* of the journal: what is sent */
  uint64_t last;        /* of the journal: the last that happened to it; 0: nothing has */
  uint64_t key;         /* of what it follows from, whoever the lead is (outbox_record.h) */
  int64_t made_ms;      /* when it was decided */
  int64_t due_ms;       /* waiting: not before */
  int64_t delivered_ms; /* first; TIME_NEVER: not yet */
  uint32_t lead;        /* node of the lead, now; OUTBOX_NONE: nobody knows it any more */
  uint32_t named;       /* node of the lead as its record names it; OUTBOX_NONE: nobody knows it */
  uint32_t sequence;    /* rising per lead */
  uint16_t destination, type, effect; /* outbox_name numbers */
  uint8_t state;                      /* enum outbox_state */
  bool in_flight;                     /* an attempt is under way */
  bool unrendered;                    /* its request could not be made: there is nothing to send yet */
  bool doubtful;                      /* outbox_doubt */
  uint16_t attempts;                  /* since it was made or last retried */
  /* the outbox's own */
  uint32_t queue, next_in_queue, next_of_lead, heap_at;
};

struct outbox_place { /* a destination that rows go to or something is known of */
  uint16_t name;
  bool disabled;
  const char *reason; /* why it is disabled, or was enabled; the outbox's */
  int64_t changed_ms; /* since when; 0: it never was disabled */
  struct retry_endpoint endpoint;
  uint32_t counts[OUTBOX_STATE_COUNT]; /* rows by state */
  uint32_t in_flight;
  uint64_t attempts, failures; /* ever */
  int64_t attempted_ms;        /* when the last one ended; 0: none has */
  /* the outbox's own */
  uint32_t *heap;
  uint32_t heap_count, heap_cap;
  uint32_t oldest; /* no row before this one waits */
};

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *outbox); /* NULL is fine */

/* Names of destinations, types and effects: numbers from 1. */
const char *outbox_name(const struct outbox *outbox, uint16_t number);
uint16_t outbox_find_name(const struct outbox *outbox, struct str name); /* 0: none */

/* --- records ------------------------------------------------------------------------------------------------------- */

/* A committed record. `named`: the node of the id that it names, `lead`: of whom it is about, as leads are now; OUTBOX_NONE: nobody's. */
int outbox_take_effect(struct outbox *outbox, const struct outbox_effect *effect, uint64_t record,
                       uint32_t named, uint32_t lead, struct err *err);

/* What happened to a row, or to a destination. Rows that are not there (their lead was erased) are passed over. */
void outbox_take_delivery(struct outbox *outbox, const struct outbox_delivery *delivery, uint64_t record);

/* What has come back of the messages: of the records that were taken, and what its user notes before its record is. */
struct returned *outbox_returned(struct outbox *outbox);

/* The lead is about to become part of one of which more is known: its rows may have nothing to tell any more. Whoever sees to that one
 * takes the doubt away. */
void outbox_doubt(struct outbox *outbox, uint32_t lead);
void outbox_trust(struct outbox *outbox, uint32_t number);

/* The lead `other` has turned out to be part of `lead`: its rows are that one's. */
void outbox_absorb(struct outbox *outbox, uint32_t lead, uint32_t other);

/* The message is that lead's, whomever its record names. */
void outbox_give(struct outbox *outbox, uint32_t number, uint32_t lead);

/* The lead is erased: nothing of it is sent any more, and nobody knows its messages. */
void outbox_forget(struct outbox *outbox, uint32_t lead);

/* The same for a lead that stays, of those messages which are somebody's who is erased. How many they were. */
uint32_t outbox_forget_some(struct outbox *outbox, uint32_t lead,
                            bool (*is_theirs)(void *context, const struct outbox_row *row), void *context);

/* --- making rows ----------------------------------------------------------------------------------------------------- */

/* Whether the lead has been told of under that key to that destination, or is about to be (outbox_reserve). */
bool outbox_knows(const struct outbox *outbox, uint32_t lead, struct hash128 id, uint64_t key);

/* A row of that id is on its way to the journal: it counts as known. The lead's next sequence number. */
uint32_t outbox_reserve(struct outbox *outbox, uint32_t lead, struct hash128 id);
/* The last that was given. What is raised at a start is what messages told that are no more. */
uint32_t outbox_sequence(const struct outbox *outbox, uint32_t lead);
void outbox_raise_sequence(struct outbox *outbox, uint32_t lead, uint32_t sequence);

/* --- rows -------------------------------------------------------------------------------------------------------------- */

uint32_t outbox_count(
    const struct outbox *outbox); /* rows are numbered from 0, in the order in which they were made */
const struct outbox_row *outbox_row(const struct outbox *outbox, uint32_t number);
uint32_t outbox_find(const struct outbox *outbox, struct hash128 id); /* OUTBOX_NONE: there is none */
uint32_t outbox_next_of_lead(const struct outbox *outbox, uint32_t lead,
                             uint32_t number); /* OUTBOX_NONE: the first; the end */

/* --- choosing ---------------------------------------------------------------------------------------------------------- */

uint32_t outbox_place_count(const struct outbox *outbox);
const struct outbox_place *outbox_place(const struct outbox *outbox, uint32_t place);
uint32_t outbox_find_place(const struct outbox *outbox, struct str name); /* OUTBOX_NONE: none */

/* The row that is due first there, if it is due at that instant; OUTBOX_NONE: none is. */
uint32_t outbox_due(const struct outbox *outbox, uint32_t place, int64_t now_ms);
int64_t outbox_due_ms(const struct outbox *outbox,
                      uint32_t place); /* of the first; TIME_NEVER: nothing waits */

/* An attempt begins: the row is not due until a record says how it ended, or the attempt is given up without one. */
void outbox_begin(struct outbox *outbox, uint32_t number);
void outbox_give_up(struct outbox *outbox, uint32_t number);

/* When the oldest waiting row there was made; TIME_NEVER: none waits. */
int64_t outbox_oldest_ms(struct outbox *outbox, uint32_t place);

#endif
