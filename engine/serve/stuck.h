/* stuck.h - what embudo had to end itself for, kept over the restart: a rule that does it twice is not called any more.
 *
 * DATA/stuck.txt holds the hash of the rules in charge and a line for each time, with the owner of the function that did not
 * end. Other rules begin with none. Reading the journal again would call the function again, so that a fault met once would
 * be met at every start; the second time is the last.
 */
#ifndef EMBUDO_SERVE_STUCK_H
#define EMBUDO_SERVE_STUCK_H

#include "vm/script/script.h"

enum { STUCK_TIMES = 2, STUCK_FILE_MAX = 64 * 1024 };

/* Puts what was noted STUCK_TIMES into quarantine, telling `found` of each; notes of other rules are dropped. What cannot be read
 * or written is as if it were not there. */
void stuck_begin(const char *dir, const char *ruleset, struct script *script,
                 void (*found)(void *context, const char *owner), void *context);

/* Forgets what was noted of this owner; empty: everything. */
void stuck_forget(const char *dir, struct str owner);

/* From any thread, while nothing else of the process can be relied on: one write, synced. */
void stuck_note(const char *dir, const char *owner);

#endif
