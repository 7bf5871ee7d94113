#include "model/match/matcher_same.h"

#include "model/ruleset/list.h"

static bool same_values(const struct value *a, const struct value *b, uint32_t len) {
  for (uint32_t i = 0; i < len; i++)
    if (!value_eq(a[i], b[i])) return false;
  return true;
}

static bool same_texts(const struct str *a, const struct str *b, uint32_t len) {
  for (uint32_t i = 0; i < len; i++)
    if (!str_eq(a[i], b[i])) return false;
  return true;
}

static bool same_networks(const struct network *a, const struct network *b, uint32_t len) {
  for (uint32_t i = 0; i < len; i++)
    if (a[i].bits != b[i].bits || memcmp(&a[i].base, &b[i].base, sizeof a[i].base) != 0) return false;
  return true;
}

static bool same_kids(const struct matcher *a, const struct matcher *b) {
  for (uint32_t i = 0; i < a->len; i++)
    if (!matcher_same(a->kids[i], b->kids[i])) return false;
  return true;
}

static bool same_list(const struct list *a, const struct list *b) {
  return a->text.low == b->text.low && a->text.high == b->text.high;
}

bool matcher_same(const struct matcher *a, const struct matcher *b) {
  if (!a || !b) return a == b;
  if (a->op != b->op || a->len != b->len) return false;
  switch (a->op) {
  case MATCH_ANY:
  case MATCH_PRESENT:
  case MATCH_MISSING: return true;
  case MATCH_EQUALS: return value_eq(a->equals, b->equals);
  case MATCH_ONE_OF:
  case MATCH_NONE_OF: return same_values(a->set, b->set, a->len);
  case MATCH_AT_LEAST:
  case MATCH_ABOVE: return a->low == b->low;
  case MATCH_AT_MOST:
  case MATCH_BELOW: return a->high == b->high;
  case MATCH_BETWEEN: return a->low == b->low && a->high == b->high;
  case MATCH_STARTS:
  case MATCH_ENDS:
  case MATCH_CONTAINS:
  case MATCH_GLOB: return str_eq(a->texts[0], b->texts[0]);
  case MATCH_WORD: return same_texts(a->texts, b->texts, a->len);
  case MATCH_REGEX: return str_eq(regex_pattern(a->regex), regex_pattern(b->regex));
  case MATCH_LISTED: return same_list(a->list, b->list);
  case MATCH_CIDR: return same_networks(a->networks, b->networks, a->len);
  case MATCH_PAST:
  case MATCH_AHEAD: return a->span_ms == b->span_ms;
  case MATCH_SOME:
  case MATCH_EVERY:
  case MATCH_NOT: return matcher_same(a->kids[0], b->kids[0]);
  case MATCH_AND:
  case MATCH_OR: return same_kids(a, b);
  }
  return false;
}
