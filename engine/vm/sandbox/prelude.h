/* prelude.h - the trusted Lua files that make the words of a rule file (lua/embudo), and what they ask of the host. */
#ifndef EMBUDO_VM_PRELUDE_H
#define EMBUDO_VM_PRELUDE_H

#include "base/embedded.h"
#include "vm/script/script_state.h"

extern const struct embedded_file embudo_prelude[];

/* Loads the prelude and shares its words with every environment made later. */
int prelude_load(struct script *script, struct err *err);

/* Gives the environment at `index` the words of *_test.lua files. */
void prelude_define_tests(struct lua_State *L, int index);

/* Pushes what a module of the prelude returned; nil when there is none of that name. */
void prelude_module(struct lua_State *L, const char *name);

#endif
