#include "unit.h"

#include "core/intake/normalise.h"

static struct json_reader *reader;
static struct normalised seen;

static enum reject_code read_as(const char *json, const struct normalise_context *context) {
  struct json_ref root;
  struct err err;
  if (json_parse(reader, json, strlen(json), &root, &err) != 0) fail_msg("%s: %s", json, err.text);
  return normalise_event(root, context, &seen);
}

static struct normalise_context of_file(void) {
  return (struct normalise_context){
      .source = STR("web"), .received_ms = TIME_NEVER, .batch_sent_ms = TIME_NEVER};
}

static void accept(const char *json) {
  struct normalise_context context = of_file();
  enum reject_code code = read_as(json, &context);
  if (code != REJECT_NONE) fail_msg("%s: %s (%s)", json, reject_word(code), seen.reason);
}

static void takes_the_six_calls(void **state) {
  (void)state;
  static const struct {
    const char *json;
    enum event_type type;
    const char *name;
  } cases[] = {
      {"{\"type\":\"track\",\"event\":\"A b\",\"userId\":\"u\",\"timestamp\":1}", EVENT_TRACK, "A b"},
      {"{\"type\":\"page\",\"name\":\"Home\",\"userId\":\"u\",\"timestamp\":1}", EVENT_PAGE, "Home"},
      {"{\"type\":\"page\",\"name\":7,\"userId\":\"u\",\"timestamp\":1}", EVENT_PAGE, ""},
      {"{\"type\":\"screen\",\"userId\":\"u\",\"timestamp\":1}", EVENT_SCREEN, ""},
      {"{\"type\":\"Identify\",\"userId\":\"u\",\"timestamp\":1}", EVENT_IDENTIFY, ""},
      {"{\"type\":\"GROUP\",\"userId\":\"u\",\"timestamp\":1}", EVENT_GROUP, ""},
      {"{\"type\":\" alias \",\"userId\":\"u\",\"timestamp\":1}", EVENT_ALIAS, ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    accept(cases[i].json);
    assert_int_equal(seen.event.type, cases[i].type);
    assert_str(seen.event.name, cases[i].name);
    assert_str(seen.event.source, "web");
  }
}

static void only_history_says_who_sent_it(void **state) {
  (void)state;
  struct normalise_context live = of_file();
  live.received_ms = 1000;
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"source\":\" crm \"}");
  assert_str(seen.event.source, "crm");
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"source\":\" \"}");
  assert_str(seen.event.source, "web");
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"source\":{\"type\":\"crm\"}}");
  assert_str(seen.event.source, "web");
  read_as("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"source\":\"crm\"}", &live);
  assert_str(seen.event.source, "web");
}

static void history_that_has_not_happened_is_refused(void **state) {
  (void)state;
  struct normalise_context told = of_file();
  told.received_ms = 1000000;
  told.is_history = true;
  assert_int_equal(read_as("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1000}", &told), REJECT_NONE);
  assert_int_equal(seen.event.received_ms, 0);
  assert_int_equal(read_as("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1001}", &told), REJECT_FUTURE);
  assert_int_equal(
      read_as("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1001,\"receivedAt\":999}", &told),
      REJECT_NONE);
  assert_int_equal(seen.event.time_ms, 999000);
  assert_int_equal(read_as("{\"type\":\"page\",\"userId\":\"u\"}", &told), REJECT_NO_TIME);
}

#define ACT "{\"type\":\"act\",\"event\":\"accept\",\"userId\":\"u\",\"timestamp\":1"

/* Nobody who sends events speaks for embudo; what embudo wrote may come back in history. */
static void system_events_are_embudos_alone(void **state) {
  (void)state;
  static const char *const act = ACT ",\"actor\":{\"id\":\"maria\",\"role\":\"sales\"}}";
  static const char *const answer = "{\"type\":\"enrichment\",\"event\":\"company\",\"userId\":\"u\","
                                    "\"timestamp\":1,\"traits\":{\"size\":3}}";
  struct normalise_context client = of_file(), system = of_file();
  client.received_ms = system.received_ms = 2000;
  system.is_system = true;
  assert_int_equal(read_as(act, &client), REJECT_BAD_TYPE);
  assert_non_null(strstr(seen.reason, "/v1/leads/{id}/acts"));
  assert_int_equal(read_as(answer, &client), REJECT_BAD_TYPE);
  assert_int_equal(read_as(act, &system), REJECT_NONE);
  assert_int_equal(seen.event.type, EVENT_ACT);
  assert_str(seen.event.name, "accept");
  assert_int_equal(json_count(seen.event.actor), 2);
  accept(act);
  accept(answer);
  assert_int_equal(seen.event.type, EVENT_ENRICHMENT);
  assert_int_equal(json_count(seen.event.traits), 1);
}

