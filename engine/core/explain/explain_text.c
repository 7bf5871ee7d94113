/* An explanation for people: scores taken apart, ways out of the stage, what is nearest. */
#include "base/text.h"
#include "core/explain/explain.h"
#include "core/explain/qualify.h"
#include "core/explain/whatif.h"

enum { POINTS_WIDTH = 10 };

static void put_points(struct buf *out, int64_t milli) {
  char text[32];
  points_text(milli, true, text);
  if (milli == 0) snprintf(text, sizeof text, "0");
  buf_add_repeat(out, ' ', strlen(text) < POINTS_WIDTH ? POINTS_WIDTH - strlen(text) : 0);
  buf_add_text(out, text);
}

static void put_text_trait(const struct fold *fold, const char *path, const char *before, struct buf *out) {
  struct value v = fold_trait(fold, str_of(path));
  if (v.kind == VALUE_STRING && v.len > 0) buf_printf(out, "%s%.*s", before, (int)v.len, v.text);
}

static void put_who(const struct fold *fold, struct buf *out) {
  buf_printf(out, "%.*s", STR_ARG(fold_lead_id(fold)));
  size_t start = out->len;
  put_text_trait(fold, "first_name", "  ", out);
  put_text_trait(fold, "last_name", out->len > start ? " " : "  ", out);
  if (out->len == start) put_text_trait(fold, "name", "  ", out);
  put_text_trait(fold, "title", ", ", out);
  put_text_trait(fold, "company.name", ", ", out);
  put_text_trait(fold, "email", ", ", out);
  buf_add_char(out, '\n');
}

static void put_stages(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  char since[TIME_TEXT_MAX];
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[l];
    buf_printf(out, "  stage    %s since %s", lifecycle->stages[fold_stage(fold, (int)l)],
               time_text(fold_stage_since(fold, (int)l), since));
    if (rules->lifecycle_count > 1)
      buf_printf(out, " (%s%s)", lifecycle->name,
                 fold_in_lifecycle(fold, (int)l) ? "" : ", which is not for this lead");
    if (fold_cycle(fold) > 1) buf_printf(out, ", cycle %u", fold_cycle(fold));
    buf_add_char(out, '\n');
  }
}

/* "  account  acme, by its domain; no new business" */
static void put_account(const struct fold *fold, struct buf *out) {
  bool asked = fold_rules(fold)->account_domain_count || fold_rules(fold)->account_existing;
  if (!asked || fold_account(fold).len == 0) return;
  buf_printf(out, "  account  %.*s%s%s\n", STR_ARG(fold_account(fold)),
             fold_account_by_domain(fold) ? ", by its domain" : "",
             fold_new_business(fold) ? "" : "; no new business");
}

static void put_segments(const struct fold *fold, struct buf *out) {
  const struct ruleset *rules = fold_rules(fold);
  uint64_t in = fold_segments(fold);
  if (in == 0) return;
  buf_add_text(out, "  segments");
  for (uint32_t i = 0; i < rules->segment_count; i++)
    if (in >> i & 1)
      buf_printf(out, "%s %s", in & ((UINT64_C(1) << i) - 1) ? "," : "", rules->segments[i].id);
  buf_add_char(out, '\n');
}

static void put_profile(const struct explanation *e, struct buf *out) {
  if (e->field_count == 0) return;
  buf_printf(out, "  profile  %d %% complete", fold_completeness(e->fold));
  const char *before = "; missing: ";
  for (uint32_t i = 0; i < e->field_count; i++) {
    if (e->fields[i].valid) continue;
    buf_printf(out, "%s%.*s%s", before, STR_ARG(e->fields[i].field->path),
               e->fields[i].present           ? " (not valid)"
               : e->fields[i].field->required ? ""
                                              : " (optional)");
    before = ", ";
  }
  buf_add_char(out, '\n');
}

