/* read_segment.c - segments: named conditions that other conditions may name, in whatever order they are declared. So a
 * segment is read when something first asks for it, and whoever asks for one that is being read closes a circle. */
#include "notation/compile_private.h"

#include <stdlib.h>

static int by_name(const void *a, const void *b) {
  const struct declaration *x = *(const struct declaration *const *)a,
                           *y = *(const struct declaration *const *)b;
  return str_cmp(x->name, y->name);
}

/* Numbered by name, so that a segment's bit does not depend on the order of files. */
void read_segment_names(struct compile *c) {
  const struct declaration *d, **sorted = NULL;
  uint32_t count = 0;
  for (size_t at = 0; (d = read_next(c, "segment", &at));) {
    sorted = read_grow(&c->scratch, sorted, count, sizeof *sorted);
    sorted[count++] = d;
  }
  if (count) qsort(sorted, count, sizeof *sorted, by_name);
  c->segment_state = arena_zalloc(&c->scratch, (count + 1) * sizeof *c->segment_state);
  c->out->segments = arena_zalloc(c->arena, (count + 1) * sizeof *c->out->segments);
  for (uint32_t i = 0; i < count; i++) {
    if (c->segments.count == RULESET_MAX_SEGMENTS) {
      FAULT(c, "too_many", sorted[i]->place, NULL, "more than %d segments", (int)RULESET_MAX_SEGMENTS);
      break;
    }
    int segment = names_declare(c, &c->segments, sorted[i]->name, sorted[i]->place);
    if (segment != NONE)
      c->segment_state[segment] = (struct lazy){.declaration = sorted[i], .asked_by = NONE};
  }
  c->out->segment_count = c->segments.count;
}

static void read_body(struct compile *c, const struct declaration *d, struct segment *segment) {
  static const char *const fields[] = {"doc", "when", NULL};
  const char *what = arena_printf(&c->scratch, "segment '%.*s'", STR_ARG(d->name));
  struct str doc = {0};
  *segment = (struct segment){
      .id = read_keep(c, d->name), .doc = read_keep(c, doc), .place = read_place(c, d->place)};
  if (!read_table(c, &d->body, fields, false, what)) return;
  const struct node *doc_node = read_field(&d->body, "doc"), *when = read_field(&d->body, "when");
  if (doc_node && read_text(c, doc_node, read_what(c, "doc", what), &doc)) segment->doc = read_keep(c, doc);
  if (!when) {
    if (!read_misspelled(&d->body, "when"))
      FAULT(c, "missing_field", d->place, "add when = trait { .. }", "%s does not say who is in it", what);
    return;
  }
  struct cond_scope scope = {.what = read_what(c, "when", what), .lifecycle = NONE};
  segment->when = read_condition(c, when, &scope);
}

static void tell_circle(struct compile *c, int segment) {
  struct buf names;
  buf_init(&names);
  buf_printf(&names, "'%s'", c->segments.words[segment]);
  for (int at = c->reading_segment; at != NONE && at != segment; at = c->segment_state[at].asked_by)
    buf_printf(&names, ", '%s'", c->segments.words[at]);
  FAULT(c, "circle", c->segment_state[segment].declaration->place, "break it: let one of them say what it is",
        c->reading_segment == segment ? "segment %s asks whether the lead is in itself"
                                      : "segments %s ask for each other in a circle",
        names.data);
  buf_release(&names);
}

const struct cond *read_segment_when(struct compile *c, int segment) {
  struct lazy *lazy = &c->segment_state[segment];
  if (lazy->state == READING_NOW) tell_circle(c, segment);
  if (lazy->state == READING_NOT_YET) {
    lazy->state = READING_NOW;
    lazy->asked_by = c->reading_segment;
    c->reading_segment = segment;
    read_body(c, lazy->declaration, &c->out->segments[segment]);
    c->reading_segment = lazy->asked_by;
    lazy->state = READING_DONE;
  }
  return lazy->state == READING_DONE ? c->out->segments[segment].when : NULL;
}

void read_segments(struct compile *c) {
  for (uint32_t i = 0; i < c->segments.count; i++) read_segment_when(c, (int)i);
}
