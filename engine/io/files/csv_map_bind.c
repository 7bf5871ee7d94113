/* Finding a map's columns in the header of a table. */
#include "io/files/csv_map_private.h"

#include "base/text.h"

/* Headers that say what they are, in snake case. */
static const char *const id_words[] = {"id", "user_id", "lead_id", "contact_id", NULL};
static const char *const email_words[] = {
    "email", "e_mail", "email_address", "mail", "correo", "correo_electronico", NULL};
static const char *const time_words[] = {"time",          "timestamp",  "date",  "created",
                                         "created_at",    "created_on", "fecha", "fecha_de_creacion",
                                         "fecha_de_alta", NULL};

static char lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_name(struct str a, struct str b) {
  a = str_trim(a), b = str_trim(b);
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++)
    if (lower(a.p[i]) != lower(b.p[i])) return false;
  return true;
}

static int unknown_column(struct csv_map *map, struct str name, const struct str *header, size_t count,
                          struct err *err) {
  const char **names = arena_alloc(&map->arena, (count + 1) * sizeof *names);
  for (size_t i = 0; i < count; i++) names[i] = arena_str(&map->arena, str_trim(header[i])).p;
  names[count] = NULL;
  const char *near = str_nearest(name, names);
  return err_set(err, ERR_USAGE, "the table has no column \"%.*s\"%s%s%s", STR_ARG(name),
                 near ? ": did you mean \"" : "", near ? near : "", near ? "\"" : "");
}

static int bind_named(struct csv_map *map, const struct str *header, size_t count, bool *used,
                      struct err *err) {
  for (int n = 0; n < map->count; n++) {
    struct node *node = &map->nodes[n];
    if (!node->column_name.p) continue;
    for (size_t i = 0; i < count && node->column == NO_COLUMN; i++)
      if (same_name(header[i], node->column_name)) node->column = (int)i;
    if (node->column == NO_COLUMN) return unknown_column(map, node->column_name, header, count, err);
    used[node->column] = true;
  }
  return 0;
}

/* The column whose header is one of the words, the first word first. */
static int find_column(const struct str *names, size_t count, const char *const *words) {
  for (; *words; words++)
    for (size_t i = 0; i < count; i++)
      if (str_eq(names[i], str_of(*words))) return (int)i;
  return NO_COLUMN;
}

static int guess(struct csv_map *map, const struct str *names, size_t count, bool *used, struct err *err) {
  int id = find_column(names, count, id_words), email = find_column(names, count, email_words);
  map->nodes[ID].column = id != NO_COLUMN ? id : email;
  map->nodes[TIME].column = find_column(names, count, time_words);
  if (map->nodes[ID].column == NO_COLUMN)
    return err_set(
        err, ERR_USAGE,
        "no column says who a row is about (id, user_id, email ...): say which, as in --csv-map id=COLUMN,*");
  if (id != NO_COLUMN) used[id] = true; /* an address is a trait as well */
  if (map->nodes[TIME].column != NO_COLUMN) used[map->nodes[TIME].column] = true;
  if (email != NO_COLUMN) {
    map->nodes[csv_map_child(map, TRAITS, STR("email"))].column = email;
    used[email] = true;
  }
  return 0;
}

static void bind_rest(struct csv_map *map, const struct str *names, size_t count, const bool *used) {
  for (size_t i = 0; i < count; i++) {
    if (used[i] || !names[i].len) continue;
    int node = csv_map_child(map, TRAITS, names[i]);
    bool free_node = !csv_map_is_taken(map, node) && map->nodes[node].first_child == NO_NODE;
    if (free_node) map->nodes[node].column = (int)i;
  }
}

/* The headers in snake case. */
static struct str *names_of(struct csv_map *map, const struct str *header, size_t count) {
  struct str *names = arena_alloc(&map->arena, count * sizeof *names);
  for (size_t i = 0; i < count; i++) names[i] = text_snake(str_trim(header[i]), &map->arena);
  return names;
}

int csv_map_bind(struct csv_map *map, const struct str *header, size_t count, int64_t time_ms,
                 struct err *err) {
  struct str *names = names_of(map, header, count);
  bool *used = arena_zalloc(&map->arena, count * sizeof *used);
  map->width = count;
  if (map->guess && guess(map, names, count, used, err) != 0) return -1;
  if (bind_named(map, header, count, used, err) != 0) return -1;
  if (map->rest) bind_rest(map, names, count, used);
  if (map->nodes[TIME].column == NO_COLUMN && time_ms == 0)
    return err_set(err, ERR_USAGE,
                   "no column says when a row was true: add time=COLUMN to --csv-map, or --csv-time");
  time_text(time_ms, map->time);
  return 0;
}
