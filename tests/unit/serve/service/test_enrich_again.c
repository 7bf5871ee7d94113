/* test_enrich_again.c - more leads want something than can wait for it: they are asked for by themselves when there is room. */
#include "serve_fixture.h"

static const char rules[] = "dimension 'fit' {}\n"
                            "enricher 'double' { needs = { 'number' }, gives = { 'twice' }, ttl = '30d', "
                            "rate = '1000/s', concurrency = 64,\n"
                            "  run = function(lead) return { twice = lead.traits.number * 2 } end }\n";

enum { BURST = 1000, BATCH = 500 }; /* begun at one instant; events in a request */

static struct enrich_figures figures[ENRICHERS_MAX];
static size_t answers;

static const struct enrich_figures *look(void) {
  service_enrichers(serve.daemon.service, figures, &answers);
  return figures;
}

/* So many people come, from that one on; each with a number of his own, or all with the same. */
static void come(int first, int count, bool same) {
  struct buf body;
  buf_init(&body);
  for (int done = 0; done < count; done += BATCH) {
    buf_clear(&body);
    buf_add_text(&body, "{\"batch\":[");
    for (int i = done; i < count && i < done + BATCH; i++)
      buf_printf(&body, "%s{\"type\":\"identify\",\"userId\":\"u%d\",\"traits\":{\"number\":%d}}",
                 i > done ? "," : "", first + i, same ? 7 : first + i);
    buf_add_text(&body, "]}");
    assert_int_equal(serve_post("/v1/batch", body.data), 200);
  }
  buf_release(&body);
  serve_settle();
}

static bool knows(int user, int twice) {
  char url[40], text[24];
  snprintf(url, sizeof url, "/v1/leads/u%d", user);
  snprintf(text, sizeof text, "%d", twice);
  assert_int_equal(serve_get(url), 200);
  return strcmp(serve_text_at("traits.twice.value"), text) == 0;
}

static void a_second_passes(void) {
  serve_advance(1000);
  uint64_t before = answers;
  look();
  SERVE_UNTIL((look(), answers >= before + BURST || figures->waiting + figures->running == 0));
  serve_settle();
}

static void who_finds_no_room_is_asked_for_when_there_is_some(void **state) {
  (void)state;
  const int all = BURST + ENRICH_JOBS_MAX + 300;
  come(0, BURST, false);
  SERVE_UNTIL((look(), answers == BURST)); /* and no more at this instant */
  come(BURST, all - BURST, false);
  assert_in_range(look()->counts.refused, 300, 400);
  assert_int_equal(look()->waiting, ENRICH_JOBS_MAX);
  for (int i = 0; i < 20 && look()->waiting; i++) a_second_passes();
  assert_int_equal(answers, all);
  assert_true(knows(0, 0));
  assert_true(knows(all - 1, 2 * (all - 1)));
  assert_int_equal(look()->counts.asked, all);
}

static void too_many_with_one_question_all_hear_the_answer(void **state) {
  (void)state;
  const int first = 20000, all = ENRICH_LEADS_MAX + 200;
  come(1000, BURST, false); /* so that it has to wait */
  SERVE_UNTIL((look(), answers == BURST));
  come(first, all, true);
  assert_in_range(look()->counts.refused, 200, 300); /* some have tried again, in vain */
  assert_int_equal(look()->waiting, 1);
  a_second_passes();
  SERVE_UNTIL(knows(first + all - 1, 14));
  SERVE_UNTIL(knows(first, 14));
  assert_int_equal(look()->counts.asked, BURST + 1);
}

int main(void) {
  serve_rules = rules;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(who_finds_no_room_is_asked_for_when_there_is_some, serve_start,
                                      serve_stop),
      cmocka_unit_test_setup_teardown(too_many_with_one_question_all_hear_the_answer, serve_start,
                                      serve_stop),
  };
  return cmocka_run_group_tests_name("enrich_again", tests, NULL, NULL);
}
