#include "store/writer.h"
#include "base/thread.h"

#include <time.h>

/* Memory kept for requests to come: a new large buffer each time costs more than filling it. */
enum { SPARE_REQUESTS_MAX = 32, SPARE_BYTES_MAX = 128 << 10 /* of each */ };
enum {
  HELD_UP_MS = 5,
  LEISURE_MS = 10
}; /* until the disk is tended again: when a reader was in its way, at leisure */
#define NEVER_US UINT64_MAX

struct queue {
  struct writer_request *first, *last;
  uint32_t requests;
  uint32_t along; /* of them nobody waits for */
  size_t bytes;
};

struct writer {
  struct writer_disk disk;
  struct store_options options;
  pthread_t thread;

  /* The owner's alone. */
  uint32_t held_requests; /* queued or not delivered yet */
  uint32_t held_scrubs;   /* of them */
  size_t held_bytes;
  bool delivering;
  struct writer_request *spare;
  uint32_t spare_requests;

  pthread_mutex_t lock; /* for all below */
  pthread_cond_t work;  /* the writer waits here */
  pthread_cond_t ended; /* writer_drain waits here */
  struct queue queue;   /* to commit */
  struct queue done;    /* to deliver */
  struct queue scrubs;  /* committed, until the disk is at rest */
  uint32_t committing;  /* requests in the commit under way */
  uint32_t wanted;      /* queued requests at which the writer wants to be woken */
  uint32_t expected;    /* requests of the last group that somebody waited for, if there were any */
  uint64_t
      along_until_us; /* monotonic: when requests of the queue that nobody waits for are committed by themselves */
  bool stopping, woken;
  bool told_to_tend;
  bool tended; /* nothing was written since the disk was last tended when idle */
  enum writer_rest rest;
  enum store_state state;
  enum store_state told; /* the state `changed` last heard */
  struct err why;        /* it is not STORE_OK */
  struct store_stats stats;
};

struct writer_request *writer_request_new(void) {
  struct writer_request *request = xcalloc(1, sizeof *request);
  buf_init(&request->bytes);
  return request;
}

static void request_free(struct writer_request *request) {
  buf_release(&request->bytes);
  free(request->name);
  free(request);
}

struct writer_request *writer_request(struct writer *writer) {
  struct writer_request *request = writer->spare;
  if (!request) return writer_request_new();
  writer->spare = request->next;
  writer->spare_requests--;
  return request;
}

static void give_back(struct writer *writer, struct writer_request *request) {
  if (writer->spare_requests == SPARE_REQUESTS_MAX || request->bytes.cap > SPARE_BYTES_MAX) {
    request_free(request);
    return;
  }
  struct buf bytes = request->bytes;
  free(request->name);
  buf_clear(&bytes);
  *request = (struct writer_request){.next = writer->spare, .bytes = bytes};
  writer->spare = request;
  writer->spare_requests++;
}

static void queue_add(struct queue *queue, struct writer_request *request) {
  request->next = NULL;
  if (queue->last)
    queue->last->next = request;
  else
    queue->first = request;
  queue->last = request;
  queue->requests++;
  queue->along += request->along;
  queue->bytes += request->bytes.len;
}

static struct writer_request *queue_take(struct queue *queue) {
  struct writer_request *request = queue->first;
  if (!request) return NULL;
  queue->first = request->next;
  if (!queue->first) queue->last = NULL;
  queue->requests--;
  queue->along -= request->along;
  queue->bytes -= request->bytes.len;
  return request;
}

/* --- the writer thread; the lock is held except where it says so --------------------------------------------- */

static uint64_t monotonic_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static struct timespec timespec_of(uint64_t us) {
  return (struct timespec){.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000};
}

/* Wakes the owner once for all it has not taken yet. The lock is let go: `wake` may take others. */
static void wake_owner(struct writer *writer) {
  if (writer->woken) return;
  writer->woken = true;
  pthread_mutex_unlock(&writer->lock);
  if (writer->options.wake) writer->options.wake(writer->options.arg);
  pthread_mutex_lock(&writer->lock);
}

