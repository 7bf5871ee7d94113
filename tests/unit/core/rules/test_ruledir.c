#include "unit.h"

#include "core/rules/ruledir.h"
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
  char path[64]; /* a directory of this test's own */
};

static int set_up(void **state) {
  struct fixture *fixture = xcalloc(1, sizeof *fixture);
  snprintf(fixture->path, sizeof fixture->path, "/tmp/embudo-ruledir-XXXXXX");
  *state = fixture;
  return mkdtemp(fixture->path) ? 0 : -1;
}

static int tear_down(void **state) {
  struct fixture *fixture = *state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", fixture->path);
  int failed = system(command);
  free(fixture);
  return failed;
}

static void write_file(const struct fixture *fixture, const char *path, const char *text) {
  char full[256];
  snprintf(full, sizeof full, "%s/%s", fixture->path, path);
  FILE *file = fopen(full, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static void make_directory(const struct fixture *fixture, const char *path) {
  char full[256];
  snprintf(full, sizeof full, "%s/%s", fixture->path, path);
  assert_int_equal(mkdir(full, 0700), 0);
}

static void make_link(const struct fixture *fixture, const char *target, const char *path) {
  char full[256];
  snprintf(full, sizeof full, "%s/%s", fixture->path, path);
  assert_int_equal(symlink(target, full), 0);
}

static void reads_our_files_in_path_order(void **state) {
  struct fixture *fixture = *state;
  make_directory(fixture, "web");
  make_directory(fixture, "lists");
  make_directory(fixture, ".hidden");
  write_file(fixture, "web/b.lua", "b");
  write_file(fixture, "web.lua", "a");
  write_file(fixture, "web/b_test.lua", "t");
  write_file(fixture, "card.yaml", "y");
  write_file(fixture, "lists/mail.txt", "m");
  write_file(fixture, "web/x.txt", "no list");
  write_file(fixture, "README.md", "-");
  write_file(fixture, ".secret.lua", "-");
  write_file(fixture, ".hidden/x.lua", "-");
  make_link(fixture, "nowhere", "dangling.md");
  struct ruledir dir;
  struct err err;
  ruledir_init(&dir);
  assert_int_equal(ruledir_read(&dir, fixture->path, &err), 0);
  static const struct {
    const char *path, *text;
    enum rule_file_kind kind;
  } expected[] = {{"card.yaml", "y", RULE_FILE_SCORECARD},
                  {"lists/mail.txt", "m", RULE_FILE_LIST},
                  {"web.lua", "a", RULE_FILE_LUA},
                  {"web/b.lua", "b", RULE_FILE_LUA},
                  {"web/b_test.lua", "t", RULE_FILE_TEST}};
  assert_int_equal(dir.count, COUNT_OF(expected));
  for (size_t i = 0; i < COUNT_OF(expected); i++) {
    assert_string_equal(dir.files[i].path, expected[i].path);
    assert_str(dir.files[i].text, expected[i].text);
    assert_int_equal(dir.files[i].kind, expected[i].kind);
  }
  ruledir_release(&dir);
}

static void links_work_as_in_a_config_map(void **state) {
  struct fixture *fixture = *state;
  make_directory(fixture, "..2024");
  write_file(fixture, "..2024/web.lua", "rule");
  make_link(fixture, "..2024", "..data");
  make_link(fixture, "..data/web.lua", "web.lua");
  struct ruledir dir;
  struct err err;
  ruledir_init(&dir);
  assert_int_equal(ruledir_read(&dir, fixture->path, &err), 0);
  assert_int_equal(dir.count, 1);
  assert_str(dir.files[0].text, "rule");
  ruledir_release(&dir);
}

static void expect_failure(const struct fixture *fixture, const char *part) {
  struct ruledir dir;
  struct err err;
  ruledir_init(&dir);
  assert_int_equal(ruledir_read(&dir, fixture->path, &err), -1);
  if (!strstr(err.text, part)) fail_msg("expected \"%s\" in \"%s\"", part, err.text);
  ruledir_release(&dir);
}

static void a_link_to_an_ancestor_is_an_error(void **state) {
  struct fixture *fixture = *state;
  make_directory(fixture, "a");
  make_link(fixture, "../a", "a/again");
  expect_failure(fixture, "a/again: links back");
}

/* They are saved so by some editors, and would be missed without a word. */
static void names_that_are_nearly_right_are_told(void **state) {
  struct fixture *fixture = *state;
  struct ruledir dir;
  struct err err;
  ruledir_init(&dir);
  write_file(fixture, "WEB.LUA", "");
  write_file(fixture, "size.yaml.txt", "");
  write_file(fixture, "notes.txt", "");
  write_file(fixture, "web.lua", "");
  assert_int_equal(ruledir_read(&dir, fixture->path, &err), 0);
  assert_int_equal(dir.count, 1);
  assert_int_equal(dir.overlooked_count, 2);
  bool first = strcmp(dir.overlooked[0], "WEB.LUA") == 0; /* in the order of the directory */
  assert_string_equal(dir.overlooked[!first], "WEB.LUA");
  assert_string_equal(dir.overlooked[first], "size.yaml.txt");
  ruledir_release(&dir);
}

static void a_dangling_rule_file_is_an_error(void **state) {
  struct fixture *fixture = *state;
  make_link(fixture, "nowhere", "web.lua");
  expect_failure(fixture, "web.lua: No such file");
}

static void sizes_are_bounded(void **state) {
  struct fixture *fixture = *state;
  char *text = xcalloc(1, RULEDIR_SOURCE_BYTES_MAX + 2);
  memset(text, ' ', RULEDIR_SOURCE_BYTES_MAX + 1);
  write_file(fixture, "big.lua", text);
  expect_failure(fixture, "big.lua: longer than 256 KB");
  free(text);
}

static void add_text(struct ruledir *dir, const char *path, const char *text) {
  struct err err;
  assert_int_equal(ruledir_add(dir, path, str_of(text), &err), 0);
}

static void hash_of(const char *const *files, char hash[DIGEST_HEX_MAX]) {
  struct ruledir dir;
  ruledir_init(&dir);
  for (; *files; files += 2) add_text(&dir, files[0], files[1]);
  ruledir_end(&dir);
  memcpy(hash, dir.hash, DIGEST_HEX_MAX);
  ruledir_release(&dir);
}

static void the_hash_names_paths_and_bytes(void **state) {
  (void)state;
  static const char *const sets[][7] = {
      {"a.lua", "x", "b.lua", "y", NULL},
      {"b.lua", "y", "a.lua", "x", NULL},                    /* the same, in another order */
      {"a.lua", "x", "b.lua", "y", "c_test.lua", "t", NULL}, /* tests do not count */
      {"a.lua", "xy", "b.lua", "", NULL},
      {"a.lua", "x", "c.lua", "y", NULL},
      {"a.lua", "x", NULL}};
  char hashes[COUNT_OF(sets)][DIGEST_HEX_MAX];
  for (size_t i = 0; i < COUNT_OF(sets); i++) hash_of(sets[i], hashes[i]);
  assert_string_equal(hashes[0], hashes[1]);
  assert_string_equal(hashes[0], hashes[2]);
  for (size_t i = 2; i < COUNT_OF(sets); i++)
    for (size_t k = i + 1; k < COUNT_OF(sets); k++) assert_string_not_equal(hashes[i], hashes[k]);
}

static void too_many_files_are_an_error(void **state) {
  (void)state;
  struct ruledir dir;
  struct err err;
  char path[32];
  ruledir_init(&dir);
  for (int i = 0; i < RULEDIR_FILES_MAX; i++) {
    snprintf(path, sizeof path, "f%d.lua", i);
    add_text(&dir, path, "");
  }
  add_text(&dir, "readme.md", ""); /* not ours */
  assert_int_equal(ruledir_add(&dir, "one_more.lua", STR(""), &err), -1);
  ruledir_release(&dir);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(reads_our_files_in_path_order, set_up, tear_down),
      cmocka_unit_test_setup_teardown(links_work_as_in_a_config_map, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_link_to_an_ancestor_is_an_error, set_up, tear_down),
      cmocka_unit_test_setup_teardown(names_that_are_nearly_right_are_told, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_dangling_rule_file_is_an_error, set_up, tear_down),
      cmocka_unit_test_setup_teardown(sizes_are_bounded, set_up, tear_down),
      cmocka_unit_test(the_hash_names_paths_and_bytes),
      cmocka_unit_test(too_many_files_are_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
