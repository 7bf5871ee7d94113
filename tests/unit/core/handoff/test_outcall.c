#include "unit.h"

#include "core/handoff/outcall.h"
#include "vm/script/task_value.h"

static struct config_secret secrets[] = {{"KEY", "top-secret"}};
static struct config config = {.secrets = secrets, .secret_count = 1};
static struct json_reader *reader;
static struct arena arena;
static struct outcall call;
static struct err err;

static int set_up(void **state) {
  (void)state;
  reader = json_reader_new();
  arena_init(&arena, 4096);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_release(&arena);
  json_reader_free(reader);
  return 0;
}

/* A GET of https://x/ with the options, which are JSON; {"SECRET":name} in it is a secret. */
static struct value asked(const char *options) {
  struct json_ref root;
  if (json_parse(reader, options, strlen(options), &root, &err)) fail_msg("%s", err.text);
  const struct pair pairs[] = {{STR("method"), value_str(STR("GET"))},
                               {STR("options"), json_value(root, &arena)},
                               {STR("url"), value_str(STR("https://x/?a=1"))}};
  return (struct value){.kind = VALUE_MAP, .len = 3, .pairs = arena_dup(&arena, pairs, sizeof pairs)};
}

/* Puts secrets where {"SECRET":..} stands: what comes from JSON cannot say so itself. */
static struct value with_secrets(struct value value) {
  for (uint32_t i = 0; value.kind == VALUE_LIST && i < value.len; i++)
    ((struct value *)value.items)[i] = with_secrets(value.items[i]);
  for (uint32_t i = 0; value.kind == VALUE_MAP && i < value.len; i++) {
    struct pair *pair = &((struct pair *)value.pairs)[i];
    pair->value = with_secrets(pair->value);
    if (str_eq(pair->key, STR("SECRET"))) pair->key = TASK_SECRET;
  }
  return value;
}

static void read(const char *options) {
  if (outcall_read(with_secrets(asked(options)), &config, &arena, &call, &err)) fail_msg("%s", err.text);
}

static void assert_header(size_t at, const char *name, const char *value) {
  assert_true(at < call.header_count);
  assert_true(str_eq(call.headers[at].name, str_of(name)));
  if (!str_eq(call.headers[at].value, str_of(value)))
    fail_msg("%s is '%.*s'", name, STR_ARG(call.headers[at].value));
}

static void puts_secrets_into_headers_auth_and_query(void **state) {
  (void)state;
  read("{\"headers\":{\"x-a\":\"b\",\"x-key\":[\"k=\",{\"SECRET\":\"KEY\"}]},\"auth\":{\"SECRET\":\"KEY\"},"
       "\"query\":{\"key\":{\"SECRET\":\"KEY\"},\"q\":\"a b&c\",\"yes\":true},\"timeout\":\"3s\"}");
  assert_header(0, "x-a", "b");
  assert_header(1, "x-key", "k=top-secret");
  assert_header(2, "authorization", "Bearer top-secret");
  assert_string_equal(call.url, "https://x/?a=1&key=top-secret&q=a%20b%26c&yes=true");
  assert_int_equal(call.timeout_ms, 3000);
}

static void signs_with_secrets(void **state) {
  (void)state;
  read("{\"headers\":{\"x-sign\":[\"sha256=\",{\"SECRET\":\"KEY\",\"form\":\"hex\",\"hmac\":\"a text\"}]}}");
  assert_header(0, "x-sign", "sha256=9651ce2ee925e34c435d7e0b75bd0022b488056ca30f4297bca545b97b22a952");
}

static void what_a_service_says_is_no_secret(void **state) {
  (void)state;
  assert_int_equal(
      outcall_read(asked("{\"headers\":{\"x\":{\"secret\":\"KEY\"}}}"), &config, &arena, &call, &err), -1);
  assert_int_equal(
      outcall_read(asked("{\"auth\":{\"\\u0001secret\":\"KEY\"}}"), &config, &arena, &call, &err), -1);
  struct json_ref root; /* the mark cannot even be written */
  static const char text[] = "{\"auth\":{\"\\u0000secret\":\"KEY\"}}";
  assert_int_equal(json_parse(reader, text, sizeof text - 1, &root, &err), -1);
}

