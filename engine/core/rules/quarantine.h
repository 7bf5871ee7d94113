/* quarantine.h - functions of rules that are not called any more, kept over a restart: what failed too often, and when.
 *
 * A function that a script stopped (vm/script/script.h) would be called again at every start, since the journal is read anew; and
 * where the machine's speed had a part in its failures, it might then be stopped later or not at all. So what was stopped
 * is written down with the ruleset it happened under. Under other rules it counts for nothing. Not its messages: a rule can
 * put a person's data into one. Small and kept by value: JSON of at most QUARANTINE_MAX entries. One thread.
 */
#ifndef EMBUDO_CORE_QUARANTINE_H
#define EMBUDO_CORE_QUARANTINE_H

#include "base/json.h"
#include "model/ruleset/ruleset.h"
#include "vm/script/script.h"

#define QUARANTINE_VALUE "quarantine" /* its name in the store */

enum { QUARANTINE_MAX = 200 }; /* the oldest go first */

struct quarantined {
  struct str ruleset; /* hash */
  struct str owner;   /* "rule trial_seats" */
  struct str kind;    /* how it failed last: vm_failure_word, "" when not known */
  struct str file;    /* where */
  int line;
  uint32_t failures;
  int64_t at_ms; /* when it was stopped */
};

struct quarantine;

struct quarantine *quarantine_new(void);
void quarantine_free(struct quarantine *quarantine); /* NULL is fine */

size_t quarantine_count(const struct quarantine *quarantine);
const struct quarantined *quarantine_at(const struct quarantine *quarantine, size_t index); /* oldest first */

/* NULL: it is not in it. */
const struct quarantined *quarantine_find(const struct quarantine *quarantine, struct str ruleset,
                                          struct str owner);

/* Adds every stopped function of the script that is not in it, with its last failure that was kept. How many. */
size_t quarantine_note(struct quarantine *quarantine, const char *ruleset, const struct script *script,
                       int64_t now_ms);

/* Stops the functions that are in it under this ruleset, in a script that has called none yet. */
void quarantine_apply(const struct quarantine *quarantine, const char *ruleset, struct script *script);

/* Takes an owner out, empty: all of them, whatever the ruleset. How many. */
size_t quarantine_release(struct quarantine *quarantine, struct str owner);

void quarantine_put(const struct quarantine *quarantine, struct json_writer *w); /* a list of entries */
void quarantine_put_one(const struct quarantined *entry,
                        struct json_writer *w); /* members, into an open object */
int quarantine_parse(struct quarantine *quarantine, struct str json, struct err *err);

/* What the store in `dir` says; empty when it says nothing or is not there. */
int quarantine_read(struct quarantine *quarantine, const char *dir, struct err *err);

#endif
