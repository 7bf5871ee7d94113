#include "unit.h"

#include "base/timefmt.h"
#include "core/enrich/enrich_private.h"

#include <stdio.h>

static struct ruleset rules;
static struct enricher enricher;
static struct enrich *enrich;

static void start(void) {
  rules = (struct ruleset){.enrichers = &enricher, .enricher_count = 1};
  enrich = enrich_new(&rules, 7);
}

static struct enricher defaults(void) {
  return (struct enricher){.id = "company", .ttl_ms = TIME_MS_PER_DAY, .concurrency = 8, .retries = 3};
}

static enum enrich_wanted want(const char *needs, const char *lead, int64_t now_ms, struct enrich_job **job) {
  struct enrich_answer answer;
  struct enrich_job *unused;
  return enrich_want(enrich, 0, str_of(needs), (struct identity_member){ID_USER, str_of(lead)}, now_ms,
                     &answer, job ? job : &unused);
}

static bool is_ana(void *arg, struct identity_member lead) {
  (void)arg;
  return str_eq(lead.id, STR("ana"));
}

static void the_erased_wait_for_nothing(void **state) {
  (void)state;
  struct enrich_job *shared, *running;
  enricher = defaults();
  start();
  want("{\"a\":1}", "ana", 0, &shared);
  want("{\"a\":1}", "bob", 0, NULL);
  want("{\"a\":2}", "bob", 0, NULL);
  want("{\"a\":3}", "cid", 0, &running);
  assert_ptr_equal(enrich_next(enrich, 0), shared);
  assert_non_null(enrich_next(enrich, 0));
  assert_ptr_equal(enrich_next(enrich, 0), running);
  assert_false(enrich_ended(enrich, enrich->under_way.first->next, ENRICH_FAILED_PASSING, 0,
                            0)); /* bob's second waits again */
  enrich_forget(enrich, is_ana, NULL);
  assert_int_equal(shared->lead_count, 1);
  assert_int_equal(running->lead_count, 0);
  struct enrich_stats stats;
  enrich_stats(enrich, 0, &stats);
  assert_int_equal(stats.waiting, 0);
  assert_int_equal(stats.running, 2);
  assert_true(enrich_ended(enrich, running, ENRICH_SUCCEEDED, 0, 0));
  enrich_done(enrich, running);
  assert_int_equal(want("{\"a\":3}", "ana", 0, NULL), ENRICH_QUEUED);
  enrich_free(enrich);
}

static void equal_questions_are_one(void **state) {
  (void)state;
  struct enrich_job *first, *second;
  enricher = defaults();
  start();
  assert_int_equal(want("{\"a\":1}", "ana", 0, &first), ENRICH_QUEUED);
  assert_int_equal(want("{\"a\":1}", "ana", 0, NULL), ENRICH_WAITING);
  assert_int_equal(want("{\"a\":1}", "bob", 0, &second), ENRICH_JOINED);
  assert_ptr_equal(first, second);
  assert_int_equal(want("{\"a\":2}", "cid", 0, NULL), ENRICH_QUEUED);
  assert_ptr_equal(enrich_next(enrich, 0), first);
  assert_int_equal(want("{\"a\":1}", "dee", 0, NULL), ENRICH_JOINED);
  assert_true(enrich_ended(enrich, first, ENRICH_SUCCEEDED, 0, 10));
  assert_int_equal(first->lead_count, 3);
  enrich_done(enrich, first);
  assert_non_null(enrich_next(enrich, 10));
  assert_null(enrich_next(enrich, 10));
  enrich_free(enrich);
}