static void put_header(const struct explanation *e, struct buf *out) {
  const struct fold *fold = e->fold;
  const struct ruleset *rules = fold_rules(fold);
  char a[TIME_TEXT_MAX], b[TIME_TEXT_MAX];
  const struct ignore *ignored = fold_ignored(fold);
  put_who(fold, out);
  if (ignored) buf_printf(out, "  ignored  by %s: %s\n", ignored->id, ignored->doc);
  put_stages(fold, out);
  put_account(fold, out);
  put_segments(fold, out);
  if (rules->grade_rows != NONE) {
    buf_add_text(out, "  grade    ");
    fold_grade(fold, out);
    buf_add_char(out, '\n');
  }
  buf_printf(out, "  seen     %s to %s, %u event%s\n", time_date(fold_first_seen(fold), a),
             time_date(fold_last_seen(fold), b), fold_events(fold), fold_events(fold) == 1 ? "" : "s");
  put_profile(e, out);
  buf_printf(out, "  as of    %s, ruleset %.12s\n", time_text(fold_now(fold), a), rules->hash);
  if (fold_incomplete(fold))
    buf_add_text(out, "  note     incomplete: a rule's function failed for this lead\n");
}

/* --- the parts of a score --------------------------------------------------------------------------------------- */

static void put_limit(const struct rule *rule, const struct fold_part *part, struct buf *out) {
  char span[TIME_TEXT_MAX];
  if (part->limited == 0) return;
  buf_printf(out, "; %u more left out by the limit (%u", part->limited, rule->limit.times);
  if (rule->limit.per_ms) buf_printf(out, " per %s", duration_text(rule->limit.per_ms, span));
  buf_add_char(out, ')');
}

static void put_cuts(const struct rule *rule, const struct fold_part *part, struct buf *out) {
  char a[32], b[32];
  if (part->suspended)
    buf_add_text(out, "; does not count while its counts_while fails");
  else if (part->raw != part->held)
    buf_printf(out, "; capped at %s from %s", points_text(rule->cap, false, a),
               points_text(part->raw, false, b));
  if (part->unknown)
    buf_add_text(out,
                 part->pending ? "; unknown: an enricher is being asked" : "; unknown: its function failed");
}

static void put_behaviour(const struct rule *rule, const struct fold_part *part, struct buf *out) {
  char a[TIME_TEXT_MAX], b[TIME_TEXT_MAX], n[32], lost[32];
  buf_printf(out, "%u %s", part->count, part->count == 1 ? "time" : "times");
  if (part->count == 1) buf_printf(out, ", %s", time_date(part->first_ms, a));
  if (part->count > 1)
    buf_printf(out, ", %s to %s", time_date(part->first_ms, a), time_date(part->last_ms, b));
  if (part->raw != part->undecayed)
    buf_printf(out, "; %s when added, %s left off by decay or reset", points_text(part->undecayed, false, n),
               points_text(part->undecayed - part->raw, false, lost));
  put_limit(rule, part, out);
}

static void put_holding(const struct rule *rule, const struct fold_part *part, struct buf *out) {
  char since[TIME_TEXT_MAX];
  buf_printf(out, "since %s", time_date(part->first_ms, since));
  if (part->row == NONE) return;
  buf_printf(out, ": %.*s ", STR_ARG(rule->field));
  matcher_describe(rule->rows[part->row].matcher, out);
}

static void put_part(const struct fold *fold, const struct fold_part *part, size_t id_width,
                     struct buf *out) {
  const struct rule *rule = &fold_rules(fold)->rules[part->rule];
  put_points(out, part->held);
  buf_printf(out, "  %-*s  %s\n", (int)id_width, rule->id, rule->doc);
  buf_add_repeat(out, ' ', POINTS_WIDTH + 2 + id_width + 2);
  if (rule->kind == RULE_BEHAVIOUR)
    put_behaviour(rule, part, out);
  else
    put_holding(rule, part, out);
  put_cuts(rule, part, out);
  buf_add_char(out, '\n');
}

/* Whether a person wants to see it: what holds nothing, and was not kept from holding something, is no news. */
static bool is_news(const struct fold_part *part) {
  return part->held || part->raw || part->undecayed || part->limited || part->unknown;
}

