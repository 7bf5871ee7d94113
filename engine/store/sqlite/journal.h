/* journal.h - the writing side of journal.db: the one connection that commits groups and moves the log into place.
 *
 * journal_open may be called by the owner's thread; from then on everything but journal_figures and
 * journal_set_repack is the writer thread's, until that has ended and the owner closes.
 */
#ifndef EMBUDO_STORE_SQLITE_JOURNAL_H
#define EMBUDO_STORE_SQLITE_JOURNAL_H

#include "store/writer.h"

#define JOURNAL_CLEAN "store.clean" /* the value that says "1" when the last to write closed it */
#define JOURNAL_BLOCKS                                                                                       \
  "store.blocks" /* while it is clean: how many blocks there are for readers, in decimal */

struct journal;

struct journal_found {
  bool fresh;             /* nothing was there */
  bool clean;             /* fresh, or closed by the last to write */
  bool undone;            /* something that was removed is still to be scrubbed */
  uint64_t newest_seq;    /* 0: no records */
  bool counted;           /* it was closed cleanly by a version that counts, and */
  uint64_t blocks;        /* that many blocks were there for readers */
  enum store_state state; /* STORE_FULL: readable, but the disk is full (and `why`) */
  struct err why;
};

/* NULL and *err when it cannot be opened at all. The options' zeros are the defaults. */
struct journal *journal_open(const char *dir, const struct store_options *options,
                             struct journal_found *found, struct err *err);

/* `clean`: all is in order, so tidy up and note it for the next start; otherwise leave the files as after a crash. */
void journal_close(struct journal *journal, bool clean);

/* What a writer_disk asks for; `self` is the journal. */
enum store_state journal_commit(void *self, const struct writer_group *group, struct err *err);
enum store_state journal_tend(void *self, bool idle, enum writer_rest *rest, struct err *err);
enum store_state journal_recover(void *self, struct err *err);

void journal_set_repack(struct journal *journal, const struct store_repack *policy); /* any thread */

void journal_figures(struct journal *journal, struct store_stats *stats); /* any thread; its part of them */

#endif
