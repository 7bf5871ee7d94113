#include "cli/daemon/doctor_leads.h"

static void put_count(struct buf *finding, uint64_t count, const char *what) {
  if (count) buf_printf(finding, ", %llu %s", (unsigned long long)count, what);
}

int doctor_events(const struct stored *stored, struct buf *finding) {
  const struct replay_totals *totals = &stored->totals;
  buf_printf(finding, "%llu", (unsigned long long)totals->events);
  put_count(finding, totals->duplicates, "recorded twice");
  put_count(finding, totals->conflicts, "recorded twice and differently");
  buf_printf(finding, "; %llu decisions", (unsigned long long)totals->decisions);
  if (totals->bad_records == 0) return 1;
  buf_printf(finding, "; %llu records do not fit the others, first %s",
             (unsigned long long)totals->bad_records, stored->bad.text);
  return -1;
}

/* --- stages --------------------------------------------------------------------------------------------------------- */

struct comparing {
  const struct stored *stored;
  uint32_t *differing; /* leads, some of them more than once */
  size_t count, cap;
  struct buf example;
};

static void note_differing(void *context, struct lead_entry *entry) {
  struct comparing *c = context;
  const struct leadbook *book = pipeline_book(c->stored->pipeline);
  if (c->count == c->cap) {
    c->cap = c->cap ? c->cap * 2 : 64;
    c->differing = xrealloc(c->differing, c->cap * sizeof *c->differing);
  }
  c->differing[c->count++] = entry->node;
  for (int i = 0; i < LEADBOOK_LIFECYCLES && c->example.len == 0; i++)
    if (entry->would[i])
      buf_printf(&c->example, "'%.*s', recorded %s, now %s", STR_ARG(entry->id),
                 entry->recorded[i] ? leadbook_name(book, entry->recorded[i]) : "nowhere",
                 leadbook_name(book, entry->would[i]));
}

static int by_number(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

/* A lead with several ids is folded for each of them. */
static size_t count_leads(struct comparing *c) {
  size_t leads = 0;
  if (c->count) qsort(c->differing, c->count, sizeof *c->differing, by_number);
  for (size_t i = 0; i < c->count; i++) leads += i == 0 || c->differing[i] != c->differing[i - 1];
  return leads;
}

static void compare(struct comparing *c) {
  struct pipeline *pipeline = c->stored->pipeline;
  const struct pipeline_visitor visitor = {.context = c, .differs = note_differing};
  pipeline_set_rebuilding(pipeline, true);
  pipeline_touch_all(pipeline, TOUCH_SWEEP);
  while (pipeline_step(pipeline, c->stored->totals.last_ms, &visitor)) {
  }
}

int doctor_stages(const struct stored *stored, struct buf *finding) {
  struct comparing c = {.stored = stored};
  const char *recorded = pipeline_recorded_ruleset(stored->pipeline);
  bool other_rules = *recorded && strcmp(recorded, stored->generation->rules->hash) != 0;
  buf_init(&c.example);
  compare(&c);
  size_t differing = count_leads(&c), leads = leadbook_count(pipeline_book(stored->pipeline));
  if (differing == 0)
    buf_printf(finding, "%zu leads stand where was recorded", leads);
  else
    buf_printf(finding,
               "%zu of %zu leads stand elsewhere than was recorded, such as %s; the daemon records that",
               differing, leads, c.example.data);
  if (other_rules) buf_add_text(finding, "; these are other rules than those that decided last");
  buf_release(&c.example);
  free(c.differing);
  return differing || other_rules ? 0 : 1;
}
