/* lookup_csv.h - a table of texts in memory, found by its first column (RFC 4180; comma, semicolon or tab, whichever stands in
 * the first line). Rows are read when they are found: a million rows take their keys and little more. Borrows the text. */
#ifndef EMBUDO_CORE_LOOKUP_CSV_H
#define EMBUDO_CORE_LOOKUP_CSV_H

#include "base/err.h"
#include "base/map.h"
#include "base/value.h"

struct lookup_csv;

/* NULL and *err: a line is no row. Rows with another number of fields than the first line are errors too. */
struct lookup_csv *lookup_csv_new(struct str text, struct err *err);
void lookup_csv_free(struct lookup_csv *csv); /* NULL is fine */

/* The row as a map of texts, in `arena`; VALUE_NONE: there is none. */
struct value lookup_csv_find(const struct lookup_csv *csv, struct str key, struct arena *arena);
size_t lookup_csv_rows(const struct lookup_csv *csv);

#endif
