/* desk.c - what the sales desk's lists cost with many leads: the first page of a list, by looking at every lead and by the book of lists;
 * noting a lead after a fold; counting the clocks that run.
 *
 *   desk [LEADS] [LISTED]       (1000000, of which 100000 are in the list) */
#include "core/desk/listbook.h"

#include "core/rules/generation.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LEADS = 1000000, LISTED = 100000, PAGE = 50, TURNS = 20 };

static const char rules_text[] =
    "dimension 'intent' {}\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', by = 'sales' } }\n"
    "worklist 'hot' { stage = 'mql', order = { 'clock', 'intent', 'waiting' } }\n";

static int64_t clock_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct generation *build(void) {
  struct problems problems;
  struct ruledir bundle;
  struct err err;
  problems_init(&problems);
  ruledir_init(&bundle);
  ruledir_add(&bundle, "a.lua", str_of(rules_text), &err);
  ruledir_end(&bundle);
  struct generation *generation = generation_build(&bundle, NULL, &problems);
  ruledir_release(&bundle);
  problems_release(&problems);
  return generation;
}

static uint64_t draw(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
  return *state >> 33;
}

static void fill(struct leadbook *book, uint32_t leads, uint32_t listed, char (*names)[16]) {
  uint16_t stage = leadbook_intern(book, STR("mql"));
  uint64_t state = 1;
  for (uint32_t i = 0; i < leads; i++) {
    struct lead_entry *entry = leadbook_open(book, i);
    bool is_in = i % (leads / listed) == 0;
    snprintf(names[i], sizeof names[i], "u-%u", i);
    entry->id = str_of(names[i]);
    entry->folded_ms = 1;
    entry->lists = 1;
    entry->scores[0] = (int64_t)(draw(&state) % 100000);
    entry->recorded[0] = is_in ? stage : 0;
    entry->recorded_ms[0] = (int64_t)(draw(&state) % 1000000);
    const struct clock clock = {
        .id = i + 1, .due_ms = (int64_t)(draw(&state) % 1000000), .breached_ms = TIME_NEVER};
    if (is_in && i % 2) clockbook_add(leadbook_clocks(book), &entry->clocks, &clock);
    listbook_note(leadbook_lists(book), book, entry);
  }
}

/* What a request cost before there was a book of lists. */
static int64_t scan(const struct leadbook *book, const struct ruleset *rules) {
  const struct worklist *list = &rules->worklists[0];
  struct lead_entry *entry;
  struct worklist_place best = {.entry = NULL};
  int64_t total = 0;
  for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));) {
    if (!worklists_has(book, rules, entry, list)) continue;
    struct worklist_place place = worklists_place(book, list, entry);
    if (!best.entry || worklists_cmp(list, &place, &best) < 0) best = place;
    total++;
  }
  return total;
}

static int64_t median(int64_t *took) {
  for (int i = 1; i < TURNS; i++)
    for (int k = i; k > 0 && took[k - 1] > took[k]; k--) {
      int64_t swap = took[k];
      took[k] = took[k - 1];
      took[k - 1] = swap;
    }
  return took[TURNS / 2];
}

int main(int argc, char **argv) {
  uint32_t leads = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : LEADS;
  uint32_t listed = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : LISTED;
  struct generation *generation = build();
  if (!generation || listed == 0 || listed > leads) {
    fputs("desk: usage: desk [LEADS] [LISTED]\n", stderr);
    return 1;
  }
  struct leadbook *book = leadbook_new(generation->rules);
  char(*names)[16] = calloc(leads, sizeof *names);
  int64_t took[3][TURNS], total = 0;
  fill(book, leads, listed, names);
  for (int turn = 0; turn < TURNS; turn++) {
    struct list_search search = {.wanted = PAGE};
    int64_t begun = clock_us();
    total += scan(book, generation->rules);
    took[0][turn] = clock_us() - begun;
    begun = clock_us();
    listbook_search(leadbook_lists(book), 0, &search);
    took[1][turn] = clock_us() - begun;
    total -= search.total;
    free(search.places);
    begun = clock_us();
    for (uint32_t i = 0; i < 100000; i++)
      listbook_note(leadbook_lists(book), book, leadbook_find(book, (uint32_t)((uint64_t)i * 7919 % leads)));
    took[2][turn] = clock_us() - begun;
  }
  if (total) fputs("desk: the two do not agree\n", stderr);
  printf(
      "%u leads, %u listed: first page by every lead %.1f ms, by the book of lists %.2f ms; a note %.2f us\n",
      leads, listed, (double)median(took[0]) / 1000, (double)median(took[1]) / 1000,
      (double)median(took[2]) / 100000);
  leadbook_free(book);
  generation_free(generation);
  free(names);
  return total != 0;
}
