/* record.h - records as a run of bytes: what an append's records look like in a queue and, compressed, in a block.
 *
 * One after another: kind (varint), received (8 bytes, little-endian), source and bytes, each after its length (varint).
 * Numbers are not written: records of a block follow one another without a gap. Where one was removed, a record of the
 * kind RECORD_GONE without anything else keeps its place. A varint is LEB128.
 */
#ifndef EMBUDO_STORE_RECORD_H
#define EMBUDO_STORE_RECORD_H

#include "base/buf.h"
#include "store/store.h"

enum { RECORD_FRAME_MAX = 5 + 8 + 5 + 5 }; /* a record's bytes beyond its source and its own bytes, at most */

#define RECORD_GONE UINT32_MAX /* above STORE_KIND_MAX */

void record_add(struct buf *out, const struct store_record *record);

/* Takes the next record off *rest; its strings borrow from there, its seq is not set. False: *rest begins with no record
 * (nothing is left, or the bytes are not ours). */
bool record_take(struct str *rest, struct store_record *record);

/* Little-endian numbers of fixed width, for this and for the blocks' frames. */
void record_put_u64(struct buf *out, uint64_t number);
uint64_t record_u64(const char *bytes);

#endif
