/* resolve.h - asks name servers without waiting (c-ares on the loop): MX, A, AAAA and TXT records, for enrichers.
 *
 * Answers are kept for RESOLVE_KEEP_MS, also that there is none (RESOLVE_KEEP_NONE_MS), and equal questions under way are asked
 * once each. Bounded: a question takes at most RESOLVE_TRIES times RESOLVE_TIMEOUT_MS, at most RESOLVES_MAX are under way, at
 * most RESOLVE_KEPT_MAX answers are kept. Whoever asks is told once, from the loop, never from inside resolve_start. On the
 * loop's thread.
 */
#ifndef EMBUDO_IO_RESOLVE_H
#define EMBUDO_IO_RESOLVE_H

#include "base/err.h"
#include "base/value.h"
#include "io/loop.h"

enum {
  RESOLVE_TIMEOUT_MS = 1000, /* of the first try; later ones are longer */
  RESOLVE_TRIES = 2,
  RESOLVES_MAX = 256,
  RESOLVE_KEEP_MS = 300000,
  RESOLVE_KEEP_NONE_MS = 60000,
  RESOLVE_KEPT_MAX = 10000,
  RESOLVE_NAME_MAX = 253 /* bytes */
};

enum resolve_type { RESOLVE_MX, RESOLVE_A, RESOLVE_AAAA, RESOLVE_TXT, RESOLVE_TYPES };
extern const char *const resolve_words[]; /* "mx", "a", "aaaa", "txt", NULL */

struct resolver;
struct resolve;

/* `servers`: "127.0.0.1:5353,..", NULL: the system's. NULL and *err. */
struct resolver *resolver_new(struct loop *loop, const char *servers, struct err *err);
void resolver_free(struct resolver *resolver); /* nobody is told any more; NULL is fine */

/* A list: of { host, priority } by priority, of addresses, of texts; empty when there are none of the kind. *code NULL: it is an
 * answer; else "not_found", "timeout", "refused" or "malformed". The value lives until `done` returns. */
typedef void resolve_done(void *arg, struct value list, const char *code);

/* NULL and *err: the name is none (ERR_INVALID), or too many are under way (ERR_LIMIT). */
struct resolve *resolve_start(struct resolver *resolver, enum resolve_type type, struct str name,
                              resolve_done *done, void *arg, struct err *err);
void resolve_cancel(struct resolve *resolve); /* `done` is not called */

#endif
