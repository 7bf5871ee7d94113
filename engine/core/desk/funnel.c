#include "core/desk/funnel.h"

#include "base/err.h"
#include <stdlib.h>

struct figures {
  uint32_t leads, existing, outside, endorsed, accepted, claimed;
  uint32_t stages[RULESET_MAX_STAGES];
};

struct counting { /* a lifecycle's, over all leads */
  const struct leadbook *book;
  const struct lifecycle *lifecycle;
  int number;
  uint16_t name; /* the book's */
  int64_t from_ms, to_ms;
  struct figures figures;
};

static int stage_of(const struct counting *c, uint16_t name) {
  return lifecycle_stage(c->lifecycle, str_of(leadbook_name(c->book, name)));
}

static bool is_in(uint64_t mask, int stage) {
  return stage != NONE && mask >> stage & 1;
}

bool funnel_is_outside(const struct leadbook *book, const struct lead_entry *entry,
                       const struct ruleset *rules, int lifecycle) {
  const struct lifecycle *of = &rules->lifecycles[lifecycle];
  return is_in(of->outside, lifecycle_stage(of, str_of(leadbook_name(book, entry->recorded[lifecycle]))));
}

/* Whether marketing had given its word in that cycle before. */
static bool was_endorsed(const struct counting *c, const struct decision *decision) {
  for (const struct decision *known = decision; known; known = leadbook_decision(c->book, known->older)) {
    if (known->lifecycle != c->name) continue;
    if (known->cycle != decision->cycle) return false;
    if (is_in(c->lifecycle->endorsed, stage_of(c, known->from))) return true;
  }
  return false;
}

struct came { /* a lead, in the span */
  uint64_t stages;
  bool accepted, claimed, existing;
};

static void take_decision(const struct counting *c, const struct decision *decision, struct came *came) {
  int from = stage_of(c, decision->from), to = stage_of(c, decision->to);
  if (to == NONE || !cause_is_live((enum cause)decision->cause)) return;
  if (decision->at_ms < c->from_ms || decision->at_ms >= c->to_ms) return;
  if (decision->existing) {
    came->existing = true;
    return;
  }
  came->stages |= UINT64_C(1) << to;
  if (from == NONE || !lifecycle_hands_off(c->lifecycle, from, to)) return;
  if (was_endorsed(c, decision))
    came->accepted = true;
  else
    came->claimed = true;
}

static void count_lead(struct counting *c, const struct ruleset *rules, const struct lead_entry *entry) {
  struct figures *figures = &c->figures;
  struct came came = {.stages = 0};
  if (entry->ignored) return;
  if (funnel_is_outside(c->book, entry, rules, c->number)) {
    figures->outside++;
    return;
  }
  for (uint32_t number = entry->decisions; number; number = leadbook_decision(c->book, number)->older)
    if (leadbook_decision(c->book, number)->lifecycle == c->name)
      take_decision(c, leadbook_decision(c->book, number), &came);
  figures->existing += entry->existing || came.existing;
  figures->leads += !entry->existing;
  figures->accepted += came.accepted;
  figures->claimed += came.claimed;
  figures->endorsed += (came.stages & c->lifecycle->endorsed) != 0;
  for (uint32_t s = 0; s < c->lifecycle->stage_count; s++) figures->stages[s] += came.stages >> s & 1;
}

static void put_figures(const struct counting *c, struct json_writer *w) {
  const struct figures *figures = &c->figures;
  json_open(w, '{');
  json_key(w, "lifecycle");
  json_put_text(w, c->lifecycle->name);
  json_member_int(w, "leads", figures->leads);
  json_member_int(w, "existing", figures->existing);
  json_member_int(w, "outside", figures->outside);
  json_member_int(w, "endorsed", figures->endorsed);
  json_member_int(w, "accepted", figures->accepted);
  json_member_int(w, "claimed", figures->claimed);
  json_key(w, "stages");
  json_open(w, '[');
  for (uint32_t s = 0; s < c->lifecycle->stage_count; s++) {
    if (c->lifecycle->outside >> s & 1) continue;
    json_open(w, '{');
    json_key(w, "stage");
    json_put_text(w, c->lifecycle->stages[s]);
    json_member_int(w, "leads", figures->stages[s]);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}

struct funnel {
  const struct ruleset *rules;
  struct counting *counting; /* per lifecycle */
};

static bool is_told(const struct lifecycle *lifecycle) {
  return lifecycle->endorsed | lifecycle->sales | lifecycle->outside;
}

struct funnel *funnel_new(const struct leadbook *book, const struct ruleset *rules, int64_t from_ms,
                          int64_t to_ms) {
  struct funnel *funnel = xcalloc(1, sizeof *funnel);
  funnel->rules = rules;
  funnel->counting = xcalloc(rules->lifecycle_count + 1, sizeof *funnel->counting);
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    funnel->counting[i] =
        (struct counting){.book = book,
                          .lifecycle = &rules->lifecycles[i],
                          .number = (int)i,
                          .name = leadbook_find_name(book, str_of(rules->lifecycles[i].name)),
                          .from_ms = from_ms,
                          .to_ms = to_ms};
  return funnel;
}

void funnel_free(struct funnel *funnel) {
  if (funnel) free(funnel->counting);
  free(funnel);
}

void funnel_count(struct funnel *funnel, const struct lead_entry *entry) {
  for (uint32_t i = 0; i < funnel->rules->lifecycle_count; i++)
    if (is_told(&funnel->rules->lifecycles[i])) count_lead(&funnel->counting[i], funnel->rules, entry);
}

void funnel_json(const struct funnel *funnel, struct json_writer *w) {
  json_open(w, '[');
  for (uint32_t i = 0; i < funnel->rules->lifecycle_count; i++)
    if (is_told(&funnel->rules->lifecycles[i])) put_figures(&funnel->counting[i], w);
  json_close(w, ']');
}
