/* outbox.c - what a backlog costs the outbox: memory for each waiting row, and time for a message that comes and goes.
 *
 *   outbox [ROWS]       (1000000; every tenth lead has two)
 *
 * For a thousand rows and for ROWS: fills the outbox, then makes, chooses and delivers messages while as many wait. */
#include "core/handoff/outbox.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TURNS = 200000, MANY = 1000000, FEW = 1000 };

static const int64_t NOW_MS = INT64_C(1788220800000);

static int64_t clock_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct hash128 id_of(uint64_t number) {
  return (struct hash128){number * UINT64_C(0x9e3779b97f4a7c15), number};
}

static void make(struct outbox *outbox, uint64_t number) {
  struct err err;
  const struct outbox_effect effect = {.id = id_of(number),
                                       .key = number,
                                       .lead = {ID_USER, STR("u-1")},
                                       .effect = STR("hot"),
                                       .destination = STR("crm"),
                                       .type = STR("lead.qualified"),
                                       .sequence = 1,
                                       .at_ms = NOW_MS + (int64_t)number,
                                       .made_ms = NOW_MS + (int64_t)number,
                                       .rendered = true,
                                       .request = STR("{\"body\":\"x\"}")};
  if (outbox_take_effect(outbox, &effect, number, (uint32_t)(number * 10 / 11), (uint32_t)(number * 10 / 11),
                         &err) == 0)
    return;
  fprintf(stderr, "outbox: %s\n", err.text);
  exit(1);
}

static void deliver(struct outbox *outbox, uint64_t record) {
  uint32_t row = outbox_due(outbox, 0, INT64_MAX / 2);
  if (row == OUTBOX_NONE) {
    fputs("outbox: nothing is due\n", stderr);
    exit(1);
  }
  outbox_begin(outbox, row);
  const struct outbox_delivery delivery = {.what = HAPPENED_DELIVERED,
                                           .id = outbox_row(outbox, row)->id,
                                           .lead = {ID_USER, STR("u-1")},
                                           .attempt = 1,
                                           .status = 200,
                                           .at_ms = NOW_MS};
  outbox_take_delivery(outbox, &delivery, record);
}

static void measure(uint64_t rows) {
  struct outbox *outbox = outbox_new();
  size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  int64_t begun = clock_us();
  for (uint64_t i = 1; i <= rows; i++) make(outbox, i);
  int64_t filled = clock_us();
  size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
  for (uint64_t i = 1; i <= TURNS; i++) {
    make(outbox, rows + i);
    deliver(outbox, rows + TURNS + i);
  }
  int64_t end = clock_us();
  printf("%8llu waiting  %4llu bytes a row  filled in %5.2f s  %8.0f messages made and delivered a second\n",
         (unsigned long long)rows, (unsigned long long)((after - before) / rows),
         (double)(filled - begun) / 1e6, TURNS * 1e6 / (double)(end - filled));
  outbox_free(outbox);
}

int main(int argc, char **argv) {
  uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : MANY;
  measure(FEW);
  measure(rows ? rows : MANY);
  return 0;
}
