#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* PCRE2 counts steps anew for each place a match may start at, so its own limit bounds nothing but one start. Every
 * start is granted FREE_STEPS, which nearly all patterns stay within; when that is not enough the starts are tried one
 * by one, with growing limits paid from one purse. */
enum { FREE_STEPS = 100, GROWTH = 4, HEAP_MAX_KIB = 4096, MESSAGE_MAX = 256 };

struct regex {
  pcre2_code *code;
  pcre2_match_data *data;
  pcre2_match_context *context;
  char *pattern;
  size_t pattern_len;
};

static pcre2_code *compile(struct str pattern, struct err *err) {
  int number;
  PCRE2_SIZE offset;
  PCRE2_UCHAR message[MESSAGE_MAX] = "";
  uint32_t how = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
  pcre2_code *code =
      pcre2_compile((PCRE2_SPTR)(pattern.len ? pattern.p : ""), pattern.len, how, &number, &offset, NULL);
  if (code) return code;
  pcre2_get_error_message(number, message, sizeof message);
  err_set(err, ERR_INVALID, "pattern \"%.*s\": %s at offset %zu", STR_ARG(pattern), (const char *)message,
          (size_t)offset);
  return NULL;
}

struct regex *regex_new(struct str pattern, struct err *err) {
  if (pattern.len > REGEX_PATTERN_MAX) {
    err_set(err, ERR_LIMIT, "a pattern of %zu bytes is longer than the %d allowed", pattern.len,
            REGEX_PATTERN_MAX);
    return NULL;
  }
  pcre2_code *code = compile(pattern, err);
  if (!code) return NULL;
  struct regex *regex = xmalloc(sizeof *regex);
  regex->code = code;
  regex->data = pcre2_match_data_create(1, NULL);
  regex->context = pcre2_match_context_create(NULL);
  ASSERT(regex->data && regex->context);
  pcre2_set_heap_limit(regex->context, HEAP_MAX_KIB);
  regex->pattern = xmalloc(pattern.len + 1);
  regex->pattern_len = pattern.len;
  if (pattern.len) memcpy(regex->pattern, pattern.p, pattern.len);
  return regex;
}

void regex_free(struct regex *regex) {
  if (!regex) return;
  pcre2_match_context_free(regex->context);
  pcre2_match_data_free(regex->data);
  pcre2_code_free(regex->code);
  free(regex->pattern);
  free(regex);
}

struct str regex_pattern(const struct regex *regex) {
  return (struct str){regex->pattern, regex->pattern_len};
}

static int run(const struct regex *regex, struct str subject, size_t start, uint32_t how, uint32_t steps) {
  pcre2_set_match_limit(regex->context, steps);
  return pcre2_match(regex->code, (PCRE2_SPTR)(subject.len ? subject.p : ""), subject.len, start, how,
                     regex->data, regex->context);
}

static enum regex_result result_of(int code) {
  if (code >= 0) return REGEX_YES;
  bool not_utf8 = code <= PCRE2_ERROR_UTF8_ERR1 && code >= PCRE2_ERROR_UTF8_ERR21;
  return code == PCRE2_ERROR_NOMATCH || not_utf8 ? REGEX_NO : REGEX_GAVE_UP;
}

/* One start, with limits growing until it answers or the purse is empty. */
static int run_start(const struct regex *regex, struct str subject, size_t start, uint32_t *purse) {
  for (uint32_t steps = FREE_STEPS;; steps *= GROWTH) {
    int code = run(regex, subject, start, PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK, steps);
    if (code != PCRE2_ERROR_MATCHLIMIT || *purse == 0) return code;
    *purse -= steps < *purse ? steps : *purse;
  }
}

static enum regex_result match_by_starts(const struct regex *regex, struct str subject) {
  uint32_t purse = REGEX_STEPS_MAX;
  for (size_t start = 0; start <= subject.len; start++) {
    bool inside_character = start < subject.len && ((unsigned char)subject.p[start] & 0xc0) == 0x80;
    if (inside_character) continue;
    enum regex_result result = result_of(run_start(regex, subject, start, &purse));
    if (result != REGEX_NO) return result;
  }
  return REGEX_NO;
}

enum regex_result regex_match(const struct regex *regex, struct str subject) {
  if (subject.len > REGEX_SUBJECT_MAX) return REGEX_GAVE_UP;
  int code = run(regex, subject, 0, 0, FREE_STEPS);
  return code == PCRE2_ERROR_MATCHLIMIT ? match_by_starts(regex, subject) : result_of(code);
}
