/* task.h - a run of a function that may wait: an enricher's. Straight lines for whoever writes it, a state machine for the host.
 *
 * The function gets lead (a table: `traits` with what was given, and nothing else), http, dns and lookup. Where it asks the
 * world it waits: task_resume returns TASK_WAITS, task_asked says what it asks for, and the host resumes it with the answer
 * whenever that is there. What can be looked up at once is asked of `lookup`, and does not wait. Scripts have no coroutines of
 * their own; each run is a thread of the script's Lua state, resumed by the host alone, with fuel for each stretch (VM_TASK)
 * and for the whole run.
 *
 * Tasks belong in a script of their own, beside the one that rules run in: what they hold while they wait counts against their
 * own memory, and a memory kill costs nothing but them. Those that waited in a state whose memory was spent have failed, are lost
 * through no fault of their own, and can begin again.
 *
 * What a task asks for, as a value: {"call":"http","method":"GET","url":..,"options":{..}} or {"call":"dns","type":"mx","name":..}.
 * secret "NAME" is a map with TASK_SECRET there (task_value.h): its value never enters Lua. One thread.
 */
#ifndef EMBUDO_VM_TASK_H
#define EMBUDO_VM_TASK_H

#include "vm/script/script.h"

enum { TASK_FUEL = 10000000 /* instructions of a whole run */, TASK_CODE_MAX = 64 };

struct task;

/* What is known here and now. `what`: "list", "csv", "mmdb", "domain", "address"; name and key as the script gave them. VALUE_NONE: nothing;
 * -1 and *err: an error for the script. The value may live in `arena`. */
struct task_lookup {
  void *context;
  int (*find)(void *context, struct str what, struct str name, struct str key, struct arena *arena,
              struct value *found, struct err *err);
};

enum task_state {
  TASK_WAITS,
  TASK_ANSWERED, /* task_answer: a map of traits */
  TASK_NOTHING,  /* there is nothing to know */
  TASK_FAILED    /* task_failure */
};

/* What a call came to: a value, or why there is none. */
struct task_reply {
  struct value value;
  const char *code; /* NULL: it is there; else "timeout" .. */
  const char *message;
};

struct task_failure {
  char code
      [TASK_CODE_MAX]; /* of the error table that was raised; else "script", "lost", or how it was killed */
  bool lost;           /* with the state it ran in */
  struct vm_failure at;
};

/* `traits` by path. The lookup must last as long as the task. */
struct task *task_new(struct script *script, int fn, struct value traits, const struct task_lookup *lookup);
void task_free(struct task *task); /* also one that waits: it is dropped. NULL is fine */

enum task_state task_begin(struct task *task); /* once more, with all its fuel, for one that was lost */
enum task_state task_resume(struct task *task, const struct task_reply *reply);

struct value task_asked(const struct task *task);  /* while it waits */
struct value task_answer(const struct task *task); /* paths of traits, as they were returned */
const struct task_failure *task_failure(const struct task *task);

/* For the state's opening. */
void tasks_open(struct script *script);
/* The state is about to go: its tasks have failed. */
void tasks_lose(struct script *script);

#endif
