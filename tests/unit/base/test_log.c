#include "unit.h"

#include "base/json.h"
#include "base/log.h"
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ENDS = 2 };

struct fixture {
  int ends[ENDS]; /* read, write */
  struct log *log;
  char text[64 * 1024];
};

static int64_t fixed_now(void) {
  return INT64_C(1795514400123); /* 2026-11-24T10:00:00.123Z */
}

static void open_pipe(struct fixture *fixture, enum log_format format) {
  assert_int_equal(pipe2(fixture->ends, O_CLOEXEC), 0);
  const struct log_options options = {fixture->ends[1], LOG_LEVEL_INFO, format, fixed_now};
  fixture->log = log_new(&options);
}

/* What has been written so far. */
static const char *taken(struct fixture *fixture) {
  int flags = fcntl(fixture->ends[0], F_GETFL);
  fcntl(fixture->ends[0], F_SETFL, flags | O_NONBLOCK);
  ssize_t got = read(fixture->ends[0], fixture->text, sizeof fixture->text - 1);
  fixture->text[got > 0 ? got : 0] = '\0';
  return fixture->text;
}

static void close_all(struct fixture *fixture) {
  log_free(fixture->log);
  close(fixture->ends[0]);
  close(fixture->ends[1]);
}

static void writes_logfmt(void **state) {
  (void)state;
  struct fixture f;
  open_pipe(&f, LOG_FORMAT_LOGFMT);
  LOG(f.log, LOG_LEVEL_WARN, "a rule was quarantined", log_text("rule", "pricing_page"),
      log_int("failures", -5), log_bool("loaded", true), log_time("since", 0), log_text("file", ""),
      log_text("why", "a=b"), log_text("who", "Jos\xc3\xa9"));
  assert_string_equal(taken(&f),
                      "time=2026-11-24T10:00:00.123Z level=warn msg=\"a rule was quarantined\" "
                      "rule=pricing_page failures=-5 loaded=true since=1970-01-01T00:00:00Z file=\"\" "
                      "why=\"a=b\" who=\"Jos\xc3\xa9\"\n");
  log_say(f.log, LOG_LEVEL_ERROR, "stopped");
  assert_string_equal(taken(&f), "time=2026-11-24T10:00:00.123Z level=error msg=stopped\n");
  close_all(&f);
}

static void writes_json(void **state) {
  (void)state;
  struct fixture f;
  open_pipe(&f, LOG_FORMAT_JSON);
  LOG(f.log, LOG_LEVEL_INFO, "listening", log_text("address", "[::1]:80"), log_int("port", INT64_MIN),
      log_bool("tls", false));
  assert_string_equal(taken(&f),
                      "{\"time\":\"2026-11-24T10:00:00.123Z\",\"level\":\"info\",\"msg\":\"listening\","
                      "\"address\":\"[::1]:80\",\"port\":-9223372036854775808,\"tls\":false}\n");
  log_say(f.log, LOG_LEVEL_INFO, "x");
  assert_string_equal(taken(&f),
                      "{\"time\":\"2026-11-24T10:00:00.123Z\",\"level\":\"info\",\"msg\":\"x\"}\n");
  close_all(&f);
}

static void nothing_from_outside_forges_a_line(void **state) {
  (void)state;
  static const char hostile[] = "a\nlevel=error \"x\"\\ \x1b[2J\x7f \xff\xc3 \xc2\x9b"
                                "31m \t";
  struct fixture f;
  open_pipe(&f, LOG_FORMAT_LOGFMT);
  LOG(f.log, LOG_LEVEL_INFO, "m", log_str("v", (struct str){hostile, sizeof hostile})); /* with its NUL */
  assert_string_equal(taken(&f),
                      "time=2026-11-24T10:00:00.123Z level=info msg=m v=\"a\\nlevel=error \\\"x\\\"\\\\ "
                      "\\u001b[2J\\u007f \xef\xbf\xbd\xef\xbf\xbd \\u009b31m \\t\\u0000\"\n");
  close_all(&f);
}

/* What is cut is still one JSON object on one line. */
static void long_lines_stay_well_formed(void **state) {
  (void)state;
  struct fixture f;
  struct json_reader *reader = json_reader_new();
  char *many = malloc(LOG_LINE_MAX);
  assert_non_null(many);
  for (size_t len = 950; len < LOG_LINE_MAX; len += 7) {
    struct json_ref root;
    struct err err;
    memset(many, '\n', len);
    open_pipe(&f, LOG_FORMAT_JSON);
    const struct str text = {many, len};
    LOG(f.log, LOG_LEVEL_INFO, "m", log_str("a", text), log_str("b", text), log_str("c", text),
        log_int("d", 1));
    const char *line = taken(&f);
    size_t size = strlen(line);
    assert_in_range(size, 1000, LOG_LINE_MAX);
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    if (json_parse(reader, line, size, &root, &err)) fail_msg("%zu: %s", len, err.text);
    assert_false(json_is_missing(json_get(root, STR("a"))));
    close_all(&f);
  }
  free(many);
  json_reader_free(reader);
}

