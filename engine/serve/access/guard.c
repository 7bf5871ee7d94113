#include "serve/access/guard.h"

#include "base/err.h"
#include "core/config/roles.h"
#include "io/loop.h"
#include "serve/access/attempts.h"
#include "serve/access/auth.h"

/* A source may send as many events at once as it may send in this time. */
enum { BURST_S = 2, RATES_MAX = 1024 };

struct rate {
  struct str source;
  int64_t filled_ms;
  double events; /* that may be sent at once */
};

struct guard {
  const struct config *config;
  const struct keys *keys;
  struct attempts *attempts;
  int64_t (*now_ms)(void *clock);
  void *clock;
  struct rate rates[RATES_MAX]; /* sources are the configuration's: few */
  size_t rate_count;
  struct buf room;
};

struct guard *guard_new(const struct config *config, const struct keys *keys, int64_t (*now_ms)(void *clock),
                        void *clock) {
  struct guard *guard = xcalloc(1, sizeof *guard);
  uint64_t seed;
  digest_random(&seed, sizeof seed);
  guard->config = config;
  guard->keys = keys;
  guard->attempts = attempts_new(seed);
  guard->now_ms = now_ms;
  guard->clock = clock;
  buf_init(&guard->room);
  return guard;
}

void guard_free(struct guard *guard) {
  if (!guard) return;
  attempts_free(guard->attempts);
  buf_release(&guard->room);
  free(guard);
}

void guard_reconfigure(struct guard *guard, const struct config *config) {
  guard->config = config;
  guard->rate_count = 0;
}

/* --- refusing --------------------------------------------------------------------------------------------------------- */

/* RFC 9110 wants a challenge; this one makes no browser ask its user for a password. */
static bool refuse_unknown(struct http_exchange *exchange, const char *what) {
  http_exchange_header(exchange, "WWW-Authenticate", STR("Bearer realm=\"embudo\""));
  http_exchange_fail(exchange, 401, "unauthorized", "%s", what);
  return false;
}

static bool refuse_for_now(struct http_exchange *exchange, int wait_s, const char *why) {
  struct http_failure failure;
  char reset[24];
  http_failure_set(&failure, 429, "rate_limited", "%s", why);
  failure.retry_after_s = wait_s;
  snprintf(reset, sizeof reset, "%lld", (long long)(loop_wall_ms() / 1000 + wait_s));
  http_exchange_header(exchange, "X-RateLimit-Reset", str_of(reset));
  http_exchange_refuse(exchange, &failure);
  return false;
}

/* Whether the address has failed so often that its token is not even looked at. */
static bool must_wait(struct guard *guard, struct http_exchange *exchange) {
  const struct http_request *request = http_exchange_request(exchange);
  int wait_s = attempts_wait_s(guard->attempts, &request->remote, guard->now_ms(guard->clock));
  if (wait_s) refuse_for_now(exchange, wait_s, "too many attempts with wrong tokens; try again later");
  return wait_s > 0;
}

static bool refuse_token(struct guard *guard, struct http_exchange *exchange) {
  const struct http_request *request = http_exchange_request(exchange);
  attempts_failed(guard->attempts, &request->remote, guard->now_ms(guard->clock));
  return refuse_unknown(exchange, "nobody has this token");
}

/* --- who -------------------------------------------------------------------------------------------------------------- */

static bool may_ingest(struct guard *guard, struct http_exchange *exchange, struct str token,
                       struct str *source) {
  if (must_wait(guard, exchange)) return false;
  unsigned roles = keys_roles(guard->keys, token, source);
  if (roles_cover(roles, ROLE_INGEST)) return true;
  if (keys_source(guard->keys, token, source)) return true; /* a write key: many know no other place */
  if (roles == 0) return refuse_token(guard, exchange);
  http_exchange_fail(exchange, 403, "forbidden",
                     "this token may not send events: that takes the role ingest");
  return false;
}

bool guard_ingest(struct guard *guard, struct http_exchange *exchange, struct str body_key,
                  struct str *source) {
  struct auth auth = auth_of_ingest(http_exchange_request(exchange), body_key, &guard->room);
  if (auth.place == AUTH_BEARER) return may_ingest(guard, exchange, auth.text, source);
  if (auth.place == AUTH_NOWHERE)
    return refuse_unknown(exchange, "a write key is needed: as the user name of HTTP Basic, or as the "
                                    "body's writeKey, or in X-Write-Key");
  if (keys_source(guard->keys, auth.text, source)) return true;
  return refuse_unknown(exchange, "nobody has this write key");
}

bool guard_role(struct guard *guard, struct http_exchange *exchange, unsigned roles) {
  struct str name;
  return guard_person(guard, exchange, roles, &name);
}

bool guard_person(struct guard *guard, struct http_exchange *exchange, unsigned roles, struct str *name) {
  unsigned own;
  return guard_roles(guard, exchange, roles, name, &own);
}

bool guard_roles(struct guard *guard, struct http_exchange *exchange, unsigned roles, struct str *name,
                 unsigned *own) {
  struct buf needed;
  struct auth auth = auth_of_reader(http_exchange_request(exchange), &guard->room);
  if (auth.place == AUTH_NOWHERE)
    return refuse_unknown(exchange, "a token is needed: Authorization: Bearer TOKEN");
  if (must_wait(guard, exchange)) return false;
  *own = keys_roles(guard->keys, auth.text, name);
  if (*own == 0) return refuse_token(guard, exchange);
  if (roles_cover(*own, roles)) return true;
  buf_init(&needed);
  roles_text(roles, &needed);
  http_exchange_fail(exchange, 403, "forbidden", "this takes one of the roles: %s", needed.data);
  buf_release(&needed);
  return false;
}

/* --- how much ----------------------------------------------------------------------------------------------------------- */

static struct rate *rate_of(struct guard *guard, struct str source, int64_t now) {
  for (size_t i = 0; i < guard->rate_count; i++)
    if (str_eq(guard->rates[i].source, source)) return &guard->rates[i];
  if (guard->rate_count == RATES_MAX) return NULL;
  struct rate *rate = &guard->rates[guard->rate_count++];
  *rate = (struct rate){source, now, (double)guard->config->limits.events_per_second * BURST_S};
  return rate;
}

int64_t guard_wait_ms(struct guard *guard, struct str source, uint32_t events) {
  double most = (double)guard->config->limits.events_per_second;
  int64_t now = guard->now_ms(guard->clock);
  if (most == 0) return 0;
  struct rate *rate = rate_of(guard, source, now);
  if (!rate) return 0;
  rate->events += (double)(now - rate->filled_ms) / 1000 * most;
  if (rate->events > most * BURST_S) rate->events = most * BURST_S;
  rate->filled_ms = now;
  if (rate->events <= 0) return 1 + (int64_t)(-rate->events / most * 1000);
  rate->events -= events; /* a batch larger than what is left borrows from the time to come */
  return 0;
}

bool guard_rate(struct guard *guard, struct http_exchange *exchange, struct str source, uint32_t events) {
  int64_t wait_ms = guard_wait_ms(guard, source, events);
  if (wait_ms == 0) return true;
  return refuse_for_now(exchange, (int)((wait_ms + 999) / 1000),
                        "this key sends more events than it may; slow down");
}
