/* session.h - what `score` and `explain` have in common: a ruleset loaded, files fed to an engine, and a report of what
 * became of every line. Or, with --data, the journal of a data directory instead of files: then everything is as the daemon's
 * API tells it for the same instant. */
#ifndef EMBUDO_CLI_SESSION_H
#define EMBUDO_CLI_SESSION_H

#include "cli/daemon/stored.h"
#include "cli/options.h"
#include "core/rules/binding.h"

enum { SESSION_REJECTS_TOLD = 20 }; /* rejected lines told one by one; all are counted */

struct session_options {
  const char *plugins;       /* directory; NULL: none, with --data the daemon's */
  const char *rules;         /* directory; NULL: "rules", with --data the daemon's */
  const char *source;        /* who sent the events: part of their order and identity; NULL: "file" */
  const char *csv_map;       /* columns of CSV files; NULL: files are NDJSON */
  const char *at;            /* RFC 3339, "now", or NULL: the newest event's time, with --data now */
  const char *data, *config; /* a data directory, or the embudo.yaml that names one, instead of files */
  bool quiet;
};

/* The session's own options, to be put among a command's. */
#define SESSION_OPTION_SPECS(o)                                                                              \
  {"rules", &(o).rules, NULL}, {"plugins", &(o).plugins, NULL}, {"source", &(o).source, NULL},               \
      {"csv-map", &(o).csv_map, NULL}, {"at", &(o).at, NULL}, {"data", &(o).data, NULL},                     \
      {"config", &(o).config, NULL}, {"c", &(o).config, NULL}, {                                             \
    "quiet", NULL, &(o).quiet                                                                                \
  }

/* The end of the usage of commands about one lead, which take --json beside the session's own options. */
#define SESSION_LEAD_USAGE                                                                                   \
  "  --rules DIR     the rules directory (default: rules; with --data the daemon's)\n"                       \
  "  --plugins DIR   enrichers and destinations beside it, as 'embudo run' takes them\n"                     \
  "  --at TIME       as of this instant: 2024-01-15T09:00:00Z, 2024-01-15 or now\n"                          \
  "                  (default: the newest event's time, with --data now)\n"                                  \
  "  --data DIR, -c, --config FILE   a daemon's data directory instead of FILEs\n"                           \
  "  --json          the same as data\n"                                                                     \
  "  --csv-map MAP, --source NAME, --quiet   as for 'embudo score'\n"                                        \
  "\n"                                                                                                       \
  "Exit code: 0; 1 when rules do not load, a file cannot be read or there is no such lead; 2 for wrong\n"    \
  "usage.\n"

struct session {
  const struct command *command;
  const struct session_options *options;
  struct stored stored; /* with --data; owns the three that follow then */
  bool is_stored;
  struct generation *generation;
  struct engine *engine;
  struct fold *fold;       /* of the lead that was asked for last */
  struct binding *binding; /* NULL with --data: the pipeline has its own */
  struct progress progress;
  int64_t at_ms; /* as of when it tells */
  bool has_at;   /* --at was given */
  uint64_t told; /* rejects told so far */
  bool file_failed;
};

/* Loads the rules; feeds every file ("-" or none: standard input), or the journal; settles. 0, or the exit code after messages. A file
 * that cannot be read is told, remembered, and the others are fed. */
int session_open(struct session *session, const struct command *command,
                 const struct session_options *options, int file_count, char **files);
void session_close(struct session *session);

/* Folds the lead that one of its ids names, as of the session's instant, into session->fold. 0 and *lead, or the exit code after a
 * message: nobody is called that, or had any event up to then. */
int session_fold_lead(struct session *session, const char *id, uint32_t *lead);

/* Counts, reasons, failing rules, on standard error. `leads` and `ignored` as the command counted them. */
void session_report(struct session *session, uint64_t leads, uint64_t ignored);

#endif
