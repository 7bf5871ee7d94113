/* Timed amounts: sums of the later ones are what adding them one by one gives, whatever made room or was reset. */
#include "model/fold/additions.h"
#include "unit.h"

struct plain { /* every addition there ever was, the newest last */
  int64_t time_ms[2000], amount[2000];
  int count;
};

static struct addition_sums added_up(const struct plain *plain, int64_t after_ms, int sign) {
  struct addition_sums sums = {0, 0};
  int oldest = plain->count > KEEP_NEWEST ? plain->count - KEEP_NEWEST : 0;
  for (int i = oldest; i < plain->count; i++) {
    if (plain->time_ms[i] <= after_ms || (sign > 0 && plain->amount[i] < 0) ||
        (sign < 0 && plain->amount[i] > 0))
      continue;
    sums.amount += plain->amount[i];
    sums.moment += (wide)plain->amount[i] * plain->time_ms[i];
  }
  return sums;
}

static void same_sums(const struct additions *additions, const struct plain *plain, int64_t after_ms) {
  for (int sign = -1; sign <= 1; sign++) {
    struct addition_sums got = additions_later(additions, after_ms, sign),
                         due = added_up(plain, after_ms, sign);
    assert_true(got.amount == due.amount);
    assert_true(got.moment == due.moment);
  }
}

static void add(struct additions *additions, struct plain *plain, int64_t t, int64_t amount) {
  additions_add(additions, t, amount);
  plain->time_ms[plain->count] = t;
  plain->amount[plain->count++] = amount;
}

static void keep(struct additions *additions, struct plain *plain, int64_t per_million) {
  additions_keep(additions, per_million);
  for (int i = 0; i < plain->count; i++) plain->amount[i] = plain->amount[i] * per_million / 1000000;
}

static void sums_are_what_adding_gives(void **state) {
  (void)state;
  struct additions additions = {0};
  static struct plain plain;
  uint64_t random = 7;
  int64_t t = INT64_C(1700000000000);
  for (int i = 0; i < 2000; i++) {
    random = random * UINT64_C(6364136223846793005) + 1;
    t += (int64_t)(random >> 60) * 1000; /* often at the same instant */
    add(&additions, &plain, t, (int64_t)(random >> 33) - (INT64_C(1) << 30));
    if (i % 700 == 699) keep(&additions, &plain, 250000);
    same_sums(&additions, &plain, t - (int64_t)(random >> 40 & 0xfffff));
  }
  same_sums(&additions, &plain, INT64_MIN);
  same_sums(&additions, &plain, t);
  additions_release(&additions);
}

static void cleared_is_empty(void **state) {
  (void)state;
  struct additions additions = {0};
  for (int i = 0; i < 300; i++) additions_add(&additions, i, 5);
  additions_clear(&additions);
  assert_true(additions_later(&additions, INT64_MIN, 0).amount == 0);
  additions_add(&additions, 1, -3);
  assert_true(additions_later(&additions, INT64_MIN, 0).amount == -3);
  additions_release(&additions);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_are_what_adding_gives),
      cmocka_unit_test(cleared_is_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
