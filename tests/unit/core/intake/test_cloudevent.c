#include "unit.h"

#include "core/intake/cloudevent.h"
#include "core/intake/normalise.h"

enum { HEADERS_MAX = 80 };

static struct json_reader *document, *scratch, *result;
static struct buf out;
static struct err why;

static int set_up(void **state) {
  (void)state;
  document = json_reader_new();
  scratch = json_reader_new();
  result = json_reader_new();
  buf_init(&out);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  json_reader_free(document);
  json_reader_free(scratch);
  json_reader_free(result);
  buf_release(&out);
  return 0;
}

/* "name: value\n..." as a list of headers. */
static size_t headers_of(const char *text, struct cloudevent_header headers[HEADERS_MAX]) {
  size_t count = 0;
  while (*text) {
    const char *colon = strchr(text, ':'), *end = strchr(text, '\n');
    assert_non_null(colon);
    assert_non_null(end);
    assert_true(count < HEADERS_MAX);
    headers[count++] =
        (struct cloudevent_header){{text, (size_t)(colon - text)}, {colon + 2, (size_t)(end - colon - 2)}};
    text = end + 1;
  }
  return count;
}

static int binary(const char *text, const char *content_type, struct str body) {
  struct cloudevent_header headers[HEADERS_MAX];
  size_t count = headers_of(text, headers);
  buf_clear(&out);
  return cloudevent_from_headers(headers, count, str_of(content_type), body, scratch, &out, &why);
}

static int structured(const char *json) {
  struct json_ref root;
  struct err err;
  if (json_parse(document, json, strlen(json), &root, &err) != 0) fail_msg("%s: %s", json, err.text);
  buf_clear(&out);
  return cloudevent_from_json(root, scratch, &out, &why);
}

/* The event that the normaliser makes of what was written. */
static struct normalised normal;

static void normalise(void) {
  struct json_ref root;
  struct err err;
  struct normalise_context context = {
      .source = STR("web"), .received_ms = INT64_C(1800000000000), .batch_sent_ms = TIME_NEVER};
  if (json_parse(result, out.data, out.len, &root, &err) != 0) fail_msg("%s: %s", out.data, err.text);
  enum reject_code code = normalise_event(root, &context, &normal);
  if (code != REJECT_NONE) fail_msg("%s: %s (%s)", out.data, reject_word(code), normal.reason);
}

/* --- the mode ------------------------------------------------------------------------------------------------------ */

static void tells_the_mode(void **state) {
  (void)state;
  static const struct {
    const char *content_type, *headers;
    enum cloudevent_mode mode;
  } cases[] = {
      {"application/json", "Host: x\n", CLOUDEVENT_NONE},
      {"application/x-ndjson", "", CLOUDEVENT_NONE},
      {"", "", CLOUDEVENT_NONE},
      {"application/json; charset=utf-8", "CE-Id: 1\n", CLOUDEVENT_BINARY},
      {"", "ce-type: t\n", CLOUDEVENT_BINARY},
      {"text/plain", "Host: x\nCe-SpecVersion: 1.0\n", CLOUDEVENT_BINARY},
      {"application/cloudevents+json", "", CLOUDEVENT_STRUCTURED},
      {"application/cloudevents+json; charset=utf-8", "", CLOUDEVENT_STRUCTURED},
      {" Application/CloudEvents+JSON ;x=y", "ce-id: 1\n", CLOUDEVENT_STRUCTURED},
      {"application/cloudevents-batch+json", "", CLOUDEVENT_BATCHED},
      {"application/cloudevents-batch+json;charset=UTF-8", "", CLOUDEVENT_BATCHED},
      {"application/cloudevents+avro", "", CLOUDEVENT_UNSUPPORTED},
      {"application/cloudevents-batch+protobuf", "", CLOUDEVENT_UNSUPPORTED},
      {"application/cloudevents", "", CLOUDEVENT_UNSUPPORTED},
      {"application/cloud", "", CLOUDEVENT_NONE},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct cloudevent_header headers[HEADERS_MAX];
    size_t count = headers_of(cases[i].headers, headers);
    enum cloudevent_mode mode = cloudevent_mode(str_of(cases[i].content_type), headers, count);
    if (mode != cases[i].mode) fail_msg("%s: mode %d", cases[i].content_type, mode);
  }
}