/* A broken store stays broken. */
static void set_state(struct writer *writer, enum store_state state, const struct err *why) {
  if (writer->state == STORE_BROKEN || (writer->state == STORE_OK && state == STORE_OK)) return;
  writer->state = state;
  writer->why = *why;
}

static void finish(struct writer *writer, struct writer_request *request, enum store_state state) {
  request->state = state;
  queue_add(&writer->done, request);
}

static void finish_all(struct writer *writer, struct queue *queue, enum store_state state) {
  struct writer_request *request;
  while ((request = queue_take(queue))) finish(writer, request, state);
}

static void fail_queued(struct writer *writer) {
  finish_all(writer, &writer->scrubs, writer->state);
  finish_all(writer, &writer->queue, writer->state);
  pthread_cond_broadcast(&writer->ended);
  wake_owner(writer);
}

static uint32_t awaited(const struct queue *queue) {
  return queue->requests - queue->along;
}

static bool enough(const struct writer *writer) {
  const struct queue *queue = &writer->queue;
  return awaited(queue) >= writer->wanted || queue->requests >= STORE_GROUP_REQUESTS_MAX ||
         queue->bytes >= STORE_GROUP_BYTES_MAX;
}

/* When requests that nobody waits for have waited long enough. */
static uint64_t along_due_us(const struct writer *writer) {
  return writer->queue.along ? writer->along_until_us : NEVER_US;
}

static bool is_due(const struct writer *writer) {
  if (!writer->queue.first) return false;
  return enough(writer) || writer->stopping || monotonic_us() >= along_due_us(writer);
}

static int wait_on_work(struct writer *writer, uint64_t until_us) {
  const struct timespec until = timespec_of(until_us);
  if (until_us == NEVER_US) return pthread_cond_wait(&writer->work, &writer->lock);
  return pthread_cond_timedwait(&writer->work, &writer->lock, &until);
}

/* Until so many are queued that somebody waits for, others have waited long enough, the writer is to stop, the store breaks, that
 * instant is there or the disk is to be tended. */
static void wait_for(struct writer *writer, uint32_t requests, uint64_t until_us) {
  const enum store_state before = writer->state;
  int expired = 0;
  writer->wanted = requests;
  while (!enough(writer) && !writer->stopping && writer->state == before && !expired &&
         !writer->told_to_tend) {
    uint64_t along_us = along_due_us(writer);
    expired = wait_on_work(writer, along_us < until_us ? along_us : until_us);
  }
  writer->wanted = 1;
}

/* How long nothing may come before something else is due; 0: however long. */
static uint64_t patience_ms(const struct writer *writer) {
  if (writer->state == STORE_FULL) return writer->options.probe_ms;
  if (writer->state != STORE_OK) return 0;
  if (writer->rest == WRITER_HELD_UP) return HELD_UP_MS;
  if (writer->rest == WRITER_AT_LEISURE) return LEISURE_MS;
  return writer->tended ? 0 : writer->options.idle_ms;
}

/* False: nothing came, something else is due. */
static bool wait_for_work(struct writer *writer) {
  const enum store_state before = writer->state;
  if (writer->state == STORE_OK && writer->rest == WRITER_AT_WORK) return false;
  uint64_t limit_ms = patience_ms(writer);
  wait_for(writer, 1, limit_ms ? monotonic_us() + limit_ms * 1000 : NEVER_US);
  return is_due(writer) || writer->stopping || writer->state != before;
}

/* Callers that were answered together come back together: give them a moment. What nobody waits for goes now in any case. */
static void gather(struct writer *writer) {
  const struct queue *queue = &writer->queue;
  writer->along_until_us = NEVER_US;
  if (awaited(queue) >= writer->expected || queue->bytes >= STORE_GROUP_BYTES_MAX) return;
  wait_for(writer, writer->expected, monotonic_us() + writer->options.group_wait_us);
}

