/* script.h - the Lua side of one generation: its rule files' declarations, and the functions they wrote.
 *
 * A script is built in three steps, on any one thread at a time: script_new; script_declare for each Lua file, which
 * adds to the declarations and to the problems; script_seal when all files are in. After that only functions run:
 * points and conditions, called by ingest and by the fold. Everything in it is freed whole with it.
 *
 * A function that fails costs only its own rule: the failure is recorded with rule, file:line, message and event, and
 * after `quarantine_after` failures the function is stopped: it is not called again and script_stopped() says so.
 */
#ifndef EMBUDO_VM_SCRIPT_H
#define EMBUDO_VM_SCRIPT_H

#include "notation/node.h"
#include "notation/problems.h"
#include "vm/state.h"

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
 * the declarations and the problems. */
void script_declare(struct script *script, enum script_file kind, const char *file, struct str text,
                    struct declarations *declarations, struct problems *problems);

/* After the last file: nothing is declared any more. Fills declarations->loose (selectors that functions can still
 * reach) and ->functions. */
void script_seal(struct script *script, struct declarations *declarations, struct problems *problems);

#endif
