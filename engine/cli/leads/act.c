/* embudo act - somebody does something about a lead of a running embudo. */
#include "base/buf.h"
#include "base/number.h"
#include "cli/daemon/remote.h"
#include "cli/leads/answer.h"
#include "cli/options.h"

struct act_options {
  struct remote_options remote;
  const char *reason, *override_, *by, *actor, *lifecycle, *move_to, *id;
  bool json;
};

static void put_option(struct json_writer *w, const char *key, const char *text) {
  if (!text) return;
  json_key(w, key);
  json_put_text(w, text);
}

/* What looks like JSON is meant as such: 5000, true, {"a": 1}. Anything else is a text. */
static void put_value(struct json_writer *w, struct str text) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err err;
  if (text.len && json_parse(reader, text.p, text.len, &root, &err) == 0)
    json_put_raw(w, text);
  else
    json_put_str(w, text);
  json_reader_free(reader);
}

static int put_fields(struct json_writer *w, const struct command *self, const char *key, char **given,
                      int count) {
  json_key(w, key);
  json_open(w, '{');
  for (int i = 0; i < count; i++) {
    const char *sign = strchr(given[i], '=');
    if (!sign || sign == given[i]) return options_misuse(self, "'%s': a field is NAME=VALUE", given[i]);
    if (strspn(sign + 1, "-.0123456789") == strlen(sign + 1) && number_is_doubtful(str_of(sign + 1)))
      return options_misuse(self, "'%s': thousands, or a few and a bit? Write 1234 or 1.2340", given[i]);
    json_key_str(w, (struct str){given[i], (size_t)(sign - given[i])});
    put_value(w, str_of(sign + 1));
  }
  json_close(w, '}');
  return EXIT_FINE;
}

static void add_path(struct buf *path, const char *lead) {
  buf_add_text(path, "/v1/leads/");
  buf_add_escaped(path, str_of(lead));
  buf_add_text(path, "/acts");
}

static void print_choice(struct json_ref choice) {
  struct json_ref blocked = json_get(choice, STR("blocked"));
  struct str to = answer_text(choice, "to");
  struct json_iter it;
  printf("%-14.*s %s%.*s  %.*s\n", STR_ARG(answer_text(choice, "act")), to.len ? "to " : "", STR_ARG(to),
         STR_ARG(answer_text(choice, "doc")));
  for (json_iter_init(&it, json_get(choice, STR("asks"))); json_next(&it);) {
    struct str must;
    if (json_string(it.value, &must)) printf("    asks %.*s = %.*s\n", STR_ARG(it.key), STR_ARG(must));
  }
  for (json_iter_init(&it, json_get(choice, STR("reasons"))); json_next(&it);)
    printf("    reason %.*s\n", STR_ARG(answer_text(it.value, "code")));
  if (!json_is_missing(blocked)) printf("    blocked: %.*s\n", STR_ARG(answer_text(blocked, "message")));
}

static int list(struct remote *remote, const char *path, bool json) {
  struct http_reply reply;
  struct json_ref root;
  struct json_iter it;
  int code = remote_ask(remote, path, (struct str){NULL, 0}, &reply, &root);
  if (code != EXIT_FINE) return code;
  if (json)
    printf("%.*s\n", STR_ARG(reply.body));
  else
    for (json_iter_init(&it, json_get(root, STR("acts"))); json_next(&it);) print_choice(it.value);
  return EXIT_FINE;
}

static int act(struct remote *remote, const char *path, struct str body, bool json) {
  struct http_reply reply;
  struct json_ref root;
  int code = remote_ask(remote, path, body, &reply, &root);
  if (code != EXIT_FINE) return code;
  struct json_ref made = json_get(root, STR("act"));
  struct str to = answer_text(made, "to");
  if (json)
    printf("%.*s\n", STR_ARG(reply.body));
  else if (json_is_missing(made))
    printf("done already\n");
  else
    printf("done%s%.*s\n", to.len ? ": the lead is in " : "", STR_ARG(to));
  return EXIT_FINE;
}

static int ask(struct remote *remote, const struct command *self, const struct act_options *o,
               const char *path, int count, char **given) {
  struct buf body;
  struct json_writer w;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  put_option(&w, "act", given[0]);
  put_option(&w, "reason", o->reason);
  put_option(&w, "override", o->override_);
  put_option(&w, "role", o->by);
  put_option(&w, "actor", o->actor);
  put_option(&w, "lifecycle", o->lifecycle);
  put_option(&w, "to", o->move_to);
  put_option(&w, "messageId", o->id);
  int code = put_fields(&w, self, "properties", given + 2, count - 2);
  json_close(&w, '}');
  if (code == EXIT_FINE) code = act(remote, path, buf_str(&body), o->json);
  buf_release(&body);
  return code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct act_options o = {.json = false};
  const struct option_spec specs[] = {REMOTE_OPTION_SPECS(o.remote),    {"reason", &o.reason, NULL},
                                      {"override", &o.override_, NULL}, {"by", &o.by, NULL},
                                      {"actor", &o.actor, NULL},        {"lifecycle", &o.lifecycle, NULL},
                                      {"stage", &o.move_to, NULL},      {"id", &o.id, NULL},
                                      {"json", NULL, &o.json},          {NULL, NULL, NULL}};
  struct remote remote;
  struct buf path;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  bool lists = rest == 2 && strcmp(argv[0], "list") == 0;
  if (rest < 2)
    return options_misuse(self, "what, and to whom? embudo act NAME LEAD, or embudo act list LEAD");
  buf_init(&path);
  add_path(&path, argv[1]);
  int code = remote_open(&remote, self, &o.remote);
  if (code == EXIT_FINE)
    code = lists ? list(&remote, path.data, o.json) : ask(&remote, self, &o, path.data, rest, argv);
  remote_close(&remote);
  buf_release(&path);
  return code;
}

const struct command command_act = {
    "act", "do something about a lead: accept, reject, log a call",
    "usage: embudo act [OPTION]... NAME LEAD [FIELD=VALUE]...\n"
    "       embudo act [OPTION]... list LEAD\n"
    "\n"
    "Does what the rules let people do about a lead of a running embudo, in the name of the token: moves it "
    "to "
    "another\n"
    "stage, or records a call, a meeting, an answer. Fields are what the act brings along; a value that is "
    "JSON "
    "(5000,\n"
    "true) is taken as such. A refusal says which condition failed and what is there instead. `list` tells "
    "what may "
    "be done\n"
    "now, what each act asks, and what stands in its way.\n"
    "\n"
    "      --reason CODE     the coded reason, where the rules ask for one\n"
    "      --override WHY    sets gates, policies and required fields aside; recorded, and counted apart\n"
    "      --by ROLE         marketing, sales, admin: in which of the token's roles\n"
    "      --actor NAME      who does it, where the token is a program's\n"
    "      --lifecycle NAME  which, where the act could move the lead in several\n"
    "      --stage NAME      where to, for `move` and where an act leads to several stages\n"
    "      --id ID           the same id again is the same act, not a second one\n"
    "      --json            the answer as JSON\n" REMOTE_USAGE "\n"
    "  embudo act accept u-17 meets_mql=true can_talk=true plausible=true note='has a deadline'\n"
    "  embudo act disqualify u-17 --reason competitor\n"
    "\n"
    "Exit code: 0; 1 when it is refused or nobody answers; 2 for wrong usage.\n",
    run};
