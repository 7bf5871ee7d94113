#include "vm/library/pattern.h"
#include "vm/library/pattern_items.h"

static const char *match_items(struct pattern_match *match, const struct pattern_item *item, const char *at);

static void step(struct pattern_match *match, size_t count) {
  match->steps += (int)count;
  if (match->steps >= PATTERN_CHARGE_STEPS) pattern_settle(match);
}

void pattern_settle(struct pattern_match *match) {
  int steps = match->steps;
  match->steps = 0;
  match->charge(match->context, steps);
}

static const char *subject_end(const struct pattern_match *match) {
  return match->subject.p + match->subject.len;
}

static bool fits(struct pattern_match *match, const struct pattern_item *item, const char *at) {
  step(match, 1);
  if (at >= subject_end(match)) return false;
  switch (item->kind) {
  case PATTERN_CHAR: return (unsigned char)*at == item->c;
  case PATTERN_ANY: return true;
  default: return pattern_set_has(&item->set, (unsigned char)*at);
  }
}

static const char *match_longest(struct pattern_match *match, const struct pattern_item *item,
                                 const char *at) {
  const char *last = at;
  while (fits(match, item, last)) last++;
  for (const char *least = at + (item->times == '+'); last >= least; last--) {
    const char *end = match_items(match, item + 1, last);
    if (end) return end;
  }
  return NULL;
}

static const char *match_shortest(struct pattern_match *match, const struct pattern_item *item,
                                  const char *at) {
  for (;;) {
    const char *end = match_items(match, item + 1, at);
    if (end) return end;
    if (!fits(match, item, at)) return NULL;
    at++;
  }
}

static const char *match_begin(struct pattern_match *match, const struct pattern_item *item, const char *at) {
  int level = match->level++;
  match->captures[level] =
      (struct pattern_capture){at, item->kind == PATTERN_HERE ? PATTERN_POSITION : PATTERN_OPEN};
  const char *end = match_items(match, item + 1, at);
  if (!end) match->level = level;
  return end;
}

static const char *match_close(struct pattern_match *match, const struct pattern_item *item, const char *at) {
  struct pattern_capture *capture = &match->captures[item->index];
  capture->len = at - capture->start;
  const char *end = match_items(match, item + 1, at);
  if (!end) capture->len = PATTERN_OPEN;
  return end;
}

/* The three kinds below consume a stretch of the subject in one way only: the place after it, or NULL. */

static const char *match_balanced(struct pattern_match *match, const struct pattern_item *item,
                                  const char *at) {
  const char *end = subject_end(match);
  if (at >= end || (unsigned char)*at != item->c) return NULL;
  for (size_t open = 1; ++at < end;) {
    step(match, 1);
    if ((unsigned char)*at == item->d) {
      if (--open == 0) return at + 1;
    } else if ((unsigned char)*at == item->c) {
      open++;
    }
  }
  return NULL;
}

static const char *match_frontier(struct pattern_match *match, const struct pattern_item *item,
                                  const char *at) {
  unsigned char before = at > match->subject.p ? (unsigned char)at[-1] : '\0';
  unsigned char after = at < subject_end(match) ? (unsigned char)*at : '\0';
  return !pattern_set_has(&item->set, before) && pattern_set_has(&item->set, after) ? at : NULL;
}

static const char *match_back(struct pattern_match *match, const struct pattern_item *item, const char *at) {
  const struct pattern_capture *capture = &match->captures[item->index];
  size_t len = (size_t)capture->len;
  if (capture->len == PATTERN_POSITION) return NULL; /* a place has no text: never matches, as in stock Lua */
  if ((size_t)(subject_end(match) - at) < len) return NULL;
  step(match, 1 + len / 16);
  return memcmp(capture->start, at, len) == 0 ? at + len : NULL;
}

static const char *match_through(struct pattern_match *match, const struct pattern_item *item,
                                 const char *at) {
  step(match, 1);
  switch (item->kind) {
  case PATTERN_BALANCED: return match_balanced(match, item, at);
  case PATTERN_FRONTIER: return match_frontier(match, item, at);
  case PATTERN_BACK: return match_back(match, item, at);
  case PATTERN_TAIL: return at == subject_end(match) ? at : NULL;
  default: return fits(match, item, at) ? at + 1 : NULL;
  }
}

static const char *match_items(struct pattern_match *match, const struct pattern_item *item, const char *at) {
  const char *end = NULL;
  if (match->depth++ >= PATTERN_DEPTH_MAX) match->too_complex(match->context);
  for (; at; item++) {
    if (item->kind == PATTERN_END) {
      end = at;
      break;
    } else if (item->kind == PATTERN_BEGIN || item->kind == PATTERN_HERE) {
      end = match_begin(match, item, at);
      break;
    } else if (item->kind == PATTERN_CLOSE) {
      end = match_close(match, item, at);
      break;
    } else if (item->times == '1') {
      at = match_through(match, item, at);
    } else if (item->times == '-') {
      end = match_shortest(match, item, at);
      break;
    } else if (item->times != '?') {
      end = match_longest(match, item, at);
      break;
    } else if (fits(match, item, at) && (end = match_items(match, item + 1, at + 1))) {
      break;
    }
  }
  match->depth--;
  return end;
}

const char *pattern_match_at(struct pattern_match *match, const char *at) {
  match->level = 0;
  match->depth = 0;
  step(match, 1);
  return match_items(match, match->pattern->items, at);
}
