/* agreement_stages.c - how a lead moves from stage to stage, whom nobody contacts, and what is asked of a lead. */
#include "core/desk/agreement_words.h"

#include "model/ruleset/framework.h"

/* --- stages ------------------------------------------------------------------------------------------------------------ */

static void add_mask(const struct lifecycle *l, const char *lead, uint64_t stages, struct buf *out) {
  if (!stages) return;
  buf_add_text(out, lead);
  words_stages(l, stages, "and", out);
  buf_add_text(out, ".\n");
}

/* "amount|metric": either will do. */
static void add_names(struct str names, struct buf *out) {
  for (size_t i = 0; i < names.len; i++) {
    if (names.p[i] == '|')
      buf_add_text(out, " or ");
    else
      buf_add_char(out, names.p[i]);
  }
}

static void add_asks(const char *lead, struct asks asks, int depth, struct buf *out) {
  if (asks.count == 0) return;
  words_indent(depth, out);
  buf_add_text(out, lead);
  for (uint32_t i = 0; i < asks.count; i++) {
    buf_add_text(out, i ? "; " : "");
    add_names(asks.items[i].field, out);
    if (asks.items[i].matcher->op == MATCH_PRESENT) continue;
    buf_add_text(out, " is ");
    words_matcher(asks.items[i].matcher, out);
  }
  buf_add_char(out, '\n');
}

static void add_learns(const struct move *move, struct buf *out) {
  if (move->learns.count == 0) return;
  words_indent(1, out);
  buf_add_text(out, "and something that was not known: ");
  for (uint32_t i = 0; i < move->learns.count; i++)
    buf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(move->learns.items[i]));
  buf_add_char(out, '\n');
}

static void add_reasons(const struct move *move, struct buf *out) {
  if (move->reason_count == 0) return;
  words_indent(1, out);
  buf_add_text(out, "with one of these reasons\n");
  for (uint32_t i = 0; i < move->reason_count; i++) {
    const struct verdict_reason *reason = &move->reasons[i];
    words_indent(2, out);
    buf_add_text(out, reason->code);
    if (reason->stands_ms)
      buf_add_text(out, reason->stands_ms == TIME_NEVER ? ", which stands " : ", which stands for ");
    if (reason->stands_ms) words_span(reason->stands_ms, out);
    if (*reason->alternative) buf_printf(out, "; offer %s", reason->alternative);
    buf_add_char(out, '\n');
  }
}

/* The parts of a condition, each its own bullet. */
static void add_parts(const struct ruleset *rules, const struct cond *cond, int depth, struct buf *out) {
  if (cond->op != COND_AND) {
    words_cond(rules, cond, depth, out);
    return;
  }
  for (uint32_t i = 0; i < cond->len; i++) add_parts(rules, cond->kids[i], depth, out);
}

static void add_resets(const struct ruleset *rules, const struct move *move, struct buf *out) {
  if (!move->resets) return;
  const char *words[RULESET_MAX_DIMENSIONS];
  uint32_t count = 0;
  for (uint32_t i = 0; i < rules->dimension_count; i++)
    if (move->resets >> i & 1) words[count++] = rules->dimensions[i].name;
  words_indent(1, out);
  words_list(words, count, "and", out);
  buf_add_text(out, " begin anew\n");
}

static void add_people(const struct ruleset *rules, const struct move *move, struct buf *out) {
  buf_add_text(out, ", by ");
  words_list(move->by, move->by_count, "or", out);
  if (move->act != NONE) buf_printf(out, " (`%s`)", rules->acts[move->act].name);
  if (move->claim) buf_add_text(out, ", without marketing's word: counted apart");
}

static void add_move(const struct ruleset *rules, const struct lifecycle *l, const struct move *move,
                     struct buf *out) {
  buf_add_text(out, "- ");
  words_stages(l, move->from, "or", out);
  buf_printf(out, " to **%s**", l->stages[move->to]);
  if (move->when)
    buf_add_text(out, ", by itself");
  else
    add_people(rules, move, out);
  words_doc(move->doc, out);
  buf_add_char(out, '\n');
  if (move->when) add_parts(rules, move->when, 1, out);
  if (move->need) add_parts(rules, move->need, 1, out);
  if (move->act != NONE && !move->when) add_asks("they say ", rules->acts[move->act].asks, 1, out);
  add_asks("they say ", move->asks, 1, out);
  add_learns(move, out);
  add_reasons(move, out);
  add_resets(rules, move, out);
  if (!move->again_ms) return;
  words_indent(1, out);
  buf_add_text(out, "not again within ");
  words_span(move->again_ms, out);
  buf_add_char(out, '\n');
}

static void add_gates(const struct ruleset *rules, const struct lifecycle *l, struct buf *out) {
  if (l->gate_count)
    buf_add_text(out, "\nWhat it takes to enter a stage, whatever the score is and whoever asks\n\n");
  for (uint32_t g = 0; g < l->gate_count; g++) {
    buf_add_text(out, "- **");
    words_stages(l, l->gates[g].into, "or", out);
    buf_add_text(out, "**");
    words_doc(l->gates[g].doc, out);
    buf_add_char(out, '\n');
    add_parts(rules, l->gates[g].need, 1, out);
  }
}

