/* ruleset.h - what the files of `embudo ruleset` share: a question about rulesets, put to a running embudo or answered from a data
 * directory. */
#ifndef EMBUDO_CLI_RULESET_H
#define EMBUDO_CLI_RULESET_H

#include "cli/daemon/remote.h"
#include "cli/daemon/stored.h"

struct ruleset_options {
  struct remote_options remote;
  struct stored_options stored; /* config, data: a directory is looked into, nobody is asked */
  const char *stages;
  bool json, all, files, report, stop;
};

struct asking {
  const struct command *command;
  const struct ruleset_options *o;
  struct remote remote;
  struct buf path, body;
};

static inline bool asking_stored(const struct asking *asking) {
  return asking->o->stored.data || asking->o->stored.config;
}

/* POST of the body, or GET. EXIT_FINE: *root, or what --json wants was printed. */
int asking_send(struct asking *asking, bool post, struct json_ref *root);

/* A hash or a directory becomes the body. EXIT_FINE, or the exit code after a message. */
int asking_put_rules(struct asking *asking, const char *what);

/* list, show HASH, diff HASH [HASH]. */
int ruleset_list(struct asking *asking);
int ruleset_show(struct asking *asking, const char *hash);
int ruleset_diff_two(struct asking *asking, const char *from, const char *to);

/* shadow HASH|DIR, shadow --report, shadow --stop: what stands behind "shadow". */
int ruleset_shadow(struct asking *asking, int count, char **words);

#endif
