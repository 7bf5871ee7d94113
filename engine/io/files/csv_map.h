/* csv_map.h - rows of a table -> events: which column is what.
 *
 * A map is written TARGET=COLUMN,TARGET=COLUMN,...:
 *   id, anonymous_id  who the row is about (user id, anonymous id)
 *   account           the company: the row's person belongs to it; without a person the row tells about the company
 *   time              when: a date and time as in events
 *   message_id        the row's own id: rows of one id count once
 *   event             the name of a track event; rows without one are identify calls
 *   traits.NAME, properties.NAME, context.NAME   dots make objects: traits.company.employees
 *   *                 (alone) every other column is traits.HEADER
 * TARGET:number, TARGET:bool say how a text is read ("1.200" stays text and is told as a bad cell; yes, true, 1, si are
 * true). Columns are named as in the header, ignoring case; a comma or equals sign in a name is written with a backslash
 * before it. Empty cells say nothing. Without a map, or for `*`, headers that speak for themselves are recognised.
 */
#ifndef EMBUDO_IO_CSV_MAP_H
#define EMBUDO_IO_CSV_MAP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { CSV_MAP_TARGETS_MAX = 4096, CSV_MAP_DEPTH_MAX = 16 };

struct csv_map;

/* NULL text: recognise headers. *err names the entry that is wrong. */
struct csv_map *csv_map_new(const char *text, struct err *err);
void csv_map_free(struct csv_map *map); /* NULL is fine */

/* Finds the columns in the header; an unknown one is an error with the nearest spelling. `time_ms` is the time of
 * rows when no column gives one (0: then that is an error). */
int csv_map_bind(struct csv_map *map, const struct str *header, size_t count, int64_t time_ms,
                 struct err *err);

/* The row as one event's JSON, appended to `out`. -1 and *err: it has not the header's number of fields, or a cell that
 * cannot be read as its map says. */
int csv_map_event(const struct csv_map *map, const struct str *fields, size_t count, struct buf *out,
                  struct err *err);

#endif
