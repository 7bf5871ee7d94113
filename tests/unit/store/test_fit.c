#include "unit.h"

#include "store/sqlite/fit.h"
#include "store/sqlite/schema.h"

static uint64_t draw(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static struct fit_row any_row(uint64_t *seed, uint64_t len_max) {
  struct fit_row row = {.records = (int64_t)(draw(seed) >> (draw(seed) % 17 + 47)),
                        .received_ms = (int64_t)(draw(seed) >> draw(seed) % 64),
                        .gone = (int64_t)(draw(seed) % 300),
                        .len = draw(seed) % len_max};
  if (draw(seed) % 4 == 0) row.received_ms = -row.received_ms;
  return row;
}

/* --- against SQLite ------------------------------------------------------------------------------------------------ */

static sqlite3 *db;
static sqlite3_stmt *put, *unused;

static void open_database(void) {
  struct err err;
  enum store_state ignored;
  assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
  assert_int_equal(schema_bring_up(db, &ignored, &err), 0);
  put = database_prepare(db, "REPLACE INTO block VALUES (1, ?1, ?2, ?3, zeroblob(?4))", &err);
  unused = database_prepare(db, "SELECT unused FROM dbstat WHERE name = 'block' AND pagetype = 'leaf'", &err);
}

/* What the one row takes of the one page, but for its number, by SQLite's own account. */
static size_t cell_in_sqlite(const struct fit_row *row) {
  enum { PAGE_HEAD = 8, CELL_POINTER = 2, NUMBER = 1 };
  struct err err;
  sqlite3_bind_int64(put, 1, row->records);
  sqlite3_bind_int64(put, 2, row->received_ms);
  sqlite3_bind_int64(put, 3, row->gone);
  sqlite3_bind_int64(put, 4, (sqlite3_int64)row->len);
  if (database_run(put, "a row", &err)) fail_msg("%s", err.text);
  assert_int_equal(sqlite3_step(unused), SQLITE_ROW);
  int64_t left = sqlite3_column_int64(unused, 0);
  sqlite3_reset(unused);
  return (size_t)(FIT_PAGE - PAGE_HEAD - CELL_POINTER - NUMBER - left);
}

static void rows_take_what_is_said(void **state) {
  (void)state;
  uint64_t seed = 7;
  open_database();
  for (size_t len = 0; len < 13000; len += len < 5000 ? 1 : 7) {
    struct fit_row row = any_row(&seed, 1);
    row.len = len;
    assert_int_equal(fit_cell(&row), cell_in_sqlite(&row));
  }
  for (unsigned i = 0; i < 300; i++) {
    struct fit_row row = any_row(&seed, 3 << 20);
    assert_int_equal(fit_cell(&row), cell_in_sqlite(&row));
  }
  sqlite3_finalize(put);
  sqlite3_finalize(unused);
  database_close(db);
}

/* --- lengths -------------------------------------------------------------------------------------------------------- */

static void new_rows_get_little_longer(void **state) {
  (void)state;
  uint64_t seed = 5, added = 0;
  enum { ROWS = 20000 };
  for (unsigned i = 0; i < ROWS; i++) {
    struct fit_row row = any_row(&seed, i % 2 ? 1 << 20 : 10000);
    size_t len = fit_new(&row);
    assert_true(len >= row.len && len < row.len + FIT_CELL_MIN + 30);
    if (row.len >= FIT_CELL_MIN) added += len - row.len;
    row.len = len;
    assert_true(fit_cell(&row) >= FIT_CELL_MIN);
  }
  assert_true(added / ROWS < 60);
}

/* However often, shorter or longer, with what figures: a row never takes more of its page, nor too little. */
static void rows_written_again_take_no_more_of_the_page(void **state) {
  (void)state;
  uint64_t seed = 11;
  for (unsigned i = 0; i < 2000; i++) {
    struct fit_row old = any_row(&seed, 1 << (8 + draw(&seed) % 14));
    old.len = fit_new(&old);
    for (unsigned again = 0; again < 10; again++) {
      struct fit_row row = any_row(&seed, 1 << (8 + draw(&seed) % 14));
      size_t len = fit_again(&row, &old);
      assert_true(len >= row.len && len < row.len + 2 * FIT_PAGE);
      row.len = len;
      assert_true(fit_cell(&row) <= fit_cell(&old));
      assert_true(fit_cell(&row) >= FIT_CELL_MIN);
      old = row;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_take_what_is_said),
      cmocka_unit_test(new_rows_get_little_longer),
      cmocka_unit_test(rows_written_again_take_no_more_of_the_page),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