static void levels_and_formats_can_change(void **state) {
  (void)state;
  struct fixture f;
  open_pipe(&f, LOG_FORMAT_LOGFMT);
  assert_false(log_takes(f.log, LOG_LEVEL_DEBUG));
  log_say(f.log, LOG_LEVEL_DEBUG, "quiet");
  assert_string_equal(taken(&f), "");
  log_set_level(f.log, LOG_LEVEL_DEBUG);
  log_set_format(f.log, LOG_FORMAT_JSON);
  log_say(f.log, LOG_LEVEL_DEBUG, "loud");
  assert_string_equal(taken(&f),
                      "{\"time\":\"2026-11-24T10:00:00.123Z\",\"level\":\"debug\",\"msg\":\"loud\"}\n");
  assert_false(log_takes(NULL, LOG_LEVEL_ERROR));
  LOG(NULL, LOG_LEVEL_ERROR, "nobody listens", log_int("n", 1));
  close_all(&f);
}

/* A full pipe does not hold the caller up; when there is room again, a line tells what was lost. */
static void a_full_pipe_loses_lines_and_says_so(void **state) {
  (void)state;
  struct fixture f;
  open_pipe(&f, LOG_FORMAT_LOGFMT);
  int flags = fcntl(f.ends[1], F_GETFL);
  assert_false(flags & O_NONBLOCK);
  while (log_lost(f.log) == 0) log_say(f.log, LOG_LEVEL_INFO, "filling");
  log_say(f.log, LOG_LEVEL_INFO, "lost too");
  assert_int_equal(log_lost(f.log), 2);
  assert_int_equal(fcntl(f.ends[1], F_GETFL), flags); /* others may share it */
  while (*taken(&f)) assert_null(strstr(f.text, "lost"));
  log_say(f.log, LOG_LEVEL_INFO, "again");
  assert_string_equal(taken(&f), "time=2026-11-24T10:00:00.123Z level=warn "
                                 "msg=\"log lines were lost: they were not taken in time\" lines=2\n"
                                 "time=2026-11-24T10:00:00.123Z level=info msg=again\n");
  close_all(&f);
}

static void a_closed_pipe_is_no_death(void **state) {
  (void)state;
  struct fixture f;
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  open_pipe(&f, LOG_FORMAT_LOGFMT);
  close(f.ends[0]);
  log_say(f.log, LOG_LEVEL_INFO, "nobody reads");
  assert_int_equal(log_lost(f.log), 1);
  log_free(f.log);
  close(f.ends[1]);
  signal(SIGPIPE, before);
}

/* Service managers hand out a socket. */
static void a_full_socket_loses_lines_too(void **state) {
  (void)state;
  struct fixture f;
  assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, f.ends), 0);
  const struct log_options options = {f.ends[1], LOG_LEVEL_INFO, LOG_FORMAT_LOGFMT, fixed_now};
  f.log = log_new(&options);
  log_say(f.log, LOG_LEVEL_INFO, "first");
  assert_string_equal(taken(&f), "time=2026-11-24T10:00:00.123Z level=info msg=first\n");
  while (log_lost(f.log) == 0) log_say(f.log, LOG_LEVEL_INFO, "filling");
  close_all(&f);
}

enum { WRITERS = 4, LINES_EACH = 300 };

static void *write_lines(void *arg) {
  struct log *log = arg;
  for (int i = 0; i < LINES_EACH; i++)
    LOG(log, i % 2 ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "a line of some length", log_int("i", i),
        log_text("k", "v w"));
  return NULL;
}

/* Every line arrives whole or is counted as lost. */
static void threads_do_not_mix_their_lines(void **state) {
  (void)state;
  struct fixture f;
  pthread_t threads[WRITERS];
  size_t lines = 0;
  open_pipe(&f, LOG_FORMAT_LOGFMT);
  for (int i = 0; i < WRITERS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, write_lines, f.log), 0);
  for (int i = 0; i < WRITERS; i++) pthread_join(threads[i], NULL);
  while (*taken(&f)) {
    for (const char *line = f.text; *line; line = strchr(line, '\n') + 1, lines++) {
      assert_int_equal(strncmp(line, "time=2026-11-24T10:00:00.123Z level=", 36), 0);
      assert_non_null(strchr(line, '\n'));
    }
  }
  assert_int_equal(lines + log_lost(f.log), WRITERS * LINES_EACH);
  close_all(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_logfmt),
      cmocka_unit_test(writes_json),
      cmocka_unit_test(nothing_from_outside_forges_a_line),
      cmocka_unit_test(long_lines_stay_well_formed),
      cmocka_unit_test(levels_and_formats_can_change),
      cmocka_unit_test(a_full_pipe_loses_lines_and_says_so),
      cmocka_unit_test(a_closed_pipe_is_no_death),
      cmocka_unit_test(threads_do_not_mix_their_lines),
      cmocka_unit_test(a_full_socket_loses_lines_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
