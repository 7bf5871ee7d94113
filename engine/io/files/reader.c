#include "io/files/reader.h"

struct reader {
  struct infile *in;
  struct lines lines;
  struct str rest; /* of the run of bytes at hand */
  bool started, ended;
};

struct reader *reader_open(const char *path, size_t line_max, struct err *err) {
  struct infile *in = infile_open(path, err);
  if (!in) return NULL;
  struct reader *reader = xcalloc(1, sizeof *reader);
  reader->in = in;
  lines_init(&reader->lines, line_max ? line_max : READER_LINE_MAX);
  return reader;
}

void reader_close(struct reader *reader) {
  if (!reader) return;
  infile_close(reader->in);
  lines_release(&reader->lines);
  free(reader);
}

const char *reader_name(const struct reader *reader) {
  return infile_name(reader->in);
}

void reader_progress(const struct reader *reader, uint64_t *done_bytes, uint64_t *total_bytes) {
  infile_progress(reader->in, done_bytes, total_bytes);
}

/* UTF-16 would come out as a flood of bad lines: say it once instead. */
static int check_start(struct reader *reader, struct err *err) {
  reader->started = true;
  if (!str_starts(reader->rest, STR("\xff\xfe")) && !str_starts(reader->rest, STR("\xfe\xff"))) return 0;
  return err_set(err, ERR_SYNTAX, "%s is UTF-16, expected UTF-8: convert it with `iconv -f UTF-16 -t UTF-8`",
                 reader_name(reader));
}

static int refill(struct reader *reader, struct err *err) {
  int got = infile_read(reader->in, &reader->rest, err);
  if (got == 0) reader->ended = true;
  return got == 1 && !reader->started ? check_start(reader, err) : got < 0 ? -1 : 0;
}

int reader_next(struct reader *reader, struct line *line, struct err *err) {
  while (!lines_next(&reader->lines, &reader->rest, line)) {
    if (reader->ended) return 0;
    if (refill(reader, err) != 0) return -1;
    if (reader->ended) return lines_last(&reader->lines, line);
  }
  return 1;
}
