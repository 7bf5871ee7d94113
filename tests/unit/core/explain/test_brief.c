#include "fold_rig.h"

#include "core/explain/brief.h"

static void begin(const char *rules, const char *events, const char *lead) {
  struct feed feed = {.source = STR("web"), .received_ms = INT64_C(1800000000000)};
  struct feed_result result;
  fold_rig_open(written_rules(rules));
  engine_feed(engine, str_of(events), &feed, &result);
  assert_int_equal(result.rejected, 0);
  assert_true(engine_fold(engine, engine_find_lead(engine, str_of(lead)), INT64_C(1700000000000), fold) > 0);
}

static void end(void) {
  fold_rig_close();
}

#define RULES                                                                                                \
  "dimension 'fit' {} dimension 'intent' {} "                                                                \
  "rule 'demo' { doc = 'Asked for a demo', on = track 'Demo', points = { intent = 40 } } "                   \
  "rule 'page' { doc = 'Looked at prices', on = page {}, points = { intent = 15, fit = 1 } } "               \
  "rule 'free' { doc = 'Free mail', when = trait { email = present }, points = { fit = -20 } } "             \
  "profile { required = { 'first_name', 'title', 'email' } } "                                               \
  "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { intent = at_least(40) } } }"

#define EVENTS                                                                                               \
  "{\"batch\":["                                                                                             \
  "{\"type\":\"identify\",\"userId\":\"a "                                                                   \
  "b/é\",\"traits\":{\"firstName\":\"Ana\",\"email\":\"a@b.example\"},"                                     \
  "\"timestamp\":\"2023-01-01T00:00:00Z\"},"                                                                 \
  "{\"type\":\"page\",\"userId\":\"a b/é\",\"properties\":{\"title\":\"Prices\","                           \
  "\"url\":\"https://w.example/pricing?email=a@b.example\"},\"timestamp\":\"2023-01-02T00:00:00Z\"},"        \
  "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"a b/é\",\"timestamp\":\"2023-01-03T00:00:00Z\"}]}"

static void says_why_and_what_is_missing(void **state) {
  (void)state;
  const char *base = "https://x.example";
  struct buf out;
  struct json_writer w;
  buf_init(&out);
  begin(RULES, EVENTS, "a b/é");
  json_writer_init(&w, &out);
  brief_json(fold, base, &w);
  assert_non_null(strstr(out.data, "\"reasons\":\"Asked for a demo +40; Looked at prices +16\""));
  assert_non_null(strstr(out.data, "\"top\":[{\"rule\":\"demo\",\"doc\":\"Asked for a demo\",\"points\":40,"
                                   "\"last_at\":\"2023-01-03T00:00:00Z\"},{\"rule\":\"page\""));
  assert_non_null(strstr(out.data, "\"missing\":[\"title\"]"));
  assert_non_null(strstr(out.data, "\"seen\":[{\"at\":\"2023-01-02T00:00:00Z\",\"type\":\"page\",\"what\":"
                                   "\"/pricing\",\"title\":\"Prices\"}]"));
  assert_non_null(strstr(out.data, "\"url\":\"https://x.example/v1/leads/a%20b%2F%C3%A9/explain\""));
  assert_non_null(strstr(out.data, "\"stage\":\"mql\""));
  buf_clear(&out);
  brief_text(fold, base, &out);
  assert_string_equal(
      out.data, "Ana on 2023-11-14\nfit -19, intent 55\nWhy: Asked for a demo +40; Looked at prices +16\n"
                "Looked at:\n  2023-01-02T00:00:00Z  /pricing: Prices\nNot known: title\n"
                "https://x.example/v1/leads/a%20b%2F%C3%A9/explain\n");
  buf_release(&out);
  end();
}

/* Six rules of 60 characters, with letters of two bytes: whole reasons up to 255 characters. */
static void reasons_fit_a_field_of_a_crm(void **state) {
  (void)state;
  struct buf rules, out;
  buf_init(&rules);
  buf_init(&out);
  buf_add_text(&rules, "dimension 'fit' {} ");
  for (int i = 0; i < 6; i++) {
    buf_printf(&rules, "rule 'r%d' { doc = '", i);
    for (int n = 0; n < 60; n++) buf_add_text(&rules, "é");
    buf_printf(&rules, "', on = track 'Demo', points = { fit = %d } } ", 10 + i);
  }
  begin(rules.data, EVENTS, "a b/é");
  brief_reasons(fold, &out);
  size_t n = 0;
  for (size_t i = 0; i < out.len; i++) n += ((unsigned char)out.data[i] & 0xc0) != 0x80;
  assert_int_equal(n, 3 * 64 + 2 * 2);
  assert_non_null(strstr(out.data, " +15; "));
  end();
  buf_clear(&rules);
  buf_clear(&out);
  buf_add_text(&rules, "dimension 'fit' {} rule 'long' { doc = '");
  for (int n2 = 0; n2 < 300; n2++) buf_add_text(&rules, "é");
  buf_add_text(&rules, "', on = track 'Demo', points = { fit = 1 } }");
  begin(rules.data, EVENTS, "a b/é");
  brief_reasons(fold, &out);
  assert_int_equal(out.len, 2 * BRIEF_REASONS_CHARACTERS);
  end();
  buf_release(&rules);
  buf_release(&out);
}

