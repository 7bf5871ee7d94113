#include "unit.h"

#include "io/files/feeder.h"

#include "model/match/atoms.h"
#include "scratch_file.h"

static struct ruleset *rules;
static struct engine *engine;

struct seen {
  char text[2000]; /* "line[/item] code;" */
  int progress;
  uint64_t done, total;
};

static void note_problem(void *context, const struct feeder_problem *problem) {
  struct seen *seen = context;
  char one[64] = "";
  if (problem->in_batch) snprintf(one, sizeof one, "/%u", problem->item);
  size_t len = strlen(seen->text);
  snprintf(seen->text + len, sizeof seen->text - len, "%llu%s %s;", (unsigned long long)problem->line, one,
           reject_word(problem->code));
  assert_string_equal(problem->file, scratch_path);
  assert_true(problem->reason[0] != '\0');
}

static void note_progress(void *context, const char *file, uint64_t done, uint64_t total) {
  struct seen *seen = context;
  assert_string_equal(file, scratch_path);
  seen->progress++;
  seen->done = done;
  seen->total = total;
}

static int feed(const char *text, struct feeder_options options, struct seen *seen, struct err *err) {
  *seen = (struct seen){0};
  scratch_write(text, strlen(text));
  options.context = seen;
  options.problem = note_problem;
  options.progress = note_progress;
  return feeder_file(engine, scratch_path, &options, err);
}

static int set_up(void **state) {
  rules = ruleset_new();
  atoms_build(rules);
  engine = engine_new(rules, NULL, NULL);
  return scratch_make(state);
}

static int tear_down(void **state) {
  engine_free(engine);
  ruleset_free(rules);
  return scratch_remove(state);
}

static void feeds_lines_whatever_they_are(void **state) {
  (void)state;
  struct err err;
  struct seen seen;
  const char *text = "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1}\n"
                     "\n"
                     "{broken\n"
                     "{\"type\":\"page\",\"userId\":\"u\"}\n"
                     "{\"type\":\"page\",\"userId\":\"this line is longer than the limit of this test\"}\n"
                     "{\"batch\":[{\"type\":\"page\",\"userId\":\"v\",\"timestamp\":1},1]}\n"
                     "{\"type\":\"page\",\"userId\":\"w\",\"timestamp\":1}";
  struct feeder_options options = {.pieces.line_bytes_max = 62};
  assert_int_equal(feed(text, options, &seen, &err), 0);
  assert_string_equal(seen.text, "3 bad_json;4 no_time;5 line_too_long;6/1 not_object;");
  assert_int_equal(engine_lead_count(engine), 3);
  assert_int_equal(seen.progress, 1);
  assert_int_equal(seen.done, strlen(text));
  assert_int_equal(seen.total, strlen(text));
  struct engine_counts counts;
  engine_counts(engine, &counts);
  assert_int_equal(counts.accepted, 3);
  assert_int_equal(counts.rejected, 4);
}

static void feeds_tables(void **state) {
  (void)state;
  struct err err;
  struct seen seen;
  struct feeder_options options = {.pieces.csv_map = "id=Id,time=When,*"};
  const char *text = "Id;When;Job Title\n"
                     "u;2024-01-01;CTO\n"
                     "v;soon;CEO\n"
                     "w;2024-01-01\n"
                     "\"x\"y;2024-01-01;CFO\n"
                     "z;2024-01-01;\n";
  assert_int_equal(feed(text, options, &seen, &err), 0);
  assert_string_equal(seen.text, "3 no_time;4 bad_row;5 bad_row;");
  assert_int_equal(engine_lead_count(engine), 2);
  struct fold *fold = engine_fold_new(engine);
  engine_fold(engine, engine_find_lead(engine, STR("u")), TIME_MAX, fold);
  assert_str(value_text(fold_trait(fold, STR("job_title"))), "CTO");
  fold_free(fold);
}

static void an_empty_table_is_fine(void **state) {
  (void)state;
  struct err err;
  struct seen seen;
  assert_int_equal(feed("", (struct feeder_options){.pieces.format = PIECES_CSV}, &seen, &err), 0);
  assert_int_equal(feed("\n\n", (struct feeder_options){.pieces.format = PIECES_NDJSON}, &seen, &err), 0);
  assert_string_equal(seen.text, "");
}

static void stops_where_a_file_cannot_be_read(void **state) {
  (void)state;
  struct err err;
  struct seen seen;
  assert_int_equal(feed("a;b\n1;2\n", (struct feeder_options){.pieces.format = PIECES_CSV}, &seen, &err), -1);
  assert_non_null(strstr(err.text, "no column says who"));
  assert_non_null(strstr(err.text, scratch_path));
  assert_int_equal(feed("a;b\n1;2\n", (struct feeder_options){.pieces.csv_map = "x"}, &seen, &err), -1);
  assert_non_null(strstr(err.text, "--csv-map"));
  assert_int_equal(feed("\"a;b\n", (struct feeder_options){.pieces.csv_map = "id=a"}, &seen, &err), -1);
  assert_non_null(strstr(err.text, "header"));
  assert_int_equal(feeder_file(engine, "/nonexistent.csv", &(struct feeder_options){0}, &err), -1);
  assert_int_equal(feeder_file(engine, "/nonexistent.ndjson", &(struct feeder_options){0}, &err), -1);
}

static void marks_the_source(void **state) {
  (void)state;
  struct err err;
  struct seen seen;
  const char *text = "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"messageId\":\"m\"}\n";
  struct engine_counts counts;
  feed(text, (struct feeder_options){0}, &seen, &err);
  feed(text, (struct feeder_options){0}, &seen, &err);
  feed(text, (struct feeder_options){.source = STR("web")}, &seen, &err);
  engine_counts(engine, &counts);
  assert_int_equal(counts.accepted, 2);
  assert_int_equal(counts.duplicates, 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(feeds_lines_whatever_they_are),     test(feeds_tables),     test(an_empty_table_is_fine),
      test(stops_where_a_file_cannot_be_read), test(marks_the_source),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
