#include "core/spec/property.h"

#include "core/explain/explain.h"
#include "core/spec/draw.h"
#include "core/spec/property_private.h"

enum { HISTORY_SPAN_DAYS = 60 };

/* --- making histories ---------------------------------------------------------------------------------------------------------- */

static void draw_event(struct property *p, uint64_t *chance, struct arena *arena, struct node *out) {
  for (uint32_t i = 0; p->with_count && i < 16; i++) {
    const struct ruleset *owner = p->with[draw_below(chance, p->with_count)];
    const struct atom *atom = &owner->atoms[draw_below(chance, owner->atom_count)];
    if (vocabulary_event(atom, SPEC_START_MS, chance, arena, out)) return;
  }
  vocabulary_draw(p->vocabulary, SPEC_START_MS, chance, arena, out);
}

static int by_time(const void *a, const void *b) {
  int64_t x = ((const struct happening *)a)->at_ms, y = ((const struct happening *)b)->at_ms;
  return (x > y) - (x < y);
}

static void draw_history(struct property *p, uint64_t *chance, struct history *history) {
  arena_clear(&p->arena);
  history->count = 1 + draw_below(chance, p->events);
  history->items = arena_zalloc(&p->arena, (history->count + 2) * sizeof *history->items);
  for (uint32_t i = 0; i < history->count; i++) {
    struct happening *h = &history->items[i];
    draw_event(p, chance, &p->arena, &h->event);
    int64_t minutes = draw_below(chance, HISTORY_SPAN_DAYS * 24 * 60);
    h->at_ms = p->order_free ? SPEC_START_MS : SPEC_START_MS + minutes * TIME_MS_PER_MINUTE;
  }
  qsort(history->items, history->count, sizeof *history->items, by_time);
  history->end_ms = history->items[history->count - 1].at_ms;
  if (!p->more) return;
  /* The event more happens within the history, or at its end. */
  const struct atom *atom = &p->more->atoms[draw_below(chance, p->more->atom_count)];
  uint32_t place = draw_below(chance, history->count);
  history->has_more = vocabulary_event(atom, SPEC_START_MS, chance, &p->arena, &history->more.event);
  history->more.at_ms = history->items[place].at_ms;
}

/* --- trying one ------------------------------------------------------------------------------------------------------------------- */

static void feed(struct spec *trial, const struct happening *h) {
  struct err err;
  trial->now_ms = h->at_ms;
  spec_event(trial, &h->event, &err); /* one that is refused is nobody's event */
}

/* The lead after the history, with the event more where `more`, backwards where `reversed`. */
static void live(struct property *p, struct spec *trial, const struct history *history, bool more,
                 uint32_t turn) {
  static const struct spec_options plain = {0};
  spec_begin(trial, p->spec->generation, &plain);
  trial->known = true;
  if (p->given) feed(trial, &(struct happening){*p->given, SPEC_START_MS});
  for (uint32_t i = 0; i < history->count; i++) {
    const struct happening *h = &history->items[turn ? history->count - 1 - i : i];
    if (more && history->more.at_ms < h->at_ms) {
      feed(trial, &history->more);
      more = false;
    }
    feed(trial, h);
  }
  if (more) feed(trial, &history->more);
  trial->now_ms = history->end_ms;
  spec_fold(trial);
}

static bool fails_by(const struct property *p, const struct fold *before, const struct fold *after,
                     uint32_t d, struct buf *why) {
  char a[32], b[32];
  int64_t was = fold_score(before, (int)d), is = fold_score(after, (int)d);
  bool lowered = p->never_lowers >> d & 1 && is < was, raised = p->never_raises >> d & 1 && is > was;
  bool differs = p->order_free >> d & 1 && is != was;
  if (!lowered && !raised && !differs) return false;
  buf_printf(why, "%s %s %s from %s to %s", p->order_free ? "another order" : "one event more",
             differs   ? "changes"
             : lowered ? "lowers"
                       : "raises",
             p->spec->generation->rules->dimensions[d].name, points_text(was, false, a),
             points_text(is, false, b));
  return true;
}