static void what_is_known_is_not_asked(void **state) {
  (void)state;
  enricher = defaults();
  start();
  const struct enrich_answer told = {ENRICHMENT_ANSWERED, STR("{\"x\":1}"), 1000};
  const struct enrich_answer none = {ENRICHMENT_NOTHING, {NULL, 0}, 500};
  enrich_note(enrich, STR("company"), STR("{\"a\":1}"), &told, 0, 0);
  enrich_note(enrich, STR("company"), STR("{\"a\":2}"), &none, 0, 0);
  enrich_note(enrich, STR("other"), STR("{\"a\":3}"), &told, 0, 0);
  struct enrich_answer answer;
  struct enrich_job *job;
  const struct identity_member lead = {ID_USER, STR("ana")};
  assert_int_equal(enrich_want(enrich, 0, STR("{\"a\":1}"), lead, 999, &answer, &job), ENRICH_KNOWN);
  assert_str(answer.traits, "{\"x\":1}");
  assert_int_equal(enrich_want(enrich, 0, STR("{\"a\":2}"), lead, 499, &answer, &job), ENRICH_KNOWN);
  assert_int_equal(answer.outcome, ENRICHMENT_NOTHING);
  assert_int_equal(want("{\"a\":1}", "ana", 1000, NULL), ENRICH_QUEUED);
  assert_int_equal(want("{\"a\":2}", "ana", 500, NULL), ENRICH_QUEUED);
  assert_int_equal(want("{\"a\":3}", "ana", 0, NULL), ENRICH_QUEUED);
  enrich_free(enrich);
}

/* An answer is known as long as an event tells it. */
static void what_only_the_erased_were_told_is_forgotten(void **state) {
  (void)state;
  enricher = defaults();
  start();
  const struct enrich_answer answer = {ENRICHMENT_ANSWERED, STR("{\"x\":1}"), 1000},
                             later = {ENRICHMENT_ANSWERED, STR("{}"), 2000};
  const struct str company = STR("company");
  struct enrich_stats stats;
  for (int i = 1; i <= 5; i++) {
    char needs[16];
    snprintf(needs, sizeof needs, "{\"a\":%d}", i);
    enrich_note(enrich, company, str_of(needs), &answer, 0, 0);
    if (i > 1) enrich_told(enrich, company, str_of(needs), 1000, i == 3 ? 2 : 1);
  }
  enrich_told(enrich, company, STR("{\"a\":3}"), 1000, -1); /* one of two */
  enrich_told(enrich, company, STR("{\"a\":4}"), 1000, -1);
  enrich_told(enrich, company, STR("{\"a\":5}"), 500, -1); /* an older answer, which counts no more */
  enrich_told(enrich, company, STR("{\"a\":6}"), 1000, -1);
  enrich_forget(enrich, is_ana, NULL);
  assert_int_equal(want("{\"a\":1}", "ana", 0, NULL), ENRICH_QUEUED); /* it was told nobody */
  assert_int_equal(want("{\"a\":2}", "ana", 0, NULL), ENRICH_KNOWN);
  assert_int_equal(want("{\"a\":3}", "ana", 0, NULL), ENRICH_KNOWN);
  assert_int_equal(want("{\"a\":4}", "ana", 0, NULL), ENRICH_QUEUED);
  assert_int_equal(want("{\"a\":5}", "ana", 0, NULL), ENRICH_KNOWN);
  enrich_note(enrich, company, STR("{\"a\":2}"), &later, 0,
              0); /* asked anew: who was told the old one does not tell this */
  enrich_forget(enrich, is_ana, NULL);
  enrich_stats(enrich, 0, &stats);
  assert_int_equal(stats.answers, 2);
  enrich_free(enrich);
}

/* Runs what may run until `until_ms`, each run taking no time; how many ran. */
static int run_all(int64_t from_ms, int64_t until_ms, enum enrich_end end, int64_t *last_ms) {
  int ran = 0;
  for (int64_t now = from_ms; now <= until_ms;) {
    struct enrich_job *job;
    while ((job = enrich_next(enrich, now))) {
      ran++;
      if (last_ms) *last_ms = now;
      if (enrich_ended(enrich, job, end, 0, now)) enrich_done(enrich, job);
    }
    int64_t due = enrich_due_ms(enrich, now);
    if (due == TIME_NEVER) break;
    assert_true(due > now);
    now = due;
  }
  return ran;
}

static void queue(int count, int from) {
  for (int i = 0; i < count; i++) {
    char needs[32];
    snprintf(needs, sizeof needs, "{\"a\":%d}", from + i);
    want(needs, "ana", 0, NULL);
  }
}

