#include "serve/turns.h"

#include "base/err.h"
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

struct turns {
  struct loop *loop;
  struct loop_task task;
  struct turn *first, **end; /* of the queue */
  bool posted;
};

static int64_t clock_us(void) { /* monotonic */
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void post(struct turns *turns) {
  if (turns->posted || !turns->first) return;
  turns->posted = true;
  loop_post(turns->loop, &turns->task);
}

static struct turn *take_first(struct turns *turns) {
  struct turn *turn = turns->first;
  turns->first = turn->next;
  if (!turns->first) turns->end = &turns->first;
  return turn;
}

static void put_first(struct turns *turns, struct turn *turn) {
  turn->next = turns->first;
  if (!turns->first) turns->end = &turn->next;
  turns->first = turn;
}

static void run(struct loop_task *task) {
  struct turns *turns = (struct turns *)((char *)task - offsetof(struct turns, task));
  int64_t until_us = clock_us() + TURNS_SLICE_US;
  turns->posted = false;
  while (turns->first && clock_us() < until_us) {
    struct turn *turn = take_first(turns);
    if (turn->step(turn)) put_first(turns, turn);
  }
  post(turns);
}

struct turns *turns_new(struct loop *loop) {
  struct turns *turns = xcalloc(1, sizeof *turns);
  turns->loop = loop;
  turns->task.run = run;
  turns->end = &turns->first;
  return turns;
}

void turns_free(struct turns *turns) {
  if (!turns) return;
  ASSERT(!turns->first);
  free(turns);
}

void turns_add(struct turns *turns, struct turn *turn) {
  turn->next = NULL;
  *turns->end = turn;
  turns->end = &turn->next;
  post(turns);
}
