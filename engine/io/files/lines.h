/* lines.h - bytes that come in pieces, as lines: NDJSON as it is found in the world.
 *
 * Line ends are \n or \r\n, the last one may be missing; a byte order mark is dropped; blank lines are counted and
 * skipped. A line over the limit is never held in memory: it comes as an empty one marked too_long, with its number, and
 * the next one follows. Where the bytes come from is the caller's. One thread.
 */
#ifndef EMBUDO_IO_LINES_H
#define EMBUDO_IO_LINES_H

#include "base/buf.h"

struct line {
  struct str text; /* without its end; valid until the next call, and as long as the bytes it came in */
  uint64_t number; /* from 1 */
  bool too_long;
};

struct lines {
  size_t line_max;
  struct buf partial; /* the start of a line that began in an earlier piece */
  bool is_told;       /* `partial` was given out as a line */
  bool begun;         /* a line is under way */
  bool overflowed;    /* and over the limit: its bytes are dropped */
  uint64_t number;    /* of the last line that was complete */
};

void lines_init(struct lines *lines, size_t line_max);
void lines_release(struct lines *lines);

/* Takes the next line off *bytes. False: they are used up, and the start of a line without end is kept. */
bool lines_next(struct lines *lines, struct str *bytes, struct line *line);

/* Once, when nothing more comes: the line that had no end. False: there is none. */
bool lines_last(struct lines *lines, struct line *line);

#endif
