/* pattern.h - Lua patterns with a step budget. Written from the Lua 5.4 manual, section 6.4.1.
 *
 * A pattern is compiled into items first, so malformed ones are refused whatever the subject (stock Lua
 * notices only what the match reaches). Matching backtracks and may take exponential time: each step is
 * counted, and `charge` is called every PATTERN_CHARGE_STEPS steps; it may not return (longjmp). Classes are
 * ASCII's in every locale.
 *
 * Knows nothing of Lua states. The subject and the pattern's text are borrowed and must outlive the match.
 */
#ifndef EMBUDO_VM_PATTERN_H
#define EMBUDO_VM_PATTERN_H

#include "base/str.h"

enum {
  PATTERN_CAPTURES_MAX = 32,
  PATTERN_TEXT_MAX = 8192, /* bytes */
  PATTERN_DEPTH_MAX = 200, /* nested backtracking points */
  PATTERN_CHARGE_STEPS = 256
};

enum { PATTERN_POSITION = -2, PATTERN_OPEN = -1 }; /* in pattern_capture.len */

struct pattern_capture {
  const char *start;
  ptrdiff_t len; /* or PATTERN_POSITION: the capture is the place */
};

struct pattern_item;

/* The room that pattern_compile needs at most for a text of `len` bytes. */
size_t pattern_room(size_t len);

struct pattern {
  struct pattern_item *items; /* the caller's memory, pattern_room() bytes */
  size_t count;
  int captures;
  bool anchored; /* began with ^ */
};

/* NULL, or what is wrong. `anchor`: a leading ^ ties the match to the start; else it is a character (as in
 * gmatch). */
const char *pattern_compile(struct pattern *pattern, struct str text, bool anchor);

struct pattern_match {
  const struct pattern *pattern;
  struct str subject;
  void (*charge)(void *context, int steps);
  void (*too_complex)(void *context); /* PATTERN_DEPTH_MAX was passed; does not return */
  void *context;
  /* results */
  int level; /* captures made */
  struct pattern_capture captures[PATTERN_CAPTURES_MAX];
  /* state */
  int depth, steps;
};

/* Tries to match at exactly `at`, within the subject; the end of the match or NULL. */
const char *pattern_match_at(struct pattern_match *match, const char *at);

/* Charges the steps that are still uncharged. */
void pattern_settle(struct pattern_match *match);

bool pattern_is_plain(struct str text); /* no character of it is special */

#endif
