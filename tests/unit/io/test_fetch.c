#include "unit.h"

#include "fake_provider.h"
#include "io/fetch.h"

static struct loop *loop;
static struct fake_provider provider;
static const struct str here[] = {STR("127.0.0.0/8")};
static const struct fetcher_options options = {.egress = {.allow = here, .allow_count = 1}};

struct outcome {
  int calls;
  struct fetch_answer answer;
  struct buf body, head;
  char error[256];
};

static void on_done(void *arg, const struct fetch_answer *answer) {
  struct outcome *outcome = arg;
  outcome->calls++;
  outcome->answer = *answer;
  buf_init(&outcome->body);
  buf_init(&outcome->head);
  buf_add_str(&outcome->body, answer->body);
  buf_add_str(&outcome->head, answer->head);
  outcome->answer.body = buf_str(&outcome->body);
  outcome->answer.head = buf_str(&outcome->head);
  snprintf(outcome->error, sizeof outcome->error, "%s", answer->error);
}

static void release(struct outcome *outcome) {
  buf_release(&outcome->body);
  buf_release(&outcome->head);
}

static int start(void **state) {
  struct err err;
  (void)state;
  loop = loop_new(&err);
  fake_provider_start(&provider);
  return loop ? 0 : -1;
}

static int stop(void **state) {
  (void)state;
  fake_provider_stop(&provider);
  loop_free(loop);
  return 0;
}

static const char *url_of(const char *path) {
  static char url[256];
  snprintf(url, sizeof url, "http://127.0.0.1:%d%s", provider.port, path);
  return url;
}

/* Asks and turns the loop until it is told. */
static struct outcome ask(struct fetcher *fetcher, struct fetch_request request) {
  struct outcome outcome = {0};
  struct err err;
  request.done = on_done;
  request.arg = &outcome;
  if (!request.method) request.method = "GET";
  if (!fetch_start(fetcher, &request, &err)) fail_msg("%s", err.text);
  assert_int_equal(outcome.calls, 0);
  while (!outcome.calls) loop_turn(loop, false);
  assert_int_equal(fetcher_stats(fetcher)->open, 0);
  return outcome;
}

static struct outcome ask_path(const char *path) {
  struct fetcher *fetcher = fetcher_new(loop, &options);
  struct outcome outcome = ask(fetcher, (struct fetch_request){.url = url_of(path)});
  fetcher_free(fetcher);
  return outcome;
}

/* --- what is asked and answered --- */

static void sends_what_it_was_given(void **state) {
  (void)state;
  struct fetcher *fetcher = fetcher_new(loop, &options);
  const struct fetch_header headers[] = {
      {STR("X-One"), STR("1")}, {STR("Authorization"), STR("Bearer abc")}, {STR("X-Empty"), STR("")}};
  struct outcome outcome = ask(fetcher, (struct fetch_request){.method = "PUT",
                                                               .url = url_of("/echo"),
                                                               .headers = headers,
                                                               .header_count = COUNT_OF(headers),
                                                               .body = STR("{\"a\":1}")});
  struct str value;
  assert_int_equal(outcome.answer.end, FETCH_ANSWERED);
  assert_int_equal(outcome.answer.status, 200);
  assert_ptr_equal(strstr(outcome.body.data, "PUT /echo HTTP/1.1\r\n"), outcome.body.data);
  assert_non_null(strstr(outcome.body.data, "\r\nX-One: 1\r\n"));
  assert_non_null(strstr(outcome.body.data, "\r\nAuthorization: Bearer abc\r\n"));
  assert_non_null(strstr(outcome.body.data, "\r\nX-Empty:\r\n"));
  assert_non_null(strstr(outcome.body.data, "\r\nAccept-Encoding: gzip\r\n"));
  assert_non_null(strstr(outcome.body.data, "\r\n\r\n{\"a\":1}"));
  assert_null(strstr(outcome.body.data, "Expect:"));
  assert_true(fetch_answer_header(&outcome.answer, STR("x-echo"), &value));
  assert_str(value, "yes");
  assert_false(fetch_answer_header(&outcome.answer, STR("x-ech"), &value));
  assert_int_equal(fetcher_stats(fetcher)->sent_bytes, 7);
  release(&outcome);
  fetcher_free(fetcher);
}

