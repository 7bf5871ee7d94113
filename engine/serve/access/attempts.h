/* attempts.h - failed attempts to show a token, by address: who fails too often has to wait.
 *
 * Each address may fail ATTEMPTS_BURST times, then once every ATTEMPTS_PAUSE_MS. An IPv6 /64 is one address. This machine
 * is exempt: a proxy on it that is not configured would make everybody one. The table is bounded; when it is full, the
 * address that has the least to wait is forgotten. Time is an argument, of any clock that does not go back. One thread.
 *
 * For tokens, not for write keys: those stand in web pages, there is nothing to guess; and to tell an SDK with a wrong key
 * to come again, instead of 401, would make it come again.
 */
#ifndef EMBUDO_SERVE_ATTEMPTS_H
#define EMBUDO_SERVE_ATTEMPTS_H

#include "base/netaddr.h"

enum {
  ATTEMPTS_BURST = 20,
  ATTEMPTS_PAUSE_MS = 3000,
  ATTEMPTS_SETS = 1024, /* an address is kept in one of its set's places */
  ATTEMPTS_PLACES = 4
};

struct attempts;

struct attempts *attempts_new(uint64_t seed); /* a secret one: nobody can plan which addresses share a set */
void attempts_free(struct attempts *attempts);

/* Seconds after which the address may try again; 0: now. */
int attempts_wait_s(const struct attempts *attempts, const struct netaddr *addr, int64_t now_ms);

void attempts_failed(struct attempts *attempts, const struct netaddr *addr, int64_t now_ms);

#endif
