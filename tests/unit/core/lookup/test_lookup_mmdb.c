#include "unit.h"

#include "base/buf.h"
#include "core/lookup/lookup_mmdb.h"
#include "core/lookup/mmdb_data.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/embudo-mmdb-XXXXXX", path[64], other[64];
static unsigned char sample[8192];
static size_t sample_len;
static struct lookup_mmdb *mmdb;
static struct arena arena;
static struct value found;
static struct err err;

static void write_file(const char *name, const unsigned char *bytes, size_t len) {
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, len, file), len);
  assert_int_equal(fclose(file), 0);
}

static int set_up(void **state) {
  (void)state;
  FILE *file = fopen(TEST_ROOT "/plugins/geoip/lists/geoip.mmdb", "rb");
  strcpy(directory + sizeof directory - 7, "XXXXXX");
  assert_non_null(file);
  assert_non_null(mkdtemp(directory));
  sample_len = fread(sample, 1, sizeof sample, file);
  fclose(file);
  snprintf(path, sizeof path, "%s/places.mmdb", directory);
  snprintf(other, sizeof other, "%s/other.mmdb", directory);
  const char *const directories[] = {"/nowhere", directory};
  mmdb = lookup_mmdb_new(directories, 2);
  arena_init(&arena, 4096);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  lookup_mmdb_free(mmdb);
  arena_release(&arena);
  unlink(path);
  unlink(other);
  rmdir(directory);
  return 0;
}

static int find(const char *address) {
  return lookup_mmdb_find(mmdb, STR("places"), str_of(address), &arena, &found, &err);
}

static void assert_country(const char *address, const char *code) {
  if (find(address)) fail_msg("%s", err.text);
  struct str text = value_text(value_path(found, STR("country.iso_code")));
  if (!str_eq(text, str_of(code))) fail_msg("%s is in '%.*s'", address, STR_ARG(text));
}

static void finds_what_the_database_says(void **state) {
  (void)state;
  write_file(path, sample, sample_len);
  assert_country("80.58.61.250", "ES");
  assert_int_equal(value_path(found, STR("location.accuracy_radius")).number, 100);
  assert_true(value_path(found, STR("country.is_in_european_union")).boolean);
  assert_true(value_path(found, STR("location.latitude")).number == 40.5);
  assert_country("2a02:9000::1", "ES");
  assert_country("8.8.8.8", "US");
  static const char *const nothing[] = {"9.9.9.9", "2001:4860::1", "nonsense", ""};
  for (size_t i = 0; i < COUNT_OF(nothing); i++) {
    assert_int_equal(find(nothing[i]), 0);
    assert_int_equal(found.kind, VALUE_MISSING);
  }
}

static void another_file_is_read_anew(void **state) {
  (void)state;
  write_file(path, sample, sample_len);
  assert_country("8.8.8.8", "US");
  unsigned char *code = memmem(sample, sample_len, "\x42US", 3);
  assert_non_null(code);
  memcpy(code, "\x42PT", 3);
  write_file(other, sample, sample_len);
  assert_int_equal(rename(other, path), 0);
  assert_country("8.8.8.8", "PT");
}

/* Cut under our hands, replaced by nonsense, taken away: what was last good goes on. */
static void a_bad_file_leaves_the_old_one_in_charge(void **state) {
  (void)state;
  write_file(path, sample, sample_len);
  assert_country("8.8.8.8", "US");
  assert_int_equal(truncate(path, 10), 0);
  assert_country("8.8.8.8", "US");
  write_file(other, (const unsigned char *)"no database at all", 18);
  assert_int_equal(rename(other, path), 0);
  assert_country("8.8.8.8", "US");
  assert_int_equal(unlink(path), 0);
  assert_country("8.8.8.8", "US");
  write_file(path, sample, sample_len);
  assert_country("1.1.1.1", "AU");
}

static struct {
  int count;
  char name[40], why[160];
  bool replaced;
} told;

