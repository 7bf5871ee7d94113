/* read_matcher.c - tests on one field: the words that stand for matchers, and plain values. */
#include "notation/compile_private.h"

#include "base/netaddr.h"
#include "base/text.h"
#include <math.h>

enum shape { /* what a word's argument is */
             SHAPE_NOTHING,
             SHAPE_SET,
             SHAPE_LOW,
             SHAPE_HIGH,
             SHAPE_BETWEEN,
             SHAPE_TEXT,
             SHAPE_WORDS,
             SHAPE_REGEX,
             SHAPE_LIST,
             SHAPE_NETWORKS,
             SHAPE_SPAN,
             SHAPE_KID,
             SHAPE_KIDS,
             SHAPES
};

struct word {
  const char *name;
  enum matcher_op op;
  enum shape shape;
};

static const struct word words[] = {
    {"any", MATCH_ANY, SHAPE_NOTHING},
    {"present", MATCH_PRESENT, SHAPE_NOTHING},
    {"missing", MATCH_MISSING, SHAPE_NOTHING},
    {"one_of", MATCH_ONE_OF, SHAPE_SET},
    {"none_of", MATCH_NONE_OF, SHAPE_SET},
    {"at_least", MATCH_AT_LEAST, SHAPE_LOW},
    {"at_most", MATCH_AT_MOST, SHAPE_HIGH},
    {"above", MATCH_ABOVE, SHAPE_LOW},
    {"below", MATCH_BELOW, SHAPE_HIGH},
    {"between", MATCH_BETWEEN, SHAPE_BETWEEN},
    {"starts", MATCH_STARTS, SHAPE_TEXT},
    {"ends", MATCH_ENDS, SHAPE_TEXT},
    {"contains", MATCH_CONTAINS, SHAPE_TEXT},
    {"glob", MATCH_GLOB, SHAPE_TEXT},
    {"word", MATCH_WORD, SHAPE_WORDS},
    {"matches", MATCH_REGEX, SHAPE_REGEX},
    {"listed", MATCH_LISTED, SHAPE_LIST},
    {"cidr", MATCH_CIDR, SHAPE_NETWORKS},
    {"past", MATCH_PAST, SHAPE_SPAN},
    {"ahead", MATCH_AHEAD, SHAPE_SPAN},
    {"some", MATCH_SOME, SHAPE_KID},
    {"every", MATCH_EVERY, SHAPE_KID},
    {"&", MATCH_AND, SHAPE_KIDS},
    {"|", MATCH_OR, SHAPE_KIDS},
    {"~", MATCH_NOT, SHAPE_KID},
};
enum { WORDS = sizeof words / sizeof *words };

const char *const read_matcher_words[] = {
    "any",     "present", "missing", "one_of",   "none_of", "at_least", "at_most", "above",  "below",
    "between", "starts",  "ends",    "contains", "glob",    "word",     "matches", "listed", "cidr",
    "past",    "ahead",   "some",    "every",    "&",       "|",        "~",       NULL};

static const struct word *word_of(struct str name) {
  for (size_t i = 0; i < WORDS; i++) {
    if (str_eq(name, str_of(words[i].name))) return &words[i];
  }
  return NULL;
}

static bool read_scalar(struct compile *c, const struct node *node, const char *what, struct value *out) {
  switch (node->kind) {
  case NODE_BOOL: *out = value_bool(node->boolean); return true;
  case NODE_STRING: *out = value_str(arena_str(c->arena, node->text)); return true;
  case NODE_NUMBER:
    if (!isfinite(node->number)) break;
    *out = value_number(node->number);
    return true;
  default: break;
  }
  FAULT(c, "wrong_kind", node->place, NULL, "%s compares with texts, numbers, true and false, got %s: %s",
        what, node_kind_word(node), read_described(c, node));
  return false;
}

static bool read_set(struct compile *c, const struct node *arg, const char *what, struct matcher *m) {
  if (arg->kind != NODE_TABLE || arg->table.pair_count || arg->table.item_count == 0) {
    FAULT(c, "empty_set", arg->place, "write one_of { \"a\", \"b\" }",
          "%s: one_of and none_of need a list of values, got %s", what, read_described(c, arg));
    return false;
  }
  uint32_t count = arg->table.item_count;
  struct value *set = arena_zalloc(c->arena, count * sizeof *set);
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) fine &= read_scalar(c, &arg->table.items[i], what, &set[i]);
  m->set = set;
  m->len = count;
  return fine;
}

static bool read_low(struct compile *c, const struct node *arg, const char *what, struct matcher *m) {
  m->high = INFINITY;
  return read_number(c, arg, what, &m->low);
}

static bool read_high(struct compile *c, const struct node *arg, const char *what, struct matcher *m) {
  m->low = -INFINITY;
  return read_number(c, arg, what, &m->high);
}

static bool read_between(struct compile *c, const struct node *args, const char *what, struct matcher *m) {
  bool low = read_number(c, &args[0], what, &m->low), high = read_number(c, &args[1], what, &m->high);
  if (!low || !high) return false;
  if (m->low <= m->high) return true;
  FAULT(c, "empty_range", args[0].place, "the smaller number comes first",
        "%s: between(%g, %g) holds for nothing", what, m->low, m->high);
  return false;
}

