/* Sequences over letters: each letter of a script is an event a day apart, '.' a day without one. */
#include "model/fold/sequence.h"
#include "unit.h"

#define DAY TIME_MS_PER_DAY

static const uint16_t letter_ids[] = {0, 1, 2, 3};
#define SET(i)                                                                                               \
  { &letter_ids[i], 1 }

static struct sequence_step ab[] = {{.on = SET(0)}, {.on = SET(1)}};
static struct sequence_step aab[] = {{.on = SET(0)}, {.on = SET(0)}, {.on = SET(1)}};
static struct sequence_step a_no_c_b[] = {{.on = SET(0), .unless = SET(2)}, {.on = SET(1)}};
static struct sequence_step a_no_c[] = {{.on = SET(0), .unless = SET(2)}};

struct fixture {
  uint64_t bits[1], captures[4];
  uint16_t ids[4];
};

static void raise_letter(struct raised *raised, struct fixture *f, char letter, uint64_t value) {
  *raised = (struct raised){.bits = f->bits, .captures = f->captures, .ids = f->ids, .count = 1};
  f->ids[0] = (uint16_t)(letter - 'a');
  f->bits[0] = UINT64_C(1) << f->ids[0];
  f->captures[f->ids[0]] = value;
}

/* The script with every letter at which the sequence fires in upper case, deadlines as '!'. */
static void play(const struct sequence *sequence, const char *script, char *out) {
  struct sequence_state state = {0};
  struct fixture f = {0};
  for (int day = 0; script[day]; day++) {
    int64_t t = day * DAY;
    out[day] = script[day];
    while (sequence_take_due(&state, sequence, t)) out[day] = '!';
    if (script[day] == '.') continue;
    struct raised raised;
    raise_letter(&raised, &f, script[day], 1);
    if (sequence_step(&state, sequence, &raised, t)) out[day] = (char)(script[day] - 'a' + 'A');
  }
  out[strlen(script)] = 0;
  sequence_release(&state);
}

static void fires_as_written(void **state) {
  (void)state;
  static const struct {
    struct sequence sequence;
    const char *script, *expected;
  } cases[] = {
      {{ab, 2, 5 * DAY, false, 9}, "ab", "aB"},
      {{ab, 2, 5 * DAY, false, 9}, "a....b", "a....b"}, /* start > t - within: five days later is too late */
      {{ab, 2, 5 * DAY, false, 9}, "a...b", "a...B"},
      {{ab, 2, 5 * DAY, false, 9}, "a..a..b", "a..a..B"}, /* the latest start counts */
      {{ab, 2, 5 * DAY, false, 9}, "aabb", "aaBb"},       /* no overlap */
      {{ab, 2, 0, false, 9}, "a.............b", "a.............B"},
      {{ab, 2, 5 * DAY, false, 9}, "ba", "ba"},
      {{aab, 3, 5 * DAY, false, 9}, "ab.ab", "ab.aB"},
      {{aab, 3, 5 * DAY, false, 9}, "aab", "aaB"},
      {{aab, 3, 3 * DAY, false, 9}, "a.a.b", "a.a.b"},
      {{a_no_c_b, 2, 9 * DAY, false, 9}, "acb", "acb"},
      {{a_no_c_b, 2, 9 * DAY, false, 9}, "acab", "acaB"},
      {{a_no_c_b, 2, 9 * DAY, false, 9}, "ab", "aB"},
      {{a_no_c, 1, 2 * DAY, false, 9}, "a...", "a.!."},
      {{a_no_c, 1, 2 * DAY, false, 9}, "ac..", "ac.."},
      {{a_no_c, 1, 2 * DAY, false, 9},
       "aa...",
       "aa!.."}, /* the earliest open window decides, and uses up the rest */
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char out[32];
    play(&cases[i].sequence, cases[i].script, out);
    assert_string_equal(out, cases[i].expected);
  }
}

static void an_event_at_the_deadline_comes_too_late_to_stop_it(void **state) {
  (void)state;
  struct sequence sequence = {a_no_c, 1, 2 * DAY, false, 9};
  struct sequence_state s = {0};
  struct fixture f = {0};
  struct raised raised;
  raise_letter(&raised, &f, 'a', 1);
  assert_false(sequence_step(&s, &sequence, &raised, 0));
  assert_int_equal(sequence_deadline(&s), 2 * DAY);
  assert_true(
      sequence_take_due(&s, &sequence, 2 * DAY)); /* due timers come before the events of an instant */
  assert_int_equal(sequence_deadline(&s), TIME_NEVER);
  sequence_release(&s);
}

static void same_runs_side_by_side(void **state) {
  (void)state;
  struct sequence sequence = {ab, 2, 5 * DAY, true, 9};
  struct sequence_state s = {0};
  struct fixture f = {0};
  struct raised raised;
  raise_letter(&raised, &f, 'a', 7);
  assert_false(sequence_step(&s, &sequence, &raised, 0));
  raise_letter(&raised, &f, 'b', 8);
  assert_false(sequence_step(&s, &sequence, &raised, 1));
  raise_letter(&raised, &f, 'b', 0); /* the field is missing */
  assert_false(sequence_step(&s, &sequence, &raised, 1));
  raise_letter(&raised, &f, 'b', 7);
  assert_true(sequence_step(&s, &sequence, &raised, 1));
  for (uint64_t v = 1; v <= KEEP_NEWEST + 10; v++) {
    raise_letter(&raised, &f, 'a', v);
    assert_false(sequence_step(&s, &sequence, &raised, 2));
  }
  raise_letter(&raised, &f, 'b', 5); /* the least recently touched values were forgotten */
  assert_false(sequence_step(&s, &sequence, &raised, 3));
  raise_letter(&raised, &f, 'b', KEEP_NEWEST);
  assert_true(sequence_step(&s, &sequence, &raised, 3));
  sequence_release(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fires_as_written),
      cmocka_unit_test(an_event_at_the_deadline_comes_too_late_to_stop_it),
      cmocka_unit_test(same_runs_side_by_side),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
