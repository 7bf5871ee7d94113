/* service_erasing.h - the layout of struct erasing, shared by service_erase*.c alone.
 *
 * service_erase.c        who asked, the steps, their ends
 * service_erase_name.c   of those: the ids are written down
 * service_erase_read.c   of those: the journal is read for what has something of the person
 * service_erase_found.c  what an earlier process had begun
 */
#ifndef EMBUDO_SERVE_SERVICE_ERASING_H
#define EMBUDO_SERVE_SERVICE_ERASING_H

#include "core/journal/journal.h"
#include "core/journal/redact.h"
#include "io/work.h"
#include "serve/service/service_private.h"

#define ERASING_VALUE STR("erasing") /* the store's value: "ASK" or "ASK IDS", numbers of records */

enum {
  ERASING_VALUE_MAX = 64,
  ERASING_CHANGES = 256 /* records in one chunk of the journal that is read */
};

enum erasing_stage {
  ERASING_RESTS,
  ERASING_ASKS,
  ERASING_NAMES,
  ERASING_READS,
  ERASING_REPLACES,
  ERASING_CLOSES,
  ERASING_SCRUBS
};

struct erasing_wish { /* somebody who asked */
  struct erasing_wish *next;
  void (*done)(void *arg, const struct service_erased *erased); /* NULL: an earlier process was asked */
  void *arg;
  struct str record; /* what goes into the journal; behind it */
};

struct erasing_named { /* what is on its way to the journal */
  struct arena arena;
  struct store_record *records; /* their bytes are the arena's */
  size_t count;
};

struct erasing_change {
  uint64_t seq;
  size_t from, len; /* in the chunk's bytes */
};

struct erasing {
  struct work_job job; /* first */
  struct service *service;
  struct work *work;
  struct loop_timer *timer; /* to try again */
  enum erasing_stage stage;
  struct erasing_wish *wishes; /* the first is at work, unless the stage is ERASING_RESTS */
  size_t waiting;              /* how many there are */

  struct erasure *erasure; /* NULL: not named yet */
  uint64_t ask_seq, ids_seq;
  struct erasing_named named;
  bool
      is_left_out; /* what is erased was left out when the journal was read at the start: it is in no count */
  struct redactor *redactor;
  struct redacted counts;

  struct store_reader *reader;     /* the job's while it runs, like all that follows */
  struct buf text, bytes, answers; /* answers: of enrichers, that are gone; a list without its brackets */
  struct erasing_change changes[ERASING_CHANGES];
  size_t change_count;
  bool at_end, apart_changed;
  struct err failure;

  size_t under_way; /* requests to the store, of this step */
  bool failed;      /* one of them, or the job */
};

struct erasing *erasing_new(struct service *service);

void erasing_enter(struct erasing *e, enum erasing_stage stage); /* and begin with it */
void erasing_try_later(struct erasing *e);                       /* the stage; all may be done twice */

struct store_record erasing_record(struct erasing *e, enum journal_kind kind, struct str bytes);

/* --- service_erase_name.c ----------------------------------------------------------------------------------------------- */

void erasing_name(struct erasing *e); /* then ERASING_READS */
void erasing_forget_named(struct erasing *e);
bool erasing_reaches(const struct erasing *e,
                     const struct store_record *record); /* it may have something of the person */

/* --- service_erase_read.c ----------------------------------------------------------------------------------------------- */

void erasing_read_init(struct erasing *e);
void erasing_read_on(struct erasing *e); /* on a thread; then ERASING_REPLACES */

#endif
