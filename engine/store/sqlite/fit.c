#include "store/sqlite/fit.h"
#include "base/err.h"

enum {
  LOCAL_MAX = FIT_PAGE - 35,                   /* of a row's bytes in its page, when all are */
  LOCAL_MIN = (FIT_PAGE - 12) * 32 / 255 - 23, /* when not */
  OVERFLOW_BYTES = FIT_PAGE - 4,               /* in each page of its own */
  POINTER = 4,                                 /* to the first of those */
};

static size_t varint_size(uint64_t number) {
  size_t size = 1;
  for (; number > 0x7f && size < 9; number >>= 7) size++;
  return size;
}

/* 0 and 1 take none: their type says it all. */
static size_t integer_size(int64_t number) {
  if (number == 0 || number == 1) return 0;
  uint64_t magnitude = number < 0 ? ~(uint64_t)number : (uint64_t)number;
  static const size_t sizes[] = {1, 2, 3, 4, 6};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (magnitude >> (8 * sizes[i] - 1) == 0) return sizes[i];
  return 8;
}

/* Header: its own size, the types of the number (it stands elsewhere) and of three more, that of the bytes. */
static size_t payload(const struct fit_row *row) {
  return 1 + 1 + 3 + varint_size(2 * (uint64_t)row->len + 12) + integer_size(row->records) +
         integer_size(row->received_ms) + integer_size(row->gone) + row->len;
}

size_t fit_cell(const struct fit_row *row) {
  size_t size = payload(row);
  if (size <= LOCAL_MAX) return varint_size(size) + size;
  size_t local = LOCAL_MIN + (size - LOCAL_MIN) % OVERFLOW_BYTES;
  return varint_size(size) + (local <= LOCAL_MAX ? local : LOCAL_MIN) + POINTER;
}

/* Each run of so many lengths as a page holds has one that takes FIT_CELL_MIN. */
static size_t least(struct fit_row row, size_t cell_max) {
  size_t last = row.len + FIT_CELL_MIN + 2 * OVERFLOW_BYTES;
  for (; row.len <= last; row.len++) {
    size_t cell = fit_cell(&row);
    if (cell >= FIT_CELL_MIN && cell <= cell_max) break;
  }
  ASSERT(row.len <= last);
  return row.len;
}

size_t fit_new(const struct fit_row *row) {
  return least(*row, FIT_PAGE);
}

size_t fit_small(const struct fit_row *row) {
  return least(*row, FIT_CELL_MIN);
}

size_t fit_again(const struct fit_row *row, const struct fit_row *old) {
  return least(*row, fit_cell(old));
}