static void on_told(void *context, const struct mmdb_fault *fault) {
  (void)context;
  told.count++;
  snprintf(told.name, sizeof told.name, "%s", fault->name);
  snprintf(told.why, sizeof told.why, "%s", fault->why ? fault->why : "");
  told.replaced = fault->replaced;
}

static void replace_file(const unsigned char *bytes, size_t len) {
  write_file(other, bytes, len);
  assert_int_equal(rename(other, path), 0);
}

/* Noticed without anybody asking for an address, and told once for each file that comes. */
static void a_bad_file_is_told_once_and_so_is_a_good_one_after_it(void **state) {
  (void)state;
  struct mmdb_fault faults[MMDB_FILES_MAX];
  memset(&told, 0, sizeof told);
  lookup_mmdb_watch(mmdb, (struct mmdb_watcher){.told = on_told});
  write_file(path, sample, sample_len);
  assert_country("8.8.8.8", "US");
  replace_file((const unsigned char *)"no database at all", 18);
  for (int i = 0; i < 3; i++) lookup_mmdb_refresh(mmdb);
  assert_country("8.8.8.8", "US");
  assert_int_equal(told.count, 1);
  assert_string_equal(told.name, "places");
  assert_string_equal(told.why, "it is no database of this format");
  assert_true(told.replaced);
  assert_int_equal(lookup_mmdb_faults(mmdb, faults), 1);
  assert_string_equal(faults[0].name, "places");
  replace_file(sample, sample_len);
  lookup_mmdb_refresh(mmdb);
  assert_int_equal(told.count, 2);
  assert_string_equal(told.why, "");
  assert_int_equal(lookup_mmdb_faults(mmdb, faults), 0);
}

static void other_rules_keep_the_last_good_one(void **state) {
  (void)state;
  const char *const directories[] = {directory};
  write_file(path, sample, sample_len);
  assert_country("8.8.8.8", "US");
  replace_file((const unsigned char *)"no database at all", 18);
  struct lookup_mmdb *after = lookup_mmdb_new(directories, 1);
  lookup_mmdb_inherit(after, mmdb);
  lookup_mmdb_free(mmdb);
  mmdb = after;
  assert_country("8.8.8.8", "US");
}

static struct {
  int count; /* of files that are to be read */
  bool busy; /* none can be now */
  char name[40], path[100];
} asked;

static bool on_read(void *context, const char *name, const char *file) {
  (void)context;
  if (asked.busy) return false;
  asked.count++;
  snprintf(asked.name, sizeof asked.name, "%s", name);
  snprintf(asked.path, sizeof asked.path, "%s", file);
  return true;
}

static struct mmdb_reading read_asked(void) {
  struct mmdb_reading reading;
  mmdb_file_read(asked.path, &reading, NULL, NULL);
  return reading;
}

static void hand_over(struct mmdb_reading *reading, bool leaves_one) {
  lookup_mmdb_was_read(mmdb, str_of(asked.name), reading);
  assert_int_equal(reading->file != NULL, leaves_one);
  mmdb_file_close(reading->file);
}

