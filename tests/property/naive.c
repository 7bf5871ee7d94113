#include "naive.h"

#include <stdio.h>
#include <string.h>

static bool comes_before(const struct world_event *a, const struct world_event *b) {
  char left[32], right[32];
  if (a->time_ms != b->time_ms) return a->time_ms < b->time_ms;
  world_key(a, left);
  world_key(b, right);
  return strcmp(left, right) < 0;
}

static void sort_events(struct naive *naive) {
  const struct world_event *events = naive->world->events;
  for (int i = 0; i < naive->world->event_count; i++) {
    int at = i;
    for (; at > 0 && comes_before(&events[i], &events[naive->order[at - 1]]); at--)
      naive->order[at] = naive->order[at - 1];
    naive->order[at] = i;
  }
}

/* --- who is who ---------------------------------------------------------------------------------------------------- */

enum { PEOPLE = 16 };

struct people {
  int same[PEOPLE]; /* users: the smallest number among those that are one */
  bool seen[PEOPLE], away[PEOPLE];
  int64_t first_ms[PEOPLE];
};

static void make_same(struct people *people, int a, int b) {
  int from = people->same[a], to = people->same[b];
  for (int i = 0; i < PEOPLE; i++)
    if (people->same[i] == from) people->same[i] = to;
}

static void meet_people(const struct world *world, struct people *people) {
  memset(people, 0, sizeof *people);
  for (int u = 0; u < PEOPLE; u++) people->same[u] = u;
  for (int i = 0; i < world->event_count; i++) {
    const struct world_event *event = &world->events[i];
    if (event->user == WORLD_NONE) continue;
    if (!people->seen[event->user] || event->time_ms < people->first_ms[event->user])
      people->first_ms[event->user] = event->time_ms;
    people->seen[event->user] = true;
  }
  for (int i = 0; i < world->event_count; i++) {
    const struct world_event *event = &world->events[i];
    if (event->type != WORLD_ALIAS || event->previous == WORLD_NONE || event->previous == event->user)
      continue;
    people->away[event->previous] = true;
    if (people->seen[event->previous]) make_same(people, event->previous, event->user);
  }
}

static bool links(const struct world_event *event, int anonymous) {
  if (event->user == WORLD_NONE) return false;
  if (event->anonymous == anonymous) return true;
  return event->type == WORLD_ALIAS && event->previous == WORLD_NONE &&
         event->previous_anonymous == anonymous;
}

/* The user an anonymous id belongs to at an instant; WORLD_NONE: nobody, ever. */
static int user_at(const struct naive *naive, int anonymous, int64_t time_ms) {
  int found = WORLD_NONE;
  for (int i = 0; i < naive->world->event_count; i++) {
    const struct world_event *event = &naive->world->events[naive->order[i]];
    if (!links(event, anonymous)) continue;
    if (event->time_ms > time_ms && found != WORLD_NONE) break;
    found = event->user;
  }
  return found;
}

static void name_lead(const struct people *people, int same, char id[16]) {
  int best = WORLD_NONE;
  for (int u = 0; u < PEOPLE; u++) {
    if (!people->seen[u] || people->same[u] != same) continue;
    bool better = best == WORLD_NONE || (people->away[best] && !people->away[u]) ||
                  (people->away[best] == people->away[u] && people->first_ms[u] < people->first_ms[best]);
    if (better) best = u; /* on a tie the smaller number, which is the smaller text */
  }
  world_user(best, id);
}

static int lead_named(struct naive *naive, const char *id) {
  for (int lead = 0; lead < naive->lead_count; lead++)
    if (strcmp(naive->ids[lead], id) == 0) return lead;
  snprintf(naive->ids[naive->lead_count], sizeof naive->ids[0], "%s", id);
  return naive->lead_count++;
}

void naive_make(struct naive *naive, const struct world *world) {
  struct people people;
  memset(naive, 0, sizeof *naive);
  naive->world = world;
  sort_events(naive);
  meet_people(world, &people);
  for (int i = 0; i < world->event_count; i++) {
    const struct world_event *event = &world->events[i];
    char id[16];
    naive->owner[i] = -1;
    if (event->user == WORLD_NONE && event->anonymous == WORLD_NONE) continue;
    int user = event->user != WORLD_NONE ? event->user : user_at(naive, event->anonymous, event->time_ms);
    if (user == WORLD_NONE)
      world_anonymous(event->anonymous, id);
    else
      name_lead(&people, people.same[user], id);
    naive->owner[i] = lead_named(naive, id);
  }
}

/* --- a lead's history ---------------------------------------------------------------------------------------------- */

