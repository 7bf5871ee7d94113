/* apart.h - ids that are not the same person, whatever events say: how a merge is taken back.
 *
 * A set of pairs of ids. Between two such ids no link, alias or common e-mail address counts: not those that were, and not
 * those that will be. Events are kept under their own ids, so nothing is lost either way, and a pair that is removed from the
 * set is one person again as soon as all is folded anew. Small and kept by value: JSON of at most APART_BYTES_MAX. Who said
 * so, and when, is part of a pair. One thread.
 */
#ifndef EMBUDO_CORE_APART_H
#define EMBUDO_CORE_APART_H

#include "core/identity/identity.h"
#include "store/store.h"

#define APART_VALUE "apart" /* its name in the store */

enum { APART_BYTES_MAX = STORE_VALUE_BYTES_MAX };

struct apart_pair {
  struct identity_member a, b;
  struct str by;
  int64_t at_ms;
};

struct apart;

struct apart *apart_new(void);
void apart_free(struct apart *apart); /* NULL is fine */
struct apart *apart_dup(const struct apart *apart);

size_t apart_count(const struct apart *apart);
struct apart_pair apart_at(const struct apart *apart, size_t index); /* until the next change */

bool apart_has(const struct apart *apart, struct identity_member a, struct identity_member b);
void apart_add(struct apart *apart, const struct apart_pair *pair); /* copied; nothing when it is there */
bool apart_remove(struct apart *apart, struct identity_member a, struct identity_member b);

/* Takes away every pair with an id that `names` it. How many there were. */
size_t apart_forget(struct apart *apart, bool (*names)(const void *context, struct identity_member id),
                    const void *context);

void apart_put(const struct apart *apart, struct json_writer *w); /* a list of pairs */
int apart_parse(struct apart *apart, struct str json, struct err *err);

/* What the store in `dir` says; empty when it says nothing or is not there. */
int apart_read(struct apart *apart, const char *dir, struct err *err);

/* An id with its kind, from an object: {"user_id": "u-1"}. False: it names none, or several. */
bool apart_read_id(struct json_ref object, struct identity_member *id);

#endif
