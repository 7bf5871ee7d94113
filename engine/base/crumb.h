/* crumb.h - what a thread is busy with, where another thread can see it: for the one question what it was that never ended.
 *
 * A thread that is watched names its crumb once (crumb_watch); code below says what it begins (crumb_enter) and what it
 * came from (crumb_leave). On other threads both do next to nothing. The texts are the callers' and must live while they are
 * set; a name of a rule or a route, never of a person.
 */
#ifndef EMBUDO_BASE_CRUMB_H
#define EMBUDO_BASE_CRUMB_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct crumb {
  _Atomic(const char *) what; /* NULL: nothing in particular */
  _Atomic uint32_t lead;      /* its number plus one; 0: none */
  _Atomic uint64_t steps;     /* how often it changed: who is busy with many things gets on */
};

void crumb_watch(struct crumb *crumb); /* this thread's; NULL: none any more */

const char *crumb_enter(const char *what); /* what it was busy with before, for crumb_leave */
void crumb_leave(const char *before);
void crumb_lead(uint32_t lead); /* the lead at hand */
void crumb_no_lead(void);

#endif
