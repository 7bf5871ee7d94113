/* fit.h - how long a row's bytes are made, so that rewriting it never moves another row.
 *
 * SQLite overwrites what it deletes (secure_delete), with one exception: where rows are moved between the pages of a tree,
 * because one page became too full or too empty, copies of them can stay in a page's unused part. Nobody knows of such a
 * copy, so nothing ever erases it. Appending moves no row; rewriting and removing do, unless
 *
 *   - a row written anew takes at most as much of its page as before. Of a long row only the beginning stands there, the
 *     rest has pages of its own, and its length decides how long that beginning is: so a row that has grown is made
 *     longer still, until its beginning is short enough. All rows take at least FIT_CELL_MIN, where that always works;
 *   - rows are removed only when FIT_FENCE rows behind them hold nothing that matters: a page that has become too empty
 *     takes rows from the next two, and no more than three pages' rows, each FIT_CELL_MIN, are touched.
 *
 * Rows of deep blocks (see block.h) are as short as can be in their page, and what stands there of them holds nothing of their
 * records: they may be moved, and so may the gaps, rows without records. Small rows are packed together into those.
 *
 * What is added are zeros behind the block (see block.h). Figures are those of SQLite's file format, at pages of 4 KiB.
 */
#ifndef EMBUDO_STORE_SQLITE_FIT_H
#define EMBUDO_STORE_SQLITE_FIT_H

#include <stddef.h>
#include <stdint.h>

enum {
  FIT_PAGE = 4096,
  FIT_CELL_MIN = 497, /* bytes of a row in its page, but for its number */
  FIT_FENCE = 40,     /* times FIT_CELL_MIN is more than four pages */
};

/* What a row of `block` holds beside its number and `len` bytes. */
struct fit_row {
  int64_t records, received_ms, gone;
  size_t len;
};

size_t fit_cell(const struct fit_row *row); /* what it takes of its page */

/* The least length, not below row->len, for a row to be appended. */
size_t fit_new(const struct fit_row *row);

/* The same for one that takes FIT_CELL_MIN of its page and no more. */
size_t fit_small(const struct fit_row *row);

/* The same for a row that takes the place of `old`. */
size_t fit_again(const struct fit_row *row, const struct fit_row *old);

#endif