/* It is read elsewhere: questions go on with the one before; a file that changes meanwhile is read once more. */
static void another_reads_it_meanwhile(void **state) {
  (void)state;
  memset(&asked, 0, sizeof asked);
  lookup_mmdb_watch(mmdb, (struct mmdb_watcher){.told = on_told, .read = on_read});
  lookup_mmdb_refresh(mmdb);
  assert_int_equal(asked.count, 0);
  write_file(path, sample, sample_len);
  write_file(other, sample, sample_len); /* which no rule names */
  lookup_mmdb_note(mmdb, STR("places"));
  lookup_mmdb_note(mmdb, STR("../places"));
  asked.busy = true;
  lookup_mmdb_refresh(mmdb);
  assert_false(lookup_mmdb_is_reading(mmdb));
  asked.busy = false;
  lookup_mmdb_refresh(mmdb); /* nobody asked for it yet */
  assert_int_equal(asked.count, 1);
  assert_string_equal(asked.path, path);
  assert_true(lookup_mmdb_is_reading(mmdb));
  assert_int_equal(find("8.8.8.8"), -1);
  assert_string_equal(err.text, "lists/places.mmdb is being read");
  struct mmdb_reading reading = read_asked();
  hand_over(&reading, false);
  assert_false(lookup_mmdb_is_reading(mmdb));
  assert_country("8.8.8.8", "US");
  memcpy(memmem(sample, sample_len, "\x42US", 3), "\x42PT", 3);
  replace_file(sample, sample_len);
  assert_country("8.8.8.8", "US");
  assert_int_equal(asked.count, 2);
  assert_false(lookup_mmdb_is_reading(mmdb)); /* there is one that goes on */
  reading = read_asked();
  replace_file((const unsigned char *)"no database at all", 18);
  hand_over(&reading, true);
  assert_country("8.8.8.8", "PT");
  assert_int_equal(asked.count, 3);
  reading = read_asked();
  hand_over(&reading, false);
  assert_country("8.8.8.8", "PT");
  assert_string_equal(told.why, "it is no database of this format");
  assert_true(told.replaced);
  lookup_mmdb_refresh(mmdb);
  assert_int_equal(asked.count, 3);
}

/* Its name was put together by a script: nobody could know it, and whoever asks must have it. */
static void what_no_rule_names_is_read_at_once(void **state) {
  (void)state;
  memset(&asked, 0, sizeof asked);
  lookup_mmdb_watch(mmdb, (struct mmdb_watcher){.read = on_read});
  write_file(path, sample, sample_len);
  assert_country("8.8.8.8", "US");
  assert_int_equal(asked.count, 0);
  replace_file(sample, sample_len);
  assert_country("8.8.8.8", "US");
  assert_int_equal(asked.count, 1);
}

static bool at_once(void *arg) {
  (void)arg;
  return true;
}

static void reading_can_be_stopped(void **state) {
  (void)state;
  struct mmdb_reading reading;
  write_file(path, sample, sample_len);
  mmdb_file_read(path, &reading, at_once, NULL);
  assert_null(reading.file);
  assert_string_equal(reading.why, strerror(ECANCELED));
}

static void what_is_too_large_is_told_once(void **state) {
  (void)state;
  memset(&told, 0, sizeof told);
  lookup_mmdb_watch(mmdb, (struct mmdb_watcher){.told = on_told});
  write_file(path, sample, sample_len);
  assert_int_equal(truncate(path, (off_t)MMDB_FILE_BYTES_MAX + 1), 0); /* takes no room */
  for (int i = 0; i < 3; i++) assert_int_equal(find("8.8.8.8"), -1);
  assert_string_equal(err.text, "lists/places.mmdb cannot be used: it is too large");
  assert_int_equal(told.count, 1);
}

static void says_what_is_wrong(void **state) {
  (void)state;
  assert_int_equal(find("8.8.8.8"), -1);
  assert_string_equal(err.text, "there is no lists/places.mmdb");
  write_file(path, (const unsigned char *)"x", 1);
  assert_int_equal(find("8.8.8.8"), -1);
  assert_string_equal(err.text, "lists/places.mmdb cannot be used: it is no database of this format");
  static const char *const names[] = {"", "../places", ".hidden", "a/b"};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    assert_int_equal(lookup_mmdb_find(mmdb, str_of(names[i]), STR("8.8.8.8"), &arena, &found, &err), -1);
}

