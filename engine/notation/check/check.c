/* check.c - all checks of a ruleset, after it compiled: notation_check. */
#include "notation/check/check_private.h"

void notation_check(const struct ruleset *rules, struct problems *problems) {
  struct check c = {.rules = rules, .problems = problems};
  c.world = (struct possible_world){.rules = rules, .scores = c.scores, .stages = c.stages};
  arena_init(&c.scratch, 0);
  check_bounds(&c);
  check_stages(&c);
  check_events(&c);
  check_bars(&c);
  check_dead(&c);
  check_desk(&c);
  check_flap(&c);
  check_floods(&c);
  check_groups(&c);
  check_opaque(&c);
  arena_release(&c.scratch);
}
