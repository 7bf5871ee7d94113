#include "io/feeder.h"

#include "io/csv.h"
#include "io/csv_map.h"
#include "io/reader.h"

struct feeding {
  struct engine *engine;
  const struct feeder_options *options;
  const char *file;
  struct feed feed;
  struct feed_result result;
  uint64_t pieces; /* lines or rows so far */
};

static void tell(const struct feeding *feeding, const struct feeder_problem *problem) {
  const struct feeder_options *options = feeding->options;
  if (options->problem) options->problem(options->context, problem);
}

static void refuse(struct feeding *feeding, uint64_t line, enum reject_code code, const char *reason) {
  engine_count_reject(feeding->engine, code);
  tell(feeding,
       &(struct feeder_problem){.file = feeding->file, .line = line, .code = code, .reason = reason});
}

static void feed_piece(struct feeding *feeding, struct str json, uint64_t line) {
  const struct feed_result *result = &feeding->result;
  engine_feed(feeding->engine, json, &feeding->feed, &feeding->result);
  for (uint32_t i = 0; i < result->problem_count; i++) {
    const struct feed_problem *problem = &result->problems[i];
    tell(feeding, &(struct feeder_problem){.file = feeding->file,
                                           .line = line,
                                           .in_batch = result->is_batch,
                                           .item = problem->item,
                                           .code = problem->code,
                                           .reason = problem->reason});
  }
}

static bool wants_progress(struct feeding *feeding) {
  return ++feeding->pieces % FEEDER_PROGRESS_LINES == 0 && feeding->options->progress;
}

static void report(const struct feeding *feeding, uint64_t done, uint64_t total) {
  const struct feeder_options *options = feeding->options;
  if (options->progress) options->progress(options->context, feeding->file, done, total);
}

/* --- NDJSON ------------------------------------------------------------------------------------------------------- */

static void report_reader(const struct feeding *feeding, const struct reader *reader) {
  uint64_t done, total;
  reader_progress(reader, &done, &total);
  report(feeding, done, total);
}

static int feed_lines(struct feeding *feeding, const char *path, struct err *err) {
  struct line line;
  struct reader *reader = reader_open(path, feeding->options->line_bytes_max, err);
  int got;
  if (!reader) return -1;
  feeding->file = reader_name(reader);
  while ((got = reader_next(reader, &line, err)) == 1) {
    if (line.too_long)
      refuse(feeding, line.number, REJECT_LINE_TOO_LONG, "the line is longer than is allowed");
    else
      feed_piece(feeding, line.text, line.number);
    if (wants_progress(feeding)) report_reader(feeding, reader);
  }
  report_reader(feeding, reader);
  reader_close(reader);
  return got;
}

/* --- CSV ----------------------------------------------------------------------------------------------------------- */

static void report_csv(const struct feeding *feeding, const struct csv *csv) {
  uint64_t done, total;
  csv_progress(csv, &done, &total);
  report(feeding, done, total);
}

static void feed_row(struct feeding *feeding, const struct csv_map *map, const struct csv_row *row,
                     struct buf *json) {
  struct err err;
  buf_clear(json);
  if (row->fault)
    refuse(feeding, row->line, REJECT_BAD_ROW, row->fault);
  else if (csv_map_event(map, row->fields, row->count, json, &err) != 0)
    refuse(feeding, row->line, REJECT_BAD_ROW, err.text);
  else
    feed_piece(feeding, buf_str(json), row->line);
}

static int read_header(const struct feeding *feeding, struct csv *csv, struct csv_map *map, struct err *err) {
  struct csv_row row;
  struct err inner;
  int got = csv_next(csv, &row, err);
  if (got != 1) return got;
  if (row.fault)
    return err_set(err, ERR_SYNTAX, "%s: the header cannot be read: %s", csv_name(csv), row.fault);
  if (csv_map_bind(map, row.fields, row.count, feeding->options->csv_time_ms, &inner) == 0) return 1;
  return err_set(err, inner.code, "%s: %s", csv_name(csv), inner.text);
}

static int feed_rows(struct feeding *feeding, struct csv *csv, struct csv_map *map, struct err *err) {
  struct csv_row row;
  struct buf json;
  int got = read_header(feeding, csv, map, err);
  if (got != 1) return got;
  buf_init(&json);
  while ((got = csv_next(csv, &row, err)) == 1) {
    feed_row(feeding, map, &row, &json);
    if (wants_progress(feeding)) report_csv(feeding, csv);
  }
  report_csv(feeding, csv);
  buf_release(&json);
  return got;
}

static int feed_table(struct feeding *feeding, const char *path, struct err *err) {
  struct err inner;
  struct csv_map *map = csv_map_new(feeding->options->csv_map, &inner);
  if (!map) return err_set(err, inner.code, "--csv-map: %s", inner.text);
  struct csv *csv = csv_open(path, err);
  int got = -1;
  if (csv) {
    feeding->file = csv_name(csv);
    got = feed_rows(feeding, csv, map, err);
  }
  csv_close(csv);
  csv_map_free(map);
  return got;
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

static bool is_table(const char *path, const struct feeder_options *options) {
  struct str name = str_of(path);
  if (options->format != FEEDER_AUTO) return options->format == FEEDER_CSV;
  if (options->csv_map) return true;
  if (str_ends(name, STR(".gz")))
    name.len -= 3;
  else if (str_ends(name, STR(".zst")))
    name.len -= 4;
  return str_ends(name, STR(".csv")) || str_ends(name, STR(".tsv"));
}

int feeder_file(struct engine *engine, const char *path, const struct feeder_options *options,
                struct err *err) {
  struct feeding feeding = {.engine = engine, .options = options, .file = path};
  feeding.feed.source = options->source.len ? options->source : STR("file");
  return is_table(path, options) ? feed_table(&feeding, path, err) : feed_lines(&feeding, path, err);
}
