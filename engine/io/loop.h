/* loop.h - the event loop: one thread that waits for sockets, deadlines, signals and work handed over by other threads.
 *
 * Everything of embudo that is not a writer, flusher or loader happens on the thread that calls loop_run. All functions
 * here belong to that thread, except loop_post. The loop carries the world's side of time: a monotonic clock for
 * time-outs, read once a turn, and the wall clock for deadlines of rules.
 *
 * The handles of libuv follow its close protocol: an owner closes its handles and waits for their callbacks before it goes
 * away. loop_free asserts that nothing on the loop was forgotten, naming it. SIGPIPE is ignored from loop_new on: a
 * client that went away must be an error of write, not the end of the process.
 */
#ifndef EMBUDO_IO_LOOP_H
#define EMBUDO_IO_LOOP_H

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum {
  LOOP_SIGNALS_MAX = 4,      /* that can be listened to */
  LOOP_WAKE_CHECK_MS = 1000, /* how late a wake can be when somebody sets the wall clock forward */
};

struct loop;
struct uv_loop_s;

struct loop *loop_new(struct err *err); /* NULL and *err on failure */

/* Closes the loop's own handles; asserts that all others are closed or closing, and waits for those. */
void loop_free(struct loop *loop);

void loop_run(struct loop *loop);             /* until loop_stop */
void loop_stop(struct loop *loop);            /* loop_run returns after the turn under way */
void loop_turn(struct loop *loop, bool wait); /* one turn; with `wait` it blocks until something happens */

int64_t loop_now_ms(const struct loop *loop); /* monotonic, of the turn under way */
int64_t loop_clock_us(void);                  /* monotonic, read now; from any thread */
int64_t loop_wall_ms(void);                   /* UTC, read now; from any thread */

/* Called at the end of each turn with how long it took, waiting not included: for so long nobody else was served. NULL: nobody. */
void loop_on_turn(struct loop *loop, void (*turned)(void *arg, int64_t took_ns), void *arg);

/* Work for the loop from another thread, or for a later turn from the loop's own. The task is the caller's memory (so the
 * queue needs no bound of its own) and must stay until it runs; `run` may free it or post it again. Tasks of one thread run
 * in the order they were posted. What is posted after loop_stop does not run. */
struct loop_task {
  void (*run)(struct loop_task *task);
  struct loop_task *next; /* the loop's */
};
void loop_post(struct loop *loop, struct loop_task *task); /* from any thread */

/* The one deadline of the engine: `wake` is called at that instant of the wall clock or soon after, once. A new instant
 * replaces the old one; TIME_NEVER cancels. When the wall clock is set forward, it comes at most LOOP_WAKE_CHECK_MS late;
 * set back, it waits for the instant to come again. */
void loop_on_wake(struct loop *loop, void (*wake)(void *arg), void *arg);
void loop_wake_at(struct loop *loop, int64_t at_ms);

/* A span of time on the monotonic clock: `run` is called once after it, or every so often until it is stopped; runs that
 * were missed while the loop was busy are not made up for. Setting a timer again replaces what it was set to. A run may
 * set, stop or free its own timer. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *loop, void (*run)(void *arg), void *arg);
void loop_timer_free(struct loop_timer *timer); /* before loop_free; NULL is fine */
void loop_timer_after(struct loop_timer *timer, int64_t after_ms);
void loop_timer_every(struct loop_timer *timer, int64_t every_ms); /* first after that span; not 0 */
void loop_timer_stop(struct loop_timer *timer);

/* Calls `caught` on the loop for each delivery of the signal (many may be merged into one). */
int loop_on_signal(struct loop *loop, int signum, void (*caught)(void *arg, int signum), void *arg,
                   struct err *err);

/* Where the wall clock of loop_wake_at is read: the real one, or what a test has set. */
int64_t loop_clock_ms(const struct loop *loop);
void loop_set_wall_clock(struct loop *loop, int64_t (*wall_ms)(void));

/* For the other files of this floor, which put their own handles on it. */
struct uv_loop_s *loop_uv(struct loop *loop);

#endif
