#include "io/files/csv_map.h"

#include "io/files/csv_map_private.h"

/* As written in a map; NULL ends them. */
static const char *const words[SLOTS + 1] = {"id",    "anonymous_id", "account",    "time",    "message_id",
                                             "event", "traits",       "properties", "context", NULL};

/* --- the tree ------------------------------------------------------------------------------------------------------ */

static int add_node(struct csv_map *map, struct str key) {
  if (map->count == map->cap) {
    map->cap = map->cap ? map->cap * 2 : 32;
    map->nodes = xrealloc(map->nodes, (size_t)map->cap * sizeof *map->nodes);
  }
  map->nodes[map->count] =
      (struct node){.key = key, .column = NO_COLUMN, .first_child = NO_NODE, .sibling = NO_NODE};
  return map->count++;
}

/* Children keep the order they were named in. */
int csv_map_child(struct csv_map *map, int parent, struct str key) {
  int *link_of_parent = &map->nodes[parent].first_child, last = NO_NODE;
  for (int i = *link_of_parent; i != NO_NODE; last = i, i = map->nodes[i].sibling)
    if (str_eq(map->nodes[i].key, key)) return i;
  int fresh = add_node(map, arena_str(&map->arena, key));
  if (last == NO_NODE)
    map->nodes[parent].first_child = fresh;
  else
    map->nodes[last].sibling = fresh;
  return fresh;
}

bool csv_map_is_taken(const struct csv_map *map, int node) {
  const struct node *n = &map->nodes[node];
  return n->column_name.p || n->column != NO_COLUMN;
}

static int place_target(struct csv_map *map, struct str target, int *node, struct err *err) {
  const char *dot = memchr(target.p, '.', target.len);
  struct str head = {target.p, dot ? (size_t)(dot - target.p) : target.len};
  int slot = 0, depth = 0;
  while (slot < SLOTS && !str_eq(head, str_of(words[slot]))) slot++;
  if (slot == SLOTS) {
    const char *near = str_nearest(head, words);
    return err_set(err, ERR_USAGE,
                   "\"%.*s\" is no target%s%s; expected id, anonymous_id, account, time, message_id, "
                   "event, traits.NAME, properties.NAME or context.NAME",
                   STR_ARG(target), near ? ": did you mean " : "", near ? near : "");
  }
  if ((slot >= TRAITS) != (dot != NULL))
    return err_set(err, ERR_USAGE, "\"%.*s\": %s", STR_ARG(target),
                   dot ? "this target has no parts" : "say which one, as in traits.first_name");
  *node = slot;
  while (dot) {
    struct str tail = {dot + 1, (size_t)(target.p + target.len - dot - 1)};
    dot = tail.len ? memchr(tail.p, '.', tail.len) : NULL;
    struct str key = {tail.p, dot ? (size_t)(dot - tail.p) : tail.len};
    if (!key.len || ++depth > CSV_MAP_DEPTH_MAX || csv_map_is_taken(map, *node))
      return err_set(err, ERR_USAGE, "\"%.*s\": %s", STR_ARG(target),
                     !key.len ? "a name is missing beside a dot" : "a part of it is a value already");
    *node = csv_map_child(map, *node, key);
  }
  if (!csv_map_is_taken(map, *node) && map->nodes[*node].first_child == NO_NODE) return 0;
  return err_set(err, ERR_USAGE, "\"%.*s\" is given twice", STR_ARG(target));
}

/* --- reading a map ------------------------------------------------------------------------------------------------- */

/* The text up to an unescaped `end` (or the whole), backslashes taken out; *rest begins behind it. */
static struct str take_until(struct csv_map *map, struct str *rest, char end) {
  char *out = arena_alloc(&map->arena, rest->len + 1);
  size_t len = 0, i = 0;
  for (; i < rest->len && rest->p[i] != end; i++) {
    if (rest->p[i] == '\\' && i + 1 < rest->len) i++;
    out[len++] = rest->p[i];
  }
  size_t used = i < rest->len ? i + 1 : i;
  *rest = (struct str){rest->p + used, rest->len - used};
  return str_trim((struct str){out, len});
}

static int read_cell_kind(struct str *target, enum cell *cell, struct err *err) {
  static const char *const words[] = {"text", "number", "bool", NULL};
  const char *colon = memchr(target->p, ':', target->len);
  *cell = CELL_TEXT;
  if (!colon) return 0;
  struct str word = {colon + 1, (size_t)(target->p + target->len - colon - 1)};
  target->len = (size_t)(colon - target->p);
  for (int i = 0; words[i]; i++)
    if (str_eq(word, str_of(words[i]))) return *cell = (enum cell)i, 0;
  return err_set(err, ERR_USAGE, "\":%.*s\" is no way to read a cell; expected :text, :number or :bool",
                 STR_ARG(word));
}

static int read_entry(struct csv_map *map, struct str entry, struct err *err) {
  if (str_eq(entry, STR("*"))) return map->rest = true, 0;
  struct str rest = entry, target = take_until(map, &rest, '=');
  if (!rest.p || rest.p == entry.p + entry.len || !target.len)
    return err_set(err, ERR_USAGE, "\"%.*s\": expected TARGET=COLUMN, as in id=Email", STR_ARG(entry));
  struct str column = take_until(map, &rest, '\0');
  enum cell cell;
  int node;
  if (read_cell_kind(&target, &cell, err) != 0 || place_target(map, target, &node, err) != 0) return -1;
  map->nodes[node].column_name = column;
  map->nodes[node].cell = cell;
  return 0;
}

/* An entry ends at an unescaped comma; its own escapes stay for read_entry. */
static struct str next_entry(struct str *rest) {
  size_t i = 0;
  while (i < rest->len && rest->p[i] != ',') i += rest->p[i] == '\\' && i + 1 < rest->len ? 2 : 1;
  struct str entry = str_trim((struct str){rest->p, i});
  size_t used = i < rest->len ? i + 1 : i;
  *rest = (struct str){rest->p + used, rest->len - used};
  return entry;
}

static int read_entries(struct csv_map *map, struct str text, struct err *err) {
  for (int entries = 0; text.len; entries++) {
    struct str entry = next_entry(&text);
    if (entries == CSV_MAP_TARGETS_MAX)
      return err_set(err, ERR_LIMIT, "more than %d entries", CSV_MAP_TARGETS_MAX);
    if (entry.len && read_entry(map, entry, err) != 0) return -1;
  }
  if (map->nodes[ID].column_name.p || map->nodes[ANONYMOUS_ID].column_name.p ||
      map->nodes[ACCOUNT].column_name.p)
    return 0;
  return err_set(err, ERR_USAGE, "the map says nobody: add id=COLUMN (or anonymous_id=, account=)");
}

struct csv_map *csv_map_new(const char *text, struct err *err) {
  struct csv_map *map = xcalloc(1, sizeof *map);
  arena_init(&map->arena, 4096);
  for (int i = 0; i < SLOTS; i++) add_node(map, str_of(words[i]));
  map->guess = map->rest = text == NULL;
  if (!text || read_entries(map, str_of(text), err) == 0) return map;
  csv_map_free(map);
  return NULL;
}

void csv_map_free(struct csv_map *map) {
  if (!map) return;
  arena_release(&map->arena);
  free(map->nodes);
  free(map);
}