static bool fold_text(struct compile *c, const struct node *node, const char *what, struct str *out) {
  struct str text;
  if (!read_text(c, node, what, &text)) return false;
  struct buf folded;
  buf_init(&folded);
  text_fold(text, &folded);
  *out = arena_str(c->arena, buf_str(&folded));
  buf_release(&folded);
  return true;
}

static bool read_folded(struct compile *c, const struct node *arg, const char *what, bool several,
                        struct matcher *m) {
  if (!several && arg->kind != NODE_STRING) {
    FAULT(c, "wrong_kind", arg->place, "write starts \"a\" | starts \"b\" for several",
          "%s takes one text, got %s", what, read_described(c, arg));
    return false;
  }
  const struct node *nodes;
  uint32_t count;
  if (!read_texts(c, arg, what, &nodes, &count)) return false;
  struct str *texts = arena_zalloc(c->arena, count * sizeof *texts);
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) fine &= fold_text(c, &nodes[i], what, &texts[i]);
  m->texts = texts;
  m->len = count;
  return fine;
}

static bool read_regex(struct compile *c, const struct node *arg, const char *what, struct matcher *m) {
  struct str pattern;
  if (!read_text(c, arg, what, &pattern)) return false;
  struct err err;
  struct regex *regex = regex_new(pattern, &err);
  if (!regex) {
    FAULT(c, "bad_pattern", arg->place, "in Lua texts a backslash is written twice", "%s: %s", what,
          err.text);
    return false;
  }
  struct ruleset *out = c->out;
  out->regexes = read_grow(c->arena, out->regexes, out->regex_count, sizeof(struct regex *));
  out->regexes[out->regex_count++] = regex;
  m->regex = regex;
  return true;
}

static bool read_networks(struct compile *c, const struct node *arg, const char *what, struct matcher *m) {
  const struct node *nodes;
  uint32_t count;
  if (!read_texts(c, arg, what, &nodes, &count)) return false;
  struct network *networks = arena_zalloc(c->arena, count * sizeof *networks);
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) {
    if (network_parse(nodes[i].text, &networks[i])) continue;
    FAULT(c, "bad_network", nodes[i].place, "write \"203.0.113.0/24\" or \"2001:db8::/32\"",
          "%s: %s is no network", what, read_described(c, &nodes[i]));
    fine = false;
  }
  m->networks = networks;
  m->len = count;
  return fine;
}

static bool read_list_name(struct compile *c, const struct node *arg, const char *what, struct matcher *m) {
  struct str name;
  if (!read_text(c, arg, what, &name)) return false;
  m->list = read_list(c, name, arg->place);
  return m->list != NULL;
}

/* Kids of the same operator are taken in: (a & b) & c has three kids. */
static void add_kid(struct compile *c, struct matcher *m, const struct matcher *kid,
                    const struct matcher ***kids) {
  bool same = kid->op == m->op && m->op != MATCH_NOT && m->op != MATCH_SOME && m->op != MATCH_EVERY;
  uint32_t count = same ? kid->len : 1;
  for (uint32_t i = 0; i < count; i++) {
    *kids = read_grow(c->arena, *kids, m->len, sizeof **kids);
    (*kids)[m->len++] = same ? kid->kids[i] : kid;
  }
  m->timed |= kid->timed;
}

static bool read_kids(struct compile *c, const struct node *args, uint32_t count, const char *what,
                      struct matcher *m) {
  const struct matcher **kids = NULL;
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) {
    const struct matcher *kid = read_matcher(c, &args[i], what);
    if (kid)
      add_kid(c, m, kid, &kids);
    else
      fine = false;
  }
  m->kids = kids;
  return fine;
}

static bool read_argument(struct compile *c, const struct node *call, enum shape shape, const char *what,
                          struct matcher *m) {
  const struct node *args = call->call.args;
  switch (shape) {
  case SHAPE_SET: return read_set(c, args, what, m);
  case SHAPE_LOW: return read_low(c, args, what, m);
  case SHAPE_HIGH: return read_high(c, args, what, m);
  case SHAPE_BETWEEN: return read_between(c, args, what, m);
  case SHAPE_TEXT: return read_folded(c, args, what, false, m);
  case SHAPE_WORDS: return read_folded(c, args, what, true, m);
  case SHAPE_REGEX: return read_regex(c, args, what, m);
  case SHAPE_LIST: return read_list_name(c, args, what, m);
  case SHAPE_NETWORKS: return read_networks(c, args, what, m);
  case SHAPE_SPAN: m->timed = true; return read_span(c, args, what, &m->span_ms);
  case SHAPE_KID:
  case SHAPE_KIDS: return read_kids(c, args, call->call.arg_count, what, m);
  default: return true;
  }
}

