#include "store/store.h"
#include "store/checkup.h"
#include "store/dirlock.h"
#include "store/record.h"
#include "store/sqlite/journal.h"

#include <stdatomic.h>

enum check { CHECK_DONE, CHECK_WANTED, CHECK_RUNNING, CHECK_ENDED /* and not told yet */ };

struct store {
  struct store_options options;
  char *dir;
  int lock;
  bool was_clean, counted;
  uint64_t blocks; /* counted: how many there were */
  uint64_t next_seq;
  struct journal *journal;
  struct writer *writer;
  struct checkup *checkup; /* NULL: not needed, or not begun */
  atomic_int check;        /* an enum check; once it is CHECK_ENDED, what follows stands */
  bool damaged;
  struct err damage;
};

/* --- the check after an unclean stop ----------------------------------------------------------------------------- */

/* On the check's thread. */
static void on_checked(void *arg, const struct err *err) {
  struct store *store = arg;
  store->damaged = err != NULL;
  if (err) {
    store->damage = *err;
    writer_break(store->writer, err);
  }
  atomic_store(&store->check, CHECK_ENDED);
  writer_wake(store->writer);
}

static void tell_checked(struct store *store) {
  int ended = CHECK_ENDED;
  if (!atomic_compare_exchange_strong(&store->check, &ended, CHECK_DONE)) return;
  if (store->options.checked)
    store->options.checked(store->options.arg, store->damaged ? &store->damage : NULL);
}

int store_begin_check(struct store *store, struct err *err) {
  if (atomic_load(&store->check) != CHECK_WANTED) return 0;
  atomic_store(&store->check, CHECK_RUNNING);
  store->checkup = checkup_new(store->dir, on_checked, store, err);
  return store->checkup ? 0 : -1;
}

/* --- opening and closing ------------------------------------------------------------------------------------------- */

static int start_writer(struct store *store, const struct journal_found *found, struct err *err) {
  struct writer_disk disk = {store->journal, journal_commit, journal_tend, journal_recover, found->undone};
  store->writer = writer_new(&disk, &store->options, found->state, &found->why, err);
  if (!store->writer) return -1;
  if (found->clean) return 0;
  atomic_store(&store->check, CHECK_WANTED);
  return store->options.check_later ? 0 : store_begin_check(store, err);
}

static int open_locked(struct store *store, struct err *err) {
  struct journal_found found;
  store->journal = journal_open(store->dir, &store->options, &found, err);
  if (!store->journal) return -1;
  store->was_clean = found.clean;
  store->counted = found.counted;
  store->blocks = found.blocks;
  store->next_seq = found.newest_seq + 1;
  if (start_writer(store, &found, err) == 0) return 0;
  if (store->writer) writer_free(store->writer);
  journal_close(store->journal, false);
  return -1;
}

static void release(struct store *store) {
  if (store->lock >= 0) dirlock_release(store->lock);
  free(store->dir);
  free(store);
}

struct store *store_open(const char *dir, const struct store_options *options, struct err *err) {
  struct store *store = xcalloc(1, sizeof *store);
  store->options = *options;
  store->dir = xstrdup(dir);
  store->lock = dirlock_take(dir, err);
  if (store->lock >= 0 && open_locked(store, err) == 0) return store;
  release(store);
  return NULL;
}

/* A check cut short, or never begun, leaves the next start an unclean one, so that it is made then. */
void store_close(struct store *store) {
  checkup_free(store->checkup);
  enum store_state state = writer_free(store->writer);
  tell_checked(store);
  journal_close(store->journal, state == STORE_OK && atomic_load(&store->check) == CHECK_DONE);
  release(store);
}

/* --- appending --------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct store_record *records, size_t count) {
  size_t size = count * RECORD_FRAME_MAX;
  for (size_t i = 0; i < count; i++) size += records[i].source.len + records[i].bytes.len;
  return size;
}

/* The caller's mistakes of size; what is refused here would be refused for ever. */
static int check_append(const struct store_record *records, size_t count, size_t size, struct err *err) {
  ASSERT(count > 0);
  if (count > STORE_APPEND_RECORDS_MAX)
    return err_set(err, ERR_LIMIT, "%zu records at once; at most %d go into one append", count,
                   STORE_APPEND_RECORDS_MAX);
  if (size > STORE_APPEND_BYTES_MAX)
    return err_set(err, ERR_LIMIT, "%zu bytes at once; at most %d go into one append", size,
                   STORE_APPEND_BYTES_MAX);
  for (size_t i = 0; i < count; i++)
    ASSERT(records[i].source.len <= STORE_SOURCE_MAX && records[i].kind <= STORE_KIND_MAX);
  return 0;
}

typedef void store_done(void *arg, const struct store_outcome *outcome);

