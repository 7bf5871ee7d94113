/* stored.h - a data directory as a command sees it: its settings, its rules, and what its journal says. Whether or not a
 * daemon runs on it. */
#ifndef EMBUDO_CLI_STORED_H
#define EMBUDO_CLI_STORED_H

#include "cli/daemon/settings.h"
#include "cli/progress.h"
#include "core/journal/replay.h"

struct stored_options { /* the command's flags; NULL: not given */
  const char *config, *data, *rules, *plugins;
  bool quiet;
};

/* To be put among a command's options. */
#define STORED_OPTION_SPECS(o)                                                                               \
  {"config", &(o).config, NULL}, {"c", &(o).config, NULL}, {"data", &(o).data, NULL}, {                      \
    "rules", &(o).rules, NULL                                                                                \
  }

struct stored {
  const struct command *command;
  struct config config;
  struct generation *generation;
  struct pipeline *pipeline;
  struct replay_totals totals;
  struct progress progress;
  bool silent;     /* what is wrong with the journal is not told, only kept here: */
  struct err bad;  /* the first record that cannot be taken, if totals.bad_records */
  struct err fail; /* why the journal cannot be read to its end */
};

enum { STORED_BAD_TOLD = 10 }; /* records that cannot be taken; all are counted */

/* Reads the settings, loads the rules that the daemon would use with them, and replays the journal. 0, or the exit code after
 * messages. stored_close in any case. */
int stored_open(struct stored *stored, const struct command *command, const struct stored_options *options);
void stored_close(struct stored *stored);

/* Its two halves: only the settings, into stored->config; and with them the rest. When the rules do not load there is no
 * generation after it. */
int stored_settle(struct stored *stored, const struct command *command, const struct stored_options *options);
int stored_replay(struct stored *stored, bool quiet);

#endif
