#include "serve/access/attempts.h"

#include "base/err.h"

struct attempt {
  struct netaddr addr;
  int64_t paid_ms; /* the instant at which all its failures are forgotten; 0: the place is free */
};

struct attempts {
  uint64_t seed;
  struct attempt places[ATTEMPTS_SETS][ATTEMPTS_PLACES];
};

struct attempts *attempts_new(uint64_t seed) {
  struct attempts *attempts = xcalloc(1, sizeof *attempts);
  attempts->seed = seed;
  return attempts;
}

void attempts_free(struct attempts *attempts) {
  free(attempts);
}

/* The address as it is counted: of IPv6 the first half. */
static struct netaddr counted(const struct netaddr *addr) {
  struct netaddr copy = *addr;
  if (!netaddr_is_v4(addr)) memset(copy.bytes + 8, 0, 8);
  return copy;
}

static size_t set_of(const struct attempts *attempts, const struct netaddr *addr) {
  struct str bytes = {(const char *)addr->bytes, sizeof addr->bytes};
  return (size_t)(str_hash128(bytes, attempts->seed).low % ATTEMPTS_SETS);
}

static bool same(const struct netaddr *a, const struct netaddr *b) {
  return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

int attempts_wait_s(const struct attempts *attempts, const struct netaddr *addr, int64_t now_ms) {
  struct netaddr who = counted(addr);
  const struct attempt *set = attempts->places[set_of(attempts, &who)];
  for (int i = 0; i < ATTEMPTS_PLACES; i++) {
    if (set[i].paid_ms <= now_ms || !same(&set[i].addr, &who)) continue;
    int64_t wait_ms = set[i].paid_ms - now_ms - (ATTEMPTS_BURST - 1) * (int64_t)ATTEMPTS_PAUSE_MS;
    return wait_ms > 0 ? (int)((wait_ms + 999) / 1000) : 0;
  }
  return 0;
}

/* The address's own place, or else the one that is free soonest. */
static struct attempt *place_for(struct attempt set[ATTEMPTS_PLACES], const struct netaddr *who) {
  struct attempt *soonest = &set[0];
  for (int i = 0; i < ATTEMPTS_PLACES; i++) {
    if (set[i].paid_ms && same(&set[i].addr, who)) return &set[i];
    if (set[i].paid_ms < soonest->paid_ms) soonest = &set[i];
  }
  *soonest = (struct attempt){*who, 0};
  return soonest;
}

void attempts_failed(struct attempts *attempts, const struct netaddr *addr, int64_t now_ms) {
  if (netaddr_is_loopback(addr)) return;
  struct netaddr who = counted(addr);
  struct attempt *place = place_for(attempts->places[set_of(attempts, &who)], &who);
  int64_t most_ms = now_ms + ATTEMPTS_BURST * (int64_t)ATTEMPTS_PAUSE_MS;
  if (place->paid_ms < now_ms) place->paid_ms = now_ms;
  place->paid_ms += ATTEMPTS_PAUSE_MS;
  if (place->paid_ms > most_ms) place->paid_ms = most_ms; /* what was under way together */
}
