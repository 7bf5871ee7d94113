/* fuzz_pattern.c - any pattern is refused or matches within bounds: of the memory it was given, the subject, its steps. */
#include "base/err.h"
#include "vm/library/pattern.h"

#include <setjmp.h>

enum { STEPS_MAX = 20000 };

struct bound {
  jmp_buf out;
  int steps;
};

static void charge(void *context, int steps) {
  struct bound *bound = context;
  bound->steps += steps;
  if (bound->steps > STEPS_MAX) longjmp(bound->out, 1);
}

static void too_complex(void *context) {
  struct bound *bound = context;
  longjmp(bound->out, 1);
}

static void check_captures(const struct pattern_match *match) {
  const char *first = match->subject.p, *last = first + match->subject.len;
  ASSERT(match->level == match->pattern->captures);
  for (int i = 0; i < match->level; i++) {
    const struct pattern_capture *capture = &match->captures[i];
    ASSERT(capture->start >= first && capture->start <= last);
    ASSERT(capture->len == PATTERN_POSITION || (capture->len >= 0 && capture->len <= last - capture->start));
  }
}

static void match_everywhere(const struct pattern *pattern, struct str subject) {
  struct bound bound = {.steps = 0};
  struct pattern_match match = {.pattern = pattern,
                                .subject = subject,
                                .charge = charge,
                                .too_complex = too_complex,
                                .context = &bound};
  if (setjmp(bound.out)) return;
  for (const char *at = subject.p; at <= subject.p + subject.len; at++) {
    const char *end = pattern_match_at(&match, at);
    if (!end) continue;
    ASSERT(end >= at && end <= subject.p + subject.len);
    check_captures(&match);
  }
  pattern_settle(&match);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how long the pattern is; the rest is the subject. Both lie in blocks of their own size. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  size_t len = data[0] < size ? data[0] : size - 1;
  size_t left = size - 1 - len;
  char *text = xmalloc(len + 1), *subject = xmalloc(left + 1);
  memcpy(text, data + 1, len);
  memcpy(subject, data + 1 + len, left);
  struct pattern pattern = {.items = xmalloc(pattern_room(len))};
  if (!pattern_compile(&pattern, (struct str){text, len}, true))
    match_everywhere(&pattern, (struct str){subject, left});
  free(pattern.items);
  free(text);
  free(subject);
  return 0;
}