struct history { /* the lead's events up to the instant, in order */
  const struct world_event *events[WORLD_EVENTS];
  int count, lead;
  int64_t at_ms;
};

static void gather(const struct naive *naive, int lead, int64_t at_ms, struct history *history) {
  history->count = 0;
  history->at_ms = at_ms;
  history->lead = lead;
  for (int i = 0; i < naive->world->event_count; i++) {
    const struct world_event *event = &naive->world->events[naive->order[i]];
    if (naive->owner[naive->order[i]] == lead && event->time_ms <= at_ms)
      history->events[history->count++] = event;
  }
}

int naive_events(const struct naive *naive, int lead, int64_t at_ms) {
  struct history history;
  gather(naive, lead, at_ms, &history);
  return history.count;
}

int naive_stage(const struct naive *naive, int lead, int64_t at_ms) {
  struct history history;
  int stage = 0;
  gather(naive, lead, at_ms, &history);
  for (int i = 0; i < history.count; i++) {
    const struct world_event *event = history.events[i];
    if (event->type == WORLD_ACT && event->stage != WORLD_NONE && !event->of_main) stage = event->stage;
  }
  return stage;
}

/* What the lead's traits are after event `index`. */
static int country_after(const struct history *history, int index) {
  for (int i = index; i >= 0; i--)
    if (history->events[i]->country != WORLD_NONE) return history->events[i]->country;
  return WORLD_NONE;
}

static int seats_after(const struct history *history, int index) {
  for (int i = index; i >= 0; i--)
    if (history->events[i]->seats != WORLD_NONE) return history->events[i]->seats;
  return WORLD_NONE;
}

static int account_of(const struct naive *naive, int lead, int64_t at_ms) {
  int account = WORLD_NONE;
  for (int i = 0; i < naive->world->event_count; i++) {
    const struct world_event *event = &naive->world->events[naive->order[i]];
    bool names = naive->owner[naive->order[i]] == lead && event->time_ms <= at_ms;
    if (names && event->account != WORLD_NONE) account = event->account;
  }
  return account;
}

/* The newest answer of one lead's; NULL: it gave none, or took the last one back. */
static const struct world_event *answer_of(const struct naive *naive, int lead, int criterion, int64_t at_ms,
                                           int *place) {
  const struct world_event *newest = NULL;
  for (int i = 0; i < naive->world->event_count; i++) {
    const struct world_event *event = &naive->world->events[naive->order[i]];
    if (event->type != WORLD_ANSWER || event->criterion != criterion || event->time_ms > at_ms) continue;
    if (naive->owner[naive->order[i]] != lead) continue;
    newest = event;
    *place = i;
  }
  return newest && newest->n != WORLD_NONE ? newest : NULL;
}

/* The newest answer of the lead's, or of anybody's who belongs to its account at the instant, stands until it expires. Who takes one back
 * takes back what was said of that one alone. */
static bool is_met(const struct naive *naive, const struct history *history, int criterion) {
  int account = account_of(naive, history->lead, history->at_ms), newest_place = -1;
  const struct world_event *newest = NULL;
  for (int lead = 0; lead < naive->lead_count; lead++) {
    int place = -1;
    bool team = criterion && account != WORLD_NONE && account_of(naive, lead, history->at_ms) == account;
    if (lead != history->lead && !team) continue;
    const struct world_event *answer = answer_of(naive, lead, criterion, history->at_ms, &place);
    if (!answer || place < newest_place) continue;
    newest = answer;
    newest_place = place;
  }
  return newest && newest->n >= WORLD_ENOUGH && history->at_ms < newest->time_ms + world_expiry_ms(criterion);
}

/* What is known of the account the lead belongs to at the instant, whoever said it. */
static int tier_at(const struct naive *naive, const struct history *history) {
  int account = account_of(naive, history->lead, history->at_ms), tier = WORLD_NONE;
  for (int i = 0; i < naive->world->event_count && account != WORLD_NONE; i++) {
    const struct world_event *event = &naive->world->events[naive->order[i]];
    bool says = event->type == WORLD_GROUP && event->account == account && event->time_ms <= history->at_ms;
    if (says && event->tier != WORLD_NONE) tier = event->tier;
  }
  return tier;
}

/* --- firings --------------------------------------------------------------------------------------------------------- */

/* The latest start of a chain steps[0 .. step] that ends at event `index`, using events after `after`; -1: none. */
static int chain_start(const struct history *history, const struct world_rule *rule, int step, int index,
                       int after) {
  int best = -1;
  if (!pattern_matches(&rule->on[step], history->events[index])) return -1;
  if (step == 0) return index;
  for (int i = after + 1; i < index; i++) {
    int start = chain_start(history, rule, step - 1, i, after);
    if (start > best) best = start;
  }
  return best;
}

