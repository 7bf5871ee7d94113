#include "core/rules/declared_diff.h"

#include "base/map.h"

/* A side of the comparison, with the functions that its nodes' numbers mean. */
struct side {
  const struct generation *in;
  struct buf text, other;
};

struct diff {
  struct side from, to;
  struct buf path;
  void (*found)(void *context, const struct declared_change *change);
  void *context;
};

/* --- what stands there, as text ---------------------------------------------------------------------------------------- */

static void add_functions(const struct ruleset *rules, const struct node *node, struct buf *out) {
  switch (node->kind) {
  case NODE_FUNCTION: {
    const struct fn_info *info = &rules->functions[node->function.fn];
    buf_printf(out, " (%s:%d, %08x)", info->place.file, info->place.line, (unsigned)info->fingerprint);
    break;
  }
  case NODE_TABLE:
    for (uint32_t i = 0; i < node->table.item_count; i++) add_functions(rules, &node->table.items[i], out);
    for (uint32_t i = 0; i < node->table.pair_count; i++)
      add_functions(rules, &node->table.pairs[i].value, out);
    break;
  case NODE_CALL:
    for (uint32_t i = 0; i < node->call.arg_count; i++) add_functions(rules, &node->call.args[i], out);
    break;
  default: break;
  }
}

static struct str write(const struct side *side, const struct node *node, struct buf *out) {
  buf_clear(out);
  node_write(node, out);
  add_functions(side->in->rules, node, out);
  return buf_str(out);
}

static void mix(uint64_t *sum, uint64_t value) {
  *sum = str_hash((struct str){(const char *)(uint64_t[]){*sum, value}, 2 * sizeof value});
}

/* Functions by what they do: where they stand is told, and no difference. */
static void sum_functions(const struct ruleset *rules, const struct node *node, uint64_t *sum) {
  if (node->kind == NODE_FUNCTION) mix(sum, rules->functions[node->function.fn].fingerprint);
  if (node->kind == NODE_TABLE) {
    for (uint32_t i = 0; i < node->table.item_count; i++) sum_functions(rules, &node->table.items[i], sum);
    for (uint32_t i = 0; i < node->table.pair_count; i++)
      sum_functions(rules, &node->table.pairs[i].value, sum);
  }
  for (uint32_t i = 0; node->kind == NODE_CALL && i < node->call.arg_count; i++)
    sum_functions(rules, &node->call.args[i], sum);
}

static bool same(struct diff *diff, const struct node *a, const struct node *b) {
  uint64_t left = 0, right = 0;
  buf_clear(&diff->from.other);
  buf_clear(&diff->to.other);
  node_write(a, &diff->from.other);
  node_write(b, &diff->to.other);
  if (!str_eq(buf_str(&diff->from.other), buf_str(&diff->to.other))) return false;
  sum_functions(diff->from.in->rules, a, &left);
  sum_functions(diff->to.in->rules, b, &right);
  return left == right;
}

/* --- telling ------------------------------------------------------------------------------------------------------------ */

/* Either may be NULL: it is not there. */
static void tell(struct diff *diff, const struct node *a, const struct node *b) {
  struct str what = diff->path.len ? buf_str(&diff->path) : STR("values");
  struct declared_change change = {.what = what};
  if (a) change.from = write(&diff->from, a, &diff->from.text);
  if (b) change.to = write(&diff->to, b, &diff->to.text);
  diff->found(diff->context, &change);
}

static size_t enter(struct diff *diff, struct str name) {
  size_t before = diff->path.len;
  if (before) buf_add_char(&diff->path, '.');
  buf_add_str(&diff->path, name);
  return before;
}

static void leave(struct diff *diff, size_t before) {
  diff->path.len = before;
  diff->path.data[before] = '\0';
}

/* --- parts: items of a table that have a name, such as moves, gates and criteria ---------------------------------------- */

/* What a part says beside its name; NULL: it is no part. */
static const struct node *part_body(const struct node *item) {
  if (item->kind != NODE_CALL || item->call.arg_count == 0) return NULL;
  const struct node *first = &item->call.args[0], *last = &item->call.args[item->call.arg_count - 1];
  if (item->call.arg_count == 1) return first->kind == NODE_TABLE ? first : NULL;
  return item->call.arg_count == 2 && first->kind == NODE_STRING && last->kind == NODE_TABLE ? last : NULL;
}

/* `gate "name"`, `move { "lead", "mql" }`. */
static void write_label(const struct node *item, struct buf *out) {
  const struct node *body = part_body(item);
  struct node named = *item, items = *body;
  buf_clear(out);
  items.table.pair_count = 0;
  named.call.arg_count = 1;
  if (item->call.arg_count == 1) named.call.args = &items;
  node_write(&named, out);
}

struct parts {
  struct map numbers; /* label and which of that label -> item */
  uint32_t *items;    /* by number of the part */
  uint32_t count;
};