static void keeps_to_its_rate_and_budget(void **state) {
  (void)state;
  enricher = defaults();
  enricher.rate = 5;
  enricher.rate_ms = 1000;
  enricher.budget = 30;
  enricher.budget_ms = TIME_MS_PER_DAY;
  start();
  queue(50, 0);
  int64_t day = 20000 * TIME_MS_PER_DAY, last;
  int burst = run_all(day, day + 999, ENRICH_SUCCEEDED, &last);
  assert_in_range(burst, 5, 10); /* a burst of a span, and what comes in it */
  assert_int_equal(burst + run_all(day + 1000, day + TIME_MS_PER_DAY - 1, ENRICH_SUCCEEDED, &last), 30);
  assert_in_range(last - day, 4000, 6000);
  assert_int_equal(run_all(day + TIME_MS_PER_DAY, day + TIME_MS_PER_DAY + 60000, ENRICH_SUCCEEDED, NULL), 20);
  enrich_free(enrich);
}

static void what_was_spent_before_a_restart_counts(void **state) {
  (void)state;
  enricher = defaults();
  enricher.budget = 10;
  enricher.budget_ms = TIME_MS_PER_DAY;
  start();
  int64_t day = 20000 * TIME_MS_PER_DAY;
  const struct enrich_answer asked = {ENRICHMENT_ASKED, {NULL, 0}, 0};
  enrich_note(enrich, STR("company"), STR("{}"), &asked, day - 5, 9);
  enrich_note(enrich, STR("company"), STR("{}"), &asked, day + 5, 7);
  queue(10, 0);
  assert_int_equal(run_all(day + 10, day + 100000, ENRICH_SUCCEEDED, NULL), 3);
  assert_int_equal(enrich_due_ms(enrich, day + 100000), day + TIME_MS_PER_DAY);
  enrich_free(enrich);
}

/* "1/h" is one an hour, however often it is restarted; a run of the future, before the clock was put right, counts as now. */
static void a_restart_does_not_begin_the_rate_anew(void **state) {
  (void)state;
  const struct enrich_answer asked = {ENRICHMENT_ASKED, {NULL, 0}, 0};
  int64_t now = 20000 * TIME_MS_PER_DAY, last;
  enricher = defaults();
  enricher.rate = 1;
  enricher.rate_ms = TIME_MS_PER_HOUR;
  start();
  enrich_note(enrich, STR("company"), STR("{}"), &asked, now - 2 * TIME_MS_PER_HOUR, 1);
  enrich_note(enrich, STR("company"), STR("{}"), &asked, now - 1000, 1);
  queue(1, 0);
  assert_int_equal(enrich_due_ms(enrich, now), now - 1000 + TIME_MS_PER_HOUR);
  assert_int_equal(run_all(now, now + TIME_MS_PER_HOUR - 1001, ENRICH_SUCCEEDED, NULL), 0);
  assert_int_equal(run_all(now + TIME_MS_PER_HOUR - 1000, now + TIME_MS_PER_HOUR, ENRICH_SUCCEEDED, &last),
                   1);
  enrich_free(enrich);
  start();
  enrich_note(enrich, STR("company"), STR("{}"), &asked, now + 100 * TIME_MS_PER_DAY, 1);
  queue(1, 0);
  assert_int_equal(enrich_due_ms(enrich, now), now + TIME_MS_PER_HOUR);
  enrich_free(enrich);
}

static void runs_so_many_at_once(void **state) {
  (void)state;
  enricher = defaults();
  enricher.concurrency = 2;
  start();
  queue(5, 0);
  struct enrich_job *a = enrich_next(enrich, 0), *b = enrich_next(enrich, 0);
  assert_non_null(a);
  assert_non_null(b);
  assert_null(enrich_next(enrich, 0));
  assert_int_equal(enrich_due_ms(enrich, 0), TIME_NEVER);
  assert_true(enrich_ended(enrich, a, ENRICH_SUCCEEDED, 0, 1));
  enrich_done(enrich, a);
  assert_non_null(enrich_next(enrich, 1));
  enrich_free(enrich);
}

static void tries_again_later_and_later(void **state) {
  (void)state;
  enricher = defaults();
  start();
  queue(1, 0);
  int64_t now = 0, pauses[3];
  for (int i = 0; i < 3; i++) {
    struct enrich_job *job = enrich_next(enrich, now);
    assert_non_null(job);
    assert_false(enrich_ended(enrich, job, ENRICH_FAILED_PASSING, i == 2 ? 60000 : 0, now));
    assert_null(enrich_next(enrich, now));
    pauses[i] = enrich_due_ms(enrich, now) - now;
    now += pauses[i];
  }
  assert_in_range(pauses[0], 500, 1000);
  assert_in_range(pauses[1], 1000, 2000);
  assert_int_equal(pauses[2], 60000); /* as the service asked for */
  struct enrich_job *job = enrich_next(enrich, now);
  assert_true(enrich_ended(enrich, job, ENRICH_FAILED_PASSING, 0, now));
  enrich_done(enrich, job);
  enrich_free(enrich);
}

