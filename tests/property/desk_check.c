#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "desk_check.h"

#include "core/desk/listbook.h"
#include <inttypes.h>
#include <stdio.h>

static void check_list(struct pipeline *pipeline, uint64_t seed, uint32_t number) {
  const struct leadbook *book = pipeline_book(pipeline);
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct worklist *list = &rules->worklists[number];
  uint32_t members, found = 0, overdue = 0;
  const struct list_member *member = listbook_members(leadbook_lists(book), number, &members);
  struct lead_entry *entry;
  for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));) {
    const struct clock *clock = worklists_clock(book, entry);
    if (!worklists_has(book, rules, entry, list)) continue;
    found++;
    overdue += clock && clock->breached_ms != TIME_NEVER;
  }
  if (found != members || overdue != listbook_overdue(leadbook_lists(book), number))
    fail_msg("seed %" PRIu64 ": the list %s has %u leads, %u overdue; kept are %u and %u", seed, list->id,
             found, overdue, members, listbook_overdue(leadbook_lists(book), number));
  for (uint32_t i = 0; i < members; i++) {
    struct worklist_place place = worklists_place(book, list, member[i].place.entry);
    assert_true(worklists_has(book, rules, member[i].place.entry, list));
    assert_int_equal(worklists_cmp(list, &place, &member[i].place), 0);
  }
}

static void check_clocks(struct pipeline *pipeline, uint64_t seed) {
  const struct leadbook *book = pipeline_book(pipeline);
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct clockbook *clocks = leadbook_clocks(book);
  struct lead_entry *entry;
  uint32_t running, open = 0;
  const uint32_t *numbers = clockbook_running(clocks, &running);
  for (uint32_t i = 0; i < running; i++) assert_true(clock_is_open(clockbook_at(clocks, numbers[i])));
  for (uint32_t i = 1; i <= clockbook_count(clocks); i++) open += clock_is_open(clockbook_at(clocks, i));
  assert_int_equal(open, running);
  for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));)
    for (uint32_t number = entry->clocks; number; number = clockbook_at(clocks, number)->older) {
      const struct clock *clock = clockbook_at(clocks, number);
      int lifecycle = ruleset_lifecycle(rules, str_of(leadbook_name(book, clock->lifecycle)));
      if (!clock_is_open(clock)) continue;
      open--;
      if (entry->recorded[lifecycle] != clock->stage)
        fail_msg("seed %" PRIu64 ": a clock of %s runs and %.*s is in %s", seed,
                 leadbook_name(book, clock->stage), STR_ARG(entry->id),
                 leadbook_name(book, entry->recorded[lifecycle]));
    }
  if (open) fail_msg("seed %" PRIu64 ": a clock runs that is no lead's", seed);
}

static void check_out(struct pipeline *pipeline) {
  const struct leadbook *book = pipeline_book(pipeline);
  uint16_t out = leadbook_find_name(book, STR("out"));
  struct lead_entry *entry;
  for (size_t cursor = 0; out && (entry = leadbook_next(book, &cursor));) {
    if (entry->recorded[0] != out) continue;
    const struct clock *clock = worklists_clock(book, entry);
    assert_true(!clock || clock->lifecycle != leadbook_find_name(book, STR("main")));
    for (uint32_t i = 0; i < fold_rules(pipeline_fold(pipeline))->worklist_count; i++) {
      const struct worklist *list = &fold_rules(pipeline_fold(pipeline))->worklists[i];
      if (list->stages && list->lifecycle == 0)
        assert_false(worklists_has(book, fold_rules(pipeline_fold(pipeline)), entry, list));
    }
  }
}

static void check_accounts(struct pipeline *pipeline) {
  const struct leadbook *book = pipeline_book(pipeline);
  struct lead_entry *entry;
  uint32_t with_account = 0, chained = 0;
  for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));) with_account += entry->account.len > 0;
  for (int g = 0; g < 2; g++) {
    char id[8];
    snprintf(id, sizeof id, "g%d", g);
    for (entry = leadbook_of_account(book, str_of(id)); entry; entry = entry->account_next, chained++)
      assert_true(str_eq(entry->account, str_of(id)));
  }
  assert_int_equal(with_account, chained);
}

void desk_check(struct pipeline *pipeline, uint64_t seed) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  for (uint32_t i = 0; i < rules->worklist_count; i++) check_list(pipeline, seed, i);
  check_clocks(pipeline, seed);
  check_out(pipeline);
  check_accounts(pipeline);
}
