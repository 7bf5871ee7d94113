/* store.h - what was acknowledged and must never be lost: an append-only log of records, and a few small named values.
 *
 * Records are opaque bytes with the instant they were received, the name of who sent them and a kind that is the
 * caller's business. The store numbers them: sequence numbers start at 1 and rise in the order of store_append; where
 * an append failed there is a gap, and no number is ever given twice while the store is open.
 *
 * Appending is asynchronous. A writer thread makes many appends durable together (a group commit) and the caller hears
 * of each through its `done`: STORE_OK means that all of its records survive a power cut, anything else that none of
 * them was acknowledged. All of an append's records become durable together or not at all. Order is kept: an append is
 * never durable before one that was made earlier.
 *
 * Threads: a `struct store` belongs to the thread that opened it; every function that takes one is called there, and
 * callbacks run there, inside store_deliver, store_drain or store_close. Only `wake` runs on the store's own thread.
 * Readers are independent: any thread, also of another process, may have its own. They hold up neither the writer nor
 * one another.
 *
 * What goes wrong, and what to do about it:
 *   STORE_FULL    there is no room on the disk. Appends are refused with ERR_LIMIT until the store has found room again,
 *                 which it tries by itself; reading goes on. Ask clients to try later.
 *   STORE_BROKEN  writing or syncing failed, or the file is damaged. Nothing can be promised any more: appends are
 *                 refused with ERR_SYSTEM for good. Exit; what was acknowledged is found again at the next start.
 * Neither is retried behind the caller's back.
 *
 * Removing. Records are replaced, one by one, or removed up to a number; readers see that at once. Their bytes stay in
 * the files until a scrub has ended, which works in small steps between commits. Whatever dies meanwhile, what was begun is
 * finished by who opens the store next. Numbers of removed records are not given again. Copies made before know nothing
 * of it, and what the disk itself keeps of overwritten blocks is not the store's to know.
 *
 * Packing together. What one commit writes is a block; many small ones take much room, and time to read. When told to
 * (store_repack), the store packs neighbours together into large ones, in small steps between commits, for a share of its
 * thread's time. Numbers and bytes of records stay as they are, and whatever dies meanwhile finds each record once.
 *
 * It does not: look into records, remove duplicates, or know leads.
 */
#ifndef EMBUDO_STORE_STORE_H
#define EMBUDO_STORE_STORE_H

#include "base/buf.h"
#include "base/err.h"

enum {
  STORE_SOURCE_MAX = 255,             /* bytes of a record's source */
  STORE_APPEND_BYTES_MAX = 16 << 20,  /* of one append, records' framing included */
  STORE_APPEND_RECORDS_MAX = 1 << 16, /* of one append */
  STORE_VALUE_NAME_MAX = 255,         /* bytes of a value's name */
  STORE_VALUE_BYTES_MAX = 1 << 20,    /* of a value */
  STORE_GROUP_REQUESTS_MAX = 256,     /* appends in one commit */
  STORE_GROUP_BYTES_MAX = 4 << 20,    /* of records in one commit, unless a single append has more */
};

#define STORE_KIND_MAX INT32_MAX

enum store_state { STORE_OK, STORE_FULL, STORE_BROKEN };

struct store_record {
  uint64_t seq;        /* given by the store */
  int64_t received_ms; /* UTC */
  uint32_t kind;       /* up to STORE_KIND_MAX */
  struct str source;
  struct str bytes;
};

/* How an append ended. */
struct store_outcome {
  enum store_state state;
  uint64_t first_seq;    /* of its records; 0: it had none */
  uint32_t records;      /* of them, numbered without a gap; of a replacement: changed, 1 or 0 */
  const struct err *err; /* not STORE_OK: why. Valid during the call */
};

struct store_options {         /* zeros are the defaults, in brackets */
  uint32_t queue_requests_max; /* appends that wait or are not yet delivered [4096] */
  size_t queue_bytes_max;      /* of their records [64 MiB] */
  uint32_t group_wait_us;      /* how long a commit waits for as many appends as the last one had [2000] */
  uint32_t along_wait_us;      /* how long an append that nobody waits for waits for one to go with [20000] */
  uint32_t probe_ms;           /* how often a full store looks for room [1000] */
  uint32_t idle_ms;            /* how long nothing is appended before the log file is tidied [1000] */
  size_t reserve_bytes;        /* kept on the disk in a file, given up when it is full [16 MiB] */
  size_t checkpoint_bytes;     /* written ahead before they are moved into place [4 MiB] */
  bool check_later;            /* the check after an unclean stop waits for store_begin_check */
  void *arg;                   /* of the callbacks, which may be NULL */
  void (*wake)(void *arg);     /* call store_deliver soon. Any thread; once between two deliveries */
  void (*changed)(void *arg, enum store_state state, const struct err *err); /* err: why, unless STORE_OK */
  void (*checked)(void *arg,
                  const struct err *err); /* the check after an unclean stop ended; NULL: all is well */
};

