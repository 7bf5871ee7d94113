/* The same explanation as data, with stable keys. Points are decimals with up to three places. */
#include "core/engine/act_touch.h"
#include "core/explain/explain.h"
#include "core/explain/qualify.h"
#include "core/explain/row.h"
#include "core/explain/whatif.h"

static void put_place(struct json_writer *w, struct place place) {
  json_key(w, "file");
  json_put_text(w, place.file);
  json_key(w, "line");
  json_put_int(w, place.line);
}

static void put_part(const struct fold *fold, const struct fold_part *part, struct json_writer *w) {
  const struct rule *rule = &fold_rules(fold)->rules[part->rule];
  json_open(w, '{');
  json_member_text(w, "rule", rule->id);
  json_member_text(w, "doc", rule->doc);
  put_place(w, rule->place);
  if (rule->group != NONE) json_member_text(w, "group", fold_rules(fold)->groups[rule->group].name);
  json_member_milli(w, "points", part->held);
  json_key(w, "count");
  json_put_int(w, part->count);
  json_key(w, "limited");
  json_put_int(w, part->limited);
  if (part->count || part->undecayed) {
    json_member_time(w, "first", part->first_ms);
    json_member_time(w, "last", part->last_ms);
  }
  json_member_milli(w, "when_added", part->undecayed);
  json_member_milli(w, "before_cap", part->raw);
  json_key(w, "suspended");
  json_put_bool(w, part->suspended);
  json_key(w, "unknown");
  json_put_bool(w, part->unknown);
  if (part->pending) {
    json_key(w, "pending");
    json_put_bool(w, true);
  }
  if (part->row != NONE) {
    struct buf row;
    buf_init(&row);
    matcher_describe(rule->rows[part->row].matcher, &row);
    json_member_text(w, "row", row.data);
    buf_release(&row);
  }
  json_close(w, '}');
}

static void put_dimension(const struct fold *fold, const struct explained_dimension *d,
                          struct json_writer *w) {
  const struct ruleset *rules = fold_rules(fold);
  json_open(w, '{');
  json_member_text(w, "dimension", rules->dimensions[d->dimension].name);
  json_member_milli(w, "score", d->parts.score);
  if (*d->band) json_member_text(w, "band", d->band);
  json_member_milli(w, "before_bounds", d->parts.unclamped);
  json_member_milli(w, "bounds_cut", d->clamp_cut);
  json_key(w, "parts");
  json_open(w, '[');
  for (uint32_t i = 0; i < d->parts.count; i++) put_part(fold, &d->parts.parts[i], w);
  json_close(w, ']');
  json_key(w, "groups");
  json_open(w, '[');
  for (uint32_t i = 0; i < d->parts.group_count; i++) {
    json_open(w, '{');
    json_member_text(w, "group", rules->groups[d->parts.groups[i].group].name);
    json_member_milli(w, "sum", d->parts.groups[i].sum);
    json_member_milli(w, "held", d->parts.groups[i].held);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}

static void put_told(const struct told *told, struct json_writer *w) {
  static const char *const forms[] = {"leaf", "all", "any", "not"};
  json_open(w, '{');
  json_key(w, "holds");
  if (told->truth == TRUTH_UNKNOWN)
    json_put_null(w);
  else
    json_put_bool(w, told->truth == TRUTH_YES);
  if (told->form == TOLD_LEAF) {
    json_member_text(w, "condition", told->text);
    json_member_text(w, "actual", told->actual);
    if (told->changes_ms != TIME_NEVER) json_member_time(w, "changes", told->changes_ms);
    if (told->count) {
      json_key(w, "means");
      put_told(&told->kids[0], w);
    }
  } else {
    json_key(w, forms[told->form]);
    json_open(w, '[');
    for (uint32_t i = 0; i < told->count; i++) put_told(&told->kids[i], w);
    json_close(w, ']');
  }
  json_close(w, '}');
}

static void put_move(const struct fold *fold, const struct explained_move *m, struct json_writer *w) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[m->lifecycle];
  json_open(w, '{');
  json_member_text(w, "lifecycle", l->name);
  json_member_text(w, "to", l->stages[m->move->to]);
  json_member_text(w, "doc", m->move->doc);
  put_place(w, m->move->place);
  if (m->move->when) {
    json_key(w, "when");
    put_told(&m->when, w);
  }
  if (m->move->need) {
    json_key(w, "need");
    put_told(&m->need, w);
  }
  json_key(w, "by");
  json_open(w, '[');
  for (uint32_t i = 0; i < m->move->by_count; i++) json_put_text(w, m->move->by[i]);
  json_close(w, ']');
  json_key(w, "gates");
  json_open(w, '[');
  for (uint32_t i = 0; i < m->gate_count; i++) {
    json_open(w, '{');
    json_member_text(w, "gate", m->gates[i].gate->id);
    json_member_text(w, "doc", m->gates[i].gate->doc);
    json_key(w, "need");
    put_told(&m->gates[i].need, w);
    json_close(w, '}');
  }
  json_close(w, ']');
  if (m->contact) {
    json_key(w, "contact");
    json_open(w, '{');
    json_member_text(w, "contact", m->contact->id);
    json_key(w, "holds");
    put_told(&m->contacted, w);
    json_close(w, '}');
  }
  if (m->waits_until_ms != TIME_MIN) json_member_time(w, "waits_until", m->waits_until_ms);
  if (m->due_ms != TIME_NEVER) json_member_time(w, "due", m->due_ms);
  json_close(w, '}');
}

