/* dedupe.h - which (source, messageId) pairs have been accepted before.
 *
 * A set of 128-bit keyed hashes with 32 bits of each event's body beside them, 20 bytes an entry: the first event
 * accepted under an id wins; a later one is a duplicate, or a conflict when it says something else (which of two
 * conflicting events counts is decided by arrival, here and nowhere else). Bounded: the set keeps between half its limit
 * and its limit of the newest ids, older ones are forgotten together and counted. One thread.
 */
#ifndef EMBUDO_CORE_DEDUPE_H
#define EMBUDO_CORE_DEDUPE_H

#include "base/str.h"

enum { DEDUPE_LIMIT = 50 * 1000 * 1000, DEDUPE_LIMIT_MIN = 16 };

enum dedupe_result { DEDUPE_NEW, DEDUPE_DUPLICATE, DEDUPE_CONFLICT };

struct dedupe;

struct dedupe *dedupe_new(size_t limit, uint64_t seed); /* 0: DEDUPE_LIMIT */
void dedupe_free(struct dedupe *dedupe);

/* The hash of source, NUL, messageId. Begins to fetch the set's memory for it, so that work done between this and
 * dedupe_add costs nothing. */
struct hash128 dedupe_hash(const struct dedupe *dedupe, struct str key);

/* Looks the key up and adds it when it is new. */
enum dedupe_result dedupe_add(struct dedupe *dedupe, struct hash128 key, uint32_t body);

/* Looks the key up and leaves the set as it is. */
enum dedupe_result dedupe_find(const struct dedupe *dedupe, struct hash128 key, uint32_t body);

size_t dedupe_count(const struct dedupe *dedupe);       /* ids remembered */
uint64_t dedupe_forgotten(const struct dedupe *dedupe); /* ids forgotten because of the limit */

#endif