static void no_act_without_actor(void **state) {
  (void)state;
  static const char *const acts[] = {
      ACT "}", ACT ",\"actor\":\"maria\"}", ACT ",\"actor\":{\"id\":\"maria\"}}",
      ACT ",\"actor\":{\"id\":\" \",\"role\":\"sales\"}}", ACT ",\"actor\":{\"id\":7,\"role\":\"sales\"}}"};
  struct normalise_context context = of_file();
  for (size_t i = 0; i < COUNT_OF(acts); i++)
    assert_int_equal(read_as(acts[i], &context), REJECT_MISSING_ACTOR);
  assert_int_equal(read_as("{\"type\":\"act\",\"userId\":\"u\",\"timestamp\":1}", &context),
                   REJECT_MISSING_EVENT);
}

static void refuses_with_a_code(void **state) {
  (void)state;
  static const struct {
    const char *json;
    enum reject_code code;
    const char *reason; /* a part of it */
  } cases[] = {
      {"[]", REJECT_NOT_OBJECT, "an array"},
      {"\"x\"", REJECT_NOT_OBJECT, "a string"},
      {"{\"userId\":\"u\",\"timestamp\":1}", REJECT_BAD_TYPE, "missing"},
      {"{\"type\":null,\"userId\":\"u\"}", REJECT_BAD_TYPE, "missing"},
      {"{\"type\":\"trak\",\"userId\":\"u\"}", REJECT_BAD_TYPE, "\"trak\""},
      {"{\"type\":3,\"userId\":\"u\"}", REJECT_BAD_TYPE, "a number"},
      {"{\"type\":\"track\",\"userId\":\"u\",\"timestamp\":1}", REJECT_MISSING_EVENT, "missing"},
      {"{\"type\":\"track\",\"event\":\"  \",\"userId\":\"u\"}", REJECT_MISSING_EVENT, "blank"},
      {"{\"type\":\"track\",\"event\":{},\"userId\":\"u\"}", REJECT_MISSING_EVENT, "an object"},
      {"{\"type\":\"page\",\"timestamp\":1}", REJECT_NO_ID, "userId"},
      {"{\"type\":\"page\",\"userId\":\"\",\"anonymousId\":null,\"timestamp\":1}", REJECT_NO_ID, "userId"},
      {"{\"type\":\"page\",\"userId\":{},\"anonymousId\":[\"a\"],\"timestamp\":1}", REJECT_NO_ID, "userId"},
      {"{\"type\":\"group\",\"timestamp\":1}", REJECT_NO_ID, "userId"},
      {"{\"type\":\"page\",\"userId\":\"u\"}", REJECT_NO_TIME, "timestamp"},
      {"{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":\"soon\"}", REJECT_NO_TIME, "cannot be read"},
      {"{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":\"2024-02-30T00:00:00Z\"}", REJECT_NO_TIME,
       "cannot"},
  };
  struct normalise_context context = of_file();
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    enum reject_code code = read_as(cases[i].json, &context);
    if (code != cases[i].code || !strstr(seen.reason, cases[i].reason))
      fail_msg("%s: %s, %s", cases[i].json, reject_word(code), seen.reason);
  }
}

static void takes_the_type_from_the_path(void **state) {
  (void)state;
  struct normalise_context context = of_file();
  context.has_type = true;
  context.type = EVENT_PAGE;
  assert_int_equal(read_as("{\"userId\":\"u\",\"timestamp\":1}", &context), REJECT_NONE);
  assert_int_equal(seen.event.type, EVENT_PAGE);
  read_as("{\"type\":\"screen\",\"userId\":\"u\",\"timestamp\":1}", &context);
  assert_int_equal(seen.event.type, EVENT_SCREEN);
}

