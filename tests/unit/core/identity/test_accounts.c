#include "unit.h"

#include "core/identity/accounts.h"

static struct arena arena;
static struct accounts accounts;

/* An event of an account: `key` and `value` are its one trait, none when NULL. */
static void touch(int64_t time_ms, const char *order, const char *account, const char *key,
                  struct value value) {
  struct touch *t = touch_new(&arena, 0, 0, NULL);
  struct touch_more *more = arena_zalloc(&arena, sizeof *more);
  struct trait_write *write = arena_zalloc(&arena, sizeof *write);
  t->time_ms = time_ms;
  t->key = order;
  t->key_len = (uint32_t)strlen(order);
  t->more = more;
  more->account = str_of(account);
  if (key) {
    *write = (struct trait_write){str_of(key), value};
    more->is_group = true;
    more->traits = write;
    more->trait_count = 1;
  }
  accounts_touch(&accounts, t);
}

static struct value trait(const char *account, const char *key) {
  return account_trait(accounts_find(&accounts, str_of(account)), str_of(key));
}

static void the_last_writer_by_time_wins(void **state) {
  (void)state;
  touch(20, "b", "acme", "size", value_number(2));
  touch(10, "z", "acme", "size", value_number(1)); /* late news of earlier days */
  assert_true(trait("acme", "size").number == 2);
  touch(20, "a", "acme", "size", value_number(3)); /* the same instant, earlier in the total order */
  assert_true(trait("acme", "size").number == 2);
  touch(20, "c", "acme", "size", value_number(4));
  assert_true(trait("acme", "size").number == 4);
  touch(30, "a", "acme", "size", (struct value){.kind = VALUE_NULL});
  assert_int_equal(trait("acme", "size").kind, VALUE_MISSING);
  assert_int_equal(trait("acme", "other").kind, VALUE_MISSING);
}

static void a_mention_makes_an_account(void **state) {
  (void)state;
  touch(50, "a", "beta", NULL, VALUE_NONE);
  touch(40, "a", "beta", NULL, VALUE_NONE);
  touch(60, "a", "gamma", "name", value_str(STR("Gamma")));
  const struct account *beta = accounts_find(&accounts, STR("beta"));
  assert_int_equal(accounts.count, 2);
  assert_str(beta->id, "beta");
  assert_int_equal(beta->events, 2);
  assert_int_equal(beta->first_ms, 40);
  assert_int_equal(beta->last_ms, 50);
  assert_int_equal(beta->trait_count, 0);
  assert_str(value_text(trait("gamma", "name")), "Gamma");
  assert_null(accounts_find(&accounts, STR("delta")));
}

static void traits_of_people_are_not_the_accounts(void **state) {
  (void)state;
  touch(1, "a", "acme", "name", value_str(STR("Acme")));
  struct touch *t = touch_new(&arena, 0, 0, NULL);
  struct trait_write write = {STR("name"), value_str(STR("Ana"))};
  struct touch_more more = {.account = STR("acme"), .traits = &write, .trait_count = 1};
  *t = (struct touch){.time_ms = 2, .key = "b", .key_len = 1, .more = &more};
  accounts_touch(&accounts, t);
  assert_str(value_text(trait("acme", "name")), "Acme");
}

static void traits_are_bounded(void **state) {
  (void)state;
  for (int i = 0; i < ACCOUNT_TRAITS_MAX + 50; i++)
    touch(i, "a", "acme", arena_printf(&arena, "t%d", i), value_number(i));
  assert_int_equal(accounts_find(&accounts, STR("acme"))->trait_count, ACCOUNT_TRAITS_MAX);
  assert_true(trait("acme", "t999").number == 999);
  assert_int_equal(trait("acme", "t1000").kind, VALUE_MISSING);
}

static int set_up(void **state) {
  (void)state;
  arena_init(&arena, 0);
  accounts_init(&accounts, NULL, &arena);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  accounts_release(&accounts);
  arena_release(&arena);
  return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(the_last_writer_by_time_wins),
      test(a_mention_makes_an_account),
      test(traits_of_people_are_not_the_accounts),
      test(traits_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
