/* read_rate.c - "5/s": how many in how long. */
#include "notation/compile_private.h"

#include "base/timefmt.h"

/* Digits from *at on, which moves behind them; 0: there are none, or the number is too large. */
static uint32_t digits(struct str text, size_t *at) {
  uint32_t number = 0;
  for (; *at < text.len && text.p[*at] >= '0' && text.p[*at] <= '9'; ++*at)
    if (number <= RATE_MAX) number = number * 10 + (uint32_t)(text.p[*at] - '0');
  return number > RATE_MAX ? 0 : number;
}

static int64_t unit_ms(char unit) {
  switch (unit) {
  case 's': return TIME_MS_PER_SECOND;
  case 'm': return TIME_MS_PER_MINUTE;
  case 'h': return TIME_MS_PER_HOUR;
  case 'd': return TIME_MS_PER_DAY;
  default: return 0;
  }
}

/* How a rate is written; "5 per minute" and "5/min" as "5/m". */
static const char *rate_hint(struct compile *c, struct str text) {
  size_t at = 0;
  uint32_t number = digits(text, &at);
  struct str rest = str_trim((struct str){text.p + at, text.len - at});
  size_t skip = str_starts(rest, STR("per ")) ? 4 : str_starts(rest, STR("/")) ? 1 : 0;
  rest = str_trim((struct str){rest.p + skip, rest.len - skip});
  bool other = str_starts(rest, STR("ms")) || str_starts(rest, STR("mo")); /* milliseconds, months */
  if (number && skip && rest.len && unit_ms(rest.p[0]) && !other)
    return arena_printf(&c->scratch, "write \"%u/%c\"", number, rest.p[0]);
  return "write \"5/s\", \"100/m\", \"1000/h\" or \"200/d\"";
}

bool read_rate(struct compile *c, const struct node *node, const char *what, uint32_t *count,
               int64_t *per_ms) {
  struct str text = node->kind == NODE_STRING ? node->text : STR("");
  size_t at = 0;
  *count = digits(text, &at);
  *per_ms = at + 2 == text.len && text.p[at] == '/' ? unit_ms(text.p[at + 1]) : 0;
  if (*count && *per_ms) return true;
  *count = 0;
  FAULT(c, "bad_rate", node->place, rate_hint(c, text),
        "%s must say how many, 1 to %d, in a second (s), minute (m), hour (h) or day (d), got %s", what,
        (int)RATE_MAX, read_described(c, node));
  return false;
}
