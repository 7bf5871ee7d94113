/* pack.h - rules from a directory, or the default pack that is part of the program. */
#ifndef EMBUDO_CLI_PACK_H
#define EMBUDO_CLI_PACK_H

#include "core/config/config.h"
#include "core/rules/generation.h"

enum { PACK_TESTS_CPU_MS = 10000 /* for all tests of a set of rules, of processor time */ };

/* The same, or of a bundle that is not NULL, and NULL when a test of the rules fails, or all
 * take longer than PACK_TESTS_CPU_MS: for rules that are to replace others. The files'
 * bytes are left with it (generation_attach_bundle); a bundle is empty afterwards, or to be released. */
struct generation *pack_build_tested(const struct config *config, struct ruledir *bundle,
                                     struct problems *problems);

/* pack_build for a command: errors go to standard error, each with file and line. */
struct generation *pack_load(const char *command, const struct config *config);

/* The rules a daemon starts with: those of the configuration, unless a command put others in charge and the files are what they were
 * then. The files' bytes are left with them. */
struct generation *pack_start(const char *command, const struct config *config);

#endif