/* Every byte of the file turned over, one after the other, and the file cut at every length: nothing worse than an error. */
static void survives_damage(void **state) {
  (void)state;
  static const char *const addresses[] = {"8.8.8.8", "2a02:9000::1", "80.58.1.1"};
  for (size_t i = 0; i < 2 * sample_len; i++) {
    bool cut = i >= sample_len;
    size_t len = cut ? i - sample_len : sample_len;
    if (!cut) sample[i] ^= 0xff;
    write_file(other, sample, len);
    assert_int_equal(rename(other, path), 0);
    struct lookup_mmdb *fresh = lookup_mmdb_new((const char *const[]){directory}, 1);
    for (size_t k = 0; k < COUNT_OF(addresses); k++)
      if (lookup_mmdb_find(fresh, STR("places"), str_of(addresses[k]), &arena, &found, &err))
        assert_int_not_equal(err.text[0], '\0');
    lookup_mmdb_free(fresh);
    arena_clear(&arena);
    if (!cut) sample[i] ^= 0xff;
  }
}

static bool reads(const char *bytes, size_t len) {
  const struct mmdb_data data = {(const uint8_t *)bytes, len};
  return mmdb_data_read(&data, 0, &arena, &found);
}

static void reads_all_kinds_within_bounds(void **state) {
  (void)state;
  assert_true(reads("\x42hi", 3) && str_eq(value_text(found), STR("hi")));
  assert_true(reads("\x68\x40\x09\x1e\xb8\x51\xeb\x85\x1f", 9) && found.number == 3.14);
  assert_true(reads("\x04\x08\x40\x48\xf5\xc3", 6) && found.number > 3.13 && found.number < 3.15);
  assert_true(reads("\xa1\x07", 2) && found.number == 7);
  assert_true(reads("\x04\x01\xff\xff\xff\xfe", 6) && found.number == -2);
  assert_true(reads("\x01\x07", 2) && found.boolean);
  assert_true(reads("\x02\x04\x41x\x41y", 6) && found.len == 2);
  assert_true(reads("\xe1\x41k\x41v", 5) && str_eq(value_text(value_get(found, STR("k"))), STR("v")));
  assert_true(reads("\x10\x03zzz", 5) == false); /* a container */
  static const char *const bad[] = {
      "",         "\x45hi", "\xe1\xa1\x01\xa1\x01", "\xe1\x41k",        "\x20\x05",
      "\x20\x00", "\x9f",   "\xff\xff\xff\xff",     "\x5f\xff\xff\xff", "\x67\x00\x00"};
  static const size_t lens[] = {0, 3, 5, 3, 2, 2, 1, 4, 4, 3};
  for (size_t i = 0; i < COUNT_OF(bad); i++)
    if (reads(bad[i], lens[i])) fail_msg("number %zu was taken", i);
}

/* Lists of pointers to lists of pointers: a few bytes that would be a billion values. */
static void a_bomb_does_not_go_off(void **state) {
  (void)state;
  struct buf bomb;
  buf_init(&bomb);
  for (int level = 0; level < 10; level++) {
    buf_add(&bomb, "\x08\x04", 2); /* a list of eight */
    for (int i = 0; i < 8; i++) {
      size_t next = (size_t)(level + 1) * 18;
      buf_add_char(&bomb, (char)(0x20 | next >> 8));
      buf_add_char(&bomb, (char)(next & 0xff));
    }
  }
  buf_add(&bomb, "\x41x", 2);
  assert_false(reads(bomb.data, bomb.len));
  buf_release(&bomb);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(finds_what_the_database_says),
      TEST(another_file_is_read_anew),
      TEST(a_bad_file_leaves_the_old_one_in_charge),
      TEST(a_bad_file_is_told_once_and_so_is_a_good_one_after_it),
      TEST(other_rules_keep_the_last_good_one),
      TEST(another_reads_it_meanwhile),
      TEST(what_no_rule_names_is_read_at_once),
      TEST(reading_can_be_stopped),
      TEST(what_is_too_large_is_told_once),
      TEST(says_what_is_wrong),
      TEST(survives_damage),
      TEST(reads_all_kinds_within_bounds),
      TEST(a_bomb_does_not_go_off),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
