#include "core/lookup/lookup_csv.h"

#include "base/buf.h"
#include "base/text.h"
#include "core/lookup/lookup.h"

struct lookup_csv {
  struct str text;
  char delimiter;
  struct arena arena;
  struct str columns[LOOKUP_COLUMNS_MAX];
  uint32_t column_count;
  struct map keys; /* folded -> row */
  uint32_t *rows;  /* where each begins in the text, from the first one on */
  size_t row_count, row_cap;
};

/* One field from *at on; what it says is in `out`. *at is then behind its delimiter or line end, *last whether that was one. */
static bool take_field(const struct lookup_csv *csv, size_t *at, bool *last, struct buf *out) {
  struct str text = csv->text;
  size_t i = *at;
  bool quoted = i < text.len && text.p[i] == '"';
  buf_clear(out);
  for (i += quoted; i < text.len; i++) {
    char c = text.p[i];
    if (quoted && c == '"' && !(i + 1 < text.len && text.p[i + 1] == '"')) break;
    if (quoted && c == '"') i++;
    if (!quoted && (c == csv->delimiter || c == '\n' || c == '\r')) break;
    buf_add_char(out, c);
  }
  if (quoted && (i == text.len || text.p[i] != '"')) return false;
  i += quoted;
  *last = i >= text.len || text.p[i] != csv->delimiter;
  if (i < text.len && text.p[i] == '\r') i++;
  if (*last && i < text.len && text.p[i] != '\n') return false;
  *at = i < text.len ? i + 1 : i;
  return true;
}

static char delimiter_of(struct str text) {
  const char *end = memchr(text.p, '\n', text.len);
  size_t len = end ? (size_t)(end - text.p) : text.len;
  static const char candidates[] = ",;\t";
  for (size_t i = 0; candidates[i]; i++)
    if (memchr(text.p, candidates[i], len)) return candidates[i];
  return ',';
}

static struct str folded(struct str key, struct arena *arena) {
  struct buf text;
  buf_init(&text);
  text_fold(str_trim(key), &text);
  struct str copy = arena_str(arena, buf_str(&text));
  buf_release(&text);
  return copy;
}

static int read_columns(struct lookup_csv *csv, size_t *at, struct buf *field, struct err *err) {
  for (bool last = false; !last;) {
    if (csv->column_count == LOOKUP_COLUMNS_MAX)
      return err_set(err, ERR_LIMIT, "line 1: more than %d columns", LOOKUP_COLUMNS_MAX);
    if (!take_field(csv, at, &last, field))
      return err_set(err, ERR_SYNTAX, "line 1: a quote is not closed, or text follows it");
    csv->columns[csv->column_count++] = arena_str(&csv->arena, str_trim(buf_str(field)));
  }
  return 0;
}

static void add_row(struct lookup_csv *csv, struct str key, size_t at) {
  struct arena scratch;
  arena_init(&scratch, 256);
  uint32_t row = (uint32_t)csv->row_count;
  bool added;
  map_put(&csv->keys, folded(key, &scratch), row, &added);
  arena_release(&scratch);
  if (!added) return;
  if (csv->row_count == csv->row_cap) {
    csv->row_cap = csv->row_cap ? csv->row_cap * 2 : 256;
    csv->rows = xrealloc(csv->rows, csv->row_cap * sizeof *csv->rows);
  }
  csv->rows[csv->row_count++] = (uint32_t)at;
}

static int read_rows(struct lookup_csv *csv, size_t at, struct buf *field, struct err *err) {
  struct buf key;
  int failed = 0;
  size_t line = 2;
  buf_init(&key);
  for (; !failed && at < csv->text.len; line++) {
    size_t begin = at;
    uint32_t count = 0;
    if (csv->text.p[at] == '\n' || csv->text.p[at] == '\r') {
      at++;
      continue;
    }
    for (bool last = false; !failed && !last; count++) {
      if (!take_field(csv, &at, &last, count ? field : &key))
        failed = err_set(err, ERR_SYNTAX, "row %zu: a quote is not closed, or text follows it", line);
    }
    if (!failed && count != csv->column_count)
      failed = err_set(err, ERR_SYNTAX, "row %zu has %u fields, and the first line names %u columns", line,
                       count, csv->column_count);
    if (!failed && csv->row_count == LOOKUP_ROWS_MAX)
      failed = err_set(err, ERR_LIMIT, "more than %d rows", LOOKUP_ROWS_MAX);
    if (!failed) add_row(csv, buf_str(&key), begin);
  }
  buf_release(&key);
  return failed;
}

struct lookup_csv *lookup_csv_new(struct str text, struct err *err) {
  struct lookup_csv *csv = xcalloc(1, sizeof *csv);
  struct buf field;
  size_t at = 0;
  if (str_starts(text, STR("\xef\xbb\xbf"))) text = (struct str){text.p + 3, text.len - 3};
  csv->text = text;
  csv->delimiter = text.len ? delimiter_of(text) : ',';
  arena_init(&csv->arena, 4096);
  map_init(&csv->keys);
  buf_init(&field);
  int failed = read_columns(csv, &at, &field, err) || read_rows(csv, at, &field, err);
  buf_release(&field);
  if (!failed) return csv;
  lookup_csv_free(csv);
  return NULL;
}

void lookup_csv_free(struct lookup_csv *csv) {
  if (!csv) return;
  arena_release(&csv->arena);
  map_release(&csv->keys);
  free(csv->rows);
  free(csv);
}

size_t lookup_csv_rows(const struct lookup_csv *csv) {
  return csv->row_count;
}

struct value lookup_csv_find(const struct lookup_csv *csv, struct str key, struct arena *arena) {
  uint32_t row = map_get(&csv->keys, folded(key, arena));
  if (row == MAP_NONE) return VALUE_NONE;
  struct pair *pairs = arena_alloc(arena, csv->column_count * sizeof *pairs);
  struct buf field;
  size_t at = csv->rows[row];
  uint32_t count = 0;
  buf_init(&field);
  for (bool last = false; !last; count++) {
    ASSERT(take_field(csv, &at, &last, &field) && count < csv->column_count);
    pairs[count] = (struct pair){csv->columns[count], value_str(arena_str(arena, buf_str(&field)))};
  }
  buf_release(&field);
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}
