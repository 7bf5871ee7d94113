#include "base/json.h"
#include "cli/leads/rows.h"
#include "cli/leads/table.h"

enum { FLUSH_AT = 1 << 16 };

static size_t shown(const struct rows *rows, size_t top) {
  return top && top < rows->count ? top : rows->count;
}

static void flush(struct buf *out, size_t at) {
  if (out->len < at) return;
  fwrite(out->data, 1, out->len, stdout);
  buf_clear(out);
}

/* --- table ----------------------------------------------------------------------------------------------------- */

static void score_cell(struct table *table, int64_t milli) { /* a tenth of a point is enough to look at */
  char text[32];
  int64_t tenths = (milli < 0 ? milli - 50 : milli + 50) / 100;
  if (tenths % 10 == 0)
    snprintf(text, sizeof text, "%lld", (long long)(tenths / 10));
  else
    snprintf(text, sizeof text, "%.1f", (double)tenths / 10.0);
  table_cell(table, str_of(text));
}

/* The lifecycles that have a column: the first, and of the others those in which somebody has moved. */
static uint32_t lifecycles_shown(const struct rows *rows, size_t top) {
  uint32_t mask = rows->rules->lifecycle_count ? 1 : 0;
  for (uint32_t l = 1; l < rows->rules->lifecycle_count; l++)
    for (size_t i = 0; i < shown(rows, top); i++)
      if (rows->items[i].stages[l] != rows->rules->lifecycles[l].start) mask |= UINT32_C(1) << l;
  return mask;
}

static void head_cells(struct table *table, const struct ruleset *rules, uint32_t lifecycles) {
  table_cell(table, STR("LEAD"));
  table_cell(table, STR("NAME"));
  table_cell(table, STR("COMPANY"));
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    char name[64];
    snprintf(name, sizeof name, "%s", rules->dimensions[i].name);
    for (char *p = name; *p; p++)
      if (*p >= 'a' && *p <= 'z') *p = (char)(*p - ('a' - 'A'));
    table->right[3 + i] = true;
    table_cell(table, str_of(name));
  }
  if (rules->grade_rows != NONE) table_cell(table, STR("GRADE"));
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    if (lifecycles >> i & 1)
      table_cell(table, lifecycles == 1 ? STR("STAGE") : str_of(rules->lifecycles[i].name));
}

static void row_cells(struct table *table, const struct ruleset *rules, const struct row *row,
                      uint32_t lifecycles) {
  table_cell(table, row->lead);
  table_cell(table, row->name);
  table_cell(table, row->company);
  for (uint32_t i = 0; i < rules->dimension_count; i++) score_cell(table, row->scores[i]);
  if (rules->grade_rows != NONE) table_cell(table, str_of(row->grade));
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    if (lifecycles >> i & 1) table_cell(table, str_of(rules->lifecycles[i].stages[row->stages[i]]));
}

void rows_print_table(const struct rows *rows, size_t top, size_t width) {
  const struct ruleset *rules = rows->rules;
  struct table table;
  struct buf out;
  buf_init(&out);
  uint32_t lifecycles = lifecycles_shown(rows, top);
  table_init(&table, 3 + rules->dimension_count + (rules->grade_rows != NONE) +
                         (uint32_t)__builtin_popcount(lifecycles));
  head_cells(&table, rules, lifecycles);
  for (size_t i = 0; i < shown(rows, top); i++) row_cells(&table, rules, &rows->items[i], lifecycles);
  table_print(&table, width, &out);
  flush(&out, 0);
  table_release(&table);
  buf_release(&out);
}

/* --- NDJSON ---------------------------------------------------------------------------------------------------- */

void rows_print_ndjson(const struct rows *rows, size_t top) {
  struct buf out;
  buf_init(&out);
  for (size_t i = 0; i < shown(rows, top); i++) {
    struct json_writer writer;
    json_writer_init(&writer, &out);
    row_json(&rows->items[i], rows->rules, &writer);
    buf_add_char(&out, '\n');
    flush(&out, FLUSH_AT);
  }
  flush(&out, 0);
  buf_release(&out);
}

/* --- CSV (RFC 4180) ------------------------------------------------------------------------------------------------- */

static void csv_cell(struct buf *out, struct str text, bool first) {
  if (!first) buf_add_char(out, ',');
  bool plain = true;
  for (size_t i = 0; i < text.len; i++)
    if (strchr(",\"\r\n", text.p[i])) plain = false;
  if (plain) {
    buf_add_str(out, text);
    return;
  }
  buf_add_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    if (text.p[i] == '"') buf_add_char(out, '"');
    buf_add_char(out, text.p[i]);
  }
  buf_add_char(out, '"');
}

static void csv_milli(struct buf *out, int64_t milli) {
  struct json_writer writer;
  buf_add_char(out, ',');
  json_writer_init(&writer, out);
  json_put_milli(&writer, milli);
}

static void csv_head(const struct ruleset *rules, struct buf *out) {
  buf_add_text(out, "lead,name,company");
  for (uint32_t i = 0; i < rules->dimension_count; i++)
    csv_cell(out, str_of(rules->dimensions[i].name), false);
  if (rules->grade_rows != NONE) buf_add_text(out, ",grade");
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    if (rules->lifecycle_count == 1)
      buf_add_text(out, ",stage");
    else
      csv_cell(out, str_of(rules->lifecycles[i].name), false);
  }
  buf_add_text(out, ",first_seen,last_seen,events\r\n");
}

static void csv_row(const struct ruleset *rules, const struct row *row, struct buf *out) {
  char text[TIME_TEXT_MAX];
  csv_cell(out, row->lead, true);
  csv_cell(out, row->name, false);
  csv_cell(out, row->company, false);
  for (uint32_t i = 0; i < rules->dimension_count; i++) csv_milli(out, row->scores[i]);
  if (rules->grade_rows != NONE) csv_cell(out, str_of(row->grade), false);
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    csv_cell(out, str_of(rules->lifecycles[i].stages[row->stages[i]]), false);
  csv_cell(out, str_of(time_text(row->first_ms, text)), false);
  csv_cell(out, str_of(time_text(row->last_ms, text)), false);
  buf_printf(out, ",%u\r\n", row->events);
}

void rows_print_csv(const struct rows *rows, size_t top) {
  struct buf out;
  buf_init(&out);
  csv_head(rows->rules, &out);
  for (size_t i = 0; i < shown(rows, top); i++) {
    csv_row(rows->rules, &rows->items[i], &out);
    flush(&out, FLUSH_AT);
  }
  flush(&out, 0);
  buf_release(&out);
}