/* Whether the event at `index` completes the sequence; *after is the last event of the match before. */
static bool completes(const struct history *history, const struct world_rule *rule, int index, int *after) {
  int start = chain_start(history, rule, rule->on_count - 1, index, *after);
  if (start < 0 || history->events[start]->time_ms <= history->events[index]->time_ms - rule->within_ms)
    return false;
  *after = index;
  return true;
}

static bool matches_any(const struct pattern *patterns, int count, const struct world_event *event) {
  for (int i = 0; i < count; i++)
    if (pattern_matches(&patterns[i], event)) return true;
  return false;
}

/* counted[0 .. count): the events whose firings count, after limits. */
static int count_firings(const struct history *history, const struct world_rule *rule,
                         int counted[WORLD_EVENTS]) {
  int count = 0, after = -1;
  for (int i = 0; i < history->count; i++) {
    bool fires = rule->form == FORM_SEQUENCE ? completes(history, rule, i, &after)
                                             : matches_any(rule->on, rule->on_count, history->events[i]);
    if (!fires) continue;
    if (rule->when_country != WORLD_NONE && country_after(history, i) != rule->when_country) continue;
    int within = 0;
    for (int k = 0; k < count; k++)
      within += !rule->limit_per_ms ||
                history->events[counted[k]]->time_ms > history->events[i]->time_ms - rule->limit_per_ms;
    if (rule->limit_times && within >= rule->limit_times) continue;
    counted[count++] = i;
  }
  return count;
}

/* --- worth ----------------------------------------------------------------------------------------------------------- */

typedef __int128 wide;
#define UNIT (INT64_C(1) << 30) /* of an addition, so that resets can leave a part */

/* Nearest integer, halves away from zero. */
static int64_t divide(wide a, wide b) {
  return (int64_t)(a >= 0 ? (2 * a + b) / (2 * b) : -((-2 * a + b) / (2 * b)));
}

/* What the resets of an event leave of an amount, in 2^30ths of an addition: each cuts off what is below one. */
static wide after_resets(const struct naive *naive, const struct world_event *event, int dimension,
                         wide amount) {
  for (int r = 0; r < naive->world->reset_count; r++) {
    const struct world_reset *reset = &naive->world->resets[r];
    bool cuts = (reset->dimensions >> dimension & 1) && matches_any(reset->on, reset->on_count, event);
    if (cuts) amount = amount * reset->keep_percent / 100;
  }
  return amount;
}

/* The same as a factor. */
static long double factor_of_resets(const struct naive *naive, const struct world_event *event,
                                    int dimension) {
  const wide precise = (wide)1 << 60;
  return (long double)after_resets(naive, event, dimension, precise) / precise;
}

/* Without decay a rule holds one sum, and resets cut the sum. */
static wide plain_sum(const struct naive *naive, const struct history *history, int dimension,
                      const int *counted, int count) {
  wide sum = 0;
  for (int i = 0, k = 0; i < history->count; i++) {
    sum = after_resets(naive, history->events[i], dimension, sum);
    if (k < count && counted[k] == i) sum += UNIT, k++;
  }
  return sum;
}

/* 2^-x by squaring the root, for x >= 0: slow, and precise to some 60 bits. */
static long double half_to_the(long double x) {
  static const long double ln2 = 0.693147180559945309417232121458176568L;
  long double y = x * ln2, term = 1, sum = 1;
  int squarings = 0;
  for (; y > 0.01L; squarings++) y /= 2;
  for (int n = 1; n < 20; n++) sum += term *= y / n;
  for (; squarings > 0; squarings--) sum *= sum;
  return 1 / sum;
}

static int64_t step_percent(const struct world_rule *rule, int64_t age) {
  if (age >= 3 * rule->decay_span_ms) return rule->step_percent[1];
  return age >= rule->decay_span_ms ? rule->step_percent[0] : 100;
}

enum { NEWEST = 256 }; /* additions that a linear or step decay remembers */

/* With a decay each addition fades, and is cut, by itself: the one at `index`, in 2^30ths of a whole `span` or percent. */
static wide faded(const struct naive *naive, const struct history *history, const struct world_rule *rule,
                  int dimension, int index) {
  int64_t age = history->at_ms - history->events[index]->time_ms, span = rule->decay_span_ms;
  wide units = UNIT;
  for (int i = index + 1; i < history->count; i++)
    units = after_resets(naive, history->events[i], dimension, units);
  if (rule->decay == FORM_STEP) return units * step_percent(rule, age);
  return units * (age < span ? span - age : 0);
}