static bool fits(const struct writer_group *group, const struct writer_request *next) {
  if (group->requests == 0) return true;
  if (group->requests >= STORE_GROUP_REQUESTS_MAX || group->bytes + next->bytes.len > STORE_GROUP_BYTES_MAX)
    return false;
  return next->records == 0 || group->records == 0 || next->first_seq == group->first_seq + group->records;
}

/* The longest run from the head of the queue that makes a group. Others that have waited make the next. */
static struct writer_group take_group(struct writer *writer) {
  struct writer_group group = {0};
  struct writer_request **tail = &group.first;
  uint32_t along = writer->queue.along;
  while (writer->queue.first && fits(&group, writer->queue.first)) {
    struct writer_request *request = queue_take(&writer->queue);
    request->next = NULL;
    *tail = request;
    tail = &request->next;
    group.requests++;
    if (request->records == 0) continue;
    if (group.records == 0) group.first_seq = request->first_seq;
    group.records += request->records;
    group.bytes += request->bytes.len;
  }
  along -= writer->queue.along;
  if (group.requests > along) writer->expected = group.requests - along;
  writer->along_until_us = 0;
  return group;
}

static void count(struct writer *writer, const struct writer_group *group, enum store_state state,
                  uint64_t us) {
  if (state != STORE_OK) {
    writer->stats.failed_commits++;
    return;
  }
  writer->stats.commits++;
  writer->stats.commit_us += us;
  writer->stats.records += group->records;
  writer->stats.raw_bytes += group->bytes;
}

static void finish_group(struct writer *writer, struct writer_group *group, enum store_state state) {
  for (struct writer_request *request = group->first, *next; request; request = next) {
    next = request->next;
    if (request->kind == WRITER_SCRUB && state == STORE_OK)
      queue_add(&writer->scrubs, request);
    else
      finish(writer, request, state);
  }
  writer->committing = 0;
  pthread_cond_broadcast(&writer->ended);
  wake_owner(writer);
}

/* Calls the disk with the lock let go. When it is at rest, or never will be, what waited for that has ended. */
static void tend(struct writer *writer, bool idle) {
  struct err why = {ERR_NONE, ""};
  enum writer_rest rest = WRITER_AT_REST;
  pthread_mutex_unlock(&writer->lock);
  enum store_state state = writer->disk.tend(writer->disk.self, idle, &rest, &why);
  pthread_mutex_lock(&writer->lock);
  set_state(writer, state, &why);
  writer->rest = state == STORE_OK ? rest : WRITER_AT_WORK;
  bool rests = rest == WRITER_AT_REST || rest == WRITER_AT_LEISURE;
  bool ended = writer->scrubs.first && (state != STORE_OK || rests);
  if (ended) finish_all(writer, &writer->scrubs, writer->state);
  if (ended || state != STORE_OK) wake_owner(writer);
}

static void commit_group(struct writer *writer) {
  struct err why = {ERR_NONE, ""};
  gather(writer);
  if (writer->state != STORE_OK) return; /* broken from outside while it waited */
  struct writer_group group = take_group(writer);
  writer->committing = group.requests;
  writer->tended = false;
  pthread_mutex_unlock(&writer->lock);
  uint64_t start_us = monotonic_us();
  enum store_state state = writer->disk.commit(writer->disk.self, &group, &why);
  uint64_t us = monotonic_us() - start_us;
  pthread_mutex_lock(&writer->lock);
  count(writer, &group, state, us);
  set_state(writer, state, &why);
  finish_group(writer, &group, state);
  if (state == STORE_OK) tend(writer, false);
}

/* Nothing came for a while: look for room, or tidy up. */
static void on_quiet(struct writer *writer) {
  if (writer->state == STORE_OK) {
    bool idle = writer->rest == WRITER_AT_REST && !writer->told_to_tend;
    writer->told_to_tend = false;
    writer->tended = idle;
    tend(writer, idle);
    return;
  }
  struct err why = {ERR_NONE, ""};
  pthread_mutex_unlock(&writer->lock);
  enum store_state state = writer->disk.recover(writer->disk.self, &why);
  pthread_mutex_lock(&writer->lock);
  set_state(writer, state, &why);
  if (state != STORE_FULL) wake_owner(writer);
}