#define ANSWERED                                                                                             \
  "{\"batch\":[{\"type\":\"track\",\"event\":\"Asked\",\"userId\":\"a "                                      \
  "b/é\",\"properties\":{\"when\":\"May\"},\"timestamp\":\"2023-01-02T00:00:00Z\"}]}"

#define FRAMEWORKS                                                                                           \
  RULES                                                                                                      \
  "framework 'champ' { criterion 'money' { ask = 'How much?', value = 'money', met = present } } "           \
  "framework 'bant' { criterion 'budget' { ask = 'What is set aside?', value = 'text', met = present, "      \
  "weight = 40 }, criterion 'need' { ask = 'What hurts?', value = 'text', met = present, weight = 1 }, "     \
  "criterion 'timeline' { ask = 'By when?', value = 'text', met = present, weight = 20, from = "             \
  "track 'Asked', field = 'when' }, qualified = { must = { 'need' } } }"

static void says_what_to_ask_next(void **state) {
  (void)state;
  struct json_writer w;
  struct buf out;
  buf_init(&out);
  begin(FRAMEWORKS, EVENTS, "a b/é");
  json_writer_init(&w, &out);
  brief_json(fold, NULL, &w);
  assert_non_null(strstr(out.data, "\"question\":\"How much?\",\"open\":[{\"framework\":\"champ\","
                                   "\"criterion\":\"money\",\"ask\":\"How much?\""));
  assert_null(strstr(out.data, "bant")); /* nothing is known of it */
  buf_release(&out);
  end();
}

/* The must first, then by weight; of the framework that somebody has begun, not of another. */
static void the_must_is_asked_first(void **state) {
  (void)state;
  struct buf out;
  buf_init(&out);
  begin(FRAMEWORKS, ANSWERED, "a b/é");
  brief_text(fold, NULL, &out);
  assert_non_null(strstr(out.data, "Ask next:\n  What hurts? (bant need, must)\n"
                                   "  What is set aside? (bant budget)\n"));
  buf_release(&out);
  end();
}

#define PAGE(n)                                                                                              \
  "{\"type\":\"page\",\"userId\":\"p\",\"properties\":{\"path\":\"/" #n "\"},\"timestamp\":\"2023-01-" #n    \
  "T00:00:00Z\"}\n"

/* Ten at most, the newest first, whatever the order in which they came; events only where the rules say so. */
static void what_was_looked_at_comes_newest_first(void **state) {
  (void)state;
  struct buf out;
  buf_init(&out);
  begin(
      "content { page {}, track 'Content Downloaded' }",
      "{\"batch\":[" PAGE(12) "," PAGE(11) "," PAGE(10) "," PAGE(13) "," PAGE(14) "," PAGE(15) "," PAGE(
          16) "," PAGE(17) "," PAGE(18) "," PAGE(19) "," PAGE(20) ","
                                                                  "{\"type\":\"track\",\"event\":\"Content "
                                                                  "Downloaded\",\"userId\":\"p\","
                                                                  "\"properties\":{\"asset\":\"guía.pdf\"},"
                                                                  "\"timestamp\":\"2023-01-20T10:00:00Z\"},"
                                                                  "{\"type\":\"track\",\"event\":\"Clicked\","
                                                                  "\"userId\":\"p\",\"timestamp\":\"2023-01-"
                                                                  "21T00:00:00Z\"}]}",
      "p");
  brief_text(fold, NULL, &out);
  assert_non_null(strstr(out.data, "Looked at:\n  2023-01-20T10:00:00Z  Content Downloaded: guía.pdf\n"
                                   "  2023-01-20T00:00:00Z  /20\n  2023-01-19T00:00:00Z  /19\n"));
  assert_non_null(strstr(out.data, "  2023-01-12T00:00:00Z  /12\n"));
  assert_null(strstr(out.data, "/11\n"));
  assert_null(strstr(out.data, "Clicked"));
  buf_release(&out);
  end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_why_and_what_is_missing),
      cmocka_unit_test(reasons_fit_a_field_of_a_crm),
      cmocka_unit_test(says_what_to_ask_next),
      cmocka_unit_test(the_must_is_asked_first),
      cmocka_unit_test(what_was_looked_at_comes_newest_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