static void every_way_to_end_has_its_word(void **state) {
  (void)state;
  static const struct {
    const char *path;
    enum fetch_end end;
    int status;
    int64_t retry_after_ms;
  } cases[] = {{"/ok", FETCH_ANSWERED, 200, 0},
               {"/status/404", FETCH_ANSWERED, 404, 0},
               {"/status/500", FETCH_ANSWERED, 500, 0},
               {"/later/429/7", FETCH_ANSWERED, 429, 7000},
               {"/redirect", FETCH_ANSWERED, 302, 0},
               {"/half", FETCH_RESET, 0, 0},
               {"/reset", FETCH_RESET, 0, 0},
               {"/big", FETCH_TOO_LARGE, 200, 0},
               {"/huge", FETCH_TOO_LARGE, 200, 0},
               {"/garbage", FETCH_MALFORMED, 0, 0},
               {"/manyheaders", FETCH_TOO_LARGE, 200, 0},
               {"/longheader", FETCH_TOO_LARGE, 200, 0}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct outcome outcome = ask_path(cases[i].path);
    if (outcome.answer.end != cases[i].end)
      fail_msg("%s: %s, %s", cases[i].path, fetch_end_word(outcome.answer.end), outcome.error);
    assert_int_equal(outcome.answer.status, cases[i].status);
    assert_int_equal(outcome.answer.retry_after_ms, cases[i].retry_after_ms);
    assert_int_equal(*outcome.error == '\0', cases[i].end == FETCH_ANSWERED);
    assert_true(outcome.body.len <= FETCH_ANSWER_MAX);
    release(&outcome);
  }
}

static void a_redirect_is_not_followed(void **state) {
  (void)state;
  int before = atomic_load(&provider.requests);
  struct outcome outcome = ask_path("/redirect");
  struct str where;
  assert_true(fetch_answer_header(&outcome.answer, STR("Location"), &where));
  assert_str(where, "/ok");
  assert_int_equal(atomic_load(&provider.requests), before + 1);
  release(&outcome);
}

static void waits_no_longer_than_it_may(void **state) {
  (void)state;
  struct fetcher *fetcher = fetcher_new(loop, &options);
  struct outcome outcome = ask(fetcher, (struct fetch_request){.url = url_of("/hang"), .total_ms = 50});
  assert_int_equal(outcome.answer.end, FETCH_TIMEOUT);
  assert_true(outcome.answer.took_ms >= 50);
  release(&outcome);
  outcome = ask(fetcher, (struct fetch_request){.url = url_of("/ok"), .answer_max = 11});
  assert_int_equal(outcome.answer.end, FETCH_ANSWERED);
  release(&outcome);
  outcome = ask(fetcher, (struct fetch_request){.url = url_of("/ok"), .answer_max = 10});
  assert_int_equal(outcome.answer.end, FETCH_TOO_LARGE);
  release(&outcome);
  assert_int_equal(fetcher_stats(fetcher)->ended[FETCH_TIMEOUT], 1);
  assert_int_equal(fetcher_stats(fetcher)->ended[FETCH_TOO_LARGE], 1);
  fetcher_free(fetcher);
}

static void nobody_listens(void **state) {
  (void)state;
  struct fetcher *fetcher = fetcher_new(loop, &options);
  struct outcome outcome = ask(fetcher, (struct fetch_request){.url = "http://127.0.0.1:1/"});
  assert_int_equal(outcome.answer.end, FETCH_UNREACHABLE);
  release(&outcome);
  outcome = ask(fetcher, (struct fetch_request){.url = "http://nobody.invalid/"});
  assert_int_equal(outcome.answer.end, FETCH_UNRESOLVED);
  release(&outcome);
  fetcher_free(fetcher);
}

/* --- compressed answers --- */

