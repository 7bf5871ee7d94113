#include "written_rules.h"

#include "core/rules/alike.h"

static struct generation *build(const char *text, const char *list) {
  const char *const files[] = {"a.lua", text, "lists/free.txt", list, NULL};
  return written_files(files, NULL);
}

#define LIFECYCLE                                                                                            \
  "lifecycle 'l' { start = 'lead', move { 'lead', 'mql', when = score { e = at_least(40) } } }\n"
#define BASE                                                                                                 \
  "dimension 'e' {}\nrule 'a' { on = track 'A', points = { e = 10 } }\n"                                     \
  "rule 'b' { on = page { path = glob '/x*', section = listed 'free' }, points = { e = 5 } }\n" LIFECYCLE
#define FUNCTION(n)                                                                                          \
  "dimension 'e' {}\nrule 'f' { on = track 'A', points = function(lead, event) return { e = " n              \
  " } end, cap = 50 }\n"

#define FRAMEWORK(kind, met)                                                                                 \
  BASE "framework 'f' { criterion 'c' { ask = '?', value = " kind ", met = " met " } }\n"

static void touches_are_kept_where_only_what_the_fold_reads_is_other(void **state) {
  (void)state;
  static const struct {
    const char *from, *to, *list;
    bool kept;
  } cases[] = {
      {BASE, BASE, "x.com\n", true},
      {BASE,
       "dimension 'e' { max = 90 }\nrule 'a' { on = track 'A', points = { e = 11 }, limit = { times = 1 }, "
       "decay = half_life '1d', doc = 'A' }\nrule 'b' { on = page { path = glob '/x*', section = listed "
       "'free' }, cap = 9, points = { e = 5 } }\n" LIFECYCLE,
       "x.com\n", true}, /* points, limits, decay, caps, clamps */
      {BASE, BASE "rule 'c' { when = trait { n = above(3) }, points = { e = 1 } }\n", "x.com\n", true},
      {BASE, BASE "rule 'c' { on = track 'A', when = trait { n = above(3) }, points = { e = 1 } }\n",
       "x.com\n", true}, /* one rule more, of a pattern that is there */
      {BASE, BASE "rule 'c' { on = track 'C', points = { e = 1 } }\n", "x.com\n", false},
      {BASE, BASE, "x.com\ny.com\n", false}, /* the pattern's list */
      {BASE, BASE "dimension 'f' {}\n", "x.com\n", false},
      {BASE, BASE "identity { email = 'merge' }\n", "x.com\n", false},
      {BASE, BASE "content { track 'A' }\n", "x.com\n", false}, /* what was looked at stands in the touches */
      {BASE, BASE "ignore 'i' { on = track 'A' }\n", "x.com\n", false},
      {FUNCTION("1"), FUNCTION("1"), "x.com\n", true},
      {FUNCTION("1"), FUNCTION("2"), "x.com\n", false}, /* its answers stand in the touches */
      {FUNCTION("1"), FUNCTION("1"), "y.com\n", false}, /* it may ask a list */
      {FUNCTION("1"), BASE, "x.com\n", false},
      {FRAMEWORK("'number'", "at_least(3), weight = 3"), FRAMEWORK("'number'", "at_least(4), expires = '9d'"),
       "x.com\n", true}, /* what meets it, how long it stands */
      {FRAMEWORK("'number'", "at_least(3)"), FRAMEWORK("'money'", "at_least(3)"), "x.com\n", false},
      {BASE, FRAMEWORK("'number'", "at_least(3)"), "x.com\n", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct generation *from = build(cases[i].from, "x.com\n"), *to = build(cases[i].to, cases[i].list);
    if (generation_keeps_touches(from, to) != cases[i].kept) fail_msg("case %zu", i);
    generation_free(from);
    generation_free(to);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(touches_are_kept_where_only_what_the_fold_reads_is_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
