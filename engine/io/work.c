#include "io/work.h"

#include "base/thread.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <uv.h>

struct work_item { /* libuv's side of a job */
  uv_work_t request;
  struct work *work;
  struct work_job *job;
  struct work_item *next, *before;
  _Atomic bool stopped;
};

enum { POOL_THREADS = 4 /* libuv's default */ };

struct work {
  struct loop *loop;
  struct work_item *items;
  size_t count;
  bool stopping;
};

/* --- the pool ------------------------------------------------------------------------------------------------------ */

static void *wait_for_lock(void *lock) {
  pthread_mutex_lock(lock);
  pthread_mutex_unlock(lock);
  return NULL;
}

/* Whether the system gives as many threads as the pool has, all at once. */
static int try_threads(struct err *err) {
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_t threads[POOL_THREADS];
  int count = 0;
  pthread_mutex_lock(&lock);
  while (count < POOL_THREADS && thread_start(&threads[count], "pool", wait_for_lock, &lock, err) == 0)
    count++;
  pthread_mutex_unlock(&lock);
  for (int i = 0; i < count; i++) ASSERT(pthread_join(threads[i], NULL) == 0);
  pthread_mutex_destroy(&lock);
  return count == POOL_THREADS ? 0 : -1;
}

static void do_nothing(uv_work_t *request) {
  (void)request;
}

static void on_started(uv_work_t *request, int status) {
  (void)status;
  *(bool *)request->data = true;
}

int work_start_pool(struct loop *loop, struct err *err) {
  bool started = false;
  uv_work_t first = {.data = &started};
  if (try_threads(err) != 0) return -1;
  ASSERT(uv_queue_work(loop_uv(loop), &first, do_nothing, on_started) == 0);
  while (!started) loop_turn(loop, true);
  return 0;
}

struct work *work_new(struct loop *loop) {
  struct work *work = xcalloc(1, sizeof *work);
  work->loop = loop;
  return work;
}

/* --- jobs ----------------------------------------------------------------------------------------------------------- */

static void add_item(struct work *work, struct work_item *item) {
  item->next = work->items;
  if (item->next) item->next->before = item;
  work->items = item;
  work->count++;
}

static void remove_item(struct work_item *item) {
  struct work *work = item->work;
  if (item->next) item->next->before = item->before;
  if (item->before)
    item->before->next = item->next;
  else
    work->items = item->next;
  work->count--;
}

static void on_run(uv_work_t *request) {
  const struct work_item *item = request->data;
  item->job->run(item->job);
}

static void on_done(uv_work_t *request, int status) {
  struct work_item *item = request->data;
  struct work_job *job = item->job;
  remove_item(item);
  free(item);
  job->item = NULL;
  job->done(job, status == UV_ECANCELED ? WORK_SKIPPED : WORK_RAN);
}

bool work_start(struct work *work, struct work_job *job) {
  if (work->stopping || work->count == WORK_JOBS_MAX) return false;
  struct work_item *item = xcalloc(1, sizeof *item);
  item->request.data = item;
  item->work = work;
  item->job = job;
  job->item = item;
  add_item(work, item);
  ASSERT(uv_queue_work(loop_uv(work->loop), &item->request, on_run, on_done) == 0);
  return true;
}

/* uv_cancel refuses what a thread has begun; then the flag has to do. */
static void stop_item(struct work_item *item) {
  atomic_store_explicit(&item->stopped, true, memory_order_relaxed);
  uv_cancel((uv_req_t *)&item->request);
}

void work_stop_job(struct work_job *job) {
  if (job->item) stop_item(job->item);
}

void work_stop(struct work *work) {
  work->stopping = true;
  for (struct work_item *item = work->items; item; item = item->next) stop_item(item);
}

size_t work_count(const struct work *work) {
  return work->count;
}

bool work_is_stopped(const struct work_job *job) {
  return atomic_load_explicit(&job->item->stopped, memory_order_relaxed);
}

void work_free(struct work *work) {
  if (!work) return;
  work_stop(work);
  while (work->count) loop_turn(work->loop, true);
  free(work);
}
