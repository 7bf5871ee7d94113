/* A row of a table as one event's JSON. */
#include "io/files/csv_map_private.h"

#include "base/json.h"
#include "base/text.h"
#include <stdlib.h>

struct row {
  const struct csv_map *map;
  const struct str *fields;
  struct json_writer writer;
  struct err *err;
};

static struct str cell_of(const struct row *row, int node) {
  int column = row->map->nodes[node].column;
  return column == NO_COLUMN ? STR("") : str_trim(row->fields[column]);
}

/* Whether the node, or anything below it, has a cell that says something. */
static bool is_present(const struct row *row, int node) {
  if (cell_of(row, node).len) return true;
  for (int i = row->map->nodes[node].first_child; i != NO_NODE; i = row->map->nodes[i].sibling)
    if (is_present(row, i)) return true;
  return false;
}

static int bad_cell(const struct row *row, int node, const char *expected) {
  struct str text = cell_of(row, node), key = row->map->nodes[node].key;
  return err_set(row->err, ERR_INVALID, "%.*s: \"%.*s\" is no %s", STR_ARG(key),
                 (int)(text.len < 60 ? text.len : 60), text.p, expected);
}

/* A decimal number as JSON writes it, and nothing else. */
static bool is_number(struct str text) {
  size_t i = 0, digits = 0;
  if (i < text.len && text.p[i] == '-') i++;
  if (i + 1 < text.len && text.p[i] == '0' && text.p[i + 1] != '.') return false;
  for (; i < text.len && text.p[i] >= '0' && text.p[i] <= '9'; i++) digits++;
  if (digits == 0 || digits > 300) return false;
  if (i == text.len) return true;
  if (text.p[i++] != '.' || i == text.len) return false;
  while (i < text.len && text.p[i] >= '0' && text.p[i] <= '9') i++;
  return i == text.len;
}

static bool read_bool(struct str text, bool *out) {
  static const char *const words[][2] = {{"true", "false"}, {"yes", "no"}, {"1", "0"},
                                         {"si", "no"},      {"y", "n"},    {"s\xc3\xad", "no"}};
  char lowered[8];
  if (text.len >= sizeof lowered) return false;
  for (size_t i = 0; i < text.len; i++)
    lowered[i] = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] - 'A' + 'a' : text.p[i]);
  for (size_t w = 0; w < sizeof words / sizeof *words; w++)
    for (int no = 0; no < 2; no++)
      if (str_eq((struct str){lowered, text.len}, str_of(words[w][no]))) return *out = !no, true;
  return false;
}

static int put_cell(struct row *row, int node) {
  struct str text = cell_of(row, node);
  bool truth;
  switch (row->map->nodes[node].cell) {
  case CELL_TEXT: json_put_str(&row->writer, text); return 0;
  case CELL_NUMBER:
    if (!is_number(text)) return bad_cell(row, node, "number (digits, at most one point, no separators)");
    json_put_raw(&row->writer, text);
    return 0;
  case CELL_BOOL:
    if (!read_bool(text, &truth)) return bad_cell(row, node, "yes or no");
    json_put_bool(&row->writer, truth);
    return 0;
  }
  return 0;
}

static int put_node(struct row *row, int node);

static int put_children(struct row *row, int node) {
  for (int i = row->map->nodes[node].first_child; i != NO_NODE; i = row->map->nodes[i].sibling) {
    if (!is_present(row, i)) continue;
    json_key_str(&row->writer, row->map->nodes[i].key);
    if (put_node(row, i) != 0) return -1;
  }
  return 0;
}

static int put_node(struct row *row, int node) {
  if (row->map->nodes[node].first_child == NO_NODE) return put_cell(row, node);
  json_open(&row->writer, '{');
  if (put_children(row, node) != 0) return -1;
  json_close(&row->writer, '}');
  return 0;
}

static void put_text(struct row *row, const char *key, struct str text) {
  if (!text.len) return;
  json_key(&row->writer, key);
  json_put_str(&row->writer, text);
}

/* A company's own row: what it says under traits.company, or everything, is the company's. */
static int company_node(const struct row *row) {
  for (int i = row->map->nodes[TRAITS].first_child; i != NO_NODE; i = row->map->nodes[i].sibling)
    if (str_eq(row->map->nodes[i].key, STR("company")) && row->map->nodes[i].first_child != NO_NODE) return i;
  return TRAITS;
}

static int put_object(struct row *row, const char *key, int node) {
  if (!is_present(row, node)) return 0;
  json_key(&row->writer, key);
  json_open(&row->writer, '{');
  if (put_children(row, node) != 0) return -1;
  json_close(&row->writer, '}');
  return 0;
}

static int put_context(struct row *row, struct str account) {
  if (!account.len && !is_present(row, CONTEXT)) return 0;
  json_key(&row->writer, "context");
  json_open(&row->writer, '{');
  put_text(row, "groupId", account);
  if (put_children(row, CONTEXT) != 0) return -1;
  json_close(&row->writer, '}');
  return 0;
}

static int put_event(struct row *row) {
  struct str account = cell_of(row, ACCOUNT), event = cell_of(row, EVENT), time = cell_of(row, TIME);
  bool person = cell_of(row, ID).len || cell_of(row, ANONYMOUS_ID).len;
  bool company = !person && account.len;
  bool timed = row->map->nodes[TIME].column != NO_COLUMN;
  json_open(&row->writer, '{');
  put_text(row, "type", company ? STR("group") : event.len ? STR("track") : STR("identify"));
  put_text(row, "userId", cell_of(row, ID));
  put_text(row, "anonymousId", cell_of(row, ANONYMOUS_ID));
  if (company) put_text(row, "groupId", account);
  put_text(row, "messageId", cell_of(row, MESSAGE_ID));
  put_text(row, "event", event);
  put_text(row, "timestamp", timed ? time : str_of(row->map->time));
  if (put_context(row, company ? STR("") : account) != 0 || put_object(row, "properties", PROPERTIES) != 0 ||
      put_object(row, "traits", company ? company_node(row) : TRAITS) != 0)
    return -1;
  json_close(&row->writer, '}');
  return 0;
}

int csv_map_event(const struct csv_map *map, const struct str *fields, size_t count, struct buf *out,
                  struct err *err) {
  struct row row = {.map = map, .fields = fields, .err = err};
  if (count != map->width)
    return err_set(err, ERR_INVALID, "it has %zu fields, the header has %zu", count, map->width);
  for (size_t i = 0; i < count; i++)
    if (!text_is_utf8(fields[i]))
      return err_set(err, ERR_INVALID,
                     "field %zu is not UTF-8: convert the file with `iconv -f WINDOWS-1252 -t UTF-8`", i + 1);
  json_writer_init(&row.writer, out);
  return put_event(&row);
}