static size_t id_width(const struct fold *fold, const struct fold_parts *parts) {
  size_t width = 0;
  for (uint32_t i = 0; i < parts->count; i++) {
    if (!is_news(&parts->parts[i])) continue;
    size_t len = strlen(fold_rules(fold)->rules[parts->parts[i].rule].id);
    if (len > width) width = len;
  }
  return width;
}

static void put_group_cuts(const struct fold *fold, const struct fold_parts *parts, struct buf *out) {
  char a[32], b[32];
  for (uint32_t i = 0; i < parts->group_count; i++) {
    const struct fold_group_part *group = &parts->groups[i];
    if (group->held == group->sum) continue;
    put_points(out, group->held - group->sum);
    buf_printf(out, "  group %s may hold %s, its rules hold %s\n",
               fold_rules(fold)->groups[group->group].name, points_text(group->held, false, a),
               points_text(group->sum, false, b));
  }
}

static void put_dimension(const struct fold *fold, const struct explained_dimension *d, struct buf *out) {
  const struct dimension *dimension = &fold_rules(fold)->dimensions[d->dimension];
  char score[32], unclamped[32];
  buf_printf(out, "\n%s %s", dimension->name, points_text(d->parts.score, false, score));
  if (*d->band) buf_printf(out, " (%s)", d->band);
  buf_add_char(out, '\n');
  size_t width = id_width(fold, &d->parts);
  for (uint32_t i = 0; i < d->parts.count; i++)
    if (is_news(&d->parts.parts[i])) put_part(fold, &d->parts.parts[i], width, out);
  put_group_cuts(fold, &d->parts, out);
  if (d->clamp_cut == 0) return;
  put_points(out, d->clamp_cut);
  buf_printf(out, "  %s stays within its bounds: %s is cut to %s\n", dimension->name,
             points_text(d->parts.unclamped, false, unclamped), score);
}

/* --- the ways out of a stage --------------------------------------------------------------------------------------- */

static const char *mark(enum truth truth) {
  return truth == TRUTH_YES ? "yes" : truth == TRUTH_NO ? "no " : "?  ";
}

static void put_told(const struct told *told, int depth, struct buf *out) {
  static const char *const heads[] = {"", "all of", "any of", "not"};
  char when[TIME_TEXT_MAX];
  buf_add_repeat(out, ' ', (size_t)(4 + 2 * depth));
  buf_printf(out, "%s  %s", mark(told->truth), told->form == TOLD_LEAF ? told->text : heads[told->form]);
  if (told->form == TOLD_LEAF) {
    if (*told->actual) buf_printf(out, "   (%s)", told->actual);
    if (told->changes_ms != TIME_NEVER)
      buf_printf(out, ", %s from %s on if nothing happens", told->truth == TRUTH_YES ? "no longer" : "holds",
                 time_text(told->changes_ms, when));
  }
  buf_add_char(out, '\n');
  for (uint32_t i = 0; i < told->count; i++) put_told(&told->kids[i], depth + 1, out);
}

void explain_told_text(const struct told *told, struct buf *out) {
  put_told(told, 0, out);
}

static void put_gates(const struct explained_move *m, struct buf *out) {
  for (uint32_t i = 0; i < m->gate_count; i++) {
    buf_printf(out, "    gate %s%s%s\n", m->gates[i].gate->id, *m->gates[i].gate->doc ? ": " : "",
               m->gates[i].gate->doc);
    put_told(&m->gates[i].need, 1, out);
  }
  if (!m->contact) return;
  buf_printf(out, "    contact %s: the lead must not be contacted\n", m->contact->id);
  put_told(&m->contacted, 1, out);
}

static void put_people(const struct explained_move *m, struct buf *out) {
  const struct move *move = m->move;
  buf_add_text(out, "    a person's decision:");
  for (uint32_t i = 0; i < move->by_count; i++) buf_printf(out, "%s %s", i ? "," : "", move->by[i]);
  buf_add_char(out, '\n');
  if (move->need) {
    buf_add_text(out, "    the policy\n");
    put_told(&m->need, 1, out);
  }
  put_gates(m, out);
}