/* {"ok":true} */
static const char packed[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xca\xcf\x56\xb2\x2a\x29\x2a\x4d\xad\x05"
    "\x00\x90\x5f\xd4\xa7\x0b\x00\x00\x00";

/* /packed/CODING/LEN: the first bytes of it, with that Content-Encoding. */
static void answer_packed(void *arg, const char *path, const char *request, struct buf *out) {
  char coding[64] = "";
  size_t len = 0;
  (void)request;
  (void)arg;
  assert_int_equal(sscanf(path, "/packed/%63[^/]/%zu", coding, &len), 2);
  buf_printf(out, "HTTP/1.1 200 Fake\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n", coding, len);
  buf_add(out, packed, len);
}

static struct outcome ask_packed(const char *coding, size_t len) {
  char path[100];
  provider.answer = answer_packed;
  snprintf(path, sizeof path, "/packed/%s/%zu", coding, len);
  return ask_path(path);
}

static void a_compressed_answer_is_taken_whole_or_not_at_all(void **state) {
  (void)state;
  size_t whole = sizeof packed - 1;
  for (size_t len = 1; len <= whole; len++) {
    struct outcome outcome = ask_packed("gzip", len);
    if (outcome.answer.end != (len == whole ? FETCH_ANSWERED : FETCH_RESET))
      fail_msg("%zu bytes: %s, %s", len, fetch_end_word(outcome.answer.end), outcome.error);
    assert_str(outcome.answer.body, len == whole ? "{\"ok\":true}" : "");
    assert_string_equal(outcome.error, len == whole ? "" : "the compressed body is cut off");
    release(&outcome);
  }
}

static void a_coding_nobody_asked_for_is_told(void **state) {
  (void)state;
  struct outcome outcome = ask_packed("br", 5);
  assert_int_equal(outcome.answer.end, FETCH_MALFORMED);
  assert_string_equal(outcome.error, "the answer's content encoding is 'br': gzip was asked for");
  assert_int_equal(outcome.answer.status, 200); /* which is all that whoever tells something wants to know */
  release(&outcome);
  static const struct {
    const char *coding;
    size_t len;
  } fine[] = {{"identity", 2}, {"none", 2}, {"br", 0}, {"gzip", 0}};
  for (size_t i = 0; i < COUNT_OF(fine); i++) {
    outcome = ask_packed(fine[i].coding, fine[i].len);
    assert_int_equal(outcome.answer.end, FETCH_ANSWERED);
    assert_int_equal(outcome.answer.body.len, fine[i].len);
    release(&outcome);
  }
  outcome = ask_packed("deflate", sizeof packed - 1); /* which it is not */
  assert_int_equal(outcome.answer.end, FETCH_MALFORMED);
  release(&outcome);
}

/* --- what is refused --- */

/* Every spelling of an inside address that a script, a redirect or a name server may come up with. Ports are open nowhere;
 * what counts is that no socket is opened. */
static void the_inside_is_not_reached_in_any_spelling(void **state) {
  (void)state;
  static const char *const urls[] = {"http://127.0.0.1:%d/ok",
                                     "http://localhost:%d/ok",
                                     "http://LOCALHOST.:%d/ok",
                                     "http://127.1:%d/ok",
                                     "http://127.0.1:%d/ok",
                                     "http://2130706433:%d/ok",
                                     "http://0x7f000001:%d/ok",
                                     "http://0x7f.0x0.0x0.0x1:%d/ok",
                                     "http://0177.0.0.1:%d/ok",
                                     "http://017700000001:%d/ok",
                                     "http://0:%d/ok",
                                     "http://0.0.0.0:%d/ok",
                                     "http://127.255.255.254:%d/ok",
                                     "http://[::1]:%d/ok",
                                     "http://[::]:%d/ok",
                                     "http://[0:0:0:0:0:0:0:1]:%d/ok",
                                     "http://[::ffff:127.0.0.1]:%d/ok",
                                     "http://[::ffff:7f00:1]:%d/ok",
                                     "http://[::127.0.0.1]:%d/ok",
                                     "http://[64:ff9b::7f00:1]:%d/ok",
                                     "http://[64:ff9b:1::7f00:1]:%d/ok",
                                     "http://[2002:7f00:1::]:%d/ok",
                                     "http://[2001:0:7f00:1::]:%d/ok",
                                     "http://[fe80::1]:%d/ok",
                                     "http://[fc00::1]:%d/ok",
                                     "http://[fd00:ec2::254]:%d/ok",
                                     "http://[ff02::1]:%d/ok",
                                     "http://10.0.0.1:%d/ok",
                                     "http://172.16.0.1:%d/ok",
                                     "http://172.31.255.255:%d/ok",
                                     "http://192.168.0.1:%d/ok",
                                     "http://169.254.169.254:%d/latest/meta-data/",
                                     "http://100.64.0.1:%d/ok",
                                     "http://100.100.100.200:%d/ok",
                                     "http://192.0.0.192:%d/ok",
                                     "http://168.63.129.16:%d/ok",
                                     "http://198.18.0.1:%d/ok",
                                     "http://224.0.0.1:%d/ok",
                                     "http://255.255.255.255:%d/ok",
                                     "http://240.0.0.1:%d/ok",
                                     "http://127%%2e0%%2e0%%2e1:%d/ok",
                                     "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1:%d/ok",
                                     ("http://1\xe3\x80\x82"
                                      "1.1.1.127.0.0.1:%d/ok")};
  const struct fetcher_options closed = {0};
  struct fetcher *fetcher = fetcher_new(loop, &closed);
  int before = atomic_load(&provider.requests);
  for (size_t i = 0; i < COUNT_OF(urls); i++) {
    char url[128];
    struct outcome outcome = {0};
    struct err err;
    snprintf(url, sizeof url, urls[i], provider.port);
    const struct fetch_request request = {.method = "GET", .url = url, .done = on_done, .arg = &outcome};
    if (!fetch_start(fetcher, &request, &err)) {
      assert_int_equal(err.code, ERR_INVALID); /* not even a URL: no spelling at all */
      continue;
    }
    while (!outcome.calls) loop_turn(loop, false);
    bool kept_out = outcome.answer.end == FETCH_DENIED || outcome.answer.end == FETCH_UNRESOLVED;
    if (!kept_out) fail_msg("%s: %s", url, fetch_end_word(outcome.answer.end));
    release(&outcome);
  }
  assert_int_equal(atomic_load(&provider.requests), before);
  assert_true(fetcher_stats(fetcher)->ended[FETCH_DENIED] >= 30);
  fetcher_free(fetcher);
}

/* The environment names a proxy on this machine: it is not used, and so cannot hide the address from the check. */
static void no_proxy_is_used(void **state) {
  (void)state;
  char proxy[64];
  const struct fetcher_options closed = {0};
  int before = atomic_load(&provider.requests);
  snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", provider.port);
  setenv("http_proxy", proxy, 1);
  setenv("all_proxy", proxy, 1);
  struct fetcher *fetcher = fetcher_new(loop, &closed);
  struct outcome outcome = ask(fetcher, (struct fetch_request){.url = "http://10.0.0.1/"});
  assert_int_equal(outcome.answer.end, FETCH_DENIED);
  assert_int_equal(atomic_load(&provider.requests), before);
  release(&outcome);
  fetcher_free(fetcher);
  unsetenv("http_proxy");
  unsetenv("all_proxy");
}

static void refuses_requests_that_make_no_sense(void **state) {
  (void)state;
  static const struct str only[] = {STR("api.example.com")};
  const struct fetcher_options few = {.egress = {.hosts = only, .host_count = 1}};
  static const struct {
    const char *url, *header, *value, *expected;
  } cases[] = {{"ftp://api.example.com/", NULL, NULL, "only http"},
               {"file:///etc/passwd", NULL, NULL, "only http"},
               {"gopher://api.example.com/", NULL, NULL, "only http"},
               {"api.example.com", NULL, NULL, "is not a URL"},
               {"http://", NULL, NULL, "is not a URL"},
               {"http://api.example.com/a\r\nX: y", NULL, NULL, "is not a URL"},
               {"http://me:pw@api.example.com/", NULL, NULL, "must not hold credentials"},
               {"http://other.example.com/", NULL, NULL, "outbound.hosts does not list it"},
               {"http://api.example.com@other.example.com/", NULL, NULL, "must not hold credentials"},
               {"http://api.example.com/", "X Y", "1", "is not the name of a header"},
               {"http://api.example.com/", "", "1", "is not the name of a header"},
               {"http://api.example.com/", "X", "1\r\nHost: evil", "has a line break"}};
  struct fetcher *fetcher = fetcher_new(loop, &few);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct err err = {0};
    const struct fetch_header header = {str_of(cases[i].header), str_of(cases[i].value)};
    const struct fetch_request request = {.method = "GET",
                                          .url = cases[i].url,
                                          .headers = &header,
                                          .header_count = cases[i].header ? 1 : 0,
                                          .done = on_done};
    assert_null(fetch_start(fetcher, &request, &err));
    if (!strstr(err.text, cases[i].expected)) fail_msg("%s: %s", cases[i].url, err.text);
    assert_int_equal(err.code, ERR_INVALID);
  }
  fetcher_free(fetcher);
}

