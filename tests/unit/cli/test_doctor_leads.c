#include "unit.h"

#include "cli/daemon/doctor_leads.h"
#include "core/journal/journal.h"
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct command doctor = {.name = "doctor"};
static char dir[40], rules[64];
static struct stored stored;
static struct buf finding;

static void write_rules(const char *text) {
  char path[80];
  snprintf(path, sizeof path, "%s/a.lua", rules);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int set_up(void **state) {
  (void)state;
  snprintf(dir, sizeof dir, "/tmp/embudo_doctor_XXXXXX");
  assert_non_null(mkdtemp(dir));
  snprintf(rules, sizeof rules, "%s/rules", dir);
  assert_int_equal(mkdir(rules, 0700), 0);
  write_rules("dimension 'engagement' {}\n"
              "rule 'demo' { on = track 'Demo', points = { engagement = 10 } }\n"
              "lifecycle 'main' { start = 'lead',\n"
              "  move { 'lead', 'mql', when = score { engagement = at_least(10) } } }\n");
  buf_init(&finding);
  return 0;
}

static void remove_files(const char *path) {
  struct dirent *entry;
  char file[400];
  DIR *files = opendir(path);
  while ((entry = readdir(files))) {
    snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
    unlink(file);
  }
  closedir(files);
  rmdir(path);
}

static int tear_down(void **state) {
  (void)state;
  stored_close(&stored);
  buf_release(&finding);
  remove_files(rules);
  remove_files(dir);
  return 0;
}

static void add(struct store *store, enum journal_kind kind, const char *text) {
  const struct store_record record = {
      .received_ms = INT64_C(1700000000000), .kind = kind, .source = STR("web"), .bytes = str_of(text)};
  struct err err;
  assert_int_equal(store_append(store, &record, 1, NULL, NULL, NULL, &err), 0);
}

/* Ended by NULL. */
static void replay(const enum journal_kind *kinds, const char *const *texts) {
  const struct stored_options options = {.data = dir, .rules = rules, .quiet = true};
  struct err err;
  struct store *store = store_open(dir, &(struct store_options){0}, &err);
  assert_non_null(store);
  for (; *texts; texts++, kinds++) add(store, *kinds, *texts);
  store_close(store);
  assert_int_equal(stored_settle(&stored, &doctor, &options), EXIT_FINE);
  stored.silent = true;
  assert_int_equal(stored_replay(&stored, true), EXIT_FINE);
}

#define DEMO "{\"batch\":[{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"messageId\":\"1\"}]}"
#define MQL(lead)                                                                                            \
  "{\"lead\":\"" lead                                                                                        \
  "\",\"kind\":\"user\",\"lifecycle\":\"main\",\"from\":\"lead\",\"to\":\"mql\",\"cause\":\"rule\","         \
  "\"cycle\":1,\"at\":\"2023-11-14T22:13:20Z\",\"decided_at\":\"2023-11-14T22:13:20Z\",\"ruleset\":\"r\","   \
  "\"derived\":[1,\"0000000000000000\"]}"

static void what_fits_together_is_well(void **state) {
  (void)state;
  replay((enum journal_kind[]){JOURNAL_EVENTS, JOURNAL_EVENTS, JOURNAL_DECISION},
         (const char *const[]){DEMO, DEMO, MQL("ana"), NULL});
  assert_int_equal(doctor_events(&stored, &finding), 1);
  assert_string_equal(finding.data, "1, 1 recorded twice; 1 decisions");
  buf_clear(&finding);
  assert_int_equal(doctor_stages(&stored, &finding), 1);
  assert_string_equal(finding.data, "1 leads stand where was recorded");
}

static void decisions_about_nobody_are_wrong(void **state) {
  (void)state;
  replay((enum journal_kind[]){JOURNAL_EVENTS, JOURNAL_DECISION, JOURNAL_DECISION, (enum journal_kind)99},
         (const char *const[]){DEMO, MQL("bob"), "{\"lead\":\"ana\"}", "x", NULL});
  assert_int_equal(doctor_events(&stored, &finding), -1);
  assert_string_equal(finding.data,
                      "1; 0 decisions; 3 records do not fit the others, first record 2: what was "
                      "decided is about 'bob', whom no event mentions");
}

static void what_was_not_recorded_is_told(void **state) {
  (void)state;
  replay((enum journal_kind[]){JOURNAL_RULESET, JOURNAL_EVENTS},
         (const char *const[]){"{\"ruleset\":\"other\"}", DEMO, NULL});
  assert_int_equal(doctor_stages(&stored, &finding), 0);
  assert_string_equal(
      finding.data,
      "1 of 1 leads stand elsewhere than was recorded, such as 'ana', recorded nowhere, now mql; the "
      "daemon records that; these are other rules than those that decided last");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_fits_together_is_well, set_up, tear_down),
      cmocka_unit_test_setup_teardown(decisions_about_nobody_are_wrong, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_was_not_recorded_is_told, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
