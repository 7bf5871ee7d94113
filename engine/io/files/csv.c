#include "io/files/csv.h"

#include "base/buf.h"

enum place {
  FIELD_START,
  UNQUOTED,
  QUOTED,
  QUOTE_SEEN, /* inside quotes: the end of the field, or a doubled quote */
  SKIPPING    /* the rest of a bad row's line */
};

struct csv {
  struct infile *in;
  struct str rest; /* of the bytes at hand */
  bool started, ended;
  char delimiter;
  uint64_t line;

  /* the row under way */
  enum place place;
  struct buf text;             /* its fields' texts, one after another */
  size_t ends[CSV_FIELDS_MAX]; /* where each field ends in `text` */
  struct str fields[CSV_FIELDS_MAX];
  size_t count;
  bool any; /* it has a byte */
  const char *fault;
};

struct csv *csv_open(const char *path, struct err *err) {
  struct infile *in = infile_open(path, err);
  if (!in) return NULL;
  struct csv *csv = xcalloc(1, sizeof *csv);
  csv->in = in;
  csv->line = 1;
  buf_init(&csv->text);
  return csv;
}

void csv_close(struct csv *csv) {
  if (!csv) return;
  infile_close(csv->in);
  buf_release(&csv->text);
  free(csv);
}

const char *csv_name(const struct csv *csv) {
  return infile_name(csv->in);
}

char csv_delimiter(const struct csv *csv) {
  return csv->delimiter;
}

void csv_progress(const struct csv *csv, uint64_t *done_bytes, uint64_t *total_bytes) {
  infile_progress(csv->in, done_bytes, total_bytes);
}

/* --- the start of the file ---------------------------------------------------------------------------------------- */

static char most_frequent(struct str text) {
  static const char delimiters[] = {',', ';', '\t', '|'};
  size_t counts[sizeof delimiters] = {0}, best = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.len && (quoted || text.p[i] != '\n'); i++) {
    if (text.p[i] == '"') quoted = !quoted;
    for (size_t d = 0; !quoted && d < sizeof delimiters; d++) counts[d] += text.p[i] == delimiters[d];
  }
  for (size_t d = 1; d < sizeof delimiters; d++)
    if (counts[d] > counts[best]) best = d;
  return delimiters[best];
}

static int start(struct csv *csv, struct err *err) {
  csv->started = true;
  if (str_starts(csv->rest, STR("\xff\xfe")) || str_starts(csv->rest, STR("\xfe\xff")))
    return err_set(err, ERR_SYNTAX,
                   "%s is UTF-16, expected UTF-8: convert it with `iconv -f UTF-16 -t UTF-8`", csv_name(csv));
  if (str_starts(csv->rest, STR("\xef\xbb\xbf"))) csv->rest.p += 3, csv->rest.len -= 3;
  csv->delimiter = most_frequent(csv->rest);
  return 0;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static void fail_row(struct csv *csv, const char *fault) {
  if (!csv->fault) csv->fault = fault;
  csv->place = SKIPPING;
}

static void end_field(struct csv *csv) {
  if (csv->count == CSV_FIELDS_MAX) {
    fail_row(csv, "it has more than 4096 fields");
    return;
  }
  csv->ends[csv->count++] = csv->text.len;
  csv->place = FIELD_START;
}

static void add_byte(struct csv *csv, char c) {
  if (csv->text.len >= CSV_ROW_MAX) {
    fail_row(csv, csv->place == QUOTED ? "a quote is not closed" : "it is longer than 10 MB");
    return;
  }
  buf_add_char(&csv->text, c);
}

static void unquoted_byte(struct csv *csv, char c) {
  if (c == csv->delimiter) {
    end_field(csv);
    return;
  }
  csv->place = UNQUOTED;
  add_byte(csv, c);
}

static void after_quote(struct csv *csv, char c) {
  if (c == '"') {
    csv->place = QUOTED;
    add_byte(csv, c);
  } else if (c == csv->delimiter) {
    end_field(csv);
  } else if (c != '\r') {
    fail_row(csv, "something follows a closing quote");
  }
}

/* Takes one byte; true when it ended the row. */
static bool take(struct csv *csv, char c) {
  if (c == '\n') csv->line++;
  if (c == '\n' && csv->place != QUOTED) return true;
  csv->any = true;
  switch (csv->place) {
  case FIELD_START:
    if (c == '"')
      csv->place = QUOTED;
    else
      unquoted_byte(csv, c);
    break;
  case UNQUOTED: unquoted_byte(csv, c); break;
  case QUOTED:
    if (c == '"')
      csv->place = QUOTE_SEEN;
    else
      add_byte(csv, c);
    break;
  case QUOTE_SEEN: after_quote(csv, c); break;
  case SKIPPING: break;
  }
  return false;
}

/* Takes bytes up to the end of the row or of what is at hand; true at the end of the row. */
static bool take_all(struct csv *csv) {
  for (size_t i = 0; i < csv->rest.len; i++) {
    if (!take(csv, csv->rest.p[i])) continue;
    csv->rest.p += i + 1;
    csv->rest.len -= i + 1;
    return true;
  }
  csv->rest = STR("");
  return false;
}

static void begin_row(struct csv *csv) {
  csv->place = FIELD_START;
  csv->count = 0;
  csv->any = false;
  csv->fault = NULL;
  buf_clear(&csv->text);
}

static void end_row(struct csv *csv, struct csv_row *row) {
  if (csv->place == QUOTED) fail_row(csv, "a quote is not closed");
  bool plain = csv->place == UNQUOTED;
  if (csv->place != SKIPPING) {
    /* The \r of the line's end is no part of an unquoted last field. */
    if (plain && csv->text.len && csv->text.data[csv->text.len - 1] == '\r') csv->text.len--;
    end_field(csv);
  }
  for (size_t i = 0, at = 0; i < csv->count; at = csv->ends[i++])
    csv->fields[i] = (struct str){csv->text.data + at, csv->ends[i] - at};
  row->fields = csv->fields;
  row->count = csv->count;
  row->fault = csv->fault;
}

static bool is_blank(const struct csv_row *row) {
  return !row->fault && row->count == 1 && !str_trim(row->fields[0]).len;
}

static int next_row(struct csv *csv, struct csv_row *row, struct err *err) {
  begin_row(csv);
  row->line = csv->line;
  while (!take_all(csv)) {
    int got = infile_read(csv->in, &csv->rest, err);
    if (got < 0) return -1;
    if (got == 0) csv->ended = true;
    if (got == 0 && !csv->any) return 0;
    if (got == 0) break;
    if (!csv->started && start(csv, err) != 0) return -1;
  }
  end_row(csv, row);
  return 1;
}

int csv_next(struct csv *csv, struct csv_row *row, struct err *err) {
  int got = 0;
  while (!csv->ended && (got = next_row(csv, row, err)) == 1)
    if (!is_blank(row)) return 1;
  return got < 0 ? -1 : 0;
}