/* Whether the property fails for this history, and how; the explanation is of the lead for whom it does. */
static bool fails(struct property *p, const struct history *history, struct buf *why,
                  struct buf *explanation) {
  struct spec before, after;
  bool failed = false;
  buf_clear(why);
  buf_clear(explanation);
  live(p, &before, history, false, 0);
  if (p->never_lowers | p->never_raises | p->order_free) {
    live(p, &after, history, history->has_more, p->order_free ? 1 : 0);
    for (uint32_t d = 0; d < RULESET_MAX_DIMENSIONS && !failed; d++)
      if (d < p->spec->generation->rules->dimension_count)
        failed = fails_by(p, before.fold, after.fold, d, why);
    if (failed) spec_explain(&after);
    buf_add_str(explanation, buf_str(&after.explanation));
    spec_end(&after);
  }
  if (!failed && p->expect) {
    spec_compare(&before, p->expect);
    failed = before.message.len > 0;
    buf_add_str(why, buf_str(&before.message));
    if (failed) spec_explain(&before);
    buf_add_str(explanation, buf_str(&before.explanation));
  }
  spec_end(&before);
  return failed;
}

/* --- making it short --------------------------------------------------------------------------------------------------------------- */

static struct history without(struct property *p, const struct history *history, uint32_t from,
                              uint32_t count) {
  struct history shorter = *history;
  shorter.items = arena_alloc(&p->arena, (history->count + 1) * sizeof *shorter.items);
  shorter.count = 0;
  for (uint32_t i = 0; i < history->count; i++)
    if (i < from || i >= from + count) shorter.items[shorter.count++] = history->items[i];
  return shorter;
}

static struct history shrink(struct property *p, struct history history, struct buf *why,
                             struct buf *explanation) {
  uint32_t tries = 0;
  for (uint32_t size = history.count / 2 ? history.count / 2 : 1; size > 0 && tries < PROPERTY_SHRINKS_MAX;) {
    bool shorter = false;
    for (uint32_t from = 0; from < history.count && tries++ < PROPERTY_SHRINKS_MAX;) {
      struct history candidate = without(p, &history, from, size);
      if (fails(p, &candidate, why, explanation)) {
        history = candidate;
        shorter = true;
      } else {
        from += size;
      }
    }
    if (!shorter) size /= 2;
    if (size > history.count) size = history.count ? history.count : 0;
  }
  fails(p, &history, why, explanation); /* what it says of the shortest */
  return history;
}

/* --- telling ------------------------------------------------------------------------------------------------------------------------- */

static void tell_event(const struct happening *h, int64_t *now, const char *note, struct buf *out) {
  char time[TIME_TEXT_MAX];
  if (h->at_ms != *now) buf_printf(out, "\n  t:at \"%s\"", time_text(h->at_ms, time));
  *now = h->at_ms;
  buf_add_text(out, "\n  t:event ");
  node_write(&h->event, out);
  buf_add_text(out, note);
}

static void tell(struct property *p, const struct history *history, uint32_t run, struct buf *why) {
  struct spec *spec = p->spec;
  struct buf text;
  int64_t now = SPEC_START_MS;
  bool more = history->has_more;
  buf_init(&text);
  if (p->given) tell_event(&(struct happening){*p->given, SPEC_START_MS}, &now, "", &text);
  for (uint32_t i = 0; i < history->count; i++) {
    if (more && history->more.at_ms < history->items[i].at_ms) {
      tell_event(&history->more, &now, " -- the event more", &text);
      more = false;
    }
    tell_event(&history->items[i], &now, "", &text);
  }
  if (more) tell_event(&history->more, &now, " -- the event more", &text);
  if (history->end_ms != now) {
    char time[TIME_TEXT_MAX];
    buf_printf(&text, "\n  t:at \"%s\"", time_text(history->end_ms, time));
  }
  spec_miss(spec, "%s\nhistory %u of %u, made short:%s", why->data, run + 1, p->runs, text.data);
  spec->now_ms = history->end_ms;
  buf_release(&text);
}

void property_run(struct spec *spec, const struct node *body) {
  struct property p;
  struct history history = {0};
  struct buf why;
  buf_init(&why);
  if (property_read(&p, spec, body) == 0) {
    uint64_t chance = p.seed;
    for (uint32_t run = 0; run < p.runs && !spec_is_spent(spec); run++) {
      draw_history(&p, &chance, &history);
      if (!fails(&p, &history, &why, &spec->explanation)) continue;
      history = shrink(&p, history, &why, &spec->explanation);
      tell(&p, &history, run, &why);
      break;
    }
  }
  property_release(&p);
  buf_release(&why);
}