static void a_body_is_a_text_or_data_and_holds_no_secret(void **state) {
  (void)state;
  read("{\"json\":{\"a\":[1,{\"b\":null}]}}");
  assert_header(0, "content-type", "application/json");
  assert_true(str_eq(call.body, STR("{\"a\":[1,{\"b\":null}]}")));
  read("{\"body\":\"plain\"}");
  assert_true(str_eq(call.body, STR("plain")));
  assert_int_equal(outcall_read(with_secrets(asked("{\"json\":{\"a\":[{\"SECRET\":\"KEY\"}]}}")), &config,
                                &arena, &call, &err),
                   -1);
  assert_non_null(strstr(err.text, "a secret cannot stand in a body"));
}

static void says_what_makes_no_sense(void **state) {
  (void)state;
  static const struct {
    const char *options, *says;
  } cases[] = {
      {"{\"jsn\":1}", "a call has no 'jsn'"},
      {"{\"json\":1,\"body\":\"x\"}", "json or a body, not both"},
      {"{\"body\":1}", "body is a text"},
      {"{\"headers\":[1]}", "headers is a table"},
      {"{\"headers\":{\"x\":{\"y\":1}}}", "a header is a text, a secret, or a list of both"},
      {"{\"auth\":{\"SECRET\":\"NONE\"}}", "no secret 'NONE'"},
      {"{\"query\":[1]}", "query is a table"},
      {"{\"timeout\":\"soon\"}", "timeout is a duration"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_int_equal(outcall_read(with_secrets(asked(cases[i].options)), &config, &arena, &call, &err), -1);
    if (!strstr(err.text, cases[i].says)) fail_msg("%s: %s", cases[i].options, err.text);
  }
}

static struct str text_at(struct value value, const char *path) {
  return value_text(value_path(value, str_of(path)));
}

static void an_answer_is_data_when_it_is_json(void **state) {
  (void)state;
  struct value answer =
      outcall_answer(200, STR("X-Id: 7\r\nnonsense\r\nLast:  end "), STR("{\"a\":\"b\"}"), reader, &arena);
  assert_true(str_eq(text_at(answer, "json.a"), STR("b")));
  assert_true(str_eq(text_at(answer, "headers.x-id"), STR("7")));
  assert_true(str_eq(text_at(answer, "headers.last"), STR("end")));
  static const char *const hostile[] = {"", "{\"a\":", "NaN", "[1,]", "\xff", "{\"a\":1e999}"};
  for (size_t i = 0; i < COUNT_OF(hostile); i++) {
    answer = outcall_answer(200, STR(""), str_of(hostile[i]), reader, &arena);
    if (value_get(answer, STR("json")).kind != VALUE_MISSING) fail_msg("taken: %s", hostile[i]);
  }
}

static void of_endless_headers_a_few_are_kept(void **state) {
  (void)state;
  struct buf head;
  buf_init(&head);
  for (int i = 0; i < 10000; i++) buf_printf(&head, "x-%d: y\r\n", i);
  struct value answer = outcall_answer(200, buf_str(&head), STR(""), reader, &arena);
  assert_int_equal(value_get(answer, STR("headers")).len, OUTCALL_ANSWER_HEADERS_MAX);
  buf_release(&head);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(puts_secrets_into_headers_auth_and_query),
      TEST(signs_with_secrets),
      TEST(what_a_service_says_is_no_secret),
      TEST(a_body_is_a_text_or_data_and_holds_no_secret),
      TEST(says_what_makes_no_sense),
      TEST(an_answer_is_data_when_it_is_json),
      TEST(of_endless_headers_a_few_are_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
