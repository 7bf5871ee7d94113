/* Accounts: what additions are worth, and that bounds over a span contain every instant of it. */
#include "model/fold/ledger.h"
#include "unit.h"

#define DAY TIME_MS_PER_DAY

static const struct decay none = {.kind = DECAY_NONE};
static const struct decay half = {.kind = DECAY_HALF_LIFE, .span_ms = 30 * DAY};
static const struct decay linear = {.kind = DECAY_LINEAR, .span_ms = 60 * DAY};
static const struct decay_step steps[] = {{14 * DAY, 500000}, {30 * DAY, 0}};
static const struct decay step = {.kind = DECAY_STEP, .steps = steps, .step_count = 2};

static struct weight_clock month = {.half_life_ms = 30 * DAY};

static struct account_terms constant(const struct decay *decay, int64_t points) {
  return (struct account_terms){
      .decay = decay, .points = points * MILLI, .unit = WEIGHT_UNIT, .clock = &month};
}

static void each_decay_at_telling_instants(void **state) {
  (void)state;
  static const struct {
    const struct decay *decay;
    int64_t age, milli;
  } cases[] = {
      {&none, 0, 15000},          {&none, 9999 * DAY, 15000},
      {&half, 0, 15000},          {&half, 30 * DAY, 7500},
      {&half, 120 * DAY, 938},    {&linear, 30 * DAY, 7500},
      {&linear, 45 * DAY, 3750},  {&linear, 60 * DAY, 0},
      {&linear, 60 * DAY - 1, 0}, {&step, 14 * DAY - 1, 15000},
      {&step, 14 * DAY, 7500},    {&step, 30 * DAY - 1, 7500},
      {&step, 30 * DAY, 0},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct account_entry entry = {0};
    struct account_terms terms = constant(cases[i].decay, 15);
    int64_t t = INT64_C(1700000000000);
    account_add(&entry, &terms, t, WEIGHT_UNIT);
    assert_int_equal(account_worth(&entry, &terms, t + cases[i].age), cases[i].milli);
    account_release(&entry);
  }
}

static void a_reset_keeps_a_fraction_of_what_was_there(void **state) {
  (void)state;
  const struct decay *all[] = {&none, &half, &linear, &step};
  for (size_t i = 0; i < COUNT_OF(all); i++) {
    struct account_entry entry = {0};
    struct account_terms terms = constant(all[i], 10);
    account_add(&entry, &terms, 5 * DAY, WEIGHT_UNIT);
    account_keep(&entry, 500000);
    account_add(&entry, &terms, 5 * DAY, WEIGHT_UNIT);
    assert_int_equal(account_worth(&entry, &terms, 5 * DAY), 15000);
    account_keep(&entry, 0);
    assert_int_equal(account_worth(&entry, &terms, 5 * DAY), 0);
    assert_int_equal(account_undecayed(&entry, &terms), 20000);
    account_release(&entry);
  }
}

static void lists_keep_the_newest(void **state) {
  (void)state;
  struct account_entry entry = {0};
  struct account_terms terms = constant(&linear, 1);
  for (int i = 0; i < KEEP_NEWEST + 44; i++) account_add(&entry, &terms, 1000 + i, WEIGHT_UNIT);
  assert_int_equal(account_worth(&entry, &terms, 2000), KEEP_NEWEST * MILLI);
  assert_int_equal(entry.count, KEEP_NEWEST + 44);
  account_release(&entry);
}

static void half_life_sums_do_not_care_for_clearing_or_gaps(void **state) {
  (void)state;
  struct account_entry entry = {0};
  struct account_terms terms = constant(&half, 8);
  account_add(&entry, &terms, 0, WEIGHT_UNIT);
  account_add(&entry, &terms, 30 * DAY * 8 * 20,
              WEIGHT_UNIT); /* twenty blocks later: the first is forgotten */
  assert_int_equal(account_worth(&entry, &terms, 30 * DAY * 8 * 20), 8000);
  account_clear(&entry);
  assert_int_equal(account_worth(&entry, &terms, 30 * DAY * 8 * 20), 0);
  account_release(&entry);
}

/* A small generator: the test is the same in every run. */
static uint64_t next_random(uint64_t *seed) {
  *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return *seed >> 33;
}

static void bounds_contain_every_instant(void **state) {
  (void)state;
  const struct decay *all[] = {&none, &half, &linear, &step};
  uint64_t seed = 7;
  for (int round = 0; round < 400; round++) {
    const struct decay *decay = all[round % 4];
    bool mixed = round % 8 >= 4; /* points functions may add and take away */
    struct account_terms terms = constant(decay, round % 3 ? 7 : -7);
    if (mixed) terms.points = terms.unit = 1;
    if (round % 5 == 0) terms.cap = 20 * MILLI;
    struct account_entry entry = {0};
    int64_t t = INT64_C(1600000000000);
    for (int i = 0; i < 12; i++) {
      t += (int64_t)(next_random(&seed) % (uint64_t)(9 * DAY));
      int64_t amount = mixed ? (int64_t)(next_random(&seed) % 20000) - 10000 : WEIGHT_UNIT;
      account_add(&entry, &terms, t, amount);
    }
    int64_t from = t + (int64_t)(next_random(&seed) % (uint64_t)(20 * DAY));
    int64_t to = from + (int64_t)(next_random(&seed) % (uint64_t)(300 * DAY));
    struct bounds b = account_bounds(&entry, &terms, from, to);
    for (int i = 0; i <= 50; i++) {
      int64_t worth = account_cap(&terms, account_worth(&entry, &terms, from + (to - from) / 50 * i));
      assert_true(worth >= b.low && worth <= b.high);
    }
    account_release(&entry);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_decay_at_telling_instants),
      cmocka_unit_test(a_reset_keeps_a_fraction_of_what_was_there),
      cmocka_unit_test(lists_keep_the_newest),
      cmocka_unit_test(half_life_sums_do_not_care_for_clearing_or_gaps),
      cmocka_unit_test(bounds_contain_every_instant),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