/* --- many, and an early end --- */

static void many_at_once_and_none_too_many(void **state) {
  (void)state;
  static struct outcome outcomes[FETCHES_MAX];
  struct fetcher *fetcher = fetcher_new(loop, &options);
  struct err err;
  int told = 0;
  memset(outcomes, 0, sizeof outcomes);
  for (int i = 0; i < FETCHES_MAX; i++) {
    const struct fetch_request request = {.method = "GET",
                                          .url = url_of("/ok"),
                                          .total_ms = 60000,
                                          .connect_ms = 60000,
                                          .done = on_done,
                                          .arg = &outcomes[i]};
    assert_non_null(fetch_start(fetcher, &request, &err));
  }
  const struct fetch_request one_more = {.method = "GET", .url = url_of("/ok"), .done = on_done};
  assert_null(fetch_start(fetcher, &one_more, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  while (fetcher_stats(fetcher)->open) loop_turn(loop, false);
  for (int i = 0; i < FETCHES_MAX; i++) {
    told += outcomes[i].calls;
    assert_str(outcomes[i].answer.body, "{\"ok\":true}");
    release(&outcomes[i]);
  }
  assert_int_equal(told, FETCHES_MAX);
  fetcher_free(fetcher);
}

static struct fetch *victim;

static void cancel_other(void *arg, const struct fetch_answer *answer) {
  on_done(arg, answer);
  if (victim) fetch_cancel(victim);
  victim = NULL;
}

static void the_cancelled_are_not_told(void **state) {
  (void)state;
  struct outcome first = {0}, second = {0}, third = {0};
  struct err err;
  struct fetcher *fetcher = fetcher_new(loop, &options);
  const struct fetch_request hangs = {
      .method = "GET", .url = url_of("/hang"), .done = on_done, .arg = &second};
  victim = fetch_start(fetcher, &hangs, &err);
  const struct fetch_request ends = {
      .method = "GET", .url = url_of("/ok"), .done = cancel_other, .arg = &first};
  assert_non_null(fetch_start(fetcher, &ends, &err));
  while (!first.calls) loop_turn(loop, false);
  assert_int_equal(fetcher_stats(fetcher)->open, 0);
  assert_int_equal(fetcher_stats(fetcher)->cancelled, 1);
  const struct fetch_request left = {.method = "GET", .url = url_of("/hang"), .done = on_done, .arg = &third};
  assert_non_null(fetch_start(fetcher, &left, &err));
  loop_turn(loop, false);
  fetcher_free(fetcher); /* and with it what is under way */
  loop_turn(loop, false);
  assert_int_equal(second.calls + third.calls, 0);
  release(&first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(sends_what_it_was_given, start, stop),
      cmocka_unit_test_setup_teardown(every_way_to_end_has_its_word, start, stop),
      cmocka_unit_test_setup_teardown(a_redirect_is_not_followed, start, stop),
      cmocka_unit_test_setup_teardown(waits_no_longer_than_it_may, start, stop),
      cmocka_unit_test_setup_teardown(nobody_listens, start, stop),
      cmocka_unit_test_setup_teardown(a_compressed_answer_is_taken_whole_or_not_at_all, start, stop),
      cmocka_unit_test_setup_teardown(a_coding_nobody_asked_for_is_told, start, stop),
      cmocka_unit_test_setup_teardown(the_inside_is_not_reached_in_any_spelling, start, stop),
      cmocka_unit_test_setup_teardown(no_proxy_is_used, start, stop),
      cmocka_unit_test_setup_teardown(refuses_requests_that_make_no_sense, start, stop),
      cmocka_unit_test_setup_teardown(many_at_once_and_none_too_many, start, stop),
      cmocka_unit_test_setup_teardown(the_cancelled_are_not_told, start, stop),
  };
  return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
