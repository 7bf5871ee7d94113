/* embudo agreement - what marketing and sales have agreed on, as a document, and approving it. */
#include "core/desk/agreement.h"

#include "cli/daemon/remote.h"
#include "cli/daemon/stored.h"
#include "cli/directory.h"
#include "cli/options.h"

struct agreement_options {
  struct remote_options remote;
  const char *rules, *role, *data;
};

/* What a rules directory would have people agree on; who did is known to a daemon alone. */
static int show_rules(const char *path) {
  struct directory directory;
  struct buf text;
  directory_load(&directory, path, NULL, false);
  buf_init(&text);
  if (directory.generation)
    agreement_document(directory.generation->rules, NULL, &text);
  else
    directory_print_problems(&directory, 2, &text);
  fwrite(text.data, 1, text.len, directory.generation ? stdout : stderr);
  int code = directory.generation ? EXIT_FINE : EXIT_PROBLEMS;
  buf_release(&text);
  directory_release(&directory);
  return code;
}

/* What a data directory says, whether or not a daemon runs: its rules (or others), and the approvals in its journal. */
static int show_stored(const struct command *self, const struct agreement_options *o) {
  const struct stored_options options = {.data = o->data, .rules = o->rules, .quiet = true};
  struct stored stored;
  struct buf text;
  int code = stored_open(&stored, self, &options);
  buf_init(&text);
  if (code == EXIT_FINE)
    agreement_document(stored.generation->rules, pipeline_approvals(stored.pipeline), &text);
  fwrite(text.len ? text.data : "", 1, text.len, stdout);
  buf_release(&text);
  stored_close(&stored);
  return code;
}

static int show(struct remote *remote) {
  struct http_reply reply;
  int code = remote_ask(remote, "/v1/agreement?as=markdown", (struct str){NULL, 0}, &reply, NULL);
  if (code == EXIT_FINE) printf("%.*s", STR_ARG(reply.body));
  return code;
}

static int approve(struct remote *remote, const char *role) {
  struct http_reply reply;
  struct json_ref root;
  struct json_writer w;
  struct buf body;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, "role");
  json_put_text(&w, role);
  json_close(&w, '}');
  int code = remote_ask(remote, "/v1/agreement/approvals", buf_str(&body), &reply, &root);
  buf_release(&body);
  struct str ruleset = STR("");
  if (code != EXIT_FINE) return code;
  json_string(json_get(root, STR("ruleset")), &ruleset);
  printf("approved for %s: rules %.*s\n", role, (int)(ruleset.len < 12 ? ruleset.len : 12), ruleset.p);
  return EXIT_FINE;
}

static int run(const struct command *self, int argc, char **argv) {
  struct agreement_options o = {.rules = NULL};
  const struct option_spec specs[] = {REMOTE_OPTION_SPECS(o.remote),
                                      {"rules", &o.rules, NULL},
                                      {"role", &o.role, NULL},
                                      {"data", &o.data, NULL},
                                      {NULL, NULL, NULL}};
  struct remote remote;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  bool approves = rest == 1 && strcmp(argv[0], "approve") == 0;
  if (rest > 0 && !approves) return options_misuse(self, "'%s' is not approve", argv[0]);
  if (approves != (o.role != NULL))
    return options_misuse(self, "for whom? embudo agreement approve --role marketing");
  if (approves && (o.data || o.rules))
    return options_misuse(self,
                          "what a running embudo has in charge is approved, without --data and --rules");
  if (o.data) return show_stored(self, &o);
  if (o.rules) return show_rules(o.rules);
  int code = remote_open(&remote, self, &o.remote);
  if (code == EXIT_FINE) code = approves ? approve(&remote, o.role) : show(&remote);
  remote_close(&remote);
  return code;
}

const struct command command_agreement = {
    .name = "agreement",
    .summary = "what marketing and sales have agreed on, and approving it",
    .usage =
        "usage: embudo agreement [OPTION]...\n"
        "       embudo agreement [OPTION]... approve --role marketing|sales\n"
        "\n"
        "Prints the running definitions as a document in Markdown: stages, gates and moves, what is "
        "asked,\n"
        "points, required fields, clocks, promises, who gets a lead and what comes first; and who "
        "approved it\n"
        "when. An approval is stale once one of these parts says something else, and the document says "
        "which.\n"
        "\n"
        "      --data DIR        of a data directory, whether or not embudo runs: its rules and approvals\n"
        "      --rules DIR       of a rules directory instead of a running embudo; with --data these rules,\n"
        "                        held against its approvals\n"
        "      --role ROLE       for whom it is approved; takes a token with that role\n" REMOTE_USAGE "\n"
        "Exit code: 0; 1 when it is refused, or the rules do not load; 2 for wrong usage.\n",
    .run = run,
};
