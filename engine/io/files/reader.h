/* reader.h - a file as lines. What a line is says lines.h, compression is infile.h's. One thread. */
#ifndef EMBUDO_IO_READER_H
#define EMBUDO_IO_READER_H

#include "io/files/infile.h"
#include "io/files/lines.h"

enum { READER_LINE_MAX = 10 * 1000 * 1000 /* bytes, unless the caller says otherwise */ };

struct reader;

struct reader *reader_open(const char *path, size_t line_max,
                           struct err *err); /* "-": standard input; 0: default */
void reader_close(struct reader *reader);    /* NULL is fine */

int reader_next(struct reader *reader, struct line *line, struct err *err); /* 1; 0 at the end; -1 and *err */

const char *reader_name(const struct reader *reader);
void reader_progress(const struct reader *reader, uint64_t *done_bytes, uint64_t *total_bytes);

#endif
