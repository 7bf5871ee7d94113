/* script_test.h - running the functions of *_test.lua files.
 *
 * A test's function gets `t`, whose commands reach the host as nodes and spans: what they do is the spec runner's
 * business (core/spec). Matchers may be made while a test runs, for t:expect; nothing else is declared.
 */
#ifndef EMBUDO_VM_SCRIPT_TEST_H
#define EMBUDO_VM_SCRIPT_TEST_H

#include "vm/script/script.h"

/* Each returns 0, or -1 with *err: the test then ends with that error at its line. The nodes live in `arena`;
 * what is wrong with a command's argument is added to `problems`. */
struct script_test {
  void *context;
  struct arena *arena;
  struct problems *problems;
  int (*event)(void *context, const struct node *event, struct err *err);
  int (*system_event)(void *context, const struct node *event,
                      struct err *err); /* what embudo writes itself */
  /* An act is asked for; refused: with which code it must be refused, NULL: it must be accepted. */
  int (*act)(void *context, const struct node *request, const char *refused, struct err *err);
  int (*advance)(void *context, int64_t ms, struct err *err);
  int (*at)(void *context, int64_t instant_ms, struct err *err);
  int (*answer)(void *context, const struct node *fake, struct err *err); /* what the world will answer */
  int (*enrich)(void *context, const struct node *who, struct err *err);  /* runs an enricher */
  int (*expect)(void *context, const struct node *what, struct err *err);
};

/* Runs one test under the budget of tests. 0, or -1 and *failure. */
int script_run_test(struct script *script, int fn, const struct script_test *test,
                    struct vm_failure *failure);

/* Forgets failures and lifts quarantines, so that one test does not know the other's. */
void script_forget_failures(struct script *script);

#endif