/* A service is down for ten minutes with a thousand leads waiting: it is hardly bothered, nobody is lost, and when it is back it is
 * not overrun. */
static void a_service_that_is_down_is_left_alone(void **state) {
  (void)state;
  enricher = defaults();
  enricher.retries = 10;
  enricher.rate = 20;
  enricher.rate_ms = 1000;
  start();
  queue(1000, 0);
  int64_t back = 10 * TIME_MS_PER_MINUTE, last;
  int bothered = run_all(0, back, ENRICH_FAILED_PASSING, &last);
  assert_in_range(bothered, ENRICH_BREAK_AFTER, 40);
  int64_t now = enrich_due_ms(enrich, back);
  struct enrich_job *probe = enrich_next(enrich, now);
  assert_non_null(probe);
  assert_null(enrich_next(enrich, now)); /* one alone, until it is answered */
  assert_int_equal(enrich_due_ms(enrich, now), TIME_NEVER);
  assert_true(enrich_ended(enrich, probe, ENRICH_SUCCEEDED, 0, now + 50));
  enrich_done(enrich, probe);
  assert_in_range(run_all(now + 50, now + 1050, ENRICH_SUCCEEDED, NULL), 20, 41); /* its rate, not a flood */
  assert_int_equal(run_all(now + 1051, now + TIME_MS_PER_HOUR, ENRICH_SUCCEEDED, NULL) > 900, true);
  struct enrich_stats stats;
  enrich_stats(enrich, now, &stats);
  assert_int_equal(stats.waiting + stats.running, 0);
  enrich_free(enrich);
}

/* Each probe is another lead's: a few who wait for a service that is down do not use up their attempts alone. */
static void probes_take_turns(void **state) {
  (void)state;
  enricher = defaults();
  start();
  queue(8, 0);
  struct enrich_job *tried[4];
  int64_t now = 0;
  for (int i = 0; i < ENRICH_BREAK_AFTER; i++)
    assert_false(enrich_ended(enrich, enrich_next(enrich, now), ENRICH_FAILED_PASSING, 0, now));
  for (int i = 0; i < 4; i++) {
    now = enrich_due_ms(enrich, now);
    tried[i] = enrich_next(enrich, now);
    assert_non_null(tried[i]);
    for (int k = 0; k < i; k++) assert_ptr_not_equal(tried[i], tried[k]);
    assert_false(enrich_ended(enrich, tried[i], ENRICH_FAILED_PASSING, 0, now));
  }
  enrich_free(enrich);
}

static void other_rules_keep_what_is_known(void **state) {
  (void)state;
  enricher = defaults();
  start();
  const struct enrich_answer told = {ENRICHMENT_ANSWERED, STR("{}"), 1000};
  enrich_note(enrich, STR("company"), STR("{\"a\":1}"), &told, 0, 0);
  queue(3, 10);
  assert_non_null(enrich_next(enrich, 0));
  enrich_adopt(enrich, &rules);
  assert_null(enrich_next(enrich, 0));
  assert_int_equal(want("{\"a\":1}", "ana", 0, NULL), ENRICH_KNOWN);
  queue(3, 10);
  assert_non_null(enrich_next(enrich, 0));
  enrich_free(enrich);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_erased_wait_for_nothing),
      cmocka_unit_test(equal_questions_are_one),
      cmocka_unit_test(what_is_known_is_not_asked),
      cmocka_unit_test(what_only_the_erased_were_told_is_forgotten),
      cmocka_unit_test(keeps_to_its_rate_and_budget),
      cmocka_unit_test(what_was_spent_before_a_restart_counts),
      cmocka_unit_test(a_restart_does_not_begin_the_rate_anew),
      cmocka_unit_test(runs_so_many_at_once),
      cmocka_unit_test(tries_again_later_and_later),
      cmocka_unit_test(a_service_that_is_down_is_left_alone),
      cmocka_unit_test(probes_take_turns),
      cmocka_unit_test(other_rules_keep_what_is_known),
  };
  return cmocka_run_group_tests_name("enrich", tests, NULL, NULL);
}
