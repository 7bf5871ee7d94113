/* csv.h - tables as text (RFC 4180), row by row: quoted fields, doubled quotes, line ends inside quotes.
 *
 * The delimiter is whatever of comma, semicolon, tab and bar stands most often in the first line outside quotes. Line
 * ends are \n or \r\n; a byte order mark is dropped; blank lines are skipped. A quote inside an unquoted field is a
 * character like others. A row that cannot be read comes as one with a fault, and reading goes on at the next line.
 * Compression is infile.h's. One thread.
 */
#ifndef EMBUDO_IO_CSV_H
#define EMBUDO_IO_CSV_H

#include "io/files/infile.h"

enum { CSV_ROW_MAX = 10 * 1000 * 1000 /* bytes */, CSV_FIELDS_MAX = 4096 };

struct csv;

struct csv_row {
  const struct str *fields; /* valid until the next call */
  size_t count;
  uint64_t line;     /* where the row begins, from 1 */
  const char *fault; /* NULL: a good row */
};

struct csv *csv_open(const char *path, struct err *err); /* "-": standard input */
void csv_close(struct csv *csv);                         /* NULL is fine */

int csv_next(struct csv *csv, struct csv_row *row, struct err *err); /* 1; 0 at the end; -1 and *err */

const char *csv_name(const struct csv *csv);
char csv_delimiter(const struct csv *csv); /* after the first csv_next */
void csv_progress(const struct csv *csv, uint64_t *done_bytes, uint64_t *total_bytes);

#endif
