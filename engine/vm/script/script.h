/* script.h - the Lua side of one generation: its rule files' declarations, and the functions they wrote.
 *
 * A script is built in three steps, on any one thread at a time: script_new; script_declare for each Lua file, which
 * adds to the declarations and to the problems; script_seal when all files are in. After that only functions run:
 * points and conditions, called by ingest and by the fold. Everything in it is freed whole with it.
 *
 * A function that fails costs only its own rule: the failure is recorded with rule, file:line, message and event, and
 * after `quarantine_after` failures the function is stopped: it is not called again and script_stopped() says so. Failures
 * are counted by what they are about (an event; a lead at an instant), not by how often that comes up.
 */
#ifndef EMBUDO_VM_SCRIPT_H
#define EMBUDO_VM_SCRIPT_H

#include "model/fold/fold.h"
#include "notation/node.h"
#include "notation/problems.h"
#include "vm/sandbox/state.h"

struct script;

enum { SCRIPT_QUARANTINE_AFTER = 5 };

struct script_limits {
  struct vm_limits vm;
  uint32_t quarantine_after; /* failures of one function; 0: never */
};

void script_limits_default(struct script_limits *limits);

struct script *script_new(const struct script_limits *limits,
                          struct err *err); /* NULL limits: the defaults */
void script_free(struct script *script);    /* NULL is fine */
struct vm *script_vm(struct script *script);

enum script_file { SCRIPT_RULES, SCRIPT_TESTS /* *_test.lua: may say `test` */ };

/* Runs one rule file in an environment of its own. `file` is its path relative to the rules directory; it must outlive
 * the declarations. */
void script_declare(struct script *script, enum script_file kind, const char *file, struct str text,
                    struct declarations *declarations, struct problems *problems);

/* After the last file: nothing is declared any more. Fills declarations->loose (selectors that functions can still
 * reach) and ->functions. */
void script_seal(struct script *script, struct declarations *declarations, struct problems *problems);

/* --- running ------------------------------------------------------------------------------------------------------ */

/* How `event` reads an event whose touch alone is at hand: parses touch->more->raw and normalises it. The event lives
 * until the next call. NULL: its bytes are not kept or cannot be read. */
struct script_events {
  void *context;
  const struct event *(*open)(void *context, const struct touch *touch);
};

/* Says which ruleset the functions belong to; it must outlive the script's last call. `events` may be NULL. */
void script_bind(struct script *script, const struct ruleset *rules, const struct script_events *events);

enum script_answer {
  SCRIPT_POINTS,     /* *count amounts, rising by dimension */
  SCRIPT_NEEDS_LEAD, /* it asked for the lead: ask again inside the fold */
  SCRIPT_FAILED      /* recorded; also when the function is stopped */
};

/* Calls a points function for an event outside any lead. `amounts` has room for one per dimension. */
enum script_answer script_points_at_ingest(struct script *script, int fn, const struct event *event,
                                           struct fn_amount *amounts, uint32_t *count);

/* The same functions, and those of conditions, for the fold. */
struct fold_calls script_calls(struct script *script);

/* --- functions of hand-offs (model/ruleset/handoff.h) --------------------------------------------------------------------------- */

enum { SCRIPT_ANSWER_DEPTH = 32 }; /* of what they return; its bytes as JSON: vm_limits.output_bytes */

/* Calls function(argument), which sees a JSON value read-only, and appends what it returns as JSON to `out`: tables with items are
 * lists, others objects with their keys in order, nil is nothing at all. A secret becomes {MARK:"NAME"}, where MARK is
 * script_secret_mark: random, so that no data from outside can pretend to be one. -1 and *err: it
 * failed, or is stopped, or returned what JSON cannot say; that is recorded like any failure. */
int script_ask(struct script *script, int fn, struct json_ref argument, struct buf *out, struct err *err);

const char *script_secret_mark(const struct script *script);

/* The same for function(lead, event); touch NULL: there is no event. */
int script_tell(struct script *script, int fn, const struct fold *fold, const struct touch *touch,
                struct buf *out, struct err *err);

struct script_failure {
  int fn;
  const char *owner; /* "rule trial_seats" */
  enum vm_failure_kind kind;
  struct place place; /* where it failed, else where the function is */
  const char *message;
  const char *event_id; /* "" outside an event */
  const char *lead_id;  /* "" at ingest */
  int64_t time_ms;      /* of the event, else of the fold */
};

enum { SCRIPT_FAILURES_OF_ONE = 5, SCRIPT_FAILURES_MAX = 1000 }; /* kept of one function, and in all */

/* The failures kept, oldest first. */
const struct script_failure *script_failures(const struct script *script, size_t *count);

uint32_t script_function_count(const struct script *script);
const struct fn_info *script_function(const struct script *script, int fn);
uint32_t script_failure_count(const struct script *script, int fn); /* of one function, kept or not */
bool script_stopped(const struct script *script, int fn);           /* quarantined */
uint32_t script_stopped_count(const struct script *script);

/* Puts the functions of this owner ("rule trial_seats") into quarantine for a reason found elsewhere. How many there are. */
uint32_t script_stop(struct script *script, const char *owner);

#endif