static void reads_identifiers_in_every_form(void **state) {
  (void)state;
  static const struct {
    const char *json, *id;
  } cases[] = {
      {"\"u1\"", "u1"},
      {"12345", "12345"},
      {"12345.0", "12345"},
      {"1.5", "1.5"},
      {"9007199254740993", "9007199254740993"},
      {"-12", "-12"},
      {"\" u1 \"", "u1"},
      {"null", ""},
      {"\"\"", ""},
      {"\"   \"", ""},
      {"\"0\"", ""},
      {"0", ""},
      {"\"00-00\"", ""},
      {"\"00000000-0000-0000-0000-000000000000\"", ""},
      {"\"-1\"", ""},
      {"-1", ""},
      {"\"null\"", ""},
      {"\"NULL\"", ""},
      {"\"undefined\"", ""},
      {"\"anonymous\"", ""},
      {"\"anonymous2\"", "anonymous2"},
      {"\"nul\"", "nul"},
      {"true", ""},
      {"[]", ""},
      {"{}", ""},
      {"\"010\"", "010"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char json[200];
    snprintf(json, sizeof json, "{\"type\":\"page\",\"userId\":%s,\"anonymousId\":\"a\",\"timestamp\":1}",
             cases[i].json);
    accept(json);
    if (!str_eq(seen.event.user_id, str_of(cases[i].id)))
      fail_msg("%s became \"%.*s\"", cases[i].json, STR_ARG(seen.event.user_id));
    assert_str(seen.event.anonymous_id, "a");
  }
}

static void keeps_several_numeric_ids_apart(void **state) {
  (void)state;
  accept("{\"type\":\"group\",\"userId\":1,\"anonymousId\":2,\"groupId\":3,\"messageId\":4,\"timestamp\":1}");
  assert_str(seen.event.user_id, "1");
  assert_str(seen.event.anonymous_id, "2");
  assert_str(seen.event.group_id, "3");
  assert_str(seen.event.message_id, "4");
  assert_true(seen.has_message_id);
}

static void bounds_identifiers(void **state) {
  (void)state;
  char json[1200], id[800];
  struct normalise_context context = of_file();
  static const struct {
    const char *format;
    size_t most;
  } cases[] = {{"{\"type\":\"page\",\"userId\":\"%s\",\"timestamp\":1}", NORMALISE_ID_MAX},
               {"{\"type\":\"page\",\"userId\":\"u\",\"messageId\":\"%s\",\"timestamp\":1}",
                NORMALISE_MESSAGE_ID_MAX}};
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    for (size_t extra = 0; extra < 2; extra++) {
      memset(id, 'x', cases[i].most + extra);
      id[cases[i].most + extra] = '\0';
      snprintf(json, sizeof json, cases[i].format, id);
      assert_int_equal(read_as(json, &context), extra ? REJECT_ID_TOO_LONG : REJECT_NONE);
    }
}

static void finds_groups(void **state) {
  (void)state;
  accept("{\"type\":\"page\",\"userId\":\"u\",\"context\":{\"groupId\":\"acme\"},\"timestamp\":1}");
  assert_str(seen.event.group_id, "acme");
  accept(
      "{\"type\":\"group\",\"userId\":\"u\",\"groupId\":7,\"context\":{\"groupId\":\"x\"},\"timestamp\":1}");
  assert_str(seen.event.group_id, "7");
  accept("{\"type\":\"group\",\"groupId\":\"acme.example\",\"traits\":{\"name\":\"Acme\"},\"timestamp\":1}");
  assert_str(seen.event.group_id, "acme.example");
  assert_str(seen.event.user_id, "");
}

static void alias_falls_back_to_the_anonymous_id(void **state) {
  (void)state;
  accept("{\"type\":\"alias\",\"userId\":\"u\",\"previousId\":\"p\",\"anonymousId\":\"a\",\"timestamp\":1}");
  assert_str(seen.event.previous_id, "p");
  accept("{\"type\":\"alias\",\"userId\":\"u\",\"anonymousId\":\"a\",\"timestamp\":1}");
  assert_str(seen.event.previous_id, "a");
  accept("{\"type\":\"page\",\"userId\":\"u\",\"previousId\":\"p\",\"timestamp\":1}");
  assert_str(seen.event.previous_id, "");
}

static void assert_trait(const char *key, const char *expected) {
  struct str text = {NULL, 0};
  json_string(json_get(seen.event.traits, str_of(key)), &text);
  assert_str(text, expected);
}

static void finds_the_traits(void **state) {
  (void)state;
  accept("{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":1,\"traits\":{\"a\":\"top\"},"
         "\"context\":{\"traits\":{\"a\":\"inner\"}}}");
  assert_trait("a", "top");
  accept(
      "{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":1,\"context\":{\"traits\":{\"a\":\"inner\"}}}");
  assert_trait("a", "inner");
  accept("{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":1,\"traits\":{},"
         "\"context\":{\"traits\":{\"a\":\"inner\"}}}");
  assert_trait("a", "inner");
  accept("{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":1,\"traits\":[1]}");
  assert_true(json_is_missing(seen.event.traits));
  accept("{\"type\":\"group\",\"userId\":\"u\",\"timestamp\":1,\"context\":{\"traits\":{\"a\":\"of the "
         "user\"}}}");
  assert_true(json_is_missing(seen.event.traits));
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"traits\":{\"a\":\"b\"},\"properties\":{\"p\":"
         "1}}");
  assert_true(json_is_missing(seen.event.traits));
  assert_int_equal(json_count(seen.event.properties), 1);
}

