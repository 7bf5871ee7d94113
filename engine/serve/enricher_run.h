/* enricher_run.h - one run of an enricher's function against the world: its calls made one after another, within its time.
 *
 * For the daemon, which runs many, and for `embudo enrich`, which tries one and shows each call. Told once of its end, never
 * from inside enricher_run_new; freed then by whoever was told. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_ENRICHER_RUN_H
#define EMBUDO_SERVE_ENRICHER_RUN_H

#include "core/config/config.h"
#include "core/rules/generation.h"
#include "io/fetch.h"
#include "io/resolve.h"
#include "vm/script/task.h"

struct enricher_world { /* borrowed by its runs */
  struct loop *loop;
  struct fetcher *fetcher;
  struct resolver *resolver;
  const struct config *config;
  struct task_lookup lookup;
  struct json_reader *reader; /* for what is read at once; nothing of it is kept */
};

struct enricher_end {
  enum task_state state;
  struct value answer; /* TASK_ANSWERED: by path; until the run is freed */
  const char *code;    /* TASK_FAILED: "timeout", "reset", "script" ... */
  const char *message;
  struct place place;     /* of a failure in the script; file "": unknown */
  bool passes;            /* asking again may help */
  int64_t retry_after_ms; /* at least so long; 0: not said */
  uint32_t calls;         /* that were made */
};

struct enricher_run_options {
  void (*done)(void *arg, const struct enricher_end *end);
  /* Before each call and after it; NULL: nobody looks. `took_ms` -1: it begins. */
  void (*told)(void *arg, const char *what, const char *outcome, int64_t took_ms);
  void *arg;
};

struct enricher_run;

/* `needs`: the JSON object of what it needs. */
struct enricher_run *enricher_run_new(const struct enricher_world *world, const struct generation *generation,
                                      const struct enricher *enricher, struct str needs,
                                      const struct enricher_run_options *options);
void enricher_run_free(struct enricher_run *run); /* cancels what is under way; NULL is fine */

#endif
