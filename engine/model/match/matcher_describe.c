/* matcher_describe.c - a matcher as it would be written in a rule file, for explanations.
 *
 * Text forms show their text as it is compared: folded. Long sets are cut to SHOWN entries and a count. */
#include "model/match/matcher.h"
#include "model/match/number.h"
#include "model/ruleset/list.h"

enum { SHOWN = 5 };

static void add_number(struct buf *out, double n) {
  struct buf scratch;
  buf_init(&scratch);
  buf_add_str(out, number_spelling(n, &scratch));
  buf_release(&scratch);
}

static void add_quoted(struct buf *out, struct str s) {
  buf_add_char(out, '"');
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.p[i];
    if (c == '"' || c == '\\') buf_add_char(out, '\\');
    if (c < 0x20 || c == 0x7f)
      buf_printf(out, "\\x%02x", c);
    else
      buf_add_char(out, (char)c);
  }
  buf_add_char(out, '"');
}

static void add_value(struct buf *out, struct value v) {
  switch (v.kind) {
  case VALUE_STRING: add_quoted(out, value_text(v)); break;
  case VALUE_NUMBER: add_number(out, v.number); break;
  case VALUE_BOOL: buf_add_text(out, v.boolean ? "true" : "false"); break;
  default: buf_add_text(out, value_kind_word((enum value_kind)v.kind)); break;
  }
}

/* --- sets: name { a, b, ... 3 more } ------------------------------------------------------------------------------ */

static void add_item(const struct matcher *matcher, uint32_t index, struct buf *out) {
  char network[NETWORK_TEXT_MAX];
  switch (matcher->op) {
  case MATCH_WORD: add_quoted(out, matcher->texts[index]); break;
  case MATCH_CIDR: add_quoted(out, str_of(network_text(&matcher->networks[index], network))); break;
  default: add_value(out, matcher->set[index]); break;
  }
}

static void add_set(const struct matcher *matcher, const char *name, struct buf *out) {
  uint32_t shown = matcher->len <= SHOWN ? matcher->len : SHOWN;
  buf_printf(out, "%s {", name);
  for (uint32_t i = 0; i < shown; i++) {
    buf_add_text(out, i ? ", " : " ");
    add_item(matcher, i, out);
  }
  if (matcher->len > shown) buf_printf(out, ", ... %u more", matcher->len - shown);
  buf_add_text(out, " }");
}

/* --- forms with one argument or two ------------------------------------------------------------------------------- */

static void add_text(const char *name, struct str text, struct buf *out) {
  buf_printf(out, "%s ", name);
  add_quoted(out, text);
}

static void add_bound(const char *name, double bound, struct buf *out) {
  buf_printf(out, "%s(", name);
  add_number(out, bound);
  buf_add_char(out, ')');
}

static void add_between(const struct matcher *matcher, struct buf *out) {
  buf_add_text(out, "between(");
  add_number(out, matcher->low);
  buf_add_text(out, ", ");
  add_number(out, matcher->high);
  buf_add_char(out, ')');
}

static void add_span(const char *name, int64_t span_ms, struct buf *out) {
  char text[TIME_TEXT_MAX];
  add_text(name, str_of(duration_text(span_ms, text)), out);
}

static void add_items(const struct matcher *matcher, const char *name, struct buf *out) {
  buf_printf(out, "%s(", name);
  matcher_describe(matcher->kids[0], out);
  buf_add_char(out, ')');
}

/* --- combinations ------------------------------------------------------------------------------------------------- */

/* How tightly a form binds in Lua: `|` least, then `&`, then everything else. */
static int strength(const struct matcher *matcher) {
  bool joins = matcher->len > 1; /* one kid alone needs no operator */
  if (matcher->op == MATCH_OR && joins) return 0;
  if (matcher->op == MATCH_AND && joins) return 1;
  return 2;
}

static void add_kid(const struct matcher *kid, int least, struct buf *out) {
  bool wrapped = strength(kid) < least;
  if (wrapped) buf_add_char(out, '(');
  matcher_describe(kid, out);
  if (wrapped) buf_add_char(out, ')');
}

static void add_joined(const struct matcher *matcher, const char *between, struct buf *out) {
  for (uint32_t i = 0; i < matcher->len; i++) {
    if (i) buf_add_text(out, between);
    add_kid(matcher->kids[i], strength(matcher), out);
  }
}

static void add_negated(const struct matcher *matcher, struct buf *out) {
  buf_add_char(out, '~');
  add_kid(matcher->kids[0], 2, out);
}

void matcher_describe(const struct matcher *matcher, struct buf *out) {
  switch (matcher->op) {
  case MATCH_ANY: buf_add_text(out, "any"); break;
  case MATCH_PRESENT: buf_add_text(out, "present"); break;
  case MATCH_MISSING: buf_add_text(out, "missing"); break;
  case MATCH_EQUALS: add_value(out, matcher->equals); break;
  case MATCH_ONE_OF: add_set(matcher, "one_of", out); break;
  case MATCH_NONE_OF: add_set(matcher, "none_of", out); break;
  case MATCH_AT_LEAST: add_bound("at_least", matcher->low, out); break;
  case MATCH_AT_MOST: add_bound("at_most", matcher->high, out); break;
  case MATCH_ABOVE: add_bound("above", matcher->low, out); break;
  case MATCH_BELOW: add_bound("below", matcher->high, out); break;
  case MATCH_BETWEEN: add_between(matcher, out); break;
  case MATCH_STARTS: add_text("starts", matcher->texts[0], out); break;
  case MATCH_ENDS: add_text("ends", matcher->texts[0], out); break;
  case MATCH_CONTAINS: add_text("contains", matcher->texts[0], out); break;
  case MATCH_GLOB: add_text("glob", matcher->texts[0], out); break;
  case MATCH_WORD: add_set(matcher, "word", out); break;
  case MATCH_REGEX: add_text("matches", regex_pattern(matcher->regex), out); break;
  case MATCH_LISTED: add_text("listed", matcher->list->name, out); break;
  case MATCH_CIDR: add_set(matcher, "cidr", out); break;
  case MATCH_PAST: add_span("past", matcher->span_ms, out); break;
  case MATCH_AHEAD: add_span("ahead", matcher->span_ms, out); break;
  case MATCH_SOME: add_items(matcher, "some", out); break;
  case MATCH_EVERY: add_items(matcher, "every", out); break;
  case MATCH_AND: add_joined(matcher, " & ", out); break;
  case MATCH_OR: add_joined(matcher, " | ", out); break;
  case MATCH_NOT: add_negated(matcher, out); break;
  }
}
