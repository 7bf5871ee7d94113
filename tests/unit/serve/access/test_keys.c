#include "unit.h"

#include "base/file.h"
#include "core/config/roles.h"
#include "serve/access/keys.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOON INT64_C(1795521600000) /* 2026-11-24T12:00:00Z */

static char dir[32];
static char *env_write_key, *env_admin_token;
static struct config config;

static char *test_env(const char *name) {
  if (strcmp(name, "EMBUDO_WRITE_KEY") == 0) return env_write_key;
  return strcmp(name, "EMBUDO_ADMIN_TOKEN") == 0 ? env_admin_token : NULL;
}

static const char *in_dir(const char *name) {
  static char path[80];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  return path;
}

static int setup(void **state) {
  (void)state;
  struct err err;
  snprintf(dir, sizeof dir, "/tmp/embudo_test_XXXXXX");
  env_write_key = env_admin_token = NULL;
  config_init(&config);
  return mkdtemp(dir) ? config_set(&config, "data", dir, &err) : -1;
}

static int teardown(void **state) {
  (void)state;
  config_release(&config);
  unlink(in_dir(KEYFILE_NAME));
  unlink(in_dir(KEYS_FIRST_FILE));
  return rmdir(dir);
}

static void configure(const char *yaml) {
  struct problems problems;
  problems_init(&problems);
  config_read(&config, "embudo.yaml", str_of(yaml), test_env, &problems);
  assert_int_equal(problems.errors, 0);
  problems_release(&problems);
}

static struct keys *open_keys(void) {
  struct err err;
  struct keys *keys = keys_new(&config, test_env, &err);
  if (!keys) fail_msg("%s", err.text);
  return keys;
}

static void start(struct keys *keys, struct keys_first *first) {
  struct err err;
  if (keys_start(keys, &config, NOON, first, &err)) fail_msg("%s", err.text);
}

static void check_mode_of(const char *name) {
  struct stat info;
  assert_int_equal(stat(in_dir(name), &info), 0);
  assert_int_equal(info.st_mode & 07777, 0600);
}

static void a_first_start_makes_keys_once(void **state) {
  (void)state;
  struct keys_first first, second;
  struct buf text;
  struct err err;
  struct str name;
  struct keys *keys = open_keys();
  start(keys, &first);
  assert_true(str_starts(str_of(first.write_key), STR("wk_")));
  assert_true(str_starts(str_of(first.admin_token), STR("tk_")));
  assert_true(keys_source(keys, str_of(first.write_key), &name));
  assert_str(name, "default");
  assert_int_equal(keys_roles(keys, str_of(first.admin_token), &name), ROLE_ADMIN);
  assert_str(name, "admin");
  keys_free(keys);

  check_mode_of(KEYFILE_NAME);
  check_mode_of(KEYS_FIRST_FILE);
  buf_init(&text);
  assert_int_equal(file_read(in_dir(KEYFILE_NAME), 10000, &text, &err), 0);
  assert_null(strstr(text.data, first.write_key));
  assert_null(strstr(text.data, first.admin_token));
  buf_clear(&text);
  assert_int_equal(file_read(in_dir(KEYS_FIRST_FILE), 10000, &text, &err), 0);
  assert_non_null(strstr(text.data, first.write_key));
  assert_non_null(strstr(text.data, first.admin_token));
  buf_release(&text);

  keys = open_keys();
  assert_true(keys_source(keys, str_of(first.write_key), &name));
  start(keys, &second);
  assert_string_equal(second.write_key, "");
  assert_string_equal(second.admin_token, "");
  assert_int_equal(keys_count(keys), 2);
  keys_free(keys);
}

static void what_is_given_is_not_made(void **state) {
  (void)state;
  char write_key[] = "preset-write-key", token[] = "preset-admin-token";
  struct keys_first first;
  struct str name;
  env_write_key = write_key;
  struct keys *keys = open_keys();
  start(keys, &first);
  assert_string_equal(first.write_key, "");
  assert_string_not_equal(first.admin_token, "");
  assert_true(keys_source(keys, STR("preset-write-key"), &name));
  assert_str(name, "default");
  keys_free(keys);

  unlink(in_dir(KEYFILE_NAME));
  unlink(in_dir(KEYS_FIRST_FILE));
  env_admin_token = token;
  keys = open_keys();
  start(keys, &first);
  assert_string_equal(first.admin_token, "");
  assert_int_equal(access(in_dir(KEYFILE_NAME), F_OK), -1);
  assert_int_equal(keys_roles(keys, STR("preset-admin-token"), NULL), ROLE_ADMIN);
  keys_free(keys);
}