static void add_lifecycle(const struct ruleset *rules, const struct lifecycle *l, struct buf *out) {
  buf_printf(out, "### %s\n\n", l->name);
  if (l->who) {
    buf_add_text(out, "For leads with: ");
    words_inline(rules, l->who, out);
    buf_add_text(out, ".\n");
  }
  buf_printf(out, "A lead begins in %s.\n", l->stages[l->start]);
  add_mask(l, "Marketing's word: ", l->endorsed, out);
  add_mask(l, "Sales' own stages: ", l->sales, out);
  add_mask(l, "Where it ends: ", l->final, out);
  add_mask(l, "In no figure of the funnel: ", l->outside, out);
  add_gates(rules, l, out);
  if (l->move_count) buf_add_text(out, "\nThe ways from stage to stage\n\n");
  for (uint32_t m = 0; m < l->move_count; m++) add_move(rules, l, &l->moves[m], out);
}

static void add_contact(const struct ruleset *rules, struct buf *out) {
  if (rules->contact_count == 0) return;
  buf_add_text(out, "\n### Whom nobody contacts\n\nThey are handed to no seller, whatever they score and "
                    "whoever asks.\n\n");
  for (uint32_t i = 0; i < rules->contact_count; i++) {
    buf_printf(out, "- %s: ", rules->contact[i].id);
    words_inline(rules, rules->contact[i].when, out);
    buf_add_char(out, '\n');
  }
}

static void add_segments(const struct ruleset *rules, struct buf *out) {
  if (rules->segment_count == 0) return;
  buf_add_text(out, "\n### Segments\n\n");
  for (uint32_t i = 0; i < rules->segment_count; i++) {
    buf_printf(out, "- **%s**", rules->segments[i].id);
    words_doc(rules->segments[i].doc, out);
    buf_add_text(out, " (");
    words_inline(rules, rules->segments[i].when, out);
    buf_add_text(out, ")\n");
  }
}

void agreement_stages(const struct ruleset *rules, struct buf *out) {
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    if (i) buf_add_char(out, '\n');
    add_lifecycle(rules, &rules->lifecycles[i], out);
  }
  add_contact(rules, out);
  add_segments(rules, out);
}

/* --- questions ------------------------------------------------------------------------------------------------------------- */

static const char *kind_word(enum answer_kind kind) {
  switch (kind) {
  case ANSWER_NUMBER: return "a number";
  case ANSWER_MONEY: return "an amount";
  case ANSWER_DATE: return "a date";
  case ANSWER_YES_NO: return "yes or no";
  default: return "in their own words";
  }
}

static void add_kind(const struct criterion *criterion, struct buf *out) {
  if (criterion->kind == ANSWER_CHOICE) {
    words_list(criterion->choices, criterion->choice_count, "or", out);
    return;
  }
  if (criterion->kind == ANSWER_GRADE) {
    for (uint32_t i = 0; i < criterion->choice_count; i++)
      buf_printf(out, "%s%u %s", i ? ", " : "", i, criterion->choices[i]);
    return;
  }
  buf_add_text(out, kind_word(criterion->kind));
  if (*criterion->currency) buf_printf(out, " in %s", criterion->currency);
}

static void add_question(const struct ruleset *rules, const struct criterion *criterion, struct buf *out) {
  buf_printf(out, "- **%s**%s, weight %u: %s\n", criterion->id, criterion->must ? " (must)" : "",
             criterion->weight, criterion->ask);
  words_indent(1, out);
  add_kind(criterion, out);
  if (criterion->met->op != MATCH_PRESENT) {
    buf_add_text(out, "; met when ");
    words_matcher(criterion->met, out);
  }
  if (criterion->expires_ms) {
    buf_add_text(out, "; asked again after ");
    words_span(criterion->expires_ms, out);
  }
  if (*criterion->doc) buf_printf(out, ". %s", criterion->doc);
  buf_add_char(out, '\n');
  if (!criterion->inferred) return;
  words_indent(1, out);
  buf_add_text(out, "while nobody has said: met, as an inference, where ");
  words_inline(rules, criterion->inferred, out);
  buf_add_char(out, '\n');
}

static void add_enough(const struct ruleset *rules, const struct framework *framework, struct buf *out) {
  const char *before = "Qualified when ";
  for (uint32_t i = 0; i < framework->count; i++) {
    if (!rules->criteria[framework->first + i].must) continue;
    buf_printf(out, "%s%s is met", before, rules->criteria[framework->first + i].id);
    before = ", ";
  }
  if (framework->met_least)
    buf_printf(out, "%s%u of %u are met", before, framework->met_least, framework->count);
  if (framework->met_least) before = ", ";
  if (framework->total) {
    buf_printf(out, "%sthe weight of what is met is ", before);
    words_matcher(framework->total, out);
    buf_printf(out, " of %u", framework_weight(rules, framework));
    before = ", ";
  }
  if (framework->answered) {
    buf_printf(out, "%sof all that is asked ", before);
    words_matcher(framework->answered, out);
    buf_add_text(out, " % is answered");
  }
  buf_add_text(out, ".\n");
}

void agreement_questions(const struct ruleset *rules, struct buf *out) {
  for (uint32_t f = 0; f < rules->framework_count; f++) {
    const struct framework *framework = &rules->frameworks[f];
    buf_printf(out, "%s### %s", f ? "\n" : "", framework->id);
    words_doc(framework->doc, out);
    buf_add_text(out, "\n\n");
    add_enough(rules, framework, out);
    if (framework->of_account)
      buf_add_text(out, "What any of a company's people says counts for the company.\n");
    buf_add_char(out, '\n');
    for (uint32_t i = 0; i < framework->count; i++)
      add_question(rules, &rules->criteria[framework->first + i], out);
  }
}
