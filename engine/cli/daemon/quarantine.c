/* embudo quarantine - functions of rules that a running embudo does not call any more, and letting them go. */
#include "cli/daemon/remote.h"
#include "cli/leads/answer.h"
#include "cli/leads/table.h"
#include "cli/options.h"

struct quarantine_options {
  struct remote_options remote;
  bool json, all;
};

static void print_entry(struct json_ref entry) {
  double line = 0, failures = 0;
  bool in_force = false;
  json_number(json_get(entry, STR("line")), &line);
  json_number(json_get(entry, STR("failures")), &failures);
  json_bool(json_get(entry, STR("in_force")), &in_force);
  printf("%.*s  since %.*s: failed %.0f times, last at %.*s:%.0f (%.*s)%s\n",
         STR_ARG(answer_text(entry, "function")), STR_ARG(answer_text(entry, "at")), failures,
         STR_ARG(answer_text(entry, "file")), line, STR_ARG(answer_text(entry, "reason")),
         in_force ? "" : "; under other rules than the present ones");
}

static int list(struct remote *remote, bool json) {
  struct http_reply reply;
  struct json_ref root;
  struct json_iter it;
  int code = remote_ask(remote, "/v1/quarantine", (struct str){NULL, 0}, &reply, &root);
  if (code != EXIT_FINE) return code;
  if (json) {
    printf("%.*s\n", STR_ARG(reply.body));
    return EXIT_FINE;
  }
  for (json_iter_init(&it, json_get(root, STR("quarantine"))); json_next(&it);) print_entry(it.value);
  return EXIT_FINE;
}

static int release(struct remote *remote, const char *function) {
  struct buf body;
  struct json_writer w;
  struct http_reply reply;
  struct json_ref root;
  double released = 0;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, function ? "function" : "all");
  if (function)
    json_put_text(&w, function);
  else
    json_put_bool(&w, true);
  json_close(&w, '}');
  int code = remote_ask(remote, "/v1/quarantine/release", buf_str(&body), &reply, &root);
  buf_release(&body);
  if (code != EXIT_FINE) return code;
  json_number(json_get(root, STR("released")), &released);
  printf("%.0f released; leads are being worked out anew\n", released);
  return EXIT_FINE;
}

static int run(const struct command *self, int argc, char **argv) {
  struct quarantine_options o = {.json = false};
  const struct option_spec specs[] = {
      REMOTE_OPTION_SPECS(o.remote), {"json", NULL, &o.json}, {"all", NULL, &o.all}, {NULL, NULL, NULL}};
  struct remote remote;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  bool releases = rest > 0 && strcmp(argv[0], "release") == 0;
  if (rest > 0 && !releases && strcmp(argv[0], "list") != 0)
    return options_misuse(self, "'%s' is neither list nor release", argv[0]);
  if (releases && (o.all ? rest != 1 : rest != 2))
    return options_misuse(self, "which? embudo quarantine release 'rule NAME', or --all");
  int code = remote_open(&remote, self, &o.remote);
  if (code == EXIT_FINE) code = releases ? release(&remote, o.all ? NULL : argv[1]) : list(&remote, o.json);
  remote_close(&remote);
  return code;
}

const struct command command_quarantine = {
    "quarantine", "functions that failed too often, and calling them again",
    "usage: embudo quarantine [OPTION]... [list]\n"
    "       embudo quarantine [OPTION]... release 'rule NAME' | --all\n"
    "\n"
    "Lists the functions of rules that a running embudo does not call any more, because they failed too "
    "often "
    "(or did\n"
    "not end), with their last failure's place. Meanwhile their rules are unknown for every lead. Released "
    "ones are\n"
    "called again, for all of history; so are those whose rules were changed.\n"
    "\n" REMOTE_USAGE "      --all             release them all\n"
    "      --json            the list as JSON\n",
    run};
