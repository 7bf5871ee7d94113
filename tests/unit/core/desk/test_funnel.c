/* The figures of the funnel and of sales' delays, over leads that came every way. */
#include "pipeline_rig.h"

#include "core/desk/sla_report.h"

#define T0  (INT64_C(1700000000000))
#define NOW (T0 + 60000)

static const char rules_text[] =
    "dimension 'intent' {}\n"
    "accounts { domains = { 'domain' }, never = one_of { 'free.example' }, "
    "existing = account { customer = true } }\n"
    "lifecycle 'main' { start = 'lead', endorsed = { 'mql' }, sales = { 'sal' }, "
    "outside = { 'help' },\n"
    "  move { 'lead', 'mql', when = seen(track 'Demo', { since = 'cycle' }) },\n"
    "  move { 'mql', 'sal', act = 'accept', by = 'sales' },\n"
    "  move { 'lead', 'sal', act = 'claim', by = 'sales', claim = true },\n"
    "  move { { 'lead', 'mql' }, 'help', act = 'assist', by = 'sales' } }\n"
    "sla 'touch' { stage = 'mql', due = '1h', stops_at = track 'Call' }\n"
    "sla 'volume' { of = 'marketing', stage = 'mql', per = 'month', volume = 1, "
    "quality = { stage = 'sal', percent = "
    "50 } }\n"
    "destination 'crm' { file = 'a.ndjson' }\n"
    "effect 'hot' { on = entered 'mql', to = 'crm', handoff = true }\n"
    "effect 'other' { on = track 'Call', to = 'crm' }\n";

static int set_up(void **state) {
  (void)state;
  pipeline_rig_open(written_rules(rules_text));
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pipeline_rig_close();
  return 0;
}

static void send(enum journal_kind kind, int64_t at_ms, const char *event) {
  const struct pipeline_visitor visitor = {.folded = pipeline_rig_folded, .decided = pipeline_rig_decided};
  pipeline_rig_take(kind, "web", at_ms, event);
  while (pipeline_step(pipeline, at_ms, &visitor)) {
  }
}

static void track(const char *lead, const char *name, int64_t at_ms) {
  char text[300];
  snprintf(text, sizeof text,
           "{\"batch\":[{\"type\":\"track\",\"event\":\"%s\",\"userId\":\"%s\",\"timestamp\":%lld}]}", name,
           lead, (long long)at_ms);
  send(JOURNAL_EVENTS, at_ms, text);
}

static void act(const char *lead, const char *name, const char *from, const char *to, int64_t at_ms) {
  char text[500];
  snprintf(
      text, sizeof text,
      "{\"batch\":[{\"type\":\"act\",\"event\":\"%s\",\"userId\":\"%s\",\"timestamp\":%lld,\"actor\":{\"id\":"
      "\"maria\",\"role\":\"sales\"},\"lifecycle\":\"main\",\"from\":\"%s\",\"to\":\"%s\"}]}",
      name, lead, (long long)at_ms, from, to);
  send(JOURNAL_SYSTEM, at_ms, text);
}

static void report(struct buf *out) {
  struct json_writer w;
  buf_init(out);
  json_writer_init(&w, out);
  json_open(&w, '{');
  const struct sla_question question = {TIME_MIN, TIME_MAX, 1, NOW};
  struct sla_report *made =
      sla_report_new(pipeline_book(pipeline), pipeline_outbox(pipeline), generation->rules, &question);
  while (sla_report_step(made)) {
  }
  sla_report_json(made, &w);
  sla_report_free(made);
  json_close(&w, '}');
}

static void says(const struct buf *out, const char *part) {
  if (!strstr(out->data, part)) fail_msg("'%s' is not in %s", part, out->data);
}