static void put_move(const struct explanation *e, const struct explained_move *m, struct buf *out) {
  const struct lifecycle *l = &fold_rules(e->fold)->lifecycles[m->lifecycle];
  char when[TIME_TEXT_MAX];
  buf_printf(out, "\nto %s", l->stages[m->move->to]);
  if (*m->move->doc) buf_printf(out, ": %s", m->move->doc);
  buf_add_char(out, '\n');
  if (!m->move->when) {
    put_people(m, out);
    return;
  }
  put_told(&m->when, 0, out);
  put_gates(m, out);
  if (m->waits_until_ms != TIME_MIN)
    buf_printf(out, "    not before %s: it fired lately\n", time_text(m->waits_until_ms, when));
  if (m->due_ms != TIME_NEVER)
    buf_printf(out, "    time alone brings it on %s\n", time_text(m->due_ms, when));
}

static void put_whatif(const struct explanation *e, struct buf *out) {
  const struct ruleset *rules = fold_rules(e->fold);
  if (!e->whatif || e->whatif->count == 0) return;
  buf_add_text(out, "\nnearest changes\n");
  for (uint32_t i = 0; i < e->whatif->count; i++) {
    const struct finding *f = &e->whatif->findings[i];
    buf_add_text(out, "  ");
    if (f->rule != NONE) buf_printf(out, "%s once more", rules->rules[f->rule].id);
    for (uint32_t k = 0; f->fields && k < e->whatif->field_count; k++)
      buf_printf(out, "%s%.*s",
                 k                 ? ", "
                 : f->rule != NONE ? " with "
                                   : "knowing ",
                 STR_ARG(e->whatif->fields[k]));
    buf_printf(out, " -> %s\n", rules->lifecycles[f->lifecycle].stages[f->stage]);
  }
}

static void put_frameworks(const struct fold *fold, struct buf *out) {
  if (!qualify_begun(fold, NONE)) return;
  buf_add_text(out, "\nframeworks\n");
  qualify_lines(fold, out);
}

/* Why: whose act it was, which move the rules declare. */
static void put_cause(const struct fold_transition *t, const struct lifecycle *l, struct buf *out) {
  const struct move *move = t->move == NONE ? NULL : &l->moves[t->move];
  if (move)
    buf_printf(out, "  %s%s%s:%d", move->doc, *move->doc ? ", " : "", move->place.file, move->place.line);
  if (!t->act) return;
  buf_printf(out, "  (%.*s by %.*s, %.*s", STR_ARG(t->act->name), STR_ARG(t->act->actor),
             STR_ARG(t->act->role));
  if (t->act->reason.len) buf_printf(out, ": %.*s", STR_ARG(t->act->reason));
  buf_add_text(out, t->act->overridden ? ", overridden)" : ")");
}

static void put_history(const struct fold *fold, struct buf *out) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  char when[TIME_TEXT_MAX];
  if (count) buf_add_text(out, "\nhistory\n");
  for (uint32_t i = 0; i < count; i++) {
    const struct lifecycle *l = &fold_rules(fold)->lifecycles[transitions[i].lifecycle];
    buf_printf(out, "  %s  %s -> %s", time_text(transitions[i].time_ms, when), l->stages[transitions[i].from],
               l->stages[transitions[i].to]);
    put_cause(&transitions[i], l, out);
    buf_add_char(out, '\n');
  }
}

void explain_text(const struct explanation *e, struct buf *out) {
  put_header(e, out);
  for (uint32_t i = 0; i < e->dimension_count; i++) put_dimension(e->fold, &e->dimensions[i], out);
  for (uint32_t i = 0; i < e->move_count; i++) put_move(e, &e->moves[i], out);
  put_whatif(e, out);
  put_frameworks(e->fold, out);
  put_history(e->fold, out);
}