/* --- what is written ----------------------------------------------------------------------------------------------- */

#define NEEDED "ce-specversion: 1.0\nce-id: 7\nce-source: /shop\nce-type: order.paid\n"

static void writes_binary_events(void **state) {
  (void)state;
  static const struct {
    const char *headers, *content_type, *body, *json;
  } cases[] = {
      {NEEDED "Host: x\nce-subject: u1\nce-time: 2024-01-15T09:00:00.5Z\n", "application/json; charset=utf-8",
       "{\"total\":5}",
       "{\"messageId\":\"/shop 7\",\"type\":\"track\",\"userId\":\"u1\",\"timestamp\":\"2024-01-15T09:00:"
       "00.5Z\",\"context\":{\"cloudevent\":{\"id\":\"7\",\"source\":\"/shop\",\"type\":\"order.paid\","
       "\"subject\":\"u1\",\"time\":\"2024-01-15T09:00:00.5Z\",\"datacontenttype\":\"application/json; "
       "charset=utf-8\"}},\"event\":\"order.paid\",\"properties\":{\"total\":5}}"},
      {"CE-SPECVERSION: 1.0\nCe-Id: 7\nce-Source: /shop\ncE-Type: t\nCE-PartitionKey: k\n", "", "",
       "{\"messageId\":\"/shop "
       "7\",\"type\":\"track\",\"context\":{\"cloudevent\":{\"id\":\"7\",\"source\":\"/"
       "shop\",\"type\":\"t\",\"partitionkey\":\"k\"}},\"event\":\"t\",\"properties\":{}}"},
      {NEEDED, "text/plain", "say \"hi\"",
       "{\"messageId\":\"/shop "
       "7\",\"type\":\"track\",\"context\":{\"cloudevent\":{\"id\":\"7\",\"source\":\"/"
       "shop\",\"type\":\"order.paid\",\"datacontenttype\":\"text/"
       "plain\"}},\"event\":\"order.paid\",\"properties\":{\"value\":\"say \\\"hi\\\"\"}}"},
      {NEEDED, "image/png", "\x89PNG",
       "{\"messageId\":\"/shop "
       "7\",\"type\":\"track\",\"context\":{\"cloudevent\":{\"id\":\"7\",\"source\":\"/"
       "shop\",\"type\":\"order.paid\",\"datacontenttype\":\"image/"
       "png\",\"data_bytes\":4}},\"event\":\"order.paid\",\"properties\":{}}"},
      {NEEDED "ce-datacontenttype: text/plain\n", "application/vnd.x+json", "[1,2]",
       "{\"messageId\":\"/shop "
       "7\",\"type\":\"track\",\"context\":{\"cloudevent\":{\"id\":\"7\",\"source\":\"/"
       "shop\",\"type\":\"order.paid\",\"datacontenttype\":\"application/"
       "vnd.x+json\"}},\"event\":\"order.paid\",\"properties\":{\"value\":[1,2]}}"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (binary(cases[i].headers, cases[i].content_type, str_of(cases[i].body)) != 0)
      fail_msg("%s: %s", cases[i].headers, why.text);
    assert_string_equal(out.data, cases[i].json);
  }
}

#define BASE "\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/shop\",\"type\":\"t\""
#define HEAD "{\"messageId\":\"/shop 7\",\"type\":\"track\","
#define TOLD "\"id\":\"7\",\"source\":\"/shop\",\"type\":\"t\""

static void writes_structured_events(void **state) {
  (void)state;
  static const struct {
    const char *event, *json;
  } cases[] = {
      {"{" BASE ",\"data\":{\"userId\":12,\"anonymousId\":\"a\",\"b\":[null]}}",
       HEAD "\"userId\":12,\"anonymousId\":\"a\",\"context\":{\"cloudevent\":{" TOLD "}},\"event\":\"t\","
            "\"properties\":{\"userId\":12,\"anonymousId\":\"a\",\"b\":[null]}}"},
      {"{" BASE
       ",\"subject\":\"s\",\"anonymousid\":\"x\",\"data\":{\"userId\":\"no\",\"anonymousId\":\"no\"}}",
       HEAD "\"userId\":\"s\",\"anonymousId\":\"x\",\"context\":{\"cloudevent\":{" TOLD
            ",\"subject\":\"s\",\"anonymousid\":\"x\"}},\"event\":\"t\",\"properties\":{\"userId\":\"no\","
            "\"anonymousId\":\"no\"}}"},
      {"{" BASE ",\"userid\":\"u\",\"groupid\":\"g\",\"subject\":null,\"seq\":3,\"live\":true}", HEAD
       "\"userId\":\"u\",\"context\":{\"groupId\":\"g\",\"cloudevent\":{" TOLD
       ",\"userid\":\"u\",\"groupid\":\"g\",\"seq\":3,\"live\":true}},\"event\":\"t\",\"properties\":{}}"},
      {"{" BASE ",\"datacontenttype\":\"text/xml\",\"data\":\"<a/>\"}",
       HEAD "\"context\":{\"cloudevent\":{" TOLD
            ",\"datacontenttype\":\"text/xml\"}},\"event\":\"t\",\"properties\":{\"value\":\"<a/>\"}}"},
      {"{" BASE ",\"data\":null}", HEAD "\"context\":{\"cloudevent\":{" TOLD "}},\"event\":\"t\","
                                        "\"properties\":{}}"},
      {"{" BASE ",\"datacontenttype\":\"application/json\",\"data_base64\":\"eyJhIjoxfQ==\"}",
       HEAD "\"context\":{\"cloudevent\":{" TOLD
            ",\"datacontenttype\":\"application/json\"}},\"event\":\"t\",\"properties\":{\"a\":1}}"},
      {"{" BASE ",\"data_base64\":\"eyJhIjoxfQ==\"}",
       HEAD "\"context\":{\"cloudevent\":{" TOLD ",\"data_bytes\":7}},\"event\":\"t\",\"properties\":{}}"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (structured(cases[i].event) != 0) fail_msg("%s: %s", cases[i].event, why.text);
    assert_string_equal(out.data, cases[i].json);
  }
}

static void reads_what_nothing_was_said_about(void **state) {
  (void)state;
  static const struct {
    const char *content_type, *body, *part;
  } cases[] = {
      {"", "{\"a\":1}", "\"properties\":{\"a\":1}"},
      {"", "\x01\x02", "\"data_bytes\":2"},
      {"application/x-www-form-urlencoded", "{\"a\":1}", "\"properties\":{\"a\":1}"},
      {"application/x-www-form-urlencoded", "a=1&b=2", "\"data_bytes\":7"},
      {"text/plain", "{\"a\":1}", "\"properties\":{\"value\":\"{\\\"a\\\":1}\"}"},
      {"text/plain", "\xff", "\"data_bytes\":1"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (binary(NEEDED, cases[i].content_type, str_of(cases[i].body)) != 0) fail_msg("%s", why.text);
    if (!strstr(out.data, cases[i].part)) fail_msg("%s: %s", cases[i].body, out.data);
  }
}

/* --- header values ------------------------------------------------------------------------------------------------- */

static void decodes_header_values_once(void **state) {
  (void)state;
  static const struct {
    const char *value, *text;
  } cases[] = {
      {"plain", "plain"},
      {"  around  ", "around"},
      {"a%20b", "a b"},
      {"%41%6a%6A", "Ajj"},
      {"50%25", "50%"},
      {"%2525", "%25"},
      {"Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro \xe2\x82\xac \xf0\x9f\x98\x80"},
      {"%e2%82%ac", "\xe2\x82\xac"},
      {"caf\xc3\xa9", "caf\xc3\xa9"},
      {"\"quoted text\"", "quoted text"},
      {"\"a \\\"b\\\" \\\\ c\"", "a \"b\" \\ c"},
      {"\"a%20b\"", "a b"},
      {"\"\\%41\"", "A"},
      {"in\"ner", "in\"ner"},
      {"back\\slash", "back\\slash"},
      {"a+b", "a+b"},
      {"100%", "100%"},
      {"%zz %4", "%zz %4"},
      {"5%% of %41", "5%% of A"},
      {"gr\xf6\xdf er", "gr\xc3\xb6\xc3\x9f er"},
      {"\"open", "\"open"},
      {"\"a\" b", "\"a\" b"},
      {"\"a\\", "\"a\\"},
  };
  char headers[400];
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    snprintf(headers, sizeof headers, NEEDED "ce-subject: %s\n", cases[i].value);
    if (binary(headers, "", STR("")) != 0) fail_msg("%s: %s", cases[i].value, why.text);
    normalise();
    assert_str(normal.event.user_id, cases[i].text);
  }
}

static void refuses_headers(void **state) {
  (void)state;
  static const struct {
    const char *headers, *reason;
  } cases[] = {
      {"ce-id: 7\nce-source: /s\nce-type: t\n", "`specversion`; it is missing"},
      {"ce-specversion: 1.0\nce-source: /s\nce-type: t\n", "`id`; it is missing"},
      {"ce-specversion: 1.0\nce-id: 7\nce-type: t\n", "`source`; it is missing"},
      {"ce-specversion: 1.0\nce-id: 7\nce-source: /s\n", "`type`; it is missing"},
      {"ce-specversion: 1.0\nce-id: \nce-source: /s\nce-type: t\n", "`id`; it is empty"},
      {"ce-specversion: 1.0\nce-id: %20\nce-source: /s\nce-type: t\n", "`id`; it is empty"},
      {"ce-specversion: 0.3\nce-id: 7\nce-source: /s\nce-type: t\n", "\"0.3\": expected \"1.0\""},
      {"ce-specversion: 1.0.2\nce-id: 7\nce-source: /s\nce-type: t\n", "expected \"1.0\""},
      {NEEDED "ce-time: yesterday\n", "RFC 3339"},
      {NEEDED "ce-time: 2024-01-15\n", "RFC 3339"},
      {NEEDED "ce-time: 2024-01-15 09:00:00Z\n", "RFC 3339"},
      {NEEDED "ce-time: 2024-01-15T09:00:00\n", "RFC 3339"},
      {NEEDED "ce-time: 2024-01-15T09:00:00+0100\n", "RFC 3339"},
      {NEEDED "ce-time: 2024-02-30T09:00:00Z\n", "RFC 3339"},
      {NEEDED "ce-subject: %C0%A0\n", "ce-subject is not UTF-8"},
      {NEEDED "ce-subject: %FF\n", "ce-subject is not UTF-8"},
      {NEEDED "ce-subject: a%00b\n", "control character at byte 1"},
      {NEEDED "ce-subject: a%0Ab\n", "control character"},
      {NEEDED "CE-ID: 8\n", "`id` is given twice"},
      {NEEDED "ce-x: 1\nce-X: 2\n", "`x` is given twice"},
      {NEEDED "ce-a_b: 1\n", "\"a_b\" is no name"},
      {NEEDED "ce-: 1\n", "\"\" is no name"},
      {NEEDED "ce-data: 1\n", "\"data\" is no name"},
      {"ce-specversion: 1.0\nce-id: 7\nce-source: /a%20b\nce-type: t\n", "source has a blank"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (binary(cases[i].headers, "", STR("{}")) == 0) fail_msg("taken: %s", cases[i].headers);
    if (!strstr(why.text, cases[i].reason)) fail_msg("%s: %s", cases[i].headers, why.text);
    assert_int_equal(out.len, 0);
  }
}

static void takes_times_of_rfc_3339(void **state) {
  (void)state;
  static const char *const times[] = {"2024-01-15T09:00:00Z", "2024-01-15t09:00:00z",
                                      "2024-01-15T09:00:00.123456Z", "2024-01-15T10:00:00+01:00",
                                      "2024-01-15T08:30:00.1-00:30"};
  char headers[200];
  for (size_t i = 0; i < COUNT_OF(times); i++) {
    snprintf(headers, sizeof headers, NEEDED "ce-subject: u\nce-time: %s\n", times[i]);
    if (binary(headers, "", STR("")) != 0) fail_msg("%s: %s", times[i], why.text);
    normalise();
    assert_int_equal(normal.event.time_ms / 1000, 1705309200);
  }
}

static void bounds_the_attributes(void **state) {
  (void)state;
  struct buf headers;
  buf_init(&headers);
  buf_add_text(&headers, NEEDED);
  for (int i = 0; i < CLOUDEVENT_ATTRIBUTES_MAX; i++) buf_printf(&headers, "ce-x%d: %d\n", i, i);
  assert_int_equal(binary(headers.data, "", STR("")), 0);
  buf_add_text(&headers, "ce-more: 1\n");
  assert_int_equal(binary(headers.data, "", STR("")), -1);
  assert_int_equal(why.code, ERR_LIMIT);
  buf_release(&headers);
}

/* --- structured refusals ------------------------------------------------------------------------------------------- */

static void refuses_objects(void **state) {
  (void)state;
  static const struct {
    const char *event, *reason;
  } cases[] = {
      {"[]", "an array"},
      {"\"x\"", "a string"},
      {"{}", "`specversion`; it is missing"},
      {"{\"specversion\":\"1.0\",\"id\":7,\"source\":\"/s\",\"type\":\"t\"}", "`id` is a number"},
      {"{\"specversion\":1.0,\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\"}", "`specversion` is a number"},
      {"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":null,\"type\":\"t\"}", "`source`; it is missing"},
      {"{" BASE ",\"time\":\"noon\"}", "RFC 3339"},
      {"{" BASE ",\"time\":5}", "`time` is a number"},
      {"{" BASE ",\"Upper\":1}", "\"Upper\" is no name"},
      {"{" BASE ",\"x\":{}}", "`x` is an object"},
      {"{" BASE ",\"x\":[1]}", "`x` is an array"},
      {"{" BASE ",\"x\":\"a\\u0007\"}", "control character"},
      {"{" BASE ",\"id\":\"8\"}", "`id` is given twice"},
      {"{" BASE ",\"data\":1,\"data\":2}", "`data` is given twice"},
      {"{" BASE ",\"data\":1,\"data_base64\":\"YQ==\"}", "not both"},
      {"{" BASE ",\"data_base64\":\"?\"}", "Base64"},
      {"{" BASE ",\"data_base64\":{}}", "Base64"},
      {"{" BASE ",\"datacontenttype\":\"application/json\",\"data_base64\":\"ew==\"}", "should be JSON"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (structured(cases[i].event) == 0) fail_msg("taken: %s", cases[i].event);
    if (!strstr(why.text, cases[i].reason)) fail_msg("%s: %s", cases[i].event, why.text);
    assert_int_equal(out.len, 0);
  }
  assert_int_equal(binary(NEEDED, "application/json", STR("{\"a\":")), -1);
  assert_non_null(strstr(why.text, "should be JSON"));
}

/* --- Segment's calls ----------------------------------------------------------------------------------------------- */

#define CALL(type)                                                                                           \
  "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"subject\":\"u\",\"type\":\"" type "\""

static void carries_the_six_calls(void **state) {
  (void)state;
  static const struct {
    const char *event, *part;
  } cases[] = {
      {CALL("identify") ",\"data\":{\"email\":\"a@b.c\",\"name\":\"Ana\",\"userId\":\"no\"}}",
       ",\"traits\":{\"email\":\"a@b.c\",\"name\":\"Ana\"}}"},
      {CALL("com.segment.identify") ",\"data\":{\"traits\":{\"a\":1},\"more\":2}}",
       ",\"traits\":{\"a\":1},\"more\":2}"},
      {CALL("com.segment.track") ",\"data\":{\"event\":\"Paid\",\"properties\":{\"total\":5}}}",
       ",\"event\":\"Paid\",\"properties\":{\"total\":5}}"},
      {CALL("track") ",\"data\":{\"event\":\"Paid\",\"total\":5}}",
       ",\"event\":\"Paid\",\"properties\":{\"total\":5}}"},
      {CALL("page") ",\"data\":{\"name\":\"Home\",\"category\":\"c\",\"path\":\"/\"}}",
       ",\"name\":\"Home\",\"category\":\"c\",\"properties\":{\"path\":\"/\"}}"},
      {CALL("screen") "}", ",\"properties\":{}}"},
      {CALL("page") ",\"data\":5}", ",\"properties\":{\"value\":5}}"},
      {CALL("group") ",\"data\":{\"groupId\":\"acme\",\"name\":\"Acme\"}}",
       ",\"groupId\":\"acme\",\"traits\":{\"name\":\"Acme\"}}"},
      {CALL("alias") ",\"data\":{\"previousId\":\"p\"}}", ",\"previousId\":\"p\"}"},
      {CALL("com.acme.identify") ",\"data\":{}}", "\"event\":\"com.acme.identify\",\"properties\":{}}"},
      {CALL("Identify") "}", "\"event\":\"Identify\",\"properties\":{}}"},
      {CALL("page") ",\"data\":{\"context\":{\"ip\":\"1\",\"cloudevent\":2},\"messageId\":\"m\",\"type\":"
                    "\"x\","
                    "\"receivedAt\":1,\"writeKey\":\"k\"}}",
       ",\"context\":{\"ip\":\"1\",\"cloudevent\":{\"id\":\"7\""},
      {CALL("page") ",\"data\":{\"timestamp\":\"2024-01-01T00:00:00Z\",\"sentAt\":1}}",
       ",\"timestamp\":\"2024-01-01T00:00:00Z\",\"sentAt\":1,\"properties\":{}}"},
      {CALL("page") ",\"time\":\"2025-01-01T00:00:00Z\",\"data\":{\"timestamp\":1,\"sentAt\":1,"
                    "\"originalTimestamp\":1,\"x\":2}}",
       "}},\"properties\":{\"x\":2}}"},
      {CALL("page") ",\"groupid\":\"g\",\"data\":{\"context\":{\"groupId\":\"no\"}}}",
       "\"context\":{\"groupId\":\"g\",\"cloudevent\":{"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (structured(cases[i].event) != 0) fail_msg("%s: %s", cases[i].event, why.text);
    if (!strstr(out.data, cases[i].part)) fail_msg("%s\n%s", cases[i].event, out.data);
    normalise();
    assert_str(normal.event.user_id, "u");
    assert_str(normal.event.message_id, "/s 7");
  }
}

/* --- messageId ----------------------------------------------------------------------------------------------------- */

static void message_id_of(const char *source, const char *id, char text[NORMALISE_MESSAGE_ID_MAX + 1]) {
  struct buf json;
  buf_init(&json);
  buf_printf(&json,
             "{\"specversion\":\"1.0\",\"type\":\"page\",\"subject\":\"u\",\"source\":\"%s\",\"id\":\"%s\"}",
             source, id);
  if (structured(json.data) != 0) fail_msg("%s", why.text);
  normalise();
  assert_true(normal.has_message_id);
  snprintf(text, NORMALISE_MESSAGE_ID_MAX + 1, "%.*s", STR_ARG(normal.event.message_id));
  buf_release(&json);
}

static void tells_pairs_of_source_and_id_apart(void **state) {
  (void)state;
  char longest[NORMALISE_MESSAGE_ID_MAX + 1] = "", longer[NORMALISE_MESSAGE_ID_MAX + 2] = "";
  memset(longest, 'i', NORMALISE_MESSAGE_ID_MAX - strlen("/s "));
  memset(longer, 'i', NORMALISE_MESSAGE_ID_MAX);
  const struct {
    const char *source, *id;
  } pairs[] = {{"/s", "1"},  {"/s", "1 "}, {"/s", " 1"},    {"/s", "1 2"},  {"/s", "2"},
               {"/s1", "1"}, {"/", "s 1"}, {"/s", longest}, {"/s", longer}, {"/t", longer}};
  char texts[COUNT_OF(pairs)][NORMALISE_MESSAGE_ID_MAX + 1];
  for (size_t i = 0; i < COUNT_OF(pairs); i++) {
    message_id_of(pairs[i].source, pairs[i].id, texts[i]);
    for (size_t j = 0; j < i; j++) assert_string_not_equal(texts[i], texts[j]);
  }
  assert_string_equal(texts[0], "/s 1");
  assert_int_equal(strlen(texts[7]), NORMALISE_MESSAGE_ID_MAX);
  assert_memory_equal(texts[8], "sha256:", 7);
  assert_int_equal(strlen(texts[8]), 7 + 64);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tells_the_mode),
      cmocka_unit_test(writes_binary_events),
      cmocka_unit_test(writes_structured_events),
      cmocka_unit_test(reads_what_nothing_was_said_about),
      cmocka_unit_test(decodes_header_values_once),
      cmocka_unit_test(refuses_headers),
      cmocka_unit_test(takes_times_of_rfc_3339),
      cmocka_unit_test(bounds_the_attributes),
      cmocka_unit_test(refuses_objects),
      cmocka_unit_test(carries_the_six_calls),
      cmocka_unit_test(tells_pairs_of_source_and_id_apart),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
