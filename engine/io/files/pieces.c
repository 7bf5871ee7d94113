#include "io/files/pieces.h"

#include "io/files/csv.h"
#include "io/files/csv_map.h"
#include "io/files/reader.h"

struct reading {
  const struct pieces_options *options;
  const char *file;
  uint64_t pieces; /* so far */
  bool stopped;
};

static void give(struct reading *reading, const struct piece *piece) {
  reading->stopped = !reading->options->take(reading->options->context, piece);
}

static void take(struct reading *reading, uint64_t line, struct str json) {
  give(reading, &(struct piece){.file = reading->file, .line = line, .json = json});
}

static void refuse(struct reading *reading, uint64_t line, enum reject_code code, const char *reason) {
  give(reading, &(struct piece){.file = reading->file, .line = line, .code = code, .reason = reason});
}

static bool wants_progress(struct reading *reading) {
  return ++reading->pieces % PIECES_PROGRESS == 0 && reading->options->progress;
}

static void report(const struct reading *reading, uint64_t done, uint64_t total) {
  const struct pieces_options *options = reading->options;
  if (options->progress) options->progress(options->context, reading->file, done, total);
}

/* --- NDJSON ------------------------------------------------------------------------------------------------------- */

static void report_reader(const struct reading *reading, const struct reader *reader) {
  uint64_t done, total;
  reader_progress(reader, &done, &total);
  report(reading, done, total);
}

static int read_lines(struct reading *reading, const char *path, struct err *err) {
  struct line line;
  struct reader *reader = reader_open(path, reading->options->line_bytes_max, err);
  int got = 0;
  if (!reader) return -1;
  reading->file = reader_name(reader);
  while (!reading->stopped && (got = reader_next(reader, &line, err)) == 1) {
    if (line.too_long)
      refuse(reading, line.number, REJECT_LINE_TOO_LONG, "the line is longer than is allowed");
    else
      take(reading, line.number, line.text);
    if (wants_progress(reading)) report_reader(reading, reader);
  }
  report_reader(reading, reader);
  reader_close(reader);
  return got < 0 ? -1 : 0;
}

/* --- CSV ----------------------------------------------------------------------------------------------------------- */

static void report_csv(const struct reading *reading, const struct csv *csv) {
  uint64_t done, total;
  csv_progress(csv, &done, &total);
  report(reading, done, total);
}

static void take_row(struct reading *reading, const struct csv_map *map, const struct csv_row *row,
                     struct buf *json) {
  struct err err;
  buf_clear(json);
  if (row->fault)
    refuse(reading, row->line, REJECT_BAD_ROW, row->fault);
  else if (csv_map_event(map, row->fields, row->count, json, &err) != 0)
    refuse(reading, row->line, REJECT_BAD_ROW, err.text);
  else
    take(reading, row->line, buf_str(json));
}

/* 0: the table is empty. */
static int read_header(const struct reading *reading, struct csv *csv, struct csv_map *map, struct err *err) {
  struct csv_row row;
  struct err inner;
  int got = csv_next(csv, &row, err);
  if (got != 1) return got;
  if (row.fault)
    return err_set(err, ERR_SYNTAX, "%s: the header cannot be read: %s", csv_name(csv), row.fault);
  if (csv_map_bind(map, row.fields, row.count, reading->options->csv_time_ms, &inner) == 0) return 1;
  return err_set(err, inner.code, "%s: %s", csv_name(csv), inner.text);
}

static int read_rows(struct reading *reading, struct csv *csv, struct csv_map *map, struct err *err) {
  struct csv_row row;
  struct buf json;
  int got = read_header(reading, csv, map, err);
  if (got != 1) return got;
  buf_init(&json);
  while (!reading->stopped && (got = csv_next(csv, &row, err)) == 1) {
    take_row(reading, map, &row, &json);
    if (wants_progress(reading)) report_csv(reading, csv);
  }
  report_csv(reading, csv);
  buf_release(&json);
  return got < 0 ? -1 : 0;
}

static int read_table(struct reading *reading, const char *path, struct err *err) {
  struct err inner;
  struct csv_map *map = csv_map_new(reading->options->csv_map, &inner);
  if (!map) return err_set(err, inner.code, "--csv-map: %s", inner.text);
  struct csv *csv = csv_open(path, err);
  int got = -1;
  if (csv) {
    reading->file = csv_name(csv);
    got = read_rows(reading, csv, map, err);
  }
  csv_close(csv);
  csv_map_free(map);
  return got;
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

static bool is_table(const char *path, const struct pieces_options *options) {
  struct str name = str_of(path);
  if (options->format != PIECES_AUTO) return options->format == PIECES_CSV;
  if (options->csv_map) return true;
  if (str_ends(name, STR(".gz")))
    name.len -= 3;
  else if (str_ends(name, STR(".zst")))
    name.len -= 4;
  return str_ends(name, STR(".csv")) || str_ends(name, STR(".tsv"));
}

int pieces_read(const char *path, const struct pieces_options *options, struct err *err) {
  struct reading reading = {.options = options, .file = path};
  return is_table(path, options) ? read_table(&reading, path, err) : read_lines(&reading, path, err);
}
