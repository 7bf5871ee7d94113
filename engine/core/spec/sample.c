#include "core/spec/sample.h"

#include "base/timefmt.h"
#include "core/spec/draw.h"
#include "model/ruleset/list.h"

/* What regular expressions and negations are tried on: the kinds of text that rules ask for. */
static const char *const texts[] = {
    "something",
    "Ana",
    "Ruiz",
    "ana@mills.example",
    "info@mills.example",
    "+34911234567",
    "CEO",
    "Mills",
    "ES",
    "/",
    "https://www.linkedin.com/in/ana",
    "Examplebot/2.1",
    "1",
    "2024-01-01",
};

static struct value any_text(uint64_t *chance) {
  return value_str(str_of(texts[draw_below(chance, sizeof texts / sizeof *texts)]));
}

static struct value joined(struct arena *arena, const char *before, struct str text, const char *after) {
  return value_str(str_of(arena_printf(arena, "%s%.*s%s", before, STR_ARG(text), after)));
}

static struct value filled_glob(struct str glob, uint64_t *chance, struct arena *arena) {
  char *text = arena_alloc(arena, 2 * glob.len + 1);
  size_t len = 0;
  for (size_t i = 0; i < glob.len; i++) {
    if (glob.p[i] != '*')
      text[len++] = glob.p[i] == '?' ? 'x' : glob.p[i];
    else
      for (uint32_t n = draw_below(chance, 3); n > 0; n--) text[len++] = 'x';
  }
  return value_str((struct str){text, len});
}

static struct value list_entry(const struct list *list, uint64_t *chance, struct arena *arena) {
  size_t plain = list->entries.count, all = plain + list->wildcards.count;
  if (all == 0) return VALUE_NONE;
  size_t i = draw(chance) % all;
  if (i < plain) return value_str(list->entries.entries[i].key);
  return joined(arena, "x.", list->wildcards.entries[i - plain].key, "");
}

static struct value network_host(const struct network *network, struct arena *arena) {
  char text[NETWORK_TEXT_MAX];
  struct str written = str_of(network_text(network, text));
  for (size_t i = 0; i < written.len; i++)
    if (written.p[i] == '/') written.len = i;
  return value_str(arena_str(arena, written));
}

static struct value date(int64_t instant_ms, struct arena *arena) {
  char text[TIME_TEXT_MAX];
  return value_str(arena_str(arena, str_of(time_text(instant_ms, text))));
}

static struct value one_item(const struct matcher *matcher, int64_t now, uint64_t *chance,
                             struct arena *arena) {
  struct value *item = arena_zalloc(arena, sizeof *item);
  sample_value(matcher->kids[0], now, chance, arena, item);
  return (struct value){.kind = VALUE_LIST, .len = 1, .items = item};
}

static struct value one_kid(const struct matcher *matcher, int64_t now, uint64_t *chance,
                            struct arena *arena) {
  struct value v = VALUE_NONE;
  sample_value(matcher->kids[draw_below(chance, matcher->len)], now, chance, arena, &v);
  return v;
}

static struct value number(const struct matcher *m, uint64_t *chance) {
  uint32_t more = draw_below(chance, 3);
  switch (m->op) {
  case MATCH_AT_LEAST: return value_number(m->low + more);
  case MATCH_AT_MOST: return value_number(m->high - more);
  case MATCH_ABOVE: return value_number(m->low + 1 + more);
  case MATCH_BELOW: return value_number(m->high - 1 - more);
  default: return value_number(more == 0 ? m->low : more == 1 ? m->high : (m->low + m->high) / 2);
  }
}

/* A likely value; whether it matches is for sample_value to see. */
static struct value guess(const struct matcher *m, int64_t now, uint64_t *chance, struct arena *arena) {
  switch (m->op) {
  case MATCH_MISSING: return VALUE_NONE;
  case MATCH_EQUALS: return m->equals;
  case MATCH_ONE_OF: return m->set[draw_below(chance, m->len)];
  case MATCH_AT_LEAST:
  case MATCH_AT_MOST:
  case MATCH_ABOVE:
  case MATCH_BELOW:
  case MATCH_BETWEEN: return number(m, chance);
  case MATCH_STARTS: return joined(arena, "", m->texts[0], draw_below(chance, 2) ? "x" : "");
  case MATCH_ENDS: return joined(arena, draw_below(chance, 2) ? "x" : "", m->texts[0], "");
  case MATCH_CONTAINS: return joined(arena, "x", m->texts[0], "x");
  case MATCH_GLOB: return filled_glob(m->texts[0], chance, arena);
  case MATCH_WORD:
    return joined(arena, "", m->texts[draw_below(chance, m->len)], draw_below(chance, 2) ? " x" : "");
  case MATCH_LISTED: return list_entry(m->list, chance, arena);
  case MATCH_CIDR: return network_host(&m->networks[draw_below(chance, m->len)], arena);
  case MATCH_PAST: return date(now - m->span_ms / 2, arena);
  case MATCH_AHEAD: return date(now + m->span_ms / 2, arena);
  case MATCH_SOME:
  case MATCH_EVERY: return one_item(m, now, chance, arena);
  case MATCH_AND:
  case MATCH_OR: return one_kid(m, now, chance, arena);
  default: return any_text(chance); /* any, present, none_of, a regular expression, a negation */
  }
}

bool sample_value(const struct matcher *matcher, int64_t now, uint64_t *chance, struct arena *arena,
                  struct value *out) {
  for (int i = 0; i < SAMPLE_TRIES; i++) {
    *out = guess(matcher, now, chance, arena);
    if (matcher_eval(matcher, *out, now) == TRUTH_YES) return true;
  }
  return false;
}
