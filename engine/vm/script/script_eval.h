/* script_eval.h - an expression about a lead, asked from outside the rule files: what `embudo repl` stands on.
 *
 * It sees what a rule's function sees (`lead`, the library), under the same limits, and changes nothing.
 */
#ifndef EMBUDO_VM_SCRIPT_EVAL_H
#define EMBUDO_VM_SCRIPT_EVAL_H

#include "vm/script/script.h"

enum { SCRIPT_EVAL_TEXT_MAX = 64 * 1024 /* bytes of an expression */ };

/* Appends the values of `text` ("lead.scores.fit", "lead.scores.fit, lead.stage") as one would write them, separated by
 * commas. `fold` is the lead. -1 and *err when it is no Lua, fails or takes too long. The script is bound. */
int script_evaluate(struct script *script, struct str text, const struct fold *fold, struct buf *out,
                    struct err *err);

#endif