static void *run(void *arg) {
  struct writer *writer = arg;
  pthread_mutex_lock(&writer->lock);
  for (;;) {
    if ((writer->queue.first || writer->scrubs.first) && writer->state != STORE_OK)
      fail_queued(writer);
    else if (is_due(writer))
      commit_group(writer);
    else if (writer->stopping)
      break;
    else if (!wait_for_work(writer))
      on_quiet(writer);
  }
  finish_all(writer, &writer->scrubs, STORE_FULL);
  pthread_mutex_unlock(&writer->lock);
  return NULL;
}

/* --- the owner ------------------------------------------------------------------------------------------------ */

static void fill_in(struct store_options *options) {
  if (!options->queue_requests_max) options->queue_requests_max = 4096;
  if (!options->queue_bytes_max) options->queue_bytes_max = 64 << 20;
  if (!options->group_wait_us) options->group_wait_us = 2000;
  if (!options->along_wait_us) options->along_wait_us = 20000;
  if (!options->probe_ms) options->probe_ms = 1000;
  if (!options->idle_ms) options->idle_ms = 1000;
}

static void init_locks(struct writer *writer) {
  pthread_condattr_t monotonic;
  ASSERT(pthread_condattr_init(&monotonic) == 0);
  ASSERT(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
  ASSERT(pthread_mutex_init(&writer->lock, NULL) == 0);
  ASSERT(pthread_cond_init(&writer->work, &monotonic) == 0);
  ASSERT(pthread_cond_init(&writer->ended, NULL) == 0);
  pthread_condattr_destroy(&monotonic);
}

static void release(struct writer *writer) {
  for (struct writer_request *request = writer->spare, *next; request; request = next) {
    next = request->next;
    request_free(request);
  }
  pthread_cond_destroy(&writer->ended);
  pthread_cond_destroy(&writer->work);
  pthread_mutex_destroy(&writer->lock);
  free(writer);
}

struct writer *writer_new(const struct writer_disk *disk, const struct store_options *options,
                          enum store_state state, const struct err *why, struct err *err) {
  struct writer *writer = xcalloc(1, sizeof *writer);
  writer->disk = *disk;
  writer->options = *options;
  fill_in(&writer->options);
  writer->wanted = 1;
  writer->tended = true;
  writer->rest = disk->undone ? WRITER_AT_WORK : WRITER_AT_REST;
  init_locks(writer);
  set_state(writer, state, why);
  if (thread_start(&writer->thread, "store writer", run, writer, err) == 0) return writer;
  release(writer);
  return NULL;
}

int writer_room(struct writer *writer, size_t bytes, struct err *err) {
  pthread_mutex_lock(&writer->lock);
  enum store_state state = writer->state;
  if (state != STORE_OK) *err = writer->why;
  pthread_mutex_unlock(&writer->lock);
  if (state != STORE_OK) {
    err->code = state == STORE_FULL ? ERR_LIMIT : ERR_SYSTEM;
    return -1;
  }
  if (writer->stopping) return err_set(err, ERR_LIMIT, "the store is being closed");
  const struct store_options *options = &writer->options;
  if (writer->held_requests < options->queue_requests_max &&
      (writer->held_bytes == 0 || writer->held_bytes + bytes <= options->queue_bytes_max))
    return 0;
  return err_set(err, ERR_LIMIT, "too much waits to be written (%u requests, %zu bytes); try again later",
                 writer->held_requests, writer->held_bytes);
}

void writer_add(struct writer *writer, struct writer_request *request) {
  writer->held_requests++;
  writer->held_scrubs += request->kind == WRITER_SCRUB;
  writer->held_bytes += request->bytes.len;
  pthread_mutex_lock(&writer->lock);
  if (request->along && !writer->queue.along)
    writer->along_until_us = monotonic_us() + writer->options.along_wait_us;
  queue_add(&writer->queue, request);
  if (enough(writer) || (request->along && writer->queue.along == 1)) pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->lock);
}

