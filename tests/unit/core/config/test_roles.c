#include "unit.h"

#include "core/config/roles.h"

static void words_name_bits(void **state) {
  (void)state;
  assert_int_equal(role_of(STR("ingest")), ROLE_INGEST);
  assert_int_equal(role_of(STR("marketing")), ROLE_MARKETING);
  assert_int_equal(role_of(STR("sales")), ROLE_SALES);
  assert_int_equal(role_of(STR("admin")), ROLE_ADMIN);
  assert_int_equal(role_of(STR("Admin")), 0);
  assert_int_equal(role_of(STR("")), 0);
}

static void admin_covers_all(void **state) {
  (void)state;
  assert_true(roles_cover(ROLE_ADMIN, ROLE_SALES));
  assert_true(roles_cover(ROLE_SALES, ROLE_MARKETING | ROLE_SALES));
  assert_false(roles_cover(ROLE_INGEST | ROLE_SALES, ROLE_MARKETING));
  assert_false(roles_cover(ROLE_MARKETING, ROLE_ADMIN));
  assert_false(roles_cover(0, ROLES_ALL));
}

static void sets_are_spelled(void **state) {
  (void)state;
  struct buf out;
  buf_init(&out);
  roles_text(ROLE_ADMIN | ROLE_INGEST, &out);
  assert_str(buf_str(&out), "ingest, admin");
  buf_release(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words_name_bits),
      cmocka_unit_test(admin_covers_all),
      cmocka_unit_test(sets_are_spelled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
