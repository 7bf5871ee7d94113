/* metrics.h - the daemon's numbers for Prometheus, at GET /metrics.
 *
 * What happens often is counted where it happens (the calls below); everything else is taken from those who count it
 * anyway when somebody asks. docs/metrics.md says what each number means. No label holds anything about a person: sources
 * are the configuration's names, routes are patterns, stages and rules stand in rule files; all are bounded in number.
 *
 * Who may read: a token of any reading role; everybody when metrics.public is set, or when embudo listens on this machine's
 * loopback only, is asked by such a name from there, and no proxy is configured or says that it speaks for somebody else.
 *
 * On the loop's thread.
 */
#ifndef EMBUDO_SERVE_METRICS_H
#define EMBUDO_SERVE_METRICS_H

#include "io/http/http_server.h"
#include "serve/service/service.h"

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics); /* NULL is fine */

/* A request was answered. */
void metrics_request(struct metrics *metrics, const struct http_done *done);

/* Events were checked; those that were accepted are on their way to the journal. */
void metrics_checked(struct metrics *metrics, struct str source, const struct received *received);

/* A record's way to the journal ended, so long after it was submitted. */
void metrics_stored(struct metrics *metrics, struct str source, const struct service_result *result,
                    int64_t took_us);

/* A transition is recorded. */
void metrics_turned(void *metrics, int64_t took_ns); /* for loop_on_turn */
void metrics_decided(struct metrics *metrics, const char *lifecycle, const char *from, const char *to,
                     enum cause cause);

/* What happened to a clock is recorded. */
void metrics_clocked(struct metrics *metrics, const char *sla, const struct clock *clock,
                     enum clock_what what);

/* A run of an enricher is over. */
void metrics_enriched(struct metrics *metrics, const char *enricher, const char *result, int64_t took_ms);

/* The handler; `app` is the daemon. */
void metrics_show(struct http_exchange *exchange, void *app);

#endif
