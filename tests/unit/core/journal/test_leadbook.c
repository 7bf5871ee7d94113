#include "unit.h"

#include "core/journal/leadbook.h"
#include "small_rules.h"

static struct ruleset *rules;
static struct leadbook *book;

static int set_up(void **state) {
  (void)state;
  rules = small_rules(false);
  book = leadbook_new(rules);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  leadbook_free(book);
  ruleset_free(rules);
  return 0;
}

static void entries_come_and_go(void **state) {
  (void)state;
  size_t cursor = 0, seen = 0;
  assert_null(leadbook_find(book, 5));
  struct lead_entry *five = leadbook_open(book, 5), *far = leadbook_open(book, 100000);
  assert_ptr_equal(leadbook_open(book, 5), five);
  assert_ptr_equal(leadbook_find(book, 100000), far);
  assert_int_equal(leadbook_count(book), 2);
  while (leadbook_next(book, &cursor)) seen++;
  assert_int_equal(seen, 2);
  leadbook_remove(book, 5);
  leadbook_remove(book, 5);
  assert_null(leadbook_find(book, 5));
  assert_int_equal(leadbook_count(book), 1);
  cursor = 0;
  assert_ptr_equal(leadbook_next(book, &cursor), far);
}

/* Whoever is there from the first call to the last is met once, whatever happens to the others in between. */
static void a_walk_bears_changes(void **state) {
  (void)state;
  enum { NODES = 3000, LASTING = 10 };
  int met[NODES] = {0}, calls = 0;
  const struct lead_entry *entry;
  for (uint32_t node = 0; node < NODES; node += 2) leadbook_open(book, node);
  for (size_t cursor = 0; (entry = leadbook_next(book, &cursor)); calls++) {
    met[entry->node]++;
    uint32_t gone = (uint32_t)(calls * 977 % NODES), come = (uint32_t)(calls * 1409 % NODES);
    if (gone % LASTING) leadbook_remove(book, gone);
    if (come % 2) leadbook_open(book, come);
  }
  for (uint32_t node = 0; node < NODES; node++) assert_true(node % LASTING ? met[node] <= 1 : met[node] == 1);
}

static void touched_ids_are_taken_once_in_order(void **state) {
  (void)state;
  uint32_t node;
  enum touch_reason reason;
  for (uint32_t i = 0; i < 3000; i++) leadbook_touch(book, i, TOUCH_IMPORT);
  leadbook_touch(book, 7, TOUCH_LIVE);
  leadbook_touch(book, 8, TOUCH_SWEEP);
  assert_int_equal(leadbook_touched(book), 3000);
  for (uint32_t i = 0; i < 3000; i++) {
    assert_true(leadbook_take(book, &node, &reason));
    assert_int_equal(node, i);
    assert_int_equal(reason, i == 7 ? TOUCH_LIVE : TOUCH_IMPORT);
  }
  assert_false(leadbook_take(book, &node, &reason));
  leadbook_touch(book, 7, TOUCH_LIVE);
  leadbook_touch(book, 7, TOUCH_IMPORT);
  assert_true(leadbook_take(book, &node, &reason));
  assert_int_equal(reason, TOUCH_LIVE);
}

/* Against a plain search, with changes and removals in between. */
static void the_earliest_deadline_is_found(void **state) {
  (void)state;
  enum { LEADS = 500, STEPS = 20000 };
  uint64_t random = 1;
  for (int step = 0; step < STEPS; step++) {
    random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint32_t lead = (uint32_t)(random >> 33) % LEADS;
    int64_t due = (int64_t)((random >> 13) % 1000);
    if (due < 50)
      leadbook_remove(book, lead);
    else
      leadbook_set_due(book, leadbook_open(book, lead), due < 100 ? TIME_NEVER : due);
    const struct lead_entry *best = NULL, *entry;
    for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));)
      if (entry->due_ms != TIME_NEVER && (!best || entry->due_ms < best->due_ms ||
                                          (entry->due_ms == best->due_ms && entry->node < best->node)))
        best = entry;
    assert_ptr_equal(leadbook_earliest(book), best);
  }
}

static void absorbing_joins_histories(void **state) {
  (void)state;
  struct lead_entry *lead = leadbook_open(book, 1), *other = leadbook_open(book, 2);
  for (uint64_t record = 1; record <= 6; record++) {
    const struct decision decision = {.record = record, .to = (uint16_t)record};
    leadbook_decide(book, record % 2 ? lead : other, NONE, &decision);
  }
  leadbook_absorb(book, lead, 2, rules);
  assert_null(leadbook_find(book, 2));
  assert_true(lead->merged);
  uint64_t expected = 6;
  for (uint32_t n = lead->decisions; n; n = leadbook_decision(book, n)->older)
    assert_int_equal(leadbook_decision(book, n)->record, expected--);
  assert_int_equal(expected, 0);
}

static void names_have_numbers(void **state) {
  (void)state;
  uint16_t mql = leadbook_intern(book, STR("mql"));
  assert_int_equal(leadbook_intern(book, STR("mql")), mql);
  assert_string_equal(leadbook_name(book, mql), "mql");
  assert_int_equal(leadbook_find_name(book, STR("mql")), mql);
  assert_int_equal(leadbook_find_name(book, STR("sql")), 0);
  assert_string_equal(leadbook_name(book, 0), "");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(entries_come_and_go),
      test(a_walk_bears_changes),
      test(touched_ids_are_taken_once_in_order),
      test(the_earliest_deadline_is_found),
      test(absorbing_joins_histories),
      test(names_have_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
