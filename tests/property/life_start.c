/* What is known before a new start and after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life.h"

#include "base/err.h"
#include "core/journal/decision_json.h"
#include <inttypes.h>
#include <stdio.h>

static void tell_lead(const struct life *life, const struct lead_entry *entry, struct buf *out) {
  const struct leadbook *book = pipeline_book(life->pipeline);
  const struct clockbook *clocks = leadbook_clocks(book);
  struct json_writer w;
  buf_printf(out, "%.*s owner %.*s account %.*s lists %" PRIx64, STR_ARG(entry->id), STR_ARG(entry->owner),
             STR_ARG(entry->account), entry->lists);
  for (int l = 0; l < 2; l++)
    buf_printf(out, ", %s since %" PRId64, leadbook_name(book, entry->recorded[l]),
               entry->recorded[l] ? entry->recorded_ms[l] : 0);
  for (uint32_t n = entry->decisions; n; n = leadbook_decision(book, n)->older) {
    buf_add_text(out, "\n  ");
    json_writer_init(&w, out);
    json_open(&w, '{');
    decision_json(book, leadbook_decision(book, n), &w);
    json_close(&w, '}');
  }
  for (uint32_t n = entry->clocks; n; n = clockbook_at(clocks, n)->older) {
    buf_add_text(out, "\n  ");
    json_writer_init(&w, out);
    json_open(&w, '{');
    clocks_json(book, clockbook_at(clocks, n), life->now_ms, &w);
    json_close(&w, '}');
  }
  const struct outbox *outbox = pipeline_outbox(life->pipeline);
  char id[OUTBOX_ID_TEXT];
  for (uint32_t at = outbox_next_of_lead(outbox, entry->node, OUTBOX_NONE); at != OUTBOX_NONE;
       at = outbox_next_of_lead(outbox, entry->node, at)) {
    const struct outbox_row *row = outbox_row(outbox, at);
    buf_printf(out, "\n  %s %s %" PRIu32, outbox_id_text(row->id, id),
               outbox_state_word((enum outbox_state)row->state), row->sequence);
  }
  buf_add_char(out, '\n');
}

static void tell_turns(const struct life *life, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  roster_write(pipeline_roster(life->pipeline), &w);
  json_close(&w, '}');
  buf_add_char(out, '\n');
}

static char *tell_all(const struct life *life) {
  const struct leadbook *book = pipeline_book(life->pipeline);
  struct lead_entry *entry;
  struct buf out;
  buf_init(&out);
  /* In the order of ids: their numbers are in the order of arrival, which an erasure changes. */
  for (struct str last = STR("");;) {
    struct lead_entry *next = NULL;
    for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));)
      if (str_cmp(entry->id, last) > 0 && (!next || str_cmp(entry->id, next->id) < 0)) next = entry;
    if (!next) break;
    tell_lead(life, next, &out);
    last = next->id;
  }
  tell_turns(life, &out);
  return buf_detach(&out);
}

static int line_length(const char *text) {
  return (int)strcspn(text, "\n");
}

/* The whole of it is longer than a message may be. */
static void fail_at_difference(const struct life *life, const char *before, const char *after) {
  while (line_length(before) == line_length(after) &&
         !strncmp(before, after, (size_t)line_length(before) + 1)) {
    before += line_length(before) + 1;
    after += line_length(after) + 1;
  }
  fail_msg("seed %" PRIu64 ":\n%.*s\nis after a start\n%.*s", life->seed, line_length(before), before,
           line_length(after), after);
}

void life_start_anew(struct life *life) {
  char *before = tell_all(life);
  life_hand_off_anew(life);
  pipeline_free(life->pipeline);
  life->pipeline = pipeline_new(life->generations[life->rules], NULL);
  pipeline_set_folded_until(life->pipeline, life->seq); /* the service's mark: everything was seen to */
  for (size_t i = 0; i < life->count; i++)
    if (life->records[i].text) life_take(life, &life->records[i]);
  const char *recorded = pipeline_recorded_ruleset(life->pipeline);
  if (*recorded) pipeline_adopt(life->pipeline, recorded);
  pipeline_set_effects_after(life->pipeline, life->seq); /* the service's mark: everything was seen to */
  pipeline_touch_all(life->pipeline, TOUCH_SWEEP);
  life->silent = true;
  life_settle(life, life->now_ms);
  life->silent = false;
  char *after = tell_all(life);
  if (strcmp(before, after) != 0) fail_at_difference(life, before, after);
  free(before);
  free(after);
}