static void reads_time_stamps_in_every_form(void **state) {
  (void)state;
  static const struct {
    const char *json;
    int64_t ms;
  } cases[] = {
      {"\"2024-01-15T09:00:00Z\"", 1705309200000},
      {"\"2024-01-15T09:00:00.123Z\"", 1705309200123},
      {"\"2024-01-15T09:00:00.123456+00:00\"", 1705309200123},
      {"\"2024-01-15T10:00:00+01:00\"", 1705309200000},
      {"1705309200", 1705309200000},
      {"1705309200123", 1705309200123},
      {"1705309200.5", 1705309200500},
      {"-1000", -1000000},
      {"\" 2024-01-15T09:00:00Z \"", 1705309200000},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char json[200];
    snprintf(json, sizeof json, "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":%s}", cases[i].json);
    accept(json);
    if (seen.event.time_ms != cases[i].ms)
      fail_msg("%s became %lld", cases[i].json, (long long)seen.event.time_ms);
    assert_int_equal(seen.bad_times, 0);
    assert_int_equal(seen.event.received_ms, 0);
  }
}

/* Times in seconds from a base instant; NO: the field is absent, BAD: it cannot be read. */
enum { NO = -1, BAD = -2 };
#define BASE_S INT64_C(1705309200)

static void add_time(char *json, size_t size, const char *key, int seconds) {
  size_t len = strlen(json);
  if (seconds == NO) return;
  if (seconds == BAD)
    snprintf(json + len, size - len, ",\"%s\":\"yesterday\"", key);
  else
    snprintf(json + len, size - len, ",\"%s\":%lld", key, (long long)(BASE_S + seconds));
}

static void corrects_clocks(void **state) {
  (void)state;
  static const struct {
    int timestamp, original, sent, batch_sent, received; /* received: by the server */
    int expected;
    int bad;
    bool clamped;
  } cases[] = {
      {100, NO, NO, NO, 1000, 100, 0, false},    /* nothing to correct with */
      {100, NO, 110, NO, 1000, 990, 0, false},   /* slow clock: sent ten seconds after it happened */
      {5000, NO, 5010, NO, 1000, 990, 0, false}, /* fast clock */
      {100, NO, NO, 110, 1000, 990, 0, false},   /* the envelope's sentAt */
      {100, NO, 110, 500, 1000, 990, 0, false},  /* the item's goes first */
      {NO, 100, 110, NO, 1000, 990, 0, false},   /* only originalTimestamp */
      {100, 900, 910, NO, 1000, 100, 0, false},  /* both: history, kept */
      {NO, NO, 110, NO, 1000, 1000, 0, false},   /* none: when it arrived */
      {BAD, NO, 110, NO, 1000, 1000, 1, false},  {BAD, 100, BAD, 110, 1000, 990, 2, false},
      {2000, NO, NO, NO, 1000, 1000, 0, true},   /* the future */
      {2000, 1900, NO, NO, 1000, 1000, 0, true}, /* also of history */
      {120, NO, 110, NO, 1000, 1000, 0, true},   /* after it was sent */
      {990, NO, 1000, NO, 1000, 990, 0, false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char json[400] = "{\"type\":\"page\",\"userId\":\"u\"";
    add_time(json, sizeof json, "timestamp", cases[i].timestamp);
    add_time(json, sizeof json, "originalTimestamp", cases[i].original);
    add_time(json, sizeof json, "sentAt", cases[i].sent);
    add_time(json, sizeof json, "receivedAt", 77); /* not believed: the server knows */
    strcat(json, "}");
    struct normalise_context context = of_file();
    context.received_ms = (BASE_S + cases[i].received) * 1000;
    if (cases[i].batch_sent != NO) context.batch_sent_ms = (BASE_S + cases[i].batch_sent) * 1000;
    assert_int_equal(read_as(json, &context), REJECT_NONE);
    if (seen.event.time_ms != (BASE_S + cases[i].expected) * 1000 || (int)seen.bad_times != cases[i].bad ||
        seen.clamped != cases[i].clamped)
      fail_msg("case %zu: %lld s, %u bad, clamped %d", i, (long long)(seen.event.time_ms / 1000 - BASE_S),
               seen.bad_times, seen.clamped);
    assert_int_equal(seen.event.received_ms, context.received_ms);
  }
}

static void leaves_small_differences_of_clocks(void **state) {
  (void)state;
  struct normalise_context context = of_file();
  context.received_ms = 100999;
  read_as("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":50,\"sentAt\":100}", &context);
  assert_int_equal(seen.event.time_ms, 50000);
  context.received_ms = 101000;
  read_as("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":50,\"sentAt\":100}", &context);
  assert_int_equal(seen.event.time_ms, 51000);
}

static void believes_a_files_reception_time(void **state) {
  (void)state;
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":100,\"sentAt\":110,\"receivedAt\":1000}");
  assert_int_equal(seen.event.time_ms, 990000);
  assert_int_equal(seen.event.received_ms, 1000000);
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":100,\"sentAt\":50}");
  assert_int_equal(seen.event.time_ms, 100000);
  accept("{\"type\":\"page\",\"userId\":\"u\",\"receivedAt\":1000}");
  assert_int_equal(seen.event.time_ms, 1000000);
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":2000,\"receivedAt\":1000}");
  assert_int_equal(seen.event.time_ms, 1000000);
  assert_true(seen.clamped);
}

