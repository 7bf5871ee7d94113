#include "cli/daemon/remote.h"

#include "cli/options.h"
#include <stdlib.h>

#define DEFAULT_TO "http://127.0.0.1:8080"

static const char *token_of(const struct remote_options *options) {
  const char *token = options->token;
  if (!token) token = getenv("EMBUDO_TOKEN");
  if (!token) token = getenv("EMBUDO_ADMIN_TOKEN");
  return token;
}

static void authorise(struct remote *remote, const char *token) {
  struct buf value;
  buf_init(&value);
  buf_printf(&value, "Bearer %s", token);
  http_client_header(remote->client, "Authorization", value.data);
  buf_release(&value);
}

int remote_open(struct remote *remote, const struct command *command, const struct remote_options *options) {
  struct err err;
  const char *token = token_of(options);
  *remote = (struct remote){.command = command, .to = options->to ? options->to : DEFAULT_TO};
  if (!token) return options_misuse(command, "a token is needed: --token TOKEN, or EMBUDO_TOKEN");
  remote->client = http_client_new(remote->to, &err);
  if (!remote->client) {
    fprintf(stderr, "embudo %s: %s\n", command->name, err.text);
    return EXIT_PROBLEMS;
  }
  remote->reader = json_reader_new();
  http_client_header(remote->client, "Content-Type", "application/json");
  authorise(remote, token);
  return EXIT_FINE;
}

void remote_close(struct remote *remote) {
  http_client_free(remote->client);
  if (remote->reader) json_reader_free(remote->reader);
}

/* {"code": .., "message": ..}; of whatever else it may be, its first bytes. */
static int tell_refusal(struct remote *remote, const struct http_reply *reply) {
  struct json_ref root;
  struct err err;
  struct str code, message;
  if (json_parse(remote->reader, reply->body.p, reply->body.len, &root, &err) == 0 &&
      json_string(json_get(root, STR("code")), &code) &&
      json_string(json_get(root, STR("message")), &message))
    fprintf(stderr, "embudo %s: %.*s (%.*s)\n", remote->command->name, STR_ARG(message), STR_ARG(code));
  else
    fprintf(stderr, "embudo %s: %s answered %d: %.*s\n", remote->command->name, remote->to, reply->status,
            (int)(reply->body.len < 200 ? reply->body.len : 200), reply->body.p);
  return EXIT_PROBLEMS;
}

static int fail(const struct remote *remote, const struct err *err) {
  fprintf(stderr, "embudo %s: %s\n", remote->command->name, err->text);
  return EXIT_PROBLEMS;
}

static int read_reply(struct remote *remote, const struct http_reply *reply, struct json_ref *root) {
  struct err err;
  if (reply->status < 200 || reply->status > 299) return tell_refusal(remote, reply);
  if (root && json_parse(remote->reader, reply->body.p, reply->body.len, root, &err) != 0) {
    fprintf(stderr, "embudo %s: the answer is no JSON: %s\n", remote->command->name, err.text);
    return EXIT_PROBLEMS;
  }
  return EXIT_FINE;
}

int remote_ask(struct remote *remote, const char *path, struct str body, struct http_reply *reply,
               struct json_ref *root) {
  struct err err;
  reply->status = 0;
  if (http_client_ask(remote->client, path, body, reply, &err) != 0) return fail(remote, &err);
  return read_reply(remote, reply, root);
}

int remote_delete(struct remote *remote, const char *path, struct http_reply *reply, struct json_ref *root) {
  struct err err;
  reply->status = 0;
  if (http_client_delete(remote->client, path, reply, &err) != 0) return fail(remote, &err);
  return read_reply(remote, reply, root);
}
