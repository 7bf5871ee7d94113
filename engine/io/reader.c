#include "io/reader.h"

#include "base/buf.h"

struct reader {
  struct infile *in;
  size_t line_max;
  struct str rest;    /* of the run of bytes at hand */
  struct buf partial; /* the start of a line that began in an earlier run */
  bool overflowed;    /* the line under way is over the limit: its bytes are dropped */
  bool started, ended;
  uint64_t number;
};

struct reader *reader_open(const char *path, size_t line_max, struct err *err) {
  struct infile *in = infile_open(path, err);
  if (!in) return NULL;
  struct reader *reader = xcalloc(1, sizeof *reader);
  reader->in = in;
  reader->line_max = line_max ? line_max : READER_LINE_MAX;
  buf_init(&reader->partial);
  return reader;
}

void reader_close(struct reader *reader) {
  if (!reader) return;
  infile_close(reader->in);
  buf_release(&reader->partial);
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

static void keep(struct reader *reader, struct str part) {
  if (reader->partial.len + part.len > reader->line_max) reader->overflowed = true;
  if (reader->overflowed)
    buf_clear(&reader->partial);
  else
    buf_add(&reader->partial, part.p, part.len);
}

/* The bytes up to the next line end; false: the run ended first (and was kept). */
static bool take_line(struct reader *reader, struct str *text) {
  const char *end = reader->rest.len ? memchr(reader->rest.p, '\n', reader->rest.len) : NULL;
  size_t len = end ? (size_t)(end - reader->rest.p) : reader->rest.len;
  struct str part = {reader->rest.p, len};
  reader->rest.p += end ? len + 1 : len;
  reader->rest.len -= end ? len + 1 : len;
  if (end && !reader->partial.len && !reader->overflowed && len <= reader->line_max)
    return *text = part, true;
  keep(reader, part);
  *text = buf_str(&reader->partial);
  return end != NULL;
}

/* One line with its end cut off; 0: no more. */
static int next_raw(struct reader *reader, struct reader_line *line, struct err *err) {
  buf_clear(&reader->partial);
  reader->overflowed = false;
  bool begun = false;
  for (;;) {
    if (reader->rest.len) {
      begun = true;
      if (take_line(reader, &line->text)) break;
    }
    if (refill(reader, err) != 0) return -1;
    if (reader->ended && !begun) return 0;
    if (reader->ended) break;
  }
  line->number = ++reader->number;
  line->too_long = reader->overflowed;
  if (line->too_long) line->text = STR("");
  if (line->number == 1 && line->text.len >= 3 && str_starts(line->text, STR("\xef\xbb\xbf")))
    line->text.p += 3, line->text.len -= 3;
  if (line->text.len && line->text.p[line->text.len - 1] == '\r') line->text.len--;
  return 1;
}

int reader_next(struct reader *reader, struct reader_line *line, struct err *err) {
  if (reader->ended) return 0;
  int got;
  do got = next_raw(reader, line, err);
  while (got == 1 && !line->too_long && !str_trim(line->text).len);
  return got;
}