static void put_whatif(const struct fold *fold, const struct whatif *whatif, struct json_writer *w) {
  const struct ruleset *rules = fold_rules(fold);
  json_key(w, "nearest");
  if (!whatif) {
    json_put_null(w);
    return;
  }
  json_open(w, '[');
  for (uint32_t i = 0; i < whatif->count; i++) {
    const struct finding *f = &whatif->findings[i];
    json_open(w, '{');
    if (f->rule != NONE) json_member_text(w, "rule", rules->rules[f->rule].id);
    json_key(w, "known");
    json_open(w, '[');
    for (uint32_t k = 0; f->fields && k < whatif->field_count; k++) json_put_str(w, whatif->fields[k]);
    json_close(w, ']');
    json_member_text(w, "lifecycle", rules->lifecycles[f->lifecycle].name);
    json_member_text(w, "stage", rules->lifecycles[f->lifecycle].stages[f->stage]);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_history(const struct fold *fold, struct json_writer *w) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  json_key(w, "history");
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    const struct lifecycle *l = &fold_rules(fold)->lifecycles[transitions[i].lifecycle];
    json_open(w, '{');
    json_member_time(w, "time", transitions[i].time_ms);
    json_member_text(w, "lifecycle", l->name);
    json_member_text(w, "from", l->stages[transitions[i].from]);
    json_member_text(w, "to", l->stages[transitions[i].to]);
    json_key(w, "cycle");
    json_put_int(w, transitions[i].cycle);
    if (transitions[i].move != NONE) put_place(w, l->moves[transitions[i].move].place);
    if (transitions[i].act) act_json(transitions[i].act, w);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_profile(const struct explanation *e, struct json_writer *w) {
  json_key(w, "profile");
  json_open(w, '{');
  json_key(w, "completeness");
  json_put_int(w, fold_completeness(e->fold));
  json_key(w, "missing");
  json_open(w, '[');
  for (uint32_t i = 0; i < e->field_count; i++)
    if (!e->fields[i].present) json_put_str(w, e->fields[i].field->path);
  json_close(w, ']');
  json_key(w, "invalid");
  json_open(w, '[');
  for (uint32_t i = 0; i < e->field_count; i++)
    if (e->fields[i].present && !e->fields[i].valid) json_put_str(w, e->fields[i].field->path);
  json_close(w, ']');
  json_close(w, '}');
}

static void put_stages(const struct fold *fold, struct json_writer *w) {
  const struct ruleset *rules = fold_rules(fold);
  json_key(w, "stages");
  json_open(w, '{');
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    json_key(w, rules->lifecycles[l].name);
    json_open(w, '{');
    json_member_text(w, "stage", rules->lifecycles[l].stages[fold_stage(fold, (int)l)]);
    json_member_time(w, "since", fold_stage_since(fold, (int)l));
    json_close(w, '}');
  }
  json_close(w, '}');
}

static void put_header(const struct explanation *e, struct json_writer *w) {
  const struct fold *fold = e->fold;
  const struct ignore *ignored = fold_ignored(fold);
  struct buf grade;
  buf_init(&grade);
  fold_grade(fold, &grade);
  json_key(w, "lead");
  json_put_str(w, fold_lead_id(fold));
  json_member_time(w, "at", fold_now(fold));
  json_member_text(w, "ruleset", fold_rules(fold)->hash);
  if (ignored) json_member_text(w, "ignored_by", ignored->id);
  if (grade.len) json_member_text(w, "grade", grade.data);
  put_stages(fold, w);
  json_key(w, "segments");
  row_segments(fold_segments(fold), fold_rules(fold), w);
  row_account(fold_account(fold), fold_account_by_domain(fold), fold_new_business(fold), fold_rules(fold), w);
  json_key(w, "cycle");
  json_put_int(w, fold_cycle(fold));
  json_member_time(w, "first_seen", fold_first_seen(fold));
  json_member_time(w, "last_seen", fold_last_seen(fold));
  json_key(w, "events");
  json_put_int(w, fold_events(fold));
  json_key(w, "incomplete");
  json_put_bool(w, fold_incomplete(fold));
  buf_release(&grade);
}

void explain_json(const struct explanation *e, struct json_writer *w) {
  json_open(w, '{');
  put_header(e, w);
  put_profile(e, w);
  json_key(w, "dimensions");
  json_open(w, '[');
  for (uint32_t i = 0; i < e->dimension_count; i++) put_dimension(e->fold, &e->dimensions[i], w);
  json_close(w, ']');
  json_key(w, "moves");
  json_open(w, '[');
  for (uint32_t i = 0; i < e->move_count; i++) put_move(e->fold, &e->moves[i], w);
  json_close(w, ']');
  put_whatif(e->fold, e->whatif, w);
  json_key(w, "frameworks");
  qualify_json(e->fold, NONE, w);
  put_history(e->fold, w);
  json_close(w, '}');
}