/* A request to add, or NULL and *err when there is no room for so many bytes. */
static struct writer_request *request_for(struct store *store, enum writer_kind kind, size_t bytes,
                                          store_done *done, void *arg, struct err *err) {
  if (writer_room(store->writer, bytes, err)) return NULL;
  struct writer_request *request = writer_request(store->writer);
  request->kind = kind;
  request->done = done;
  request->arg = arg;
  return request;
}

static int append(struct store *store, const struct store_record *records, size_t count, bool along,
                  store_done *done, void *arg, uint64_t *first_seq, struct err *err) {
  size_t size = size_of(records, count);
  if (check_append(records, count, size, err)) return -1;
  struct writer_request *request = request_for(store, WRITER_RECORDS, size, done, arg, err);
  if (!request) return -1;
  buf_reserve(&request->bytes, size);
  for (size_t i = 0; i < count; i++) record_add(&request->bytes, &records[i]);
  request->first_seq = store->next_seq;
  request->records = (uint32_t)count;
  request->received_ms = records[0].received_ms;
  request->along = along;
  store->next_seq += count;
  if (first_seq) *first_seq = request->first_seq;
  writer_add(store->writer, request);
  return 0;
}

int store_append(struct store *store, const struct store_record *records, size_t count, store_done *done,
                 void *arg, uint64_t *first_seq, struct err *err) {
  return append(store, records, count, false, done, arg, first_seq, err);
}

int store_append_along(struct store *store, const struct store_record *records, size_t count,
                       store_done *done, void *arg, struct err *err) {
  return append(store, records, count, true, done, arg, NULL, err);
}

int store_set(struct store *store, struct str name, struct str bytes, store_done *done, void *arg,
              struct err *err) {
  ASSERT(name.len > 0 && name.len <= STORE_VALUE_NAME_MAX && !memchr(name.p, '\0', name.len));
  if (bytes.len > STORE_VALUE_BYTES_MAX)
    return err_set(err, ERR_LIMIT, "a value of %zu bytes; at most %d are kept", bytes.len,
                   STORE_VALUE_BYTES_MAX);
  struct writer_request *request = request_for(store, WRITER_VALUE, bytes.len, done, arg, err);
  if (!request) return -1;
  request->name = xmalloc(name.len + 1);
  memcpy(request->name, name.p, name.len);
  request->name[name.len] = '\0';
  buf_add_str(&request->bytes, bytes);
  writer_add(store->writer, request);
  return 0;
}

/* --- removing ----------------------------------------------------------------------------------------------------- */

int store_replace(struct store *store, uint64_t seq, struct str bytes, store_done *done, void *arg,
                  struct err *err) {
  if (bytes.len > STORE_APPEND_BYTES_MAX)
    return err_set(err, ERR_LIMIT, "%zu bytes for a record; at most %d are kept", bytes.len,
                   STORE_APPEND_BYTES_MAX);
  struct writer_request *request = request_for(store, WRITER_REPLACE, bytes.len, done, arg, err);
  if (!request) return -1;
  request->first_seq = seq;
  buf_add_str(&request->bytes, bytes);
  writer_add(store->writer, request);
  return 0;
}

int store_remove_before(struct store *store, uint64_t seq, store_done *done, void *arg, struct err *err) {
  struct writer_request *request = request_for(store, WRITER_REMOVE, 0, done, arg, err);
  if (!request) return -1;
  request->first_seq = seq < store->next_seq ? seq : store->next_seq;
  writer_add(store->writer, request);
  return 0;
}

int store_scrub(struct store *store, store_done *done, void *arg, struct err *err) {
  struct writer_request *request = request_for(store, WRITER_SCRUB, 0, done, arg, err);
  if (!request) return -1;
  writer_add(store->writer, request);
  return 0;
}

void store_repack(struct store *store, const struct store_repack *policy) {
  journal_set_repack(store->journal, policy);
  writer_tend(store->writer);
}

void store_deliver(struct store *store) {
  writer_deliver(store->writer);
  tell_checked(store);
}

void store_drain(struct store *store) {
  writer_drain(store->writer);
  tell_checked(store);
}

enum store_state store_state(struct store *store) {
  return writer_state(store->writer);
}

enum store_state store_why(struct store *store, struct err *err) {
  return writer_why(store->writer, err);
}

uint64_t store_next_seq(const struct store *store) {
  return store->next_seq;
}

bool store_expects_blocks(const struct store *store, uint64_t *blocks) {
  *blocks = store->blocks;
  return store->counted;
}

bool store_is_open(const char *dir) {
  return dirlock_is_taken(dir);
}

bool store_was_clean(const struct store *store) {
  return store->was_clean;
}

void store_stats(struct store *store, struct store_stats *stats) {
  writer_stats(store->writer, stats);
  journal_figures(store->journal, stats);
}