static bool right_arity(struct compile *c, const struct node *call, const struct word *word,
                        const char *what) {
  uint32_t count = call->call.arg_count;
  uint32_t least = word->shape == SHAPE_NOTHING ? 0 : word->shape == SHAPE_BETWEEN ? 2 : 1;
  if (count == least || (word->shape == SHAPE_KIDS && count >= 1)) return true;
  FAULT(c, "wrong_arguments", call->place, NULL, "%s: '%s' takes %s, got %s", what, word->name,
        least == 0   ? "nothing"
        : least == 1 ? "one value"
                     : "two numbers",
        read_described(c, call));
  return false;
}

static struct matcher *new_matcher(struct compile *c, enum matcher_op op) {
  struct matcher *m = arena_zalloc(c->arena, sizeof *m);
  m->op = op;
  return m;
}

/* "> 50": a comparison, written as a text. */
static bool is_comparison(struct str text) {
  static const char *const signs[] = {">=", "<=", "~=", "!=", "<>", ">", "<", NULL};
  for (const char *const *sign = signs; *sign; sign++) {
    struct str rest = text;
    if (!str_starts(text, str_of(*sign))) continue;
    rest.p += strlen(*sign);
    rest.len -= strlen(*sign);
    rest = str_trim(rest);
    return rest.len && rest.p[0] >= '0' && rest.p[0] <= '9';
  }
  return false;
}

static const struct matcher *read_plain(struct compile *c, const struct node *node, const char *what) {
  struct matcher *m = new_matcher(c, MATCH_EQUALS);
  if (!read_scalar(c, node, what, &m->equals)) return NULL;
  if (node->kind == NODE_STRING && is_comparison(node->text))
    WARN(c, "exact_comparison", node->place,
         "write above(5), at_least(5), below(5), at_most(5), or ~one_of { 5 }",
         "%s: %s is compared exactly, as a text", what, read_described(c, node));
  if (node->kind == NODE_STRING && memchr(node->text.p, '*', node->text.len))
    WARN(c, "exact_star", node->place, "write glob \"..\" to have * stand for any text",
         "%s: %s is compared exactly, star included", what, read_described(c, node));
  return m;
}

static const struct matcher *read_call(struct compile *c, const struct node *call, const char *what) {
  const struct word *word = word_of(call->call.name);
  if (!word) {
    read_unknown_word(c, call, what, "a matcher", read_matcher_words);
    return NULL;
  }
  if (!right_arity(c, call, word, what)) return NULL;
  struct matcher *m = new_matcher(c, word->op);
  return read_argument(c, call, word->shape, what, m) ? m : NULL;
}

const struct matcher *read_matcher(struct compile *c, const struct node *node, const char *what) {
  struct node call;
  if (node_as_call(node, read_matcher_words, &call)) return read_call(c, &call, what);
  switch (node->kind) {
  case NODE_BOOL:
  case NODE_NUMBER:
  case NODE_STRING: return read_plain(c, node, what);
  case NODE_FUNCTION:
    FAULT(c, "wrong_kind", node->place, "test the whole lead: when = function(lead) .. end",
          "%s must be a value or a matcher, got a function", what);
    return NULL;
  default: break;
  }
  if (node->kind == NODE_TABLE && node->table.item_count) {
    FAULT(c, "wrong_kind", node->place, "for a list of values write one_of { .. }",
          "%s must be a value or a matcher, got a table: %s", what, read_described(c, node));
    return NULL;
  }
  read_unknown_word(c, node, what, "a value or a matcher", read_matcher_words);
  return NULL;
}

static bool numeric(const struct matcher *m) {
  switch (m->op) {
  case MATCH_ANY:
  case MATCH_AT_LEAST:
  case MATCH_AT_MOST:
  case MATCH_ABOVE:
  case MATCH_BELOW:
  case MATCH_BETWEEN: return true;
  case MATCH_EQUALS: return m->equals.kind == VALUE_NUMBER;
  case MATCH_ONE_OF:
  case MATCH_NONE_OF:
    for (uint32_t i = 0; i < m->len; i++) {
      if (m->set[i].kind != VALUE_NUMBER) return false;
    }
    return true;
  case MATCH_AND:
  case MATCH_OR:
  case MATCH_NOT:
    for (uint32_t i = 0; i < m->len; i++) {
      if (!numeric(m->kids[i])) return false;
    }
    return true;
  default: return false;
  }
}

const struct matcher *read_number_matcher(struct compile *c, const struct node *node, const char *what) {
  const struct matcher *m = read_matcher(c, node, what);
  if (!m || numeric(m)) return m;
  FAULT(c, "wrong_kind", node->place,
        "compare it with at_least(n), at_most(n), above(n), below(n) or between(a, b)",
        "%s is a number, %s does not test numbers", what, read_described(c, node));
  return NULL;
}

const struct matcher *read_present(struct compile *c, const struct matcher *valid) {
  struct matcher *present = new_matcher(c, MATCH_PRESENT);
  if (!valid) return present;
  const struct matcher **kids = arena_alloc(c->arena, 2 * sizeof *kids);
  kids[0] = present;
  kids[1] = valid;
  struct matcher *both = new_matcher(c, MATCH_AND);
  both->len = 2;
  both->kids = kids;
  both->timed = valid->timed;
  return both;
}
