/* embudo status - how a running embudo is: its rules, what is being activated, what went wrong last. */
#include "cli/options.h"
#include "cli/remote.h"

struct status_options {
  struct remote_options remote;
  bool json;
};

static struct str text_of(struct json_ref object, const char *key) {
  struct str text = STR("");
  json_string(json_get(object, str_of(key)), &text);
  return text;
}

static double number_of(struct json_ref object, const char *key) {
  double number = 0;
  json_number(json_get(object, str_of(key)), &number);
  return number;
}

static bool bool_of(struct json_ref object, const char *key) {
  bool b = false;
  json_bool(json_get(object, str_of(key)), &b);
  return b;
}

static void print_activation(struct json_ref activation) {
  struct str phase = text_of(activation, "phase");
  if (str_eq(phase, STR("idle"))) return;
  printf("activation  %.*s%s%s %.12s", STR_ARG(phase), bool_of(activation, "preview") ? " (preview)" : "",
         bool_of(activation, "paused") ? " (paused)" : "", text_of(activation, "ruleset").p);
  if (number_of(activation, "records_of") > 0)
    printf(", %.0f of %.0f records", number_of(activation, "records"), number_of(activation, "records_of"));
  if (number_of(activation, "leads") > 0) printf(", %.0f leads", number_of(activation, "leads"));
  printf("\n");
}

/* The rules' last failure, each problem with its place. */
static void print_failure(struct json_ref failed) {
  struct json_iter it;
  if (json_is_missing(failed)) return;
  printf("the files cannot be used since %.*s; what ran goes on:\n", STR_ARG(text_of(failed, "at")));
  for (json_iter_init(&it, json_get(failed, STR("problems"))); json_next(&it);)
    if (str_eq(text_of(it.value, "severity"), STR("error")))
      printf("  %.*s:%.0f: %.*s\n", STR_ARG(text_of(it.value, "file")), number_of(it.value, "line"),
             STR_ARG(text_of(it.value, "text")));
}

/* Who approved the agreement, and what of it says something else since. */
static void print_approvals(struct json_ref approvals) {
  struct json_iter it, changed;
  for (json_iter_init(&it, approvals); json_next(&it);) {
    printf("approved    by %.*s for %.*s on %.10s", STR_ARG(text_of(it.value, "by")),
           STR_ARG(text_of(it.value, "role")), text_of(it.value, "at").p);
    const char *before = "; stale, changed since: ";
    for (json_iter_init(&changed, json_get(it.value, STR("changed"))); json_next(&changed);) {
      struct str section;
      if (!json_string(changed.value, &section)) continue;
      printf("%s%.*s", before, STR_ARG(section));
      before = ", ";
    }
    printf("\n");
  }
}

static void print_rules(struct json_ref root) {
  struct json_iter it;
  json_iter_init(&it, json_get(root, STR("rulesets")));
  if (json_next(&it))
    printf("ruleset     %.12s since %.*s, %.0f rules, %.0f leads moved%s\n", text_of(it.value, "ruleset").p,
           STR_ARG(text_of(it.value, "loaded_at")), number_of(it.value, "rules"), number_of(root, "moved"),
           bool_of(root, "pinned") ? " (by a command: the files say another)" : "");
  print_activation(json_get(root, STR("activation")));
  if (number_of(root, "held") > 0)
    printf("held        %.0f leads' stages wait (%.*s): 'embudo ruleset held'\n", number_of(root, "held"),
           STR_ARG(text_of(root, "stages")));
  print_approvals(json_get(root, STR("approvals")));
  print_failure(json_get(root, STR("failed")));
}

static int status(struct remote *remote, bool json) {
  struct http_reply reply;
  struct json_ref root;
  struct json_iter it;
  int code = remote_ask(remote, "/readyz", (struct str){NULL, 0}, &reply, NULL);
  if (code != EXIT_FINE) return code;
  printf(json ? "" : "health      ready\n");
  code = remote_ask(remote, "/v1/rulesets", (struct str){NULL, 0}, &reply, &root);
  if (code != EXIT_FINE) return code;
  if (json) {
    printf("%.*s\n", STR_ARG(reply.body));
    return EXIT_FINE;
  }
  print_rules(root);
  code = remote_ask(remote, "/v1/quarantine", (struct str){NULL, 0}, &reply, &root);
  if (code != EXIT_FINE) return code;
  for (json_iter_init(&it, json_get(root, STR("quarantine"))); json_next(&it);)
    printf("quarantine  %.*s\n", STR_ARG(text_of(it.value, "function")));
  return EXIT_FINE;
}

static int run(const struct command *self, int argc, char **argv) {
  struct status_options o = {.json = false};
  const struct option_spec specs[] = {
      REMOTE_OPTION_SPECS(o.remote), {"json", NULL, &o.json}, {NULL, NULL, NULL}};
  struct remote remote;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest) return options_misuse(self, "takes no arguments, not '%s'", argv[0]);
  int code = remote_open(&remote, self, &o.remote);
  if (code == EXIT_FINE) code = status(&remote, o.json);
  remote_close(&remote);
  return code;
}

const struct command command_status = {
    "status", "how a running embudo is: rules, what is under way, what went wrong",
    "usage: embudo status [OPTION]...\n"
    "\n"
    "Tells whether events are taken, which ruleset is in charge, how far an activation is, what is held, "
    "why\n"
    "changed files could not be used (with file and line), and what is in quarantine.\n"
    "\n" REMOTE_USAGE "      --json            the rulesets' part as JSON\n",
    run};
