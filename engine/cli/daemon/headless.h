/* headless.h - the daemon without its HTTP server, for a command that changes a data directory: takes the directory's lock, reads
 * the journal, and works as the daemon would until the command is done. */
#ifndef EMBUDO_CLI_HEADLESS_H
#define EMBUDO_CLI_HEADLESS_H

#include "cli/daemon/stored.h"
#include "serve/service/service.h"

struct headless {
  const struct command *command;
  struct config config;
  struct loop *loop;
  struct service *service;
};

/* 0, or the exit code after messages; headless_close in any case. ERR_INVALID of the store, a daemon that works there, is put
 * into *busy instead of told, where busy is not NULL. */
int headless_open(struct headless *headless, const struct command *command,
                  const struct stored_options *options, struct err *busy);

/* The same where there must be a store already, and no daemon. */
int headless_open_existing(struct headless *headless, const struct command *command,
                           const struct stored_options *options);

/* Until everybody is folded and what was decided is in the journal. */
void headless_settle(struct headless *headless);

/* One turn of the loop, which waits until something happens. */
void headless_turn(struct headless *headless);

void headless_close(struct headless *headless);

#endif
