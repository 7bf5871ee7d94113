/* test_ahead.c - a reader that reads ahead gives what one that does not gives. */
#include "store_fixture.h"

enum { STEPS = 3000 };

static uint64_t draw(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static struct store_reader *reader_make(struct store_reader *(*make)(const char *, struct err *)) {
  struct err err;
  struct store_reader *reader = make(store_dir, &err);
  if (!reader) fail_msg("%s", err.text);
  return reader;
}

static void assert_same_next(struct store_reader *plain, struct store_reader *ahead) {
  struct err err;
  struct store_record one, other;
  int found = store_reader_next(plain, &one, &err);
  assert_true(found >= 0);
  assert_int_equal(store_reader_next(ahead, &other, &err), found);
  if (!found) return;
  assert_int_equal(one.seq, other.seq);
  assert_int_equal(number_of(&one), number_of(&other));
}

/* Whatever was done before, in a store that grows: reading on, seeking, asking again at the end. */
static void it_gives_what_a_plain_reader_gives(void **state) {
  (void)state;
  uint64_t seed = 20261123;
  uint32_t n = 0;
  struct store *store = open_store();
  struct store_reader *plain = reader_make(store_reader_new), *ahead = reader_make(store_reader_ahead);
  for (unsigned step = 0; step < STEPS; step++) {
    uint64_t fate = draw(&seed) % 64;
    if (fate < 2 && n < 4000) {
      uint32_t count = 1 + (uint32_t)(draw(&seed) % 40);
      must_append(store, n, count);
      store_drain(store);
      n += count;
    }
    if (fate == 2) {
      uint64_t seq = draw(&seed) % (n + 5);
      store_reader_seek(plain, seq);
      store_reader_seek(ahead, seq);
    }
    for (uint64_t i = draw(&seed) % 8; i > 0; i--) assert_same_next(plain, ahead);
  }
  store_reader_free(plain);
  store_reader_free(ahead);
  store_close(store);
}

static void what_was_removed_is_not_given(void **state) {
  (void)state;
  struct err err;
  struct store_record record;
  struct store *store = open_store();
  for (uint32_t n = 0; n < 500; n += 5) {
    must_append(store, n, 5);
    store_drain(store);
  }
  assert_int_equal(store_remove_before(store, 103, NULL, NULL, &err), 0);
  for (uint64_t seq = 201; seq <= 300; seq++)
    assert_int_equal(store_replace(store, seq, STR(""), NULL, NULL, &err), 0);
  store_drain(store);
  struct store_reader *reader = reader_make(store_reader_ahead);
  for (uint64_t seq = 103; seq <= 500; seq = seq == 200 ? 301 : seq + 1) {
    assert_int_equal(store_reader_next(reader, &record, &err), 1);
    assert_int_equal(record.seq, seq);
    assert_int_equal(number_of(&record), seq - 1);
  }
  assert_int_equal(store_reader_next(reader, &record, &err), 0);
  store_reader_free(reader);
  store_close(store);
}

/* What comes before the damage is given first. */
static void damage_is_told_where_it_is(void **state) {
  (void)state;
  struct err err;
  struct store_record record;
  struct store *store = open_store();
  for (uint32_t n = 0; n < 100; n += 10) {
    must_append(store, n, 10);
    store_drain(store);
  }
  store_close(store);
  damage_block(51);
  struct store_reader *reader = reader_make(store_reader_ahead);
  uint64_t records = 0;
  int found;
  while ((found = store_reader_next(reader, &record, &err)) > 0) records++;
  assert_int_equal(found, -1);
  assert_true(records == 50);
  assert_non_null(strstr(err.text, "damaged"));
  assert_int_equal(store_reader_next(reader, &record, &err), -1); /* and again */
  store_reader_free(reader);
}

static void freeing_it_early_is_fine(void **state) {
  (void)state;
  struct err err;
  struct store_record record;
  struct store *store = open_store();
  for (uint32_t n = 0; n < 200; n += 5) {
    must_append(store, n, 5);
    store_drain(store);
  }
  for (unsigned reads = 0; reads < 40; reads++) {
    struct store_reader *reader = reader_make(store_reader_ahead);
    for (unsigned i = 0; i < reads; i++) assert_int_equal(store_reader_next(reader, &record, &err), 1);
    store_reader_free(reader);
  }
  store_close(store);
  assert_null(store_reader_ahead("/nowhere/at/all", &err));
  assert_int_equal(err.code, ERR_NOT_FOUND);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(it_gives_what_a_plain_reader_gives),
      WITH_DIR(what_was_removed_is_not_given),
      WITH_DIR(damage_is_told_where_it_is),
      WITH_DIR(freeing_it_early_is_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
