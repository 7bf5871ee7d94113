/* embudo status - how a running embudo is: its rules, what is being activated, what went wrong last. */
#include "cli/daemon/remote.h"
#include "cli/leads/answer.h"
#include "cli/options.h"

struct status_options {
  struct remote_options remote;
  bool json;
};

static void print_activation(struct json_ref activation) {
  struct str phase = answer_text(activation, "phase");
  if (str_eq(phase, STR("idle"))) return;
  printf("activation  %.*s%s%s %.12s", STR_ARG(phase), answer_bool(activation, "preview") ? " (preview)" : "",
         answer_bool(activation, "paused") ? " (paused)" : "", answer_text(activation, "ruleset").p);
  if (answer_number(activation, "records_of") > 0)
    printf(", %.0f of %.0f records", answer_number(activation, "records"),
           answer_number(activation, "records_of"));
  if (answer_number(activation, "leads") > 0) printf(", %.0f leads", answer_number(activation, "leads"));
  printf("\n");
}

enum { STATUS_PROBLEMS_TOLD = 10 };

/* What is about a whole file has no line, what is about the directory no file. */
static void print_problem(struct json_ref problem) {
  struct str file = answer_text(problem, "file"), hint = answer_text(problem, "hint");
  double line = answer_number(problem, "line");
  printf("  %.*s", STR_ARG(file));
  if (line > 0) printf(":%.0f", line);
  printf("%s%.*s%s%.*s\n", file.len ? ": " : "", STR_ARG(answer_text(problem, "text")), hint.len ? "; " : "",
         STR_ARG(hint));
}

/* The rules' last failure, each problem with its place. */
static void print_failure(struct json_ref failed) {
  struct json_iter it;
  uint32_t errors = 0;
  if (json_is_missing(failed)) return;
  bool tests = str_eq(answer_text(failed, "why"), STR("tests_fail"));
  printf("the files cannot be used since %.*s%s; what ran goes on:\n", STR_ARG(answer_text(failed, "at")),
         tests ? ", for their own tests fail" : "");
  for (json_iter_init(&it, json_get(failed, STR("problems"))); json_next(&it);)
    if (str_eq(answer_text(it.value, "severity"), STR("error")) && errors++ < STATUS_PROBLEMS_TOLD)
      print_problem(it.value);
  if (errors > STATUS_PROBLEMS_TOLD) printf("  and %u more: see --json\n", errors - STATUS_PROBLEMS_TOLD);
  if (tests) printf("  %.*s\n", STR_ARG(answer_text(failed, "hint")));
}

