#include "base/httpdate.h"

#include "base/timefmt.h"

enum { WORDS_MAX = 6 };

/* The text's words: runs of letters, digits and colons. The number of them, or 0 for too many or other characters. */
static size_t split(struct str text, struct str words[WORDS_MAX]) {
  size_t count = 0;
  for (size_t i = 0; i < text.len;) {
    size_t begin = i;
    while (i < text.len && !strchr(" ,-", text.p[i])) i++;
    if (i == begin) {
      i++;
      continue;
    }
    if (count == WORDS_MAX) return 0;
    words[count++] = (struct str){text.p + begin, i - begin};
  }
  return count;
}

static bool number(struct str word, unsigned *out) {
  *out = 0;
  if (word.len == 0 || word.len > 4) return false;
  for (size_t i = 0; i < word.len; i++) {
    if (word.p[i] < '0' || word.p[i] > '9') return false;
    *out = *out * 10 + (unsigned)(word.p[i] - '0');
  }
  return true;
}

static bool month(struct str word, unsigned *out) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (*out = 1; *out <= 12; ++*out)
    if (str_eq(word, (struct str){names + (size_t)(*out - 1) * 3, 3})) return true;
  return false;
}

/* RFC 850's years have two digits, and are none more than fifty years ahead. */
static unsigned whole_year(struct str word, unsigned year) {
  if (word.len != 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

bool httpdate_parse(struct str text, int64_t *ms) {
  struct str words[WORDS_MAX];
  char plain[TIME_TEXT_MAX];
  unsigned m, d, y;
  if (!text.p || memchr(text.p, '\0', text.len)) return false;
  size_t count = split(text, words);
  bool zoned = count == 6 && str_eq(words[5], STR("GMT")); /* Sun 06 Nov 1994 08:49:37 GMT */
  if (!zoned && count != 5) return false;                  /* Sun Nov 6 08:49:37 1994 */
  struct str day = words[zoned ? 1 : 2], name = words[zoned ? 2 : 1], year = words[zoned ? 3 : 4];
  struct str clock = words[zoned ? 4 : 3];
  if (!number(day, &d) || !month(name, &m) || !number(year, &y) || clock.len != 8) return false;
  snprintf(plain, sizeof plain, "%04u-%02u-%02uT%.8sZ", whole_year(year, y), m, d, clock.p);
  return time_parse(str_of(plain), ms);
}

bool httpdate_retry_after(struct str text, int64_t now_ms, int64_t max_ms, int64_t *wait_ms) {
  int64_t at, seconds = 0;
  text = str_trim(text);
  if (httpdate_parse(text, &at)) {
    *wait_ms = at < now_ms ? 0 : at - now_ms > max_ms ? max_ms : at - now_ms;
    return true;
  }
  if (text.len == 0) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.p[i] < '0' || text.p[i] > '9') return false;
    if (seconds <= max_ms) seconds = seconds * 10 + (text.p[i] - '0');
  }
  *wait_ms = seconds > max_ms / TIME_MS_PER_SECOND ? max_ms : seconds * TIME_MS_PER_SECOND;
  return true;
}
