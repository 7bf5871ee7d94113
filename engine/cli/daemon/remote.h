/* remote.h - asking a running embudo: what the commands that work on a daemon share.
 *
 * Options `--to URL` (http://127.0.0.1:8080) and `--token TOKEN` (EMBUDO_TOKEN, else EMBUDO_ADMIN_TOKEN). Every failure is
 * told on standard error: nobody answers, the answer is a refusal (its code and message), the answer is no JSON.
 */
#ifndef EMBUDO_CLI_REMOTE_H
#define EMBUDO_CLI_REMOTE_H

#include "base/json.h"
#include "cli/command.h"
#include "io/http/http_client.h"

struct remote_options {
  const char *to, *token;
};

#define REMOTE_OPTION_SPECS(options)                                                                         \
  {"to", &(options).to, NULL}, {                                                                             \
    "token", &(options).token, NULL                                                                          \
  }

#define REMOTE_USAGE                                                                                         \
  "      --to URL          where it listens (http://127.0.0.1:8080)\n"                                       \
  "      --token TOKEN     a token with the role for it (EMBUDO_TOKEN, EMBUDO_ADMIN_TOKEN)\n"

struct remote {
  const struct command *command;
  const char *to;
  struct http_client *client;
  struct json_reader *reader;
};

/* EXIT_FINE, or the exit code after a message. Close it either way. */
int remote_open(struct remote *remote, const struct command *command, const struct remote_options *options);
void remote_close(struct remote *remote);

/* GET when `body` is NULL bytes, else POST. EXIT_FINE: an answer of 2xx, *reply with its bytes and, when `root` is not NULL,
 * its JSON; both until the next call. Otherwise EXIT_PROBLEMS after a message; reply->status is 0 when nobody answered. */
int remote_ask(struct remote *remote, const char *path, struct str body, struct http_reply *reply,
               struct json_ref *root);

/* The same, DELETE. */
int remote_delete(struct remote *remote, const char *path, struct http_reply *reply, struct json_ref *root);

#endif