struct store;

/* Opens the store in `dir`, making both where they do not exist. A lock in the directory keeps a second opener out, in
 * this and other processes of this machine. Brings an older store's layout up to date; refuses a newer one. After an
 * unclean stop everything is read once more in the background and `checked` tells how that went; damage makes the store
 * STORE_BROKEN. When the disk is full an existing store opens as STORE_FULL. NULL and *err on failure. */
struct store *store_open(const char *dir, const struct store_options *options, struct err *err);

/* With check_later: begins the check if there has to be one, for who reads everything first, and needs the processor for that;
 * readers verify each block by themselves. Until it was made the next start is an unclean one. -1 and *err: there is no thread
 * to be had. */
int store_begin_check(struct store *store, struct err *err);

/* Makes what was appended durable, delivers what is left to deliver, and puts the files in order so that the next start
 * is a clean one. Not from within a callback. */
void store_close(struct store *store);

/* Queues the records for the next commit; their bytes are copied. -1 without calling `done`: ERR_LIMIT when the queue or
 * the disk is full or a bound above is passed (store_state tells which), ERR_SYSTEM when the store is broken. With
 * `first_seq` not NULL the number of the first record is put there. `done` may be NULL. */
int store_append(struct store *store, const struct store_record *records, size_t count,
                 void (*done)(void *arg, const struct store_outcome *outcome), void *arg, uint64_t *first_seq,
                 struct err *err);

/* The same for what nobody waits for: it goes along with the next append that somebody waits for, so that it costs no commit of
 * its own, or is committed after along_wait_us. Order and promises are the same, and `done` is called just so. */
int store_append_along(struct store *store, const struct store_record *records, size_t count,
                       void (*done)(void *arg, const struct store_outcome *outcome), void *arg,
                       struct err *err);

/* Sets a named value in the same order and with the same promises as an append; empty bytes remove it. Names that begin
 * with "store." are the store's own. A scrub is about records only: values are no place for what must be erasable. */
int store_set(struct store *store, struct str name, struct str bytes,
              void (*done)(void *arg, const struct store_outcome *outcome), void *arg, struct err *err);

/* Gives a record other bytes, for good; empty bytes remove it. In the order of appends and with their promises. The
 * outcome's `records` is 0 when nothing was changed: there is no such record (any more), or the bytes are more than the
 * record's and there is no room for them in its block (STORE_APPEND_BYTES_MAX). */
int store_replace(struct store *store, uint64_t seq, struct str bytes,
                  void (*done)(void *arg, const struct store_outcome *outcome), void *arg, struct err *err);

/* Removes all records numbered below `seq`. The same; it ends before their room is free. */
int store_remove_before(struct store *store, uint64_t seq,
                        void (*done)(void *arg, const struct store_outcome *outcome), void *arg,
                        struct err *err);

/* Ends when nothing of what was replaced or removed before is left in any file, and room that became free was given
 * back. It waits for readers of this and other processes, who hold it up for as long as they look at one block. When the
 * store is closed before, the outcome is STORE_FULL: who opens it next goes on. */
int store_scrub(struct store *store, void (*done)(void *arg, const struct store_outcome *outcome), void *arg,
                struct err *err);

struct store_repack {
  size_t block_bytes; /* of records, before compression, in one block that small ones become; 0: 1 MiB */
  unsigned share; /* of the store's thread's time, in hundredths, at most; 0: nothing is packed together */
  unsigned
      free_share; /* of the files' room that may be free, in hundredths: beyond it half of that is kept for what comes, the
                          rest given back to the disk; 100: never */
};

/* From now on. Until it was called nothing is packed together: for who counts blocks (store_expects_blocks). */
void store_repack(struct store *store, const struct store_repack *policy);

void store_deliver(struct store *store); /* calls back for all that ended; never waits */
void store_drain(
    struct store *store); /* the same, and waits until nothing is queued; scrubs are not waited for */

enum store_state
store_state(struct store *store); /* as the writer sees it now: `changed` may not have come yet */
enum store_state store_why(struct store *store, struct err *err); /* the same; *err unless it is STORE_OK */
uint64_t store_next_seq(const struct store *store);               /* what the next record will be given */
bool store_was_clean(const struct store *store);                  /* the last one to write here closed it */

