/* pack.h - rules from a directory, or the default pack that is part of the program. */
#ifndef EMBUDO_CLI_PACK_H
#define EMBUDO_CLI_PACK_H

#include "core/generation.h"

/* `directory` empty: the default pack. NULL when there are errors, which are on standard error then, each with file and line,
 * under the command's name. */
struct generation *pack_load(const char *command, const char *directory);

#endif
