/* fuzz_compile.c - any tree of nodes compiles or is refused, is checked and described, and leaves nothing behind.
 *
 * Bytes choose among the notation's own words, so that most trees get past the first reader. */
#include "model/ruleset/cond_describe.h"
#include "notation/compile.h"

enum { FUZZ_PARTS_MAX = 6, FUZZ_DEPTH_MAX = 9 };

struct bytes {
  const uint8_t *next, *end;
  struct arena *arena;
};

static const char *const words[] = {"page",     "screen",     "track",
                                    "identify", "group_call", "any_event",
                                    "visit",    "entered",    "sequence",
                                    "times",    "no",         "trait",
                                    "score",    "grade_is",   "stage",
                                    "seen",     "known",      "completeness",
                                    "velocity", "idle",       "in_stage_for",
                                    "interest", "one_of",     "none_of",
                                    "at_least", "at_most",    "above",
                                    "below",    "between",    "starts",
                                    "ends",     "contains",   "glob",
                                    "word",     "matches",    "listed",
                                    "cidr",     "past",       "ahead",
                                    "present",  "missing",    "any",
                                    "some",     "every",      "&",
                                    "|",        "~",          "any_of",
                                    "all_of",   "not",        "half_life",
                                    "linear",   "step",       "move",
                                    "gate"};
static const char *const keys[] = {
    "doc",          "group",      "dimension", "on",       "when",  "counts_while", "points", "field",
    "first",        "limit",      "cooldown",  "decay",    "cap",   "topics",       "value",  "times",
    "per",          "within",     "same",      "distinct", "since", "dimensions",   "keep",   "required",
    "optional",     "valid",      "email",     "never",    "start", "stages",       "final",  "who",
    "into",         "need",       "by",        "reasons",  "again", "min",          "max",    "bands",
    "gap",          "fit",        "intent",    "A",        "1",     "7d",           "path",   "title",
    "company.size", "context.ip", "t"};
static const char *const texts[] = {
    "fit",    "intent", "main",       "a",     "b", "A1",  "B2",       "7d",          "30d",
    "1d12h",  "0d",     "cycle",      "merge", "t", "web", "list",     "broken",      "/x*",
    "(?i)^a", "(",      "10.0.0.0/8", "path",  "5", "",    "\xff\xfe", "caf\xc3\xa9", "title"};
static const double numbers[] = {0, 1, 2, 3, 0.5, -1, -10, 50, 100, 255, 256, 257, 1e6, 1e7, 1e300, -0.0};
static const char *const kinds[] = {"dimension", "group",    "grade",     "rule",     "rule",
                                    "rule",      "rule",     "reset",     "ignore",   "activity",
                                    "profile",   "identity", "lifecycle", "lifecycle"};

#define PICK(array, byte) ((array)[(byte) % (sizeof(array) / sizeof(array)[0])])

static uint8_t take(struct bytes *in) {
  return in->next < in->end ? *in->next++ : 0;
}

static struct node make_node(struct bytes *in, int depth);

static const struct node *make_nodes(struct bytes *in, int depth, uint32_t count) {
  struct node *nodes = arena_zalloc(in->arena, (count + 1) * sizeof *nodes);
  for (uint32_t i = 0; i < count; i++) nodes[i] = make_node(in, depth);
  return nodes;
}

static void make_table(struct bytes *in, int depth, struct node *node) {
  uint8_t shape = take(in);
  node->table.item_count = shape % FUZZ_PARTS_MAX;
  node->table.pair_count = shape / FUZZ_PARTS_MAX % FUZZ_PARTS_MAX;
  node->table.items = make_nodes(in, depth, node->table.item_count);
  struct node_pair *pairs = arena_zalloc(in->arena, (node->table.pair_count + 1) * sizeof *pairs);
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    uint8_t key = take(in);
    pairs[i].key = str_of(key & 128 ? PICK(words, key) : PICK(keys, key));
    pairs[i].key_place = node->place;
    pairs[i].value = make_node(in, depth);
  }
  node->table.pairs = pairs;
}

static struct node make_node(struct bytes *in, int depth) {
  struct node node = {.place = {.file = "rules.lua", .line = 1}};
  uint8_t choice = depth == 0 ? take(in) % 3 : take(in) % 12;
  if (choice == 0) {
    node.kind = NODE_STRING;
    node.text = str_of(PICK(texts, take(in)));
  } else if (choice == 1) {
    node.kind = NODE_NUMBER;
    node.number = PICK(numbers, take(in));
  } else if (choice == 2) {
    node.kind = take(in) % 2 ? NODE_BOOL : NODE_FUNCTION;
  } else if (choice < 6) {
    node.kind = NODE_TABLE;
    make_table(in, depth - 1, &node);
  } else {
    node.kind = NODE_CALL;
    node.call.name = str_of(PICK(words, take(in)));
    node.call.arg_count = take(in) % 3;
    node.call.args = make_nodes(in, depth - 1, node.call.arg_count);
  }
  return node;
}

static void make_declarations(struct bytes *in, struct declarations *out) {
  static struct fn_info function = {.owner = "rule x", .place = {.file = "rules.lua", .line = 1}};
  out->functions = &function;
  out->function_count = 1;
  while (in->next < in->end) {
    struct declaration d = {.kind = PICK(kinds, take(in)), .name = str_of(PICK(texts, take(in)))};
    d.place = (struct place){.file = "rules.lua", .line = 1};
    d.body = (struct node){.kind = NODE_TABLE, .place = d.place};
    make_table(in, FUZZ_DEPTH_MAX, &d.body);
    declarations_add(out, d);
  }
}

static void use(const struct ruleset *rules, struct problems *problems) {
  struct buf out;
  buf_init(&out);
  notation_check(rules, problems);
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    if (rules->rules[i].when) cond_describe(rules, rules->rules[i].when, &out);
  }
  buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct list_source lists[] = {{STR("list"), STR("lists/list.txt"), STR("a\n*.edu\n")},
                                             {STR("broken"), STR("lists/broken.txt"), STR("a*b\n")}};
  struct declarations declarations;
  struct problems problems;
  struct buf out;
  declarations_init(&declarations);
  problems_init(&problems);
  buf_init(&out);
  make_declarations(&(struct bytes){data, data + size, &declarations.arena}, &declarations);
  struct ruleset *rules = notation_compile(&declarations, lists, 2, "0", &problems);
  if (rules) use(rules, &problems);
  ruleset_free(rules);
  problems_sort(&problems);
  problems_print(&problems, "", &out);
  buf_release(&out);
  problems_release(&problems);
  declarations_release(&declarations);
  return 0;
}