static void all_of_the_configuration_count(void **state) {
  (void)state;
  struct str name;
  configure("sources:\n"
            "  - { name: web, write_key: first-key }\n"
            "  - { name: web, write_key: second-key }\n"
            "  - { name: app, write_key: third-key }\n"
            "tokens:\n"
            "  - { name: crm, token: token-of-the-crm, roles: [sales, ingest] }\n");
  struct keys *keys = open_keys();
  assert_true(keys_source(keys, STR("first-key"), &name));
  assert_str(name, "web");
  assert_true(keys_source(keys, STR("second-key"), &name));
  assert_str(name, "web");
  assert_true(keys_source(keys, STR("third-key"), &name));
  assert_str(name, "app");
  assert_int_equal(keys_roles(keys, STR("token-of-the-crm"), &name), ROLE_SALES | ROLE_INGEST);
  assert_str(name, "crm");
  /* nobody's, and none for the other purpose */
  assert_false(keys_source(keys, STR("first-ke"), &name));
  assert_false(keys_source(keys, STR(""), &name));
  assert_false(keys_source(keys, STR("token-of-the-crm"), &name));
  assert_int_equal(keys_roles(keys, STR("first-key"), NULL), 0);
  assert_int_equal(keys_roles(keys, STR(""), NULL), 0);
  keys_free(keys);
}

static void one_text_is_one_key(void **state) {
  (void)state;
  struct err err;
  char token[] = "one-and-the-same-key";
  env_admin_token = token;
  configure("sources: [{ name: web, write_key: one-and-the-same-key }]\n");
  assert_null(keys_new(&config, test_env, &err));
  assert_string_equal(err.text,
                      "'web' (embudo.yaml) and 'admin' (environment) have the same key: each needs its own");
  char same[] = "one-and-the-same-key";
  env_admin_token = NULL;
  env_write_key = same;
  configure("sources: [{ name: default, write_key: one-and-the-same-key }]\n");
  struct keys *keys = open_keys(); /* the same in every way is one */
  assert_int_equal(keys_count(keys), 1);
  keys_free(keys);
}

static void a_poor_preset_is_refused(void **state) {
  (void)state;
  struct err err;
  char token[] = "short";
  env_admin_token = token;
  assert_null(keys_new(&config, test_env, &err));
  assert_non_null(strstr(err.text, "EMBUDO_ADMIN_TOKEN"));
  assert_null(strstr(err.text, "short"));
}

/* As another process does it while a daemon runs. */
static void change_file(const char *add, const char *revoke, char secret[CREDENTIAL_MADE_MAX]) {
  struct keyfile file;
  struct err err;
  int lock = keyfile_lock(dir, &err);
  assert_true(lock >= 0);
  keyfile_init(&file);
  assert_int_equal(keyfile_read(&file, dir, &err), 0);
  if (add) assert_int_equal(keyfile_add(&file, str_of(add), 0, NOON, secret, &err), 0);
  if (revoke) assert_int_equal(keyfile_revoke(&file, str_of(revoke), &err), 0);
  assert_int_equal(keyfile_write(&file, dir, &err), 0);
  keyfile_release(&file);
  keyfile_unlock(lock);
}

static void a_change_is_seen_and_names_stay(void **state) {
  (void)state;
  char secret[CREDENTIAL_MADE_MAX];
  struct keys_first first;
  struct str name, later;
  struct err err;
  struct keys *keys = open_keys();
  start(keys, &first);
  assert_false(keys_are_stale(keys));
  change_file("shop", NULL, secret);
  assert_true(keys_are_stale(keys));
  assert_int_equal(keys_reload(keys, &config, &err), 0);
  assert_false(keys_are_stale(keys));
  assert_true(keys_source(keys, str_of(secret), &name));
  assert_str(name, "shop");
  assert_int_equal(keys_at(keys, 2)->created_ms, NOON);

  change_file(NULL, "shop", NULL);
  assert_int_equal(keys_reload(keys, &config, &err), 0);
  assert_false(keys_source(keys, str_of(secret), &later));
  assert_str(name, "shop"); /* given out before */
  keys_free(keys);
}

static void a_damaged_file_changes_nothing(void **state) {
  (void)state;
  static const char king[] =
      "{\"version\":1,\"keys\":[{\"name\":\"a\",\"sha256\":"
      "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"roles\":[\"king\"],"
      "\"created\":\"2026-01-01\"}]}";
  const char *const cases[] = {
      "",
      "{",
      "[]",
      "{\"version\":2}",
      "{\"version\":1,\"keys\":[{}]}",
      "{\"version\":1,\"keys\":[{\"name\":\"a\",\"sha256\":\"00\",\"roles\":[],\"created\":\"2026-01-01\"}]}",
      king};
  struct keys_first first;
  struct err err;
  struct str name;
  struct keys *keys = open_keys();
  start(keys, &first);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_int_equal(file_write(in_dir(KEYFILE_NAME), 0600, str_of(cases[i]), &err), 0);
    if (keys_reload(keys, &config, &err) == 0) fail_msg("%s was read", cases[i]);
    assert_non_null(strstr(err.text, KEYFILE_NAME));
    assert_true(keys_source(keys, str_of(first.write_key), &name));
  }
  keys_free(keys);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_first_start_makes_keys_once, setup, teardown),
      cmocka_unit_test_setup_teardown(what_is_given_is_not_made, setup, teardown),
      cmocka_unit_test_setup_teardown(all_of_the_configuration_count, setup, teardown),
      cmocka_unit_test_setup_teardown(one_text_is_one_key, setup, teardown),
      cmocka_unit_test_setup_teardown(a_poor_preset_is_refused, setup, teardown),
      cmocka_unit_test_setup_teardown(a_change_is_seen_and_names_stay, setup, teardown),
      cmocka_unit_test_setup_teardown(a_damaged_file_changes_nothing, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
