#include "unit.h"

#include "core/config/roles.h"
#include "serve/access/keyfile.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOON INT64_C(1795521600000) /* 2026-11-24T12:00:00Z */

static void revoking_needs_to_be_clear(void **state) {
  (void)state;
  char secret[CREDENTIAL_MADE_MAX], id[KEYFILE_ID_MAX];
  struct keyfile file;
  struct err err;
  keyfile_init(&file);
  assert_int_equal(keyfile_add(&file, STR("web"), 0, NOON, secret, &err), 0);
  assert_int_equal(keyfile_add(&file, STR("web"), ROLE_SALES, NOON, secret, &err), 0);
  assert_true(str_starts(str_of(secret), STR("tk_")));
  assert_int_equal(keyfile_revoke(&file, STR("web"), &err), -1);
  assert_string_equal(err.text, "2 keys have the name 'web': say the id of the one that is meant");
  assert_int_equal(keyfile_revoke(&file, STR("app"), &err), -1);
  assert_int_equal(err.code, ERR_NOT_FOUND);
  keyfile_id(file.entries[0].sha256, id);
  assert_int_equal(keyfile_revoke(&file, str_of(id), &err), 0);
  assert_int_equal(file.count, 1);
  assert_int_equal(file.entries[0].roles, ROLE_SALES);
  assert_int_equal(keyfile_revoke(&file, STR("web"), &err), 0);
  assert_int_equal(keyfile_add(&file, STR(""), 0, NOON, secret, &err), -1);
  assert_int_equal(keyfile_add(&file, STR("a\nb"), 0, NOON, secret, &err), -1);
  assert_int_equal(keyfile_add(&file, STR("a\xff"), 0, NOON, secret, &err), -1);
  keyfile_release(&file);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  char dir[] = "/tmp/embudo_test_XXXXXX", path[64], secret[CREDENTIAL_MADE_MAX], sha256[DIGEST_HEX_MAX];
  struct keyfile file, back;
  struct err err;
  assert_non_null(mkdtemp(dir));
  keyfile_init(&file);
  keyfile_init(&back);
  file.started = true;
  assert_int_equal(keyfile_add(&file, STR("Tienda \"1\" \xc3\xa9"), 0, NOON, secret, &err), 0);
  digest_hex(str_of(secret), sha256);
  assert_int_equal(keyfile_add(&file, STR("crm"), ROLE_SALES | ROLE_ADMIN, NOON + 1, secret, &err), 0);
  assert_int_equal(keyfile_read(&back, dir, &err), 0); /* none there */
  assert_int_equal(back.count, 0);
  assert_int_equal(keyfile_write(&file, dir, &err), 0);
  assert_int_equal(keyfile_read(&back, dir, &err), 0);
  assert_true(back.started);
  assert_int_equal(back.count, 2);
  assert_string_equal(back.entries[0].name, "Tienda \"1\" \xc3\xa9");
  assert_string_equal(back.entries[0].sha256, sha256);
  assert_int_equal(back.entries[0].roles, 0);
  assert_int_equal(back.entries[1].roles, ROLE_SALES | ROLE_ADMIN);
  assert_int_equal(back.entries[1].created_ms, NOON + 1);
  keyfile_release(&back);
  keyfile_release(&file);
  snprintf(path, sizeof path, "%s/" KEYFILE_NAME, dir);
  unlink(path);
  rmdir(dir);
}

static void entries_are_bounded(void **state) {
  (void)state;
  char secret[CREDENTIAL_MADE_MAX];
  struct keyfile file;
  struct err err;
  keyfile_init(&file);
  for (int i = 0; i < KEYFILE_ENTRIES_MAX; i++)
    assert_int_equal(keyfile_add(&file, STR("web"), 0, NOON, secret, &err), 0);
  assert_int_equal(keyfile_add(&file, STR("web"), 0, NOON, secret, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  keyfile_release(&file);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(revoking_needs_to_be_clear),
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(entries_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
