/* leadbook.h - the daemon's book of leads: what was last seen of each, what was decided about it, and when to look again.
 *
 * Scores come from folds alone; the book keeps what a fold cannot know or what is wanted without one: the stages that were
 * recorded (decisions are facts), a summary to list and sort by, the next instant at which time alone may
 * change the lead, and which leads must be folded again because an event touched them. Everything in it follows from
 * the journal: it is made anew at every start.
 *
 * Stages and lifecycles are kept by name, so that the book survives a change of rules. Entries are for leads as
 * identity.h numbers them; when a lead turns out to be part of another, leadbook_absorb moves its record over. One thread.
 */
#ifndef EMBUDO_CORE_LEADBOOK_H
#define EMBUDO_CORE_LEADBOOK_H

#include "base/map.h"
#include "core/desk/clockbook.h"
#include "model/fold/fold.h"

enum {
  LEADBOOK_LIFECYCLES = 8, /* whose recorded stages are kept; ASSERT: rulesets have fewer */
  LEADBOOK_NAMES_MAX = UINT16_MAX,
  LEADBOOK_TEXT_MAX = 240 /* bytes of a lead's searchable text */
};

/* Why a transition was recorded. */
#define CAUSES(X)                                                                                            \
  X(CAUSE_RULE, "rule")             /* a move's condition came true */                                       \
  X(CAUSE_PERSON, "person")         /* somebody's act */                                                     \
  X(CAUSE_CORRECTION, "correction") /* late events changed the past */                                       \
  X(CAUSE_MERGE, "merge")           /* two leads turned out to be one */                                     \
  X(CAUSE_IMPORT, "import")         /* history was loaded: nobody is told */                                 \
  X(CAUSE_RULESET, "ruleset")       /* other rules */

enum cause {
#define X(code, word) code,
  CAUSES(X)
#undef X
      CAUSE_COUNT
};
const char *cause_word(enum cause cause);
bool cause_parse(struct str word, enum cause *cause);
/* Whether what follows from such a transition begins: clocks, assignments, hand-offs. History that was loaded and other rules
 * send nothing to anybody; what other rules changed does once it is released. */
bool cause_is_live(enum cause cause);
struct decision;
bool decision_is_live(const struct decision *decision);

struct decision { /* a recorded transition */
  uint32_t older; /* of the same lead; 0: none. Numbers are places in the book, from 1 */
  uint32_t node;  /* the lead it was made about; it may be part of another by now */
  uint32_t named; /* the node of the id that its record names, plus one; 0: nobody has said */
  uint16_t lifecycle, from, to, ruleset; /* leadbook_name numbers */
  uint16_t move;                         /* its doc */
  uint8_t cause;
  bool existing;  /* the lead was no new business then */
  bool handed;    /* it handed the lead over: its record holds the brief of that instant */
  bool to_retell; /* what its record named is not the lead's any more: it is to be told anew (retold.h) */
  bool
      released; /* other rules' doing that somebody let go: what follows from it begins. Known while it is made only */
  uint32_t cycle;
  int64_t at_ms;         /* when it came to be: by the fold's reckoning */
  int64_t decided_ms;    /* when it was decided */
  uint64_t record;       /* in the journal; 0: not committed yet */
  struct touch_act *act; /* whose doing it was: the book's copy; NULL: nobody's */
};

struct lead_entry {
  uint32_t node;     /* the lead */
  uint32_t heap_at;  /* the book's own */
  uint32_t history;  /* the book's own: its number; 0: it mentions nobody */
  int64_t due_ms;    /* TIME_NEVER: nothing to wait for */
  int64_t folded_ms; /* the summary is of this instant; TIME_MIN: never folded */
  int64_t first_ms, last_ms;
  uint64_t
      seen_record; /* of the journal: effects of events up to it have been looked for; 0: see the pipeline */
  uint32_t events, cycle;
  uint32_t decisions;     /* newest */
  uint32_t clocks;        /* newest, in the book of clocks */
  uint32_t derived_count; /* transitions of the fold that have been compared with the record */
  uint64_t derived_hash;
  uint16_t recorded[LEADBOOK_LIFECYCLES]; /* stage names; 0: none yet */
  int64_t recorded_ms[LEADBOOK_LIFECYCLES];
  uint16_t would[LEADBOOK_LIFECYCLES]; /* while rules are tried, and where their doing is held: the stage they
                                          put it in; 0: where it is */
  struct str id, account, owner;       /* live as long as the engine */
  uint32_t account_number;             /* the book's own, as are its neighbours among the account's leads */
  struct lead_entry *account_next, *account_before;
  uint64_t text_hash;
  char *text; /* name, company, e-mail and ids in lower case without accents; NUL-terminated */
  char grade[8];
  bool ignored, incomplete;
  bool existing;    /* of a company that is no new business */
  bool held;        /* would[] waits for a release: leadbook_note_held */
  uint32_t held_at; /* the book's own */
  bool merged;      /* absorbed another since it was folded */
  bool recalled; /* what is known of it is from the journal alone: it has not been folded since the start */
  bool assigned; /* somebody gets it, by an act that is on its way */
  uint16_t ruleset;  /* it was last folded under */
  uint16_t released; /* the pipeline's number of the taking over whose held changes were released for it */
  uint64_t segments; /* bits 1 << number */
  uint64_t lists;    /* of the worklists, whose condition holds: worklists.h */
  uint64_t listed;   /* the book of lists' own: where it stands, listbook.h */
  uint32_t *list_at;
  int64_t scores[]; /* per dimension */
};

struct leadbook;
struct listbook;