static void survives_absurd_clocks(void **state) {
  (void)state;
  struct normalise_context context = of_file();
  context.received_ms = TIME_MAX;
  read_as(
      "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":\"9999-12-31T00:00:00Z\",\"sentAt\":\"0001-01-01\"}",
      &context);
  assert_true(seen.event.time_ms == TIME_MAX);
  context.received_ms = TIME_MIN;
  read_as(
      "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":\"0001-01-01\",\"sentAt\":\"9999-12-31T00:00:00Z\"}",
      &context);
  assert_true(seen.event.time_ms == TIME_MIN);
  accept("{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":5,\"sentAt\":1e300}");
  assert_int_equal(seen.bad_times, 1);
}

static void names_nameless_events_by_content(void **state) {
  (void)state;
  static const char *const same[] = {
      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":1,\"properties\":{\"a\":1,\"b\":[1,"
      "2]}}",
      "{\"properties\":{\"b\":[1,2], "
      "\"a\":1.0},\"type\":\"track\",\"userId\":\"u\",\"event\":\"E\",\"timestamp\":1}",
      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":1,\"properties\":{\"a\":1,\"b\":[1,"
      "2]},"
      "\"sentAt\":5,\"writeKey\":\"k\",\"integrations\":{}}"};
  static const char *const other[] = {"{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":1,"
                                      "\"properties\":{\"a\":1,\"b\":[2,1]}}",
                                      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":1,"
                                      "\"properties\":{\"a\":\"1\",\"b\":[1,2]}}",
                                      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":2,"
                                      "\"properties\":{\"a\":1,\"b\":[1,2]}}"};
  char first[64];
  accept(same[0]);
  assert_false(seen.has_message_id);
  assert_int_equal(seen.event.message_id.len, 32);
  snprintf(first, sizeof first, "%.*s", STR_ARG(seen.event.message_id));
  for (size_t i = 1; i < COUNT_OF(same); i++) {
    accept(same[i]);
    assert_str(seen.event.message_id, first);
  }
  for (size_t i = 0; i < COUNT_OF(other); i++) {
    accept(other[i]);
    assert_false(str_eq(seen.event.message_id, str_of(first)));
  }
}

static int open_reader(void **state) {
  (void)state;
  reader = json_reader_new();
  return 0;
}

static int close_reader(void **state) {
  (void)state;
  json_reader_free(reader);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_the_six_calls),
      cmocka_unit_test(only_history_says_who_sent_it),
      cmocka_unit_test(history_that_has_not_happened_is_refused),
      cmocka_unit_test(system_events_are_embudos_alone),
      cmocka_unit_test(no_act_without_actor),
      cmocka_unit_test(refuses_with_a_code),
      cmocka_unit_test(takes_the_type_from_the_path),
      cmocka_unit_test(reads_identifiers_in_every_form),
      cmocka_unit_test(keeps_several_numeric_ids_apart),
      cmocka_unit_test(bounds_identifiers),
      cmocka_unit_test(finds_groups),
      cmocka_unit_test(alias_falls_back_to_the_anonymous_id),
      cmocka_unit_test(finds_the_traits),
      cmocka_unit_test(reads_time_stamps_in_every_form),
      cmocka_unit_test(corrects_clocks),
      cmocka_unit_test(leaves_small_differences_of_clocks),
      cmocka_unit_test(believes_a_files_reception_time),
      cmocka_unit_test(survives_absurd_clocks),
      cmocka_unit_test(names_nameless_events_by_content),
  };
  return cmocka_run_group_tests(tests, open_reader, close_reader);
}
