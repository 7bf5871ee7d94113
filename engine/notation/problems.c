#include "notation/problems.h"

#include "base/buf.h"
#include "base/err.h"
#include <stdlib.h>

enum {
  PROBLEM_LISTED_WORDS = 12, /* a hint that lists more helps nobody */
  PROBLEM_TEXT_MAX =
      1000 /* bytes: files may hold anything, and the whole list is printed, logged and served */
};

void problems_init(struct problems *problems) {
  *problems = (struct problems){0};
  arena_init(&problems->arena, 0);
}

void problems_release(struct problems *problems) {
  arena_release(&problems->arena);
  free(problems->items);
  *problems = (struct problems){0};
}

static void keep(struct problems *problems, struct problem problem) {
  if (problems->count == problems->cap) {
    problems->cap = problems->cap ? problems->cap * 2 : 16;
    problems->items = xrealloc(problems->items, problems->cap * sizeof *problems->items);
  }
  problems->items[problems->count++] = problem;
}

/* A full list gives up a lesser problem for an error: warnings must never hide why a ruleset does not load. */
static bool make_room(struct problems *problems, enum severity severity) {
  if (problems->count < PROBLEMS_MAX) return true;
  if (severity != SEVERITY_ERROR) return false;
  for (size_t i = problems->count; i-- > 0;) {
    if (problems->items[i].severity == SEVERITY_ERROR) continue;
    memmove(&problems->items[i], &problems->items[i + 1],
            (problems->count - i - 1) * sizeof *problems->items);
    problems->count--;
    return true;
  }
  return false;
}

static void shorten(struct buf *text) {
  if (text->len <= PROBLEM_TEXT_MAX) return;
  text->len = PROBLEM_TEXT_MAX - 3;
  while (text->len && ((unsigned char)text->data[text->len] & 0xc0) == 0x80) text->len--;
  buf_add_text(text, "...");
}

/* Rule files may hold anything between quotes; a problem stays one line on a terminal. */
static void tame(struct buf *text) {
  for (size_t i = 0; i < text->len; i++) {
    unsigned char c = (unsigned char)text->data[i];
    if (c < 0x20 || c == 0x7f) text->data[i] = ' ';
  }
}

/* Problems outlive the rulesets and nodes they are about. Most follow one of the same file. */
static struct place own_place(struct problems *problems, struct place place) {
  if (!place.file) return place;
  const struct problem *last = problems->count ? &problems->items[problems->count - 1] : NULL;
  bool same = last && last->place.file && strcmp(last->place.file, place.file) == 0;
  place.file = same ? last->place.file : arena_str(&problems->arena, str_of(place.file)).p;
  return place;
}

/* The same words about the same line, as a loop says them, are said once. */
static bool was_just_said(const struct problems *problems, enum severity severity, struct place place,
                          const struct buf *text) {
  const struct problem *last = problems->count ? &problems->items[problems->count - 1] : NULL;
  return last && last->severity == severity && last->place.line == place.line && last->place.file &&
         place.file && strcmp(last->place.file, place.file) == 0 && strcmp(last->text, text->data) == 0;
}

static void count(struct problems *problems, enum severity severity) {
  if (severity == SEVERITY_ERROR) problems->errors++;
  if (severity == SEVERITY_WARNING) problems->warnings++;
}

void problem_add(struct problems *problems, enum severity severity, const char *code, struct place place,
                 const char *hint, const char *format, ...) {
  struct buf text;
  buf_init(&text);
  va_list args;
  va_start(args, format);
  buf_vprintf(&text, format, args);
  va_end(args);
  shorten(&text);
  tame(&text);
  if (!was_just_said(problems, severity, place, &text)) {
    count(problems, severity);
    if (make_room(problems, severity))
      keep(problems, (struct problem){
                         .severity = severity,
                         .code = code,
                         .place = own_place(problems, place),
                         .text = arena_str(&problems->arena, buf_str(&text)).p,
                         .hint = arena_str(&problems->arena, str_of(hint ? hint : "")).p,
                     });
  }
  buf_release(&text);
}

static void list_words(const char *const *words, struct buf *out) {
  size_t count = 0;
  while (words[count]) count++;
  if (count == 0) return;
  buf_add_text(out, count == 1 ? "expected: " : "expected one of: ");
  for (size_t i = 0; i < count && i < PROBLEM_LISTED_WORDS; i++)
    buf_printf(out, "%s%s", i ? ", " : "", words[i]);
  if (count > PROBLEM_LISTED_WORDS) buf_printf(out, " and %zu more", count - PROBLEM_LISTED_WORDS);
}

const char *problem_hint(struct problems *problems, struct str typed, const char *const *words) {
  const char *nearest = str_nearest(typed, words);
  if (nearest) return arena_printf(&problems->arena, "did you mean '%s'?", nearest);
  struct buf text;
  buf_init(&text);
  list_words(words, &text);
  const char *hint = arena_str(&problems->arena, buf_str(&text)).p;
  buf_release(&text);
  return hint;
}

static int compare(const void *a, const void *b) {
  const struct problem *x = a, *y = b;
  int order = str_cmp(str_of(x->place.file), str_of(y->place.file));
  if (order == 0) order = (x->place.line > y->place.line) - (x->place.line < y->place.line);
  if (order == 0) order = ((int)x->severity > (int)y->severity) - ((int)x->severity < (int)y->severity);
  if (order == 0) order = str_cmp(str_of(x->code), str_of(y->code));
  return order ? order : str_cmp(str_of(x->text), str_of(y->text));
}

void problems_sort(struct problems *problems) {
  if (problems->count > 1) qsort(problems->items, problems->count, sizeof *problems->items, compare);
}

static const char *severity_word(enum severity severity) {
  static const char *const words[] = {"error", "warning", "note"};
  return words[severity];
}

static void print_place(const struct place *place, const char *prefix, struct buf *out) {
  if (!place->file || !*place->file) return;
  buf_printf(out, "%s%s:", prefix ? prefix : "", place->file);
  if (place->line > 0) buf_printf(out, "%d:", place->line);
  buf_add_char(out, ' ');
}

void problems_print(const struct problems *problems, const char *prefix, struct buf *out) {
  size_t kept_serious = 0;
  for (size_t i = 0; i < problems->count; i++) {
    const struct problem *p = &problems->items[i];
    kept_serious += p->severity != SEVERITY_NOTE;
    print_place(&p->place, prefix, out);
    buf_printf(out, "%s: %s", severity_word(p->severity), p->text);
    if (*p->hint) buf_printf(out, "; %s", p->hint);
    buf_add_char(out, '\n');
  }
  size_t all = problems->errors + problems->warnings;
  if (all > kept_serious) buf_printf(out, "... and %zu more errors and warnings\n", all - kept_serious);
}

void problems_json(const struct problems *problems, struct json_writer *writer) {
  json_open(writer, '[');
  for (size_t i = 0; i < problems->count; i++) {
    const struct problem *p = &problems->items[i];
    json_open(writer, '{');
    json_key(writer, "severity");
    json_put_text(writer, severity_word(p->severity));
    json_key(writer, "code");
    json_put_text(writer, p->code);
    json_key(writer, "file");
    if (p->place.file)
      json_put_text(writer, p->place.file);
    else
      json_put_null(writer);
    json_key(writer, "line");
    json_put_int(writer, p->place.line);
    json_key(writer, "text");
    json_put_text(writer, p->text);
    json_key(writer, "hint");
    json_put_text(writer, p->hint);
    json_close(writer, '}');
  }
  json_close(writer, ']');
}
