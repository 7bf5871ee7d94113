/* guard.h - who may do what: keys and tokens of requests, failed attempts, rates. Answers by itself those it refuses. */
#ifndef EMBUDO_SERVE_GUARD_H
#define EMBUDO_SERVE_GUARD_H

#include "core/config/config.h"
#include "io/http/http_exchange.h"
#include "serve/access/keys.h"

struct guard;

/* Borrows both. `now_ms`: monotonic, of the rates. */
struct guard *guard_new(const struct config *config, const struct keys *keys, int64_t (*now_ms)(void *clock),
                        void *clock);
void guard_free(struct guard *guard);
void guard_reconfigure(struct guard *guard, const struct config *config); /* borrowed, like the first */

/* A request that sends events, with the key its body named (empty: none). True and the source's name (as long as the keys
 * live); false when it was answered. */
bool guard_ingest(struct guard *guard, struct http_exchange *exchange, struct str body_key,
                  struct str *source);

/* A request for anything else: the bearer's token must have one of these roles (ROLE_*; admin always may). */
bool guard_role(struct guard *guard, struct http_exchange *exchange, unsigned roles);

/* The same, and the name of the token, which lives as long as the keys. */
bool guard_person(struct guard *guard, struct http_exchange *exchange, unsigned roles, struct str *name);

/* The same, and all its roles. */
bool guard_roles(struct guard *guard, struct http_exchange *exchange, unsigned roles, struct str *name,
                 unsigned *own);

/* Whether the source may send so many events now, as far as limits.events_per_second goes. */
bool guard_rate(struct guard *guard, struct http_exchange *exchange, struct str source, uint32_t events);

/* The same for who can wait: 0 when they may be sent now, else how long it takes until it is worth asking again. */
int64_t guard_wait_ms(struct guard *guard, struct str source, uint32_t events);

#endif