/* Who approved the agreement, and what of it says something else since. */
static void print_approvals(struct json_ref approvals) {
  struct json_iter it, changed;
  for (json_iter_init(&it, approvals); json_next(&it);) {
    printf("approved    by %.*s for %.*s on %.10s", STR_ARG(answer_text(it.value, "by")),
           STR_ARG(answer_text(it.value, "role")), answer_text(it.value, "at").p);
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

/* A rule whose function fails counts for nothing, and looks like one that nobody matched. */
static void print_failing(struct json_ref ruleset) {
  struct json_iter it;
  double shown = 0, all = answer_number(ruleset, "failing_total");
  for (json_iter_init(&it, json_get(ruleset, STR("failing"))); json_next(&it);) {
    shown++;
    printf("failing     %.*s, %.0f times, last at %.*s:%.0f: %.*s\n",
           STR_ARG(answer_text(it.value, "function")), answer_number(it.value, "failures"),
           STR_ARG(answer_text(it.value, "file")), answer_number(it.value, "line"),
           STR_ARG(answer_text(it.value, "message")));
  }
  if (all > shown) printf("failing     and %.0f more: GET /v1/rules has all\n", all - shown);
}

static void print_rules(struct json_ref root) {
  struct json_iter it;
  json_iter_init(&it, json_get(root, STR("rulesets")));
  if (json_next(&it))
    printf("ruleset     %.12s since %.*s, %.0f rules, %.0f leads moved%s\n",
           answer_text(it.value, "ruleset").p, STR_ARG(answer_text(it.value, "loaded_at")),
           answer_number(it.value, "rules"), answer_number(root, "moved"),
           answer_bool(root, "pinned") ? " (by a command: the files say another)" : "");
  print_failing(it.value);
  print_activation(json_get(root, STR("activation")));
  if (answer_number(root, "held") > 0)
    printf("held        %.0f leads' stages wait (%.*s): 'embudo ruleset held'\n", answer_number(root, "held"),
           STR_ARG(answer_text(root, "stages")));
  print_approvals(json_get(root, STR("approvals")));
  print_failure(json_get(root, STR("failed")));
}

/* --- the process and its disk ----------------------------------------------------------------------------------------- */

/* "3.4 MB" */
static void print_bytes(double bytes) {
  static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++) bytes /= 1000;
  printf("%.*f %s", unit ? 1 : 0, bytes, units[unit]);
}

static void print_store(struct json_ref store) {
  struct str last = answer_text(store, "last_commit"), error = answer_text(store, "error");
  printf("store       %.*s since %.*s, ", STR_ARG(answer_text(store, "state")),
         STR_ARG(answer_text(store, "since")));
  if (last.len)
    printf("last commit %.*s, ", STR_ARG(last));
  else
    printf("nothing committed since the start, ");
  printf("journal ");
  print_bytes(answer_number(store, "journal_bytes") + answer_number(store, "ahead_bytes"));
  printf(", ");
  print_bytes(answer_number(store, "free_bytes"));
  printf(" free\n");
  if (answer_number(store, "waiting") > 0)
    printf("            %.0f requests wait for the disk\n", answer_number(store, "waiting"));
  if (error.len) printf("            %.*s\n", STR_ARG(error));
}

static void print_files(struct json_ref files) {
  struct json_iter it;
  for (json_iter_init(&it, files); json_next(&it);)
    printf("bad file    %.*s: %.*s%s\n", STR_ARG(answer_text(it.value, "file")),
           STR_ARG(answer_text(it.value, "why")),
           answer_bool(it.value, "replaced") ? "; the one that was read before goes on" : "");
}

static void print_health(struct json_ref root) {
  if (answer_bool(root, "ready"))
    printf("health      ready since %.*s\n", STR_ARG(answer_text(root, "since")));
  else
    printf("health      NOT READY since %.*s: %.*s\n", STR_ARG(answer_text(root, "since")),
           STR_ARG(answer_text(root, "why")));
  print_store(json_get(root, STR("store")));
  print_files(json_get(root, STR("bad_files")));
  printf("leads       %.0f", answer_number(root, "leads"));
  if (answer_number(root, "leads_waiting") > 0)
    printf(", %.0f wait to be scored again", answer_number(root, "leads_waiting"));
  printf("%s\n", answer_bool(root, "settled") ? "" : " (not all were scored since the start)");
}

/* What is not called now; functions of rules that are not in charge any more concern nobody. */
static void print_quarantine(struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("quarantine"))); json_next(&it);) {
    bool in_force = true;
    json_bool(json_get(it.value, STR("in_force")), &in_force);
    if (in_force) printf("quarantine  %.*s\n", STR_ARG(answer_text(it.value, "function")));
  }
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

static const struct part { /* of what is told */
  const char *name, *path;
  void (*print)(struct json_ref root);
} parts[] = {{"status", "/v1/status", print_health},
             {"rules", "/v1/rulesets?limit=1", print_rules},
             {"quarantine", "/v1/quarantine", print_quarantine}};

enum { PARTS = sizeof parts / sizeof *parts };

/* EXIT_PROBLEMS also when everything was told, and it is not ready. */
static int status(struct remote *remote, bool json) {
  struct http_reply reply;
  struct json_ref root;
  int told = EXIT_FINE;
  for (size_t i = 0; i < PARTS; i++) {
    int code = remote_ask(remote, parts[i].path, (struct str){NULL, 0}, &reply, &root);
    if (code != EXIT_FINE) return code;
    if (i == 0 && !answer_bool(root, "ready")) told = EXIT_PROBLEMS;
    if (json)
      printf("%s\"%s\":%.*s%s", i ? "," : "{", parts[i].name, STR_ARG(reply.body),
             i + 1 < PARTS ? "" : "}\n");
    else
      parts[i].print(root);
  }
  return told;
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
    "Tells whether events are taken, and if not why; how the disk is, when the journal last took something "
    "and how\n"
    "large it is; which ruleset is in charge, how far an activation is, what is held, why changed files "
    "could not\n"
    "be used (with file and line), and what is in quarantine. The exit code is 1 when events are not taken.\n"
    "\n" REMOTE_USAGE
    "      --json            {\"status\", \"rules\", \"quarantine\"}: the answers as they came\n",
    run};