struct leadbook *leadbook_new(const struct ruleset *rules);
void leadbook_free(struct leadbook *book);

struct clockbook *leadbook_clocks(const struct leadbook *book);
struct listbook *leadbook_lists(const struct leadbook *book);

/* Names of stages, lifecycles, rulesets, moves: numbers from 1. */
uint16_t leadbook_intern(struct leadbook *book, struct str name);
uint16_t leadbook_find_name(const struct leadbook *book, struct str name); /* 0: there is none of that name */
const char *leadbook_name(const struct leadbook *book, uint16_t number);   /* "" for 0 */
uint32_t leadbook_names(const struct leadbook *book); /* how many there are; LEADBOOK_NAMES_MAX at most */

/* --- entries ------------------------------------------------------------------------------------------------------ */

struct lead_entry *leadbook_find(const struct leadbook *book, uint32_t lead); /* NULL: none */
struct lead_entry *leadbook_open(struct leadbook *book, uint32_t lead);       /* made when there is none */
void leadbook_remove(struct leadbook *book, uint32_t lead);
void leadbook_forget(struct leadbook *book, uint32_t lead); /* its decisions count as not recorded, too */

/* Whose account it is of; empty: none's. The text lives as long as the engine. */
void leadbook_set_account(struct leadbook *book, struct lead_entry *entry, struct str account);
/* An account's leads, in no order: the first, and from there account_next. NULL: none. */
struct lead_entry *leadbook_of_account(const struct leadbook *book, struct str account);

/* After would[] has changed while rules' doing is held. Who is held is counted. */
void leadbook_note_held(struct leadbook *book, struct lead_entry *entry);
size_t leadbook_held(const struct leadbook *book);
/* Who is held, the longest first: start with *cursor = 0; NULL at the end. A cursor is good until something changes. */
struct lead_entry *leadbook_next_held(const struct leadbook *book, size_t *cursor);

/* `other` is part of `lead` now: its decisions are the lead's too, and of the two recorded stages of a lifecycle the one
 * that comes later in the rules' order stays. Nothing to do when `other` has no entry. */
void leadbook_absorb(struct leadbook *book, struct lead_entry *lead, uint32_t other,
                     const struct ruleset *rules);
/* Who has what was recorded of that id: its own entry, or that of whoever absorbed it, and so on. NULL: nobody. */
struct lead_entry *leadbook_holder(const struct leadbook *book, uint32_t node);

size_t leadbook_count(const struct leadbook *book);
/* Every entry by its number: start with *cursor = 0; NULL at the end. Entries may come and go between two calls: nobody who was
 * there all the while is passed over or met twice. */
struct lead_entry *leadbook_next(const struct leadbook *book, size_t *cursor);

/* --- whom a history names ------------------------------------------------------------------------------------------ */

/* Something that is recorded of the lead, or that others were told of it, names the node's id. */
void leadbook_note_mention(struct leadbook *book, struct lead_entry *entry, uint32_t node);
/* Whose histories name that id, wherever they have gone: start with *cursor = 0; NULL at the end. Somebody may come twice. */
struct lead_entry *leadbook_next_mentioning(struct leadbook *book, uint32_t node, uint32_t *cursor);

/* --- decisions ----------------------------------------------------------------------------------------------------- */

/* Adds it to the lead's history and makes `to` the recorded stage of that lifecycle (its index in the present rules, NONE:
 * they do not have it). Returns the decision's number. */
uint32_t leadbook_decide(struct leadbook *book, struct lead_entry *entry, int lifecycle,
                         const struct decision *decision);
/* The same for a decision about a lead that is part of this one by now: its history is this one's, and of the two recorded
 * stages the further one stays, as with leadbook_absorb. */
uint32_t leadbook_decide_apart(struct leadbook *book, struct lead_entry *entry, int lifecycle,
                               const struct decision *decision, const struct ruleset *rules);

/* Adds it at the place in the lead's history that its record says; the recorded stage stays. Returns its number. */
uint32_t leadbook_insert(struct leadbook *book, struct lead_entry *entry, const struct decision *decision);

/* It stands in that stage by a decision that is there already. */
void leadbook_stand(struct lead_entry *entry, int lifecycle, uint16_t stage, int64_t at_ms);

struct decision *leadbook_decision(const struct leadbook *book, uint32_t number);
uint32_t leadbook_decision_count(const struct leadbook *book); /* they are numbered from 1 to this */

/* --- what to look at ------------------------------------------------------------------------------------------------ */

/* Why a lead is folded again; of two reasons the later one here wins. */
enum touch_reason {
  TOUCH_NONE,
  TOUCH_SWEEP,  /* nothing happened: other rules, a rule that was stopped */
  TOUCH_IMPORT, /* history was loaded */
  TOUCH_LIVE    /* an event, a deadline */
};

/* The id's leads want to be folded again. Once until it is taken. */
void leadbook_touch(struct leadbook *book, uint32_t node, enum touch_reason reason);
bool leadbook_take(struct leadbook *book, uint32_t *node,
                   enum touch_reason *reason); /* oldest first; false: none */
size_t leadbook_touched(const struct leadbook *book);
enum touch_reason leadbook_why_touched(const struct leadbook *book,
                                       uint32_t node); /* TOUCH_NONE: it is not */

void leadbook_set_due(struct leadbook *book, struct lead_entry *entry, int64_t due_ms);
struct lead_entry *leadbook_earliest(const struct leadbook *book); /* NULL: nobody waits */
size_t leadbook_waiting(const struct leadbook *book);              /* how many do */

#endif
