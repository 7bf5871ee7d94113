/* work.h - jobs that would keep the loop waiting (files, above all), done on a thread of libuv's pool.
 *
 * A job is the caller's memory, usually the head of a struct of its own. `run` is called once on some thread of the pool and
 * must touch nothing but what the job owns; `done` is called once, later, on the loop's thread, whether the job ran or not,
 * and may free it. Between work_start and `done` the job is not the caller's.
 *
 * Stopping (at the end of the program, or because nobody wants the answer any more) never interrupts a thread: a job that waits
 * for its turn is taken out of the queue, and one that runs should look at work_is_stopped now and then and come to an end.
 *
 * The pool has few threads and is shared with the names that libuv looks up: jobs should take well below a second each.
 */
#ifndef EMBUDO_IO_WORK_H
#define EMBUDO_IO_WORK_H

#include "io/loop.h"
#include <stddef.h>

enum { WORK_JOBS_MAX = 128 }; /* of one owner, waiting and running */

struct work; /* the jobs of one owner, on one loop */

enum work_end {
  WORK_RAN,    /* to its end, or as far as it wanted */
  WORK_SKIPPED /* stopped before its turn came */
};

struct work_job {
  void (*run)(struct work_job *job);                     /* any thread */
  void (*done)(struct work_job *job, enum work_end end); /* the loop's thread */
  struct work_item *item;                                /* work.c's */
};

/* Once in a process, before the first job: starts the pool's threads, turning the loop. Left alone libuv would start them with
 * the first job, and end the process where there are none to be had; here that is -1 and *err. */
int work_start_pool(struct loop *loop, struct err *err);

struct work *work_new(struct loop *loop);

/* Stops all jobs and waits until the last of them is done, turning the loop meanwhile. NULL is allowed. */
void work_free(struct work *work);

/* False: too much is under way (WORK_JOBS_MAX) or work_stop was called; `done` will not be called. */
bool work_start(struct work *work, struct work_job *job);

void work_stop_job(struct work_job *job); /* this one; `done` comes all the same, never from in here */
void work_stop(struct work *work);        /* all, and no new ones are taken */
size_t work_count(const struct work *work);

bool work_is_stopped(const struct work_job *job); /* for `run`, from its thread */

#endif