/* After a clean stop: how many blocks a reader had from the first record to the last then, to be compared with
 * store_reader_blocks. Fewer are damage that no check sum tells, for there is nothing to sum. False: it is not known. */
bool store_expects_blocks(const struct store *store, uint64_t *blocks);

struct store_stats { /* since store_open */
  enum store_state state;
  uint64_t commits, failed_commits; /* groups */
  uint64_t records;                 /* made durable */
  uint64_t raw_bytes, stored_bytes; /* of them, before and after compression */
  uint64_t commit_us;               /* time spent in commits */
  uint64_t checkpoints;             /* moves of the log into place */
  uint64_t ahead_bytes;             /* written ahead at the last commit; grows while a reader hangs */
  bool marked;                      /* something that was replaced or removed may be left in the files */
  uint64_t repacked_blocks, repacked_into; /* so many became so many */
  uint64_t repack_us;                      /* time spent with that */
  uint64_t file_bytes, free_bytes; /* the files as they are now; of them free, when it was looked last */
  uint32_t queued_requests;        /* not delivered yet */
  size_t queued_bytes;
};
void store_stats(struct store *store, struct store_stats *stats);

struct store_reader;

/* A reader of the store in `dir`, whether or not a process has it open. ERR_NOT_FOUND: there is none. */
struct store_reader *store_reader_new(const char *dir, struct err *err);
void store_reader_free(struct store_reader *reader); /* NULL is fine */

/* The same, with a thread that reads and unpacks what comes next while the caller is busy: for reading much, in order. */
struct store_reader *store_reader_ahead(const char *dir, struct err *err);

/* The next store_reader_next gives the first record numbered `seq` or higher. A new reader stands at the first. */
void store_reader_seek(struct store_reader *reader, uint64_t seq);

/* 1: *record, valid until the next call; 0: no more at present (a later call sees what came meanwhile); -1: *err, among
 * others for a block that is damaged. Keeps the database's view for a bounded time only, so a slow reader pins nothing:
 * what is removed while it reads may or may not be seen. */
int store_reader_next(struct store_reader *reader, struct store_record *record, struct err *err);

/* How many blocks it has read. */
uint64_t store_reader_blocks(const struct store_reader *reader);

/* 1 and the value's bytes appended to `bytes`, 0 when there is no such value, -1 and *err. */
int store_reader_value(struct store_reader *reader, struct str name, struct buf *bytes, struct err *err);

/* The same of the store in `dir`, without a reader; 0 also when there is no store. */
int store_value(const char *dir, struct str name, struct buf *bytes, struct err *err);

/* For values that are large: packed bytes are appended to `out`, and unpacked again, at most bytes_max of them. -1 and *err: they
 * are not what was packed. Any thread. */
void store_pack(struct str bytes, struct buf *out);
int store_unpack(struct str packed, size_t bytes_max, struct buf *out, struct err *err);

struct store_counts {
  uint64_t first_seq, last_seq; /* of the blocks that hold any; 0: no records */
  uint64_t records,
      blocks;  /* a block is what one commit wrote. Records removed a moment ago may be counted */
  bool clean;  /* the last one to write closed it; false while one writes */
  bool marked; /* as in store_stats */
  uint64_t expected_blocks; /* how many a reader had when it was closed; 0: not known */
};
int store_reader_count(struct store_reader *reader, struct store_counts *counts,
                       struct err *err); /* reads the table */

struct store_disk {                    /* what it takes, and what is left, in bytes; 0: not known */
  uint64_t journal_bytes, ahead_bytes; /* the file, and what is written ahead of it */
  uint64_t free_bytes;                 /* of the file system, for who runs embudo */
};
struct store_disk store_disk(const char *dir);

bool store_is_open(const char *dir); /* for writing, by this or another process of this machine */

/* Reads everything in the store of `dir` and compares it with its check sums: 0 when all is well, -1 and *err at the
 * first thing that is not, 1 when *stop (may be NULL; any thread may set it) was seen true. */
int store_check(const char *dir, const _Atomic bool *stop, struct err *err);

/* Copies the store of `dir` as it is now into the directory `target`, made if need be, while others write to it. What is
 * copied is checked. Until it is complete and synced the copy does not bear its name; a store already there is refused
 * with ERR_INVALID. `records`, when not NULL, gets how many records were copied. */
int store_backup(const char *dir, const char *target, uint64_t *records, struct err *err);

#endif
