#include "world.h"

#include <stdio.h>
#include <string.h>

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS, WORLD_DAYS = 60 };

uint64_t chance_next(struct chance *chance) {
  uint64_t x = chance->state += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

int chance_below(struct chance *chance, int n) {
  return (int)(chance_next(chance) % (uint64_t)n);
}

int chance_between(struct chance *chance, int a, int b) {
  return a + chance_below(chance, b - a + 1);
}

bool chance_of(struct chance *chance, int percent) {
  return chance_below(chance, 100) < percent;
}

/* --- making rules -------------------------------------------------------------------------------------------------- */

static int maybe(struct chance *chance, int percent, int n) {
  return chance_of(chance, percent) ? chance_below(chance, n) : WORLD_NONE;
}

static struct pattern make_pattern(struct chance *chance) {
  struct pattern pattern = {.is_page = chance_of(chance, 40)};
  pattern.is_act = !pattern.is_page && chance_of(chance, 15);
  pattern.name = pattern.is_page ? maybe(chance, 70, WORLD_PATHS) : chance_below(chance, WORLD_NAMES);
  pattern.at_least = maybe(chance, 30, 10);
  return pattern;
}

static int64_t make_span(struct chance *chance) {
  static const int64_t spans[] = {
      HOUR_MS, 7 * HOUR_MS, DAY_MS, 3 * (int64_t)DAY_MS, 14 * (int64_t)DAY_MS, 30 * (int64_t)DAY_MS};
  return spans[chance_below(chance, 6)];
}

/* A rule of a group feeds the group's dimension alone. */
static void make_points(struct chance *chance, const struct world *world, struct world_rule *rule) {
  bool grouped = rule->group != WORLD_NONE;
  int sure = grouped ? world->group_dimension[rule->group] : chance_below(chance, WORLD_DIMENSIONS);
  rule->table_dimension = sure;
  for (int d = 0; d < WORLD_DIMENSIONS; d++)
    if (d == sure || (!grouped && chance_of(chance, 20)))
      rule->points[d] = chance_between(chance, 1, 30) * (chance_of(chance, 25) ? -1 : 1);
}

static void make_behaviour(struct chance *chance, struct world_rule *rule) {
  rule->on_count =
      rule->form == FORM_SEQUENCE ? chance_between(chance, 2, WORLD_STEPS) : chance_between(chance, 1, 2);
  for (int i = 0; i < rule->on_count; i++) rule->on[i] = make_pattern(chance);
  rule->within_ms = make_span(chance);
  rule->when_country = maybe(chance, 20, WORLD_COUNTRIES);
  rule->counts_while_country = maybe(chance, 20, WORLD_COUNTRIES);
  if (chance_of(chance, 40)) {
    rule->limit_times = chance_between(chance, 1, 5);
    rule->limit_per_ms = chance_of(chance, 70) ? make_span(chance) : 0;
  }
  if (chance_of(chance, 40)) rule->cap = chance_between(chance, 1, 60);
  rule->decay = (enum decay_form)chance_below(chance, 4);
  rule->decay_span_ms = make_span(chance);
  rule->step_percent[0] = chance_between(chance, 20, 90);
  rule->step_percent[1] = chance_between(chance, 0, 19);
}

static void make_table(struct chance *chance, struct world_rule *rule) {
  rule->row_count = chance_between(chance, 1, WORLD_ROWS);
  int bar = 90;
  for (int i = 0; i < rule->row_count; i++) {
    bar -= chance_between(chance, 1, 25);
    rule->row_at_least[i] = bar;
    rule->row_value[i] = chance_between(chance, -10, 20);
  }
}

static void make_rule(struct chance *chance, const struct world *world, struct world_rule *rule) {
  static const enum rule_form forms[] = {FORM_BEHAVIOUR, FORM_BEHAVIOUR, FORM_BEHAVIOUR, FORM_BEHAVIOUR,
                                         FORM_SEQUENCE,  FORM_TRAIT,     FORM_SEEN,      FORM_TABLE,
                                         FORM_ACCOUNT,   FORM_CRITERION};
  *rule = (struct world_rule){.form = forms[chance_below(chance, 10)], .when_country = WORLD_NONE};
  rule->group = maybe(chance, 40, WORLD_GROUPS);
  rule->counts_while_country = WORLD_NONE;
  make_points(chance, world, rule);
  if (rule->form == FORM_BEHAVIOUR || rule->form == FORM_SEQUENCE) make_behaviour(chance, rule);
  if (rule->form == FORM_TRAIT) rule->when_country = chance_below(chance, WORLD_COUNTRIES);
  if (rule->form == FORM_TABLE) make_table(chance, rule);
  if (rule->form == FORM_CRITERION) rule->criterion = chance_below(chance, WORLD_CRITERIA);
  if (rule->form == FORM_ACCOUNT) rule->tier = chance_below(chance, WORLD_TIERS);
  if (rule->form != FORM_SEEN) return;
  rule->on[0] = make_pattern(chance);
  rule->on_count = 1;
  rule->times = chance_between(chance, 1, 4);
  rule->within_ms = make_span(chance);
}

static void make_reset(struct chance *chance, struct world_reset *reset) {
  *reset = (struct world_reset){.on_count = chance_between(chance, 1, 2)};
  for (int i = 0; i < reset->on_count; i++) reset->on[i] = make_pattern(chance);
  reset->keep_percent = chance_of(chance, 50) ? 0 : chance_between(chance, 1, 99);
  reset->dimensions = (unsigned)chance_between(chance, 1, (1 << WORLD_DIMENSIONS) - 1);
}

static void make_bounds(struct chance *chance, int64_t *min, int64_t *max) {
  *min = chance_of(chance, 40) ? -chance_below(chance, 20) : -WORLD_NO_LIMIT;
  *max = chance_of(chance, 50) ? chance_between(chance, 20, 120) : WORLD_NO_LIMIT;
}

/* --- making events ------------------------------------------------------------------------------------------------- */

static void make_who(struct chance *chance, const struct world *world, struct world_event *event) {
  event->user = maybe(chance, 55, world->users);
  event->anonymous = event->user == WORLD_NONE || chance_of(chance, 25)
                         ? chance_below(chance, world->anonymous)
                         : WORLD_NONE;
}

static void make_event(struct chance *chance, const struct world *world, struct world_event *event,
                       int number) {
  *event = (struct world_event){.number = number,
                                .previous = WORLD_NONE,
                                .country = WORLD_NONE,
                                .seats = WORLD_NONE,
                                .account = WORLD_NONE,
                                .tier = WORLD_NONE,
                                .email = WORLD_NONE,
                                .stage = WORLD_NONE};
  /* Some instants are crowded. */
  int64_t ms = (int64_t)(chance_next(chance) % ((uint64_t)WORLD_DAYS * DAY_MS));
  event->time_ms = WORLD_EPOCH + (chance_of(chance, 30) ? ms / (6 * HOUR_MS) * (6 * HOUR_MS) : ms);
  make_who(chance, world, event);
  int kind = chance_below(chance, 100);
  event->type = kind < 36   ? WORLD_TRACK
                : kind < 60 ? WORLD_PAGE
                : kind < 66 ? WORLD_ANSWER
                : kind < 82 ? WORLD_IDENTIFY
                : kind < 90 ? WORLD_GROUP
                : kind < 98 ? WORLD_ACT
                            : WORLD_ALIAS;
  event->name = chance_below(chance, event->type == WORLD_PAGE ? WORLD_PATHS : WORLD_NAMES);
  event->n = maybe(chance, 60, 15);
  if (event->type == WORLD_IDENTIFY) {
    event->country = maybe(chance, 70, WORLD_COUNTRIES);
    event->seats = maybe(chance, 50, 100);
    event->email = maybe(chance, 25, WORLD_EMAILS);
  }
  if (event->type == WORLD_ANSWER) event->criterion = chance_below(chance, WORLD_CRITERIA);
  if (event->type == WORLD_ACT) {
    event->stage = maybe(chance, 60, WORLD_STAGES);
    event->of_main = chance_of(chance, 30);
  }
  if (event->type == WORLD_TRACK || event->type == WORLD_PAGE)
    event->account = maybe(chance, 10, WORLD_ACCOUNTS);
  if (event->type == WORLD_GROUP) {
    event->account = chance_below(chance, WORLD_ACCOUNTS);
    event->tier = maybe(chance, 80, WORLD_TIERS);
    if (chance_of(chance, 30)) event->user = event->anonymous = WORLD_NONE;
  }
  if (event->type != WORLD_ALIAS) return;
  if (event->user == WORLD_NONE) event->user = chance_below(chance, world->users);
  event->previous = maybe(chance, 50, world->users);
  event->previous_anonymous = chance_below(chance, world->anonymous);
}

void world_make(struct world *world, uint64_t seed) {
  struct chance chance = {seed * 7919 + 1};
  memset(world, 0, sizeof *world);
  for (int d = 0; d < WORLD_DIMENSIONS; d++)
    make_bounds(&chance, &world->dimension_min[d], &world->dimension_max[d]);
  for (int g = 0; g < WORLD_GROUPS; g++) {
    world->group_dimension[g] = chance_below(&chance, WORLD_DIMENSIONS);
    make_bounds(&chance, &world->group_min[g], &world->group_max[g]);
  }
  world->rule_count = chance_between(&chance, 4, WORLD_RULES);
  for (int r = 0; r < world->rule_count; r++) make_rule(&chance, world, &world->rules[r]);
  world->reset_count = chance_below(&chance, WORLD_RESETS + 1);
  for (int r = 0; r < world->reset_count; r++) make_reset(&chance, &world->resets[r]);
  world->users = chance_between(&chance, 1, 6);
  world->anonymous = chance_between(&chance, 1, 6);
  world->event_count = chance_between(&chance, 1, WORLD_EVENTS);
  for (int i = 0; i < world->event_count; i++) make_event(&chance, world, &world->events[i], i);
}

bool pattern_matches(const struct pattern *pattern, const struct world_event *event) {
  if (event->type != (pattern->is_page ? WORLD_PAGE : pattern->is_act ? WORLD_ACT : WORLD_TRACK))
    return false;
  if (pattern->name != WORLD_NONE && pattern->name != event->name) return false;
  return pattern->at_least == WORLD_NONE || (event->n != WORLD_NONE && event->n >= pattern->at_least);
}

int64_t world_expiry_ms(int criterion) {
  return (criterion ? 9 : 6) * DAY_MS;
}

void world_user(int user, char out[16]) {
  snprintf(out, 16, "user%d", user);
}

void world_anonymous(int anonymous, char out[16]) {
  snprintf(out, 16, "anon%d", anonymous);
}

void world_key(const struct world_event *event, char out[32]) {
  snprintf(out, 32, "s%d m%d", event->number % 2, event->number);
}
