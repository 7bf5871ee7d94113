/* reader.h - a file as lines: NDJSON as it is found in the world.
 *
 * Line ends are \n or \r\n, the last one may be missing; a byte order mark is dropped; blank lines are counted and
 * skipped. A line over the limit is never held in memory: it comes as an empty one marked too_long, with its number, and
 * reading goes on behind it. Compression is infile.h's. One thread.
 */
#ifndef EMBUDO_IO_READER_H
#define EMBUDO_IO_READER_H

#include "io/infile.h"

enum { READER_LINE_MAX = 10 * 1000 * 1000 /* bytes, unless the caller says otherwise */ };

struct reader;

struct reader_line {
  struct str text; /* without its end; valid until the next call */
  uint64_t number; /* from 1 */
  bool too_long;
};

struct reader *reader_open(const char *path, size_t line_max,
                           struct err *err); /* "-": standard input; 0: default */
void reader_close(struct reader *reader);    /* NULL is fine */

int reader_next(struct reader *reader, struct reader_line *line,
                struct err *err); /* 1; 0 at the end; -1 and *err */

const char *reader_name(const struct reader *reader);
void reader_progress(const struct reader *reader, uint64_t *done_bytes, uint64_t *total_bytes);

#endif
