/* mmdb_data.h - values of MaxMind's database format, decoded within bounds. Pure.
 * https://maxmind.github.io/MaxMind-DB/#output-data-section */
#ifndef EMBUDO_CORE_MMDB_DATA_H
#define EMBUDO_CORE_MMDB_DATA_H

#include "base/arena.h"
#include "base/value.h"

struct mmdb_data { /* a data section; pointers count from its begin */
  const uint8_t *bytes;
  size_t len;
};

/* The value at `offset`, copied to the arena: maps, lists, texts, numbers, booleans. Bytes and integers beyond 64 bits, which
 * nobody can use, are null. False: it is malformed, or beyond the bounds of lookup_mmdb.h. */
bool mmdb_data_read(const struct mmdb_data *data, size_t offset, struct arena *arena, struct value *value);

/* The metadata of a whole file: where its section begins; 0: there is none. */
size_t mmdb_metadata(const uint8_t *bytes, size_t len);

#endif