static long double half_lived(const struct naive *naive, const struct history *history,
                              const struct world_rule *rule, int dimension, int index) {
  long double age = history->at_ms - history->events[index]->time_ms, factor = 1;
  for (int i = index + 1; i < history->count; i++)
    factor *= factor_of_resets(naive, history->events[i], dimension);
  return half_to_the(age / rule->decay_span_ms) * factor;
}

static int64_t behaviour_worth(const struct naive *naive, const struct history *history,
                               const struct world_rule *rule, int dimension) {
  int counted[WORLD_EVENTS], count = count_firings(history, rule, counted);
  int64_t points = rule->points[dimension] * INT64_C(1000);
  long double fading = 0;
  wide sum = 0;
  if (rule->decay == FORM_NONE)
    return divide(plain_sum(naive, history, dimension, counted, count) * points, UNIT);
  if (rule->decay == FORM_HALF_LIFE) {
    for (int k = 0; k < count; k++) fading += half_lived(naive, history, rule, dimension, counted[k]);
    fading *= points;
    return fading < 0 ? -(int64_t)(-fading + 0.500001L) : (int64_t)(fading + 0.500001L);
  }
  for (int k = count > NEWEST ? count - NEWEST : 0; k < count; k++)
    sum += faded(naive, history, rule, dimension, counted[k]);
  return divide(sum * points, (wide)UNIT * (rule->decay == FORM_STEP ? 100 : rule->decay_span_ms));
}

static int64_t profile_worth(const struct naive *naive, const struct history *history,
                             const struct world_rule *rule, int dimension) {
  int last = history->count - 1, times = 0;
  switch (rule->form) {
  case FORM_ACCOUNT:
    return tier_at(naive, history) == rule->tier ? rule->points[dimension] * INT64_C(1000) : 0;
  case FORM_CRITERION:
    return is_met(naive, history, rule->criterion) ? rule->points[dimension] * INT64_C(1000) : 0;
  case FORM_TRAIT:
    return country_after(history, last) == rule->when_country ? rule->points[dimension] * INT64_C(1000) : 0;
  case FORM_SEEN:
    for (int i = 0; i <= last; i++)
      times += pattern_matches(&rule->on[0], history->events[i]) &&
               history->events[i]->time_ms > history->at_ms - rule->within_ms;
    return times >= rule->times ? rule->points[dimension] * INT64_C(1000) : 0;
  default: break;
  }
  if (dimension != rule->table_dimension || seats_after(history, last) == WORLD_NONE) return 0;
  for (int i = 0; i < rule->row_count; i++)
    if (seats_after(history, last) >= rule->row_at_least[i]) return rule->row_value[i] * INT64_C(1000);
  return 0;
}

static int64_t clamp(int64_t n, int64_t min, int64_t max) {
  return n < min ? min : n > max ? max : n;
}

static int64_t rule_worth(const struct naive *naive, const struct history *history,
                          const struct world_rule *rule, int dimension) {
  bool behaves = rule->form == FORM_BEHAVIOUR || rule->form == FORM_SEQUENCE;
  int64_t worth = behaves ? behaviour_worth(naive, history, rule, dimension)
                          : profile_worth(naive, history, rule, dimension);
  if (rule->cap) worth = clamp(worth, -rule->cap * INT64_C(1000), rule->cap * INT64_C(1000));
  bool counts = rule->counts_while_country == WORLD_NONE ||
                country_after(history, history->count - 1) == rule->counts_while_country;
  return counts ? worth : 0;
}

void naive_scores(const struct naive *naive, int lead, int64_t at_ms, int64_t scores[WORLD_DIMENSIONS]) {
  const struct world *world = naive->world;
  struct history history;
  gather(naive, lead, at_ms, &history);
  for (int d = 0; d < WORLD_DIMENSIONS; d++) {
    int64_t groups[WORLD_GROUPS] = {0}, total = 0;
    for (int r = 0; r < world->rule_count; r++) {
      int64_t worth = rule_worth(naive, &history, &world->rules[r], d);
      int group = world->rules[r].group;
      if (group != WORLD_NONE && world->group_dimension[group] == d)
        groups[group] += worth;
      else
        total += worth;
    }
    for (int g = 0; g < WORLD_GROUPS; g++)
      if (world->group_dimension[g] == d)
        total += clamp(groups[g], world->group_min[g] * 1000, world->group_max[g] * 1000);
    scores[d] = clamp(total, world->dimension_min[d] * 1000, world->dimension_max[d] * 1000);
  }
}