static void everybody_counts_where_they_belong(void **state) {
  (void)state;
  struct buf out;
  track("accepted", "Demo", T0);
  act("accepted", "accept", "mql", "sal", T0 + 1000);
  act("claimed", "claim", "lead", "sal", T0 + 1000);
  track("helped", "Demo", T0);
  act("helped", "assist", "mql", "help", T0 + 1000);
  act("asked", "assist", "lead", "help", T0 + 1000);
  send(JOURNAL_EVENTS, T0,
       "{\"batch\":[{\"type\":\"group\",\"groupId\":\"acme\",\"traits\":{\"domain\":\"acme.example\","
       "\"customer\":"
       "true},\"timestamp\":1700000000000}]}");
  send(JOURNAL_EVENTS, T0,
       "{\"batch\":[{\"type\":\"identify\",\"userId\":\"customer\",\"traits\":{\"email\":\"a@acme.example\"},"
       "\"timestamp\":1700000000000}]}");
  track("customer", "Demo", T0 + 1000);
  track("looks", "Page", T0);
  report(&out);
  says(&out, "\"funnel\":[{\"lifecycle\":\"main\",\"leads\":3,\"existing\":1,\"outside\":2,\"endorsed\":1,"
             "\"accepted\":1,\"claimed\":1,\"stages\":[{\"stage\":\"lead\",\"leads\":0},{\"stage\":\"mql\","
             "\"leads\":1},{\"stage\":\"sal\",\"leads\":2}");
  says(&out, "\"leads\":1,\"good\":1,\"kept\":true");
  buf_release(&out);
}

static uint32_t lead_of(const char *id) {
  return engine_find_lead(pipeline_engine(pipeline), str_of(id));
}

static void tell(const char *id, const char *effect, int64_t made_ms, int64_t delivered_ms, uint64_t key) {
  struct outbox_effect row = {.id = {key, key},
                              .key = key,
                              .lead = {ID_USER, str_of(id)},
                              .effect = str_of(effect),
                              .destination = STR("crm"),
                              .type = STR("t"),
                              .at_ms = made_ms,
                              .made_ms = made_ms,
                              .rendered = true};
  struct outbox_delivery delivery = {.what = HAPPENED_DELIVERED,
                                     .id = row.id,
                                     .lead = row.lead,
                                     .attempt = 1,
                                     .status = 200,
                                     .at_ms = delivered_ms,
                                     .made_ms = made_ms};
  struct err err;
  assert_int_equal(
      outbox_take_effect(pipeline_outbox(pipeline), &row, next_seq++, lead_of(id), lead_of(id), &err), 0);
  if (delivered_ms != TIME_NEVER) outbox_take_delivery(pipeline_outbox(pipeline), &delivery, next_seq++);
}

/* The event at T0, decided 1 s later, delivered 5 s after that; called 10 s after the event. */
static void the_systems_delay_ends_with_the_delivery(void **state) {
  (void)state;
  struct buf out;
  char demo[] =
      "{\"batch\":[{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"a\",\"timestamp\":1700000000000}]}";
  send(JOURNAL_EVENTS, T0 + 1000, demo);
  report(&out);
  says(&out, "\"undelivered\":0,\"system\":{\"median_ms\":1000,\"p90_ms\":1000}"); /* nobody is told */
  buf_release(&out);
  tell("a", "other", T0 + 1000, T0 + 2000, 1); /* hands nobody over */
  tell("a", "hot", T0 + 1000, TIME_NEVER, 2);
  report(&out);
  says(&out, "\"undelivered\":1,\"system\":null");
  buf_release(&out);
  tell("a", "hot", T0 + 1000, T0 + 6000, 3);
  track("a", "Call", T0 + 10000);
  report(&out);
  says(&out,
       "\"undelivered\":0,\"system\":{\"median_ms\":6000,\"p90_ms\":6000},\"people\":{\"median_ms\":4000,"
       "\"p90_ms\":4000},\"worked\":{\"median_ms\":4000");
  buf_release(&out);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(everybody_counts_where_they_belong),
      test(the_systems_delay_ends_with_the_delivery),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