static void tell_outcome(struct writer *writer, struct writer_request *request, const struct err *why) {
  static const struct err closed = {ERR_LIMIT,
                                    "the store was closed; who opens it next goes on with the scrub"};
  if (request->kind == WRITER_SCRUB && writer->stopping && request->state == STORE_FULL) why = &closed;
  writer->held_requests--;
  writer->held_scrubs -= request->kind == WRITER_SCRUB;
  writer->held_bytes -= request->bytes.len;
  struct store_outcome outcome = {request->state, request->first_seq, request->records,
                                  request->state == STORE_OK ? NULL : why};
  if (request->done) request->done(request->arg, &outcome);
  give_back(writer, request);
}

void writer_deliver(struct writer *writer) {
  ASSERT(!writer->delivering);
  writer->delivering = true;
  pthread_mutex_lock(&writer->lock);
  struct queue done = writer->done;
  writer->done = (struct queue){0};
  writer->woken = false;
  enum store_state state = writer->state;
  bool changed = state != writer->told;
  writer->told = state;
  struct err why = writer->why;
  pthread_mutex_unlock(&writer->lock);
  struct writer_request *request;
  while ((request = queue_take(&done))) tell_outcome(writer, request, &why);
  if (changed && writer->options.changed)
    writer->options.changed(writer->options.arg, state, state == STORE_OK ? NULL : &why);
  writer->delivering = false;
}

void writer_drain(struct writer *writer) {
  do {
    pthread_mutex_lock(&writer->lock);
    writer->along_until_us = 0;
    pthread_cond_signal(&writer->work);
    while (writer->queue.first || writer->committing) pthread_cond_wait(&writer->ended, &writer->lock);
    pthread_mutex_unlock(&writer->lock);
    writer_deliver(writer);
  } while (writer->held_requests > writer->held_scrubs);
}

enum store_state writer_free(struct writer *writer) {
  ASSERT(!writer->delivering);
  pthread_mutex_lock(&writer->lock);
  writer->stopping = true;
  pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->lock);
  ASSERT(pthread_join(writer->thread, NULL) == 0);
  writer_drain(writer);
  enum store_state state = writer->state;
  release(writer);
  return state;
}

void writer_break(struct writer *writer, const struct err *why) {
  pthread_mutex_lock(&writer->lock);
  set_state(writer, STORE_BROKEN, why);
  pthread_cond_signal(&writer->work);
  wake_owner(writer);
  pthread_mutex_unlock(&writer->lock);
}

void writer_tend(struct writer *writer) {
  pthread_mutex_lock(&writer->lock);
  writer->told_to_tend = true;
  pthread_cond_signal(&writer->work);
  pthread_mutex_unlock(&writer->lock);
}

void writer_wake(struct writer *writer) {
  pthread_mutex_lock(&writer->lock);
  wake_owner(writer);
  pthread_mutex_unlock(&writer->lock);
}

enum store_state writer_state(struct writer *writer) {
  pthread_mutex_lock(&writer->lock);
  enum store_state state = writer->state;
  pthread_mutex_unlock(&writer->lock);
  return state;
}

enum store_state writer_why(struct writer *writer, struct err *err) {
  pthread_mutex_lock(&writer->lock);
  enum store_state state = writer->state;
  if (state != STORE_OK) *err = writer->why;
  pthread_mutex_unlock(&writer->lock);
  return state;
}

void writer_stats(struct writer *writer, struct store_stats *stats) {
  pthread_mutex_lock(&writer->lock);
  *stats = writer->stats;
  stats->state = writer->state;
  pthread_mutex_unlock(&writer->lock);
  stats->queued_requests = writer->held_requests;
  stats->queued_bytes = writer->held_bytes;
}
