#include "unit.h"

#include "core/journal/journal.h"
#include "core/journal/recall.h"
#include "store/store.h"
#include <dirent.h>
#include <unistd.h>

#define NOON INT64_C(1795521600000) /* 2026-11-24T12:00:00Z */

static char dir[40];
static struct store *store;
static struct arena arena;

static int set_up(void **state) {
  (void)state;
  struct err err;
  snprintf(dir, sizeof dir, "/tmp/embudo_test_XXXXXX");
  assert_non_null(mkdtemp(dir));
  store = store_open(dir, &(struct store_options){0}, &err);
  if (!store) fail_msg("%s", err.text);
  arena_init(&arena, 0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  struct dirent *entry;
  char path[sizeof dir + sizeof entry->d_name + 1];
  store_close(store);
  arena_release(&arena);
  DIR *files = opendir(dir);
  while ((entry = readdir(files))) {
    snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
    unlink(path);
  }
  closedir(files);
  return rmdir(dir);
}

static uint64_t append(enum journal_kind kind, const char *bytes) {
  struct store_record record = {
      .received_ms = NOON, .kind = kind, .source = STR("web"), .bytes = str_of(bytes)};
  struct err err;
  uint64_t seq;
  if (store_append(store, &record, 1, NULL, NULL, &seq, &err) != 0) fail_msg("%s", err.text);
  store_drain(store);
  return seq;
}

static struct recalled wanted(uint64_t record, const char *id) {
  char key[64];
  int len = snprintf(key, sizeof key, "web%c%s", '\0', id);
  return (struct recalled){
      .record = record, .time_ms = NOON, .key = arena_str(&arena, (struct str){key, (size_t)len})};
}

static void look(struct recalled *items, size_t count) {
  struct err err;
  if (recall(dir, items, count, &arena, NULL, NULL, &err) != 0) fail_msg("%s", err.text);
}

static void events_are_found_in_any_order(void **state) {
  (void)state;
  uint64_t first =
      append(JOURNAL_EVENTS, "{\"batch\":["
                             "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"messageId\":\"1\"},"
                             "{\"type\":\"page\",\"name\":\"B\",\"userId\":\"u\",\"messageId\":\"2\","
                             "\"properties\":{\"x\":[1,2]}}]}");
  append(JOURNAL_DECISION, "{}");
  uint64_t third =
      append(JOURNAL_IMPORT, "{\"type\":\"group\",\"userId\":\"u\",\"messageId\":\"3\",\"groupId\":\"g\","
                             "\"timestamp\":\"2026-11-24T12:00:00Z\",\"traits\":{\"name\":\"G\"}}");
  struct recalled items[] = {wanted(third, "3"), wanted(first, "2"), wanted(first, "1")};
  look(items, COUNT_OF(items));
  assert_true(items[0].found && items[1].found && items[2].found);
  assert_int_equal(items[0].type, EVENT_GROUP);
  assert_str(items[0].group_id, "g");
  assert_str(items[0].data, "{\"name\":\"G\"}");
  assert_str(items[1].name, "B");
  assert_str(items[1].data, "{\"x\":[1,2]}");
  assert_str(items[2].name, "A");
  assert_str(items[2].data, "");
  assert_false(items[1].cut);
}

static void another_id_instant_or_record_is_not_found(void **state) {
  (void)state;
  uint64_t seq =
      append(JOURNAL_EVENTS, "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"messageId\":\"1\"}");
  uint64_t decision =
      append(JOURNAL_DECISION, "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"messageId\":\"1\"}");
  uint64_t broken = append(JOURNAL_EVENTS, "{\"type\":");
  struct recalled items[] = {wanted(seq, "2"), wanted(seq, "1"),      wanted(seq + 100, "1"),
                             wanted(0, "1"),   wanted(decision, "1"), wanted(broken, "1"),
                             wanted(seq, "1")};
  items[1].time_ms++;
  look(items, COUNT_OF(items));
  for (size_t i = 0; i + 1 < COUNT_OF(items); i++) assert_false(items[i].found);
  assert_true(items[COUNT_OF(items) - 1].found);
}

/* The envelope's sentAt corrects the clock, and its context belongs to the items: both are part of what is looked for. */
static void envelopes_count(void **state) {
  (void)state;
  uint64_t seq = append(JOURNAL_EVENTS,
                        "{\"sentAt\":\"2026-11-24T11:00:00Z\",\"context\":{\"groupId\":\"g\"},\"batch\":["
                        "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"messageId\":\"1\","
                        "\"timestamp\":\"2026-11-24T11:00:00Z\"}]}");
  struct recalled item = wanted(seq, "1");
  look(&item, 1);
  assert_true(item.found);
  assert_str(item.group_id, "g");
}

static bool at_once(void *arg) {
  (void)arg;
  return true;
}

static void who_is_stopped_finds_nothing(void **state) {
  (void)state;
  struct err err;
  struct recalled item = wanted(
      append(JOURNAL_EVENTS, "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"messageId\":\"1\"}"),
      "1");
  assert_int_equal(recall(dir, &item, 1, &arena, at_once, NULL, &err), 0);
  assert_false(item.found);
}

static void no_journal_is_an_error(void **state) {
  (void)state;
  struct err err;
  struct recalled item = wanted(1, "1");
  assert_int_equal(recall("/tmp/embudo_nowhere", &item, 1, &arena, NULL, NULL, &err), -1);
  assert_int_equal(err.code, ERR_NOT_FOUND);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(events_are_found_in_any_order, set_up, tear_down),
      cmocka_unit_test_setup_teardown(another_id_instant_or_record_is_not_found, set_up, tear_down),
      cmocka_unit_test_setup_teardown(envelopes_count, set_up, tear_down),
      cmocka_unit_test_setup_teardown(who_is_stopped_finds_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(no_journal_is_an_error, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
