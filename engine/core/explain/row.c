#include "core/explain/row.h"

static struct str text_trait(const struct fold *fold, struct str path) {
  struct value v = fold_trait(fold, path);
  return v.kind == VALUE_STRING ? value_text(v) : (struct str){NULL, 0};
}

/* "Ana Ruiz" from first and last name, else `name`, else the e-mail's local part stays out: nothing. */
static struct str person(struct arena *arena, const struct fold *fold) {
  struct str first = text_trait(fold, STR("first_name")), last = text_trait(fold, STR("last_name"));
  if (first.len == 0 && last.len == 0) return arena_str(arena, text_trait(fold, STR("name")));
  return str_of(
      arena_printf(arena, "%.*s%s%.*s", STR_ARG(first), first.len && last.len ? " " : "", STR_ARG(last)));
}

static struct str company(struct arena *arena, const struct fold *fold) {
  struct str name = text_trait(fold, STR("company.name"));
  return arena_str(arena, name.len ? name : text_trait(fold, STR("company")));
}

static const char *grade(struct arena *arena, const struct fold *fold) {
  struct buf text;
  buf_init(&text);
  fold_grade(fold, &text);
  const char *copy = arena_str(arena, buf_str(&text)).p;
  buf_release(&text);
  return copy;
}

static int64_t *scores(struct arena *arena, const struct fold *fold, uint32_t count) {
  int64_t *all = arena_alloc(arena, (count + 1) * sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i] = fold_score(fold, (int)i);
  return all;
}

static int64_t *interests(struct arena *arena, const struct fold *fold, uint32_t count) {
  int64_t *all = arena_alloc(arena, (count + 1) * sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i] = fold_interest(fold, (int)i);
  return all;
}

static int *stages(struct arena *arena, const struct fold *fold, uint32_t count) {
  int *all = arena_alloc(arena, (count + 1) * sizeof *all);
  for (uint32_t i = 0; i < count; i++) all[i] = fold_stage(fold, (int)i);
  return all;
}

void row_make(struct row *row, const struct fold *fold, struct arena *arena) {
  const struct ruleset *rules = fold_rules(fold);
  const struct contact_block *block = fold_contact_block(fold);
  *row = (struct row){.lead = arena_str(arena, fold_lead_id(fold)),
                      .name = person(arena, fold),
                      .company = company(arena, fold),
                      .account = arena_str(arena, fold_account(fold)),
                      .owner = arena_str(arena, fold_owner(fold)),
                      .grade = grade(arena, fold),
                      .scores = scores(arena, fold, rules->dimension_count),
                      .interest = interests(arena, fold, rules->topic_count),
                      .stages = stages(arena, fold, rules->lifecycle_count),
                      .segments = fold_segments(fold),
                      .first_ms = fold_first_seen(fold),
                      .last_ms = fold_last_seen(fold),
                      .events = fold_events(fold),
                      .incomplete = fold_incomplete(fold),
                      .new_business = fold_new_business(fold),
                      .by_domain = fold_account_by_domain(fold),
                      .contact_block = block ? block->id : NULL};
}

static void put_interest(const struct ruleset *rules, const struct row *row, struct json_writer *w) {
  bool any = false;
  for (uint32_t i = 0; i < rules->topic_count; i++) any = any || row->interest[i];
  if (!any) return;
  json_key(w, "interest");
  json_open(w, '{');
  for (uint32_t i = 0; i < rules->topic_count; i++) {
    if (!row->interest[i]) continue;
    json_key(w, rules->topics[i]);
    json_put_milli(w, row->interest[i]);
  }
  json_close(w, '}');
}

static void put_stages(const struct ruleset *rules, const struct row *row, struct json_writer *w) {
  if (rules->lifecycle_count == 0) return;
  json_key(w, "stage");
  json_put_text(w, rules->lifecycles[0].stages[row->stages[0]]);
  if (rules->lifecycle_count == 1) return;
  json_key(w, "stages");
  json_open(w, '{');
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    json_key(w, rules->lifecycles[i].name);
    json_put_text(w, rules->lifecycles[i].stages[row->stages[i]]);
  }
  json_close(w, '}');
}

void row_segments(uint64_t segments, const struct ruleset *rules, struct json_writer *w) {
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->segment_count; i++)
    if (segments >> i & 1) json_put_text(w, rules->segments[i].id);
  json_close(w, ']');
}

void row_account(struct str account, bool by_domain, bool new_business, const struct ruleset *rules,
                 struct json_writer *w) {
  if (account.len) {
    json_key(w, "account");
    json_put_str(w, account);
    if (by_domain) {
      json_key(w, "account_by");
      json_put_text(w, "domain");
    }
  }
  if (!rules->account_existing) return;
  json_key(w, "new_business");
  json_put_bool(w, new_business);
}

void row_members(const struct row *row, const struct ruleset *rules, struct json_writer *w) {
  json_key(w, "lead");
  json_put_str(w, row->lead);
  json_key(w, "scores");
  json_open(w, '{');
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    json_key(w, rules->dimensions[i].name);
    json_put_milli(w, row->scores[i]);
  }
  json_close(w, '}');
  if (rules->grade_rows != NONE) {
    json_key(w, "grade");
    json_put_text(w, row->grade);
  }
  put_stages(rules, row, w);
  if (rules->segment_count) {
    json_key(w, "segments");
    row_segments(row->segments, rules, w);
  }
  if (row->contact_block) {
    json_key(w, "not_contactable");
    json_put_text(w, row->contact_block);
  }
  json_key(w, "first_seen");
  json_put_time(w, row->first_ms);
  json_key(w, "last_seen");
  json_put_time(w, row->last_ms);
  json_key(w, "events");
  json_put_int(w, row->events);
  row_account(row->account, row->by_domain, row->new_business, rules, w);
  if (row->owner.len) {
    json_key(w, "owner");
    json_put_str(w, row->owner);
  }
  put_interest(rules, row, w);
  if (row->incomplete) {
    json_key(w, "incomplete");
    json_put_bool(w, true);
  }
}

void row_json(const struct row *row, const struct ruleset *rules, struct json_writer *w) {
  json_open(w, '{');
  row_members(row, rules, w);
  json_close(w, '}');
}
