/* reload.h - settings, keys and rules read again while the daemon runs: on SIGHUP, and whenever their files change.
 *
 * What cannot be used changes nothing: the old goes on, and the log says why, with file and line. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_RELOAD_H
#define EMBUDO_SERVE_RELOAD_H

#include "serve/daemon.h"

enum {
  RELOAD_KEYS_MS = 1000,     /* how often the keys' file is looked at */
  RELOAD_PROBLEMS_TOLD = 20, /* in the log, of one try */
  RELOAD_AGAIN_MS = 20       /* how often rules are tried that came while others were being activated */
};

#define RELOAD_TESTS_HINT                                                                                    \
  "change what the tests expect, or the rules: 'embudo test' says what each lead has, and 'embudo test "     \
  "--filter NAME' of one"

void reload_start(struct daemon *daemon);
void reload_stop(struct daemon *daemon);

/* Settings, keys, rules; `by` says why, for whoever asks what was in charge, and is a constant. */
void reload_all(struct daemon *daemon, const char *by);
void reload_rules(struct daemon *daemon, const char *by); /* of the settings as they are */

/* Folds everything anew under the same rules, because something else is different: who is one person. */
void reload_leads(struct daemon *daemon);

#endif