static void read_parts(const struct node *table, struct parts *parts) {
  struct map seen;
  struct buf label;
  map_init(&seen);
  map_init(&parts->numbers);
  buf_init(&label);
  parts->items = xcalloc(table->table.item_count + 1, sizeof *parts->items);
  parts->count = 0;
  for (uint32_t i = 0; i < table->table.item_count; i++) {
    bool added;
    if (!part_body(&table->table.items[i])) continue;
    write_label(&table->table.items[i], &label);
    uint32_t times = map_get(&seen, buf_str(&label));
    times = times == MAP_NONE ? 1 : times + 1;
    map_set(&seen, buf_str(&label), times);
    if (times > 1) buf_printf(&label, " (%u)", times);
    parts->items[parts->count] = i;
    map_put(&parts->numbers, buf_str(&label), parts->count++, &added);
  }
  buf_release(&label);
  map_release(&seen);
}

static void release_parts(struct parts *parts) {
  map_release(&parts->numbers);
  free(parts->items);
}

static void diff_tables(struct diff *diff, const struct node *a, const struct node *b);

static void join(const struct parts *parts, const struct parts *in, struct buf *out) {
  buf_clear(out);
  for (size_t i = 0; i < parts->numbers.count; i++) {
    if (map_get(&in->numbers, parts->numbers.entries[i].key) == MAP_NONE) continue;
    buf_printf(out, "%s%.*s", out->len ? ", " : "", STR_ARG(parts->numbers.entries[i].key));
  }
}

/* Moves are tried in the order in which they are written. */
static void diff_order(struct diff *diff, const struct parts *left, const struct parts *right) {
  join(left, right, &diff->from.text);
  join(right, left, &diff->to.text);
  if (str_eq(buf_str(&diff->from.text), buf_str(&diff->to.text))) return;
  size_t before = enter(diff, STR("order"));
  diff->found(diff->context, &(struct declared_change){buf_str(&diff->path), buf_str(&diff->from.text),
                                                       buf_str(&diff->to.text)});
  leave(diff, before);
}

static void diff_parts(struct diff *diff, const struct node *a, const struct node *b) {
  struct parts left, right;
  read_parts(a, &left);
  read_parts(b, &right);
  for (uint32_t i = 0; i < left.count; i++) {
    const struct node *item = &a->table.items[left.items[i]];
    uint32_t twin = map_get(&right.numbers, left.numbers.entries[i].key);
    size_t before = enter(diff, left.numbers.entries[i].key);
    if (twin == MAP_NONE)
      tell(diff, item, NULL);
    else
      diff_tables(diff, part_body(item), part_body(&b->table.items[right.items[twin]]));
    leave(diff, before);
  }
  for (uint32_t i = 0; i < right.count; i++) {
    if (map_get(&left.numbers, right.numbers.entries[i].key) != MAP_NONE) continue;
    size_t before = enter(diff, right.numbers.entries[i].key);
    tell(diff, NULL, &b->table.items[right.items[i]]);
    leave(diff, before);
  }
  diff_order(diff, &left, &right);
  release_parts(&left);
  release_parts(&right);
}

/* --- tables ------------------------------------------------------------------------------------------------------------- */

static const struct node *next_plain(const struct node *table, uint32_t *at) {
  while (*at < table->table.item_count && part_body(&table->table.items[*at])) (*at)++;
  return *at < table->table.item_count ? &table->table.items[(*at)++] : NULL;
}

static bool same_plain_items(struct diff *diff, const struct node *a, const struct node *b) {
  uint32_t i = 0, k = 0;
  for (;;) {
    const struct node *left = next_plain(a, &i), *right = next_plain(b, &k);
    if (!left || !right) return left == right;
    if (!same(diff, left, right)) return false;
  }
}

static const struct node *value_of(const struct node *table, struct str key) {
  for (uint32_t i = 0; i < table->table.pair_count; i++)
    if (str_eq(table->table.pairs[i].key, key)) return &table->table.pairs[i].value;
  return NULL;
}

static void diff_values(struct diff *diff, const struct node *a, const struct node *b) {
  if (a && b && same(diff, a, b)) return;
  if (a && b && a->kind == NODE_TABLE && b->kind == NODE_TABLE)
    diff_tables(diff, a, b);
  else
    tell(diff, a, b);
}

static void diff_pairs(struct diff *diff, const struct node *a, const struct node *b) {
  for (uint32_t i = 0; i < a->table.pair_count; i++) {
    size_t before = enter(diff, a->table.pairs[i].key);
    diff_values(diff, &a->table.pairs[i].value, value_of(b, a->table.pairs[i].key));
    leave(diff, before);
  }
  for (uint32_t i = 0; i < b->table.pair_count; i++) {
    if (value_of(a, b->table.pairs[i].key)) continue;
    size_t before = enter(diff, b->table.pairs[i].key);
    diff_values(diff, NULL, &b->table.pairs[i].value);
    leave(diff, before);
  }
}

/* A list is told as a whole, what has names member by member. */
static void diff_tables(struct diff *diff, const struct node *a, const struct node *b) {
  if (!same_plain_items(diff, a, b)) {
    tell(diff, a, b);
    return;
  }
  diff_parts(diff, a, b);
  diff_pairs(diff, a, b);
}

void declared_diff(const struct generation *from, const struct node *a, const struct generation *to,
                   const struct node *b, void (*found)(void *context, const struct declared_change *change),
                   void *context) {
  struct diff diff = {.from = {.in = from}, .to = {.in = to}, .found = found, .context = context};
  struct buf *bufs[] = {&diff.from.text, &diff.from.other, &diff.to.text, &diff.to.other, &diff.path};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_init(bufs[i]);
  diff_values(&diff, a, b);
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_release(bufs[i]);
}
