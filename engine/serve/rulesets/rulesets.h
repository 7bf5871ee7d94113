/* rulesets.h - the rulesets that were in charge: kept with all their files, listed, compared, and put in charge again.
 *
 * Whenever rules take over, by whatever way, rulesets_took_over is told; it writes who, when and what into the store, and the files,
 * packed on a thread, one value after another. What is more than the settings allow (rulesets.keep, keep_bytes) is dropped, longest
 * unused first. A command may put a kept one in charge; so it stays until the files change (the pin), also over a start.
 * On the loop's thread. */
#ifndef EMBUDO_SERVE_RULESETS_RULESETS_H
#define EMBUDO_SERVE_RULESETS_RULESETS_H

#include "core/rules/kept.h"
#include "serve/daemon.h"

struct rulesets;

/* Reads what the store has. NULL and *err. */
struct rulesets *rulesets_new(struct daemon *daemon, struct err *err);
void rulesets_free(struct rulesets *rulesets); /* before the service is closed; NULL is fine */

const struct kept_index *rulesets_index(const struct rulesets *rulesets);
struct standing *rulesets_standing(struct rulesets *rulesets); /* the shadow that was asked for */
const struct kept_pin *rulesets_pin(const struct rulesets *rulesets);

/* The present generation took over. Takes the bytes it was built from. */
void rulesets_took_over(struct rulesets *rulesets, const char *by, int64_t stages, bool instant);

/* The files say this ruleset. Whether a pin stands against it: then it is not to take over. */
bool rulesets_files_say(struct rulesets *rulesets, const char *hash);
void rulesets_unpin(struct rulesets *rulesets);

/* --- an activation that waits -------------------------------------------------------------------------------------------- */

/* As service_pause. What reads the journal then waits over a restart, too. */
void rulesets_pause(struct rulesets *rulesets, bool pause);

/* An activation has ended, or did not begin. */
void rulesets_end_pause(struct rulesets *rulesets);

/* The files say this ruleset, which is not in charge: whether it was waiting when the process before ended, and is to wait. */
bool rulesets_is_paused(struct rulesets *rulesets, const char *hash);

/* After a start: what waited waits again. */
void rulesets_wait_again(struct rulesets *rulesets);

/* --- commands ------------------------------------------------------------------------------------------------------------ */

struct rulesets_ended {                        /* how a command ended */
  const struct problems *problems;             /* not NULL: they do not load */
  const struct err *err;                       /* or: another reason */
  const struct service_activation *activation; /* NULL: it goes on in the background */
};

struct rulesets_command {
  char hash[DIGEST_HEX_MAX]; /* of a kept one; "": of `bundle` */
  struct ruledir *bundle;    /* taken */
  char by[KEPT_BY_MAX];
  struct service_activate how;
  bool shadow; /* not to activate it: it is to run beside the present one, and `how` says nothing */
  struct generation *live; /* for a shadow, and the next: set by rulesets_start */
  char present[DIGEST_HEX_MAX];
  void (*done)(void *arg, const struct rulesets_ended *ended); /* once */
  void *arg;
};

/* Loads on a thread, then activates, previews, or begins a shadow. -1 and *err: another command is under way; `done` is not called. */
bool rulesets_is_busy(const struct rulesets *rulesets); /* with a command */
int rulesets_start(struct rulesets *rulesets, const struct rulesets_command *command, struct err *err);

#endif
