/* embudo ruleset - rulesets that were in charge of a running embudo: what they are, how they differ, putting one in charge. */
#include "cli/daemon/ruleset.h"
#include "cli/leads/answer.h"
#include "cli/options.h"
#include "core/engine/stages.h"
#include "core/rules/ruledir.h"

int asking_send(struct asking *asking, bool post, struct json_ref *root) {
  struct http_reply reply;
  struct str body = post ? buf_str(&asking->body) : (struct str){NULL, 0};
  int code = remote_ask(&asking->remote, asking->path.data, body, &reply, root);
  if (code == EXIT_FINE && asking->o->json) printf("%.*s\n", STR_ARG(reply.body));
  return code;
}

/* --- activate, preview ----------------------------------------------------------------------------------------------- */

static void print_moves(struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("moves"))); json_next(&it);)
    printf("  %+.0f %.*s (from %.*s, lifecycle %.*s)\n", answer_number(it.value, "leads"),
           STR_ARG(answer_text(it.value, "to")), STR_ARG(answer_text(it.value, "from")),
           STR_ARG(answer_text(it.value, "lifecycle")));
}

static int activate(struct asking *asking, const char *hash) {
  struct json_ref root;
  int64_t stages;
  char *at;
  if (asking->o->stages && !stages_parse(str_of(asking->o->stages), &stages))
    return options_misuse(asking->command, "--stages takes " STAGES_EXPECTED);
  buf_printf(&asking->path, "/v1/rulesets/%s/activate", hash);
  if (asking->o->stages) buf_printf(&asking->path, "?stages=%s", asking->o->stages);
  while ((at = strchr(asking->path.data, ' '))) *at = ':'; /* drip 100/h */
  buf_add_text(&asking->body, "{}");
  int code = asking_send(asking, true, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  if (!answer_bool(root, "done"))
    printf("under way: 'embudo status' tells how far it is\n");
  else
    printf("%.12s is in charge; leads are being folded anew\n", answer_text(root, "ruleset").p);
  print_moves(root);
  return EXIT_FINE;
}

static int put_directory(struct asking *asking, const char *path) {
  struct ruledir dir;
  struct json_writer w;
  struct err err;
  ruledir_init(&dir);
  if (ruledir_read(&dir, path, &err) != 0) {
    fprintf(stderr, "embudo ruleset: %s\n", err.text);
    ruledir_release(&dir);
    return EXIT_PROBLEMS;
  }
  json_writer_init(&w, &asking->body);
  json_open(&w, '{');
  json_key(&w, "files");
  json_open(&w, '{');
  for (size_t i = 0; i < dir.count; i++) {
    json_key(&w, dir.files[i].path);
    json_put_str(&w, dir.files[i].text);
  }
  json_close(&w, '}');
  json_close(&w, '}');
  ruledir_release(&dir);
  return EXIT_FINE;
}

static bool is_hash(const char *text) {
  size_t len = strspn(text, "0123456789abcdef");
  return len >= 6 && len <= 64 && text[len] == '\0';
}

int asking_put_rules(struct asking *asking, const char *what) {
  if (!is_hash(what)) return put_directory(asking, what);
  buf_printf(&asking->body, "{\"ruleset\":\"%s\"}", what);
  return EXIT_FINE;
}

static int preview(struct asking *asking, const char *what) {
  struct json_ref root;
  int code = asking_put_rules(asking, what);
  buf_add_text(&asking->path, "/v1/rulesets/preview");
  if (code == EXIT_FINE) code = asking_send(asking, true, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  printf("%.12s would move %.0f leads\n", answer_text(root, "ruleset").p, answer_number(root, "leads"));
  print_moves(root);
  return EXIT_FINE;
}

/* --- held ------------------------------------------------------------------------------------------------------------- */

static int held(struct asking *asking) {
  struct json_ref root;
  struct json_iter leads, stages;
  buf_add_text(&asking->path, "/v1/rulesets/held?limit=1000");
  int code = asking_send(asking, false, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  for (json_iter_init(&leads, json_get(root, STR("held"))); json_next(&leads);)
    for (json_iter_init(&stages, json_get(leads.value, STR("stages"))); json_next(&stages);)
      printf("%.*s  %.*s: %.*s -> %.*s\n", STR_ARG(answer_text(leads.value, "lead")),
             STR_ARG(answer_text(stages.value, "lifecycle")), STR_ARG(answer_text(stages.value, "from")),
             STR_ARG(answer_text(stages.value, "to")));
  printf("%.0f held\n", answer_number(root, "total"));
  return EXIT_FINE;
}

static int release(struct asking *asking, int count, char **leads) {
  struct json_writer w;
  struct json_ref root;
  json_writer_init(&w, &asking->body);
  json_open(&w, '{');
  json_key(&w, asking->o->all ? "all" : "leads");
  if (asking->o->all)
    json_put_bool(&w, true);
  else {
    json_open(&w, '[');
    for (int i = 0; i < count; i++) json_put_text(&w, leads[i]);
    json_close(&w, ']');
  }
  json_close(&w, '}');
  buf_add_text(&asking->path, "/v1/rulesets/release");
  int code = asking_send(asking, true, &root);
  if (code == EXIT_FINE && !asking->o->json) printf("released\n");
  return code;
}

static int control(struct asking *asking, const char *what) {
  struct json_ref root;
  buf_printf(&asking->path, "/v1/rulesets/%s", what);
  buf_add_text(&asking->body, "{}");
  return asking_send(asking, true, &root);
}

/* --- which ------------------------------------------------------------------------------------------------------------ */

/* What needs a running embudo. */
static int dispatch_remote(struct asking *asking, int count, char **words) {
  const char *what = words[0];
  bool control_word = !strcmp(what, "pause") || !strcmp(what, "resume") || !strcmp(what, "cancel");
  if (!strcmp(what, "activate") && asking->o->files && count == 1) return activate(asking, "files");
  if (!strcmp(what, "activate") && count == 2) return activate(asking, words[1]);
  if (!strcmp(what, "preview") && count == 2) return preview(asking, words[1]);
  if (!strcmp(what, "shadow")) return ruleset_shadow(asking, count - 1, words + 1);
  if (!strcmp(what, "held") && count == 1) return held(asking);
  if (!strcmp(what, "release") && (asking->o->all ? count == 1 : count > 1))
    return release(asking, count - 1, words + 1);
  if (control_word && count == 1) return control(asking, what);
  return options_misuse(asking->command, "'%s' is not understood so: see 'embudo help ruleset'", what);
}

static int dispatch(struct asking *asking, int count, char **words) {
  const char *what = count ? words[0] : "list";
  if (!strcmp(what, "list") && count <= 1) return ruleset_list(asking);
  if (!strcmp(what, "show") && count == 2) return ruleset_show(asking, words[1]);
  if (!strcmp(what, "diff") && (count == 2 || count == 3))
    return ruleset_diff_two(asking, words[1], count == 3 ? words[2] : NULL);
  if (asking_stored(asking))
    return options_misuse(asking->command,
                          "--data and -c are for list, show and diff; '%s' asks a running embudo: --to URL",
                          what);
  return dispatch_remote(asking, count, words);
}

static int run(const struct command *self, int argc, char **argv) {
  struct ruleset_options o = {.json = false};
  const struct option_spec specs[] = {REMOTE_OPTION_SPECS(o.remote),
                                      {"data", &o.stored.data, NULL},
                                      {"config", &o.stored.config, NULL},
                                      {"c", &o.stored.config, NULL},
                                      {"stages", &o.stages, NULL},
                                      {"json", NULL, &o.json},
                                      {"all", NULL, &o.all},
                                      {"files", NULL, &o.files},
                                      {"report", NULL, &o.report},
                                      {"stop", NULL, &o.stop},
                                      {NULL, NULL, NULL}};
  struct asking asking = {.command = self, .o = &o};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  buf_init(&asking.path);
  buf_init(&asking.body);
  int code = asking_stored(&asking) ? EXIT_FINE : remote_open(&asking.remote, self, &o.remote);
  if (code == EXIT_FINE) code = dispatch(&asking, rest, argv);
  if (!asking_stored(&asking)) remote_close(&asking.remote);
  buf_release(&asking.path);
  buf_release(&asking.body);
  return code;
}

const struct command command_ruleset = {
    "ruleset", "rulesets that were in charge: list, compare, go back to one",
    "usage: embudo ruleset [OPTION]... [list] [--data DIR]\n"
    "       embudo ruleset [OPTION]... show HASH [--data DIR]\n"
    "       embudo ruleset [OPTION]... diff HASH [HASH] [--data DIR]\n"
    "       embudo ruleset [OPTION]... preview HASH | DIR\n"
    "       embudo ruleset [OPTION]... shadow HASH | DIR | --report | --stop\n"
    "       embudo ruleset [OPTION]... activate HASH | --files\n"
    "       embudo ruleset [OPTION]... held\n"
    "       embudo ruleset [OPTION]... release LEAD... | --all\n"
    "       embudo ruleset [OPTION]... pause | resume | cancel\n"
    "\n"
    "A running embudo keeps every ruleset that was in charge, with all its files. diff compares one with "
    "the\n"
    "present one, or with another; preview says who would change stage, and changes nothing; activate puts "
    "one\n"
    "in charge, until the files change. Six characters of a hash are enough. shadow runs one beside the live "
    "one,\n"
    "on the same events and without effects, until --stop; --report says whose score or stage differs, and "
    "why.\n"
    "\n" REMOTE_USAGE
    "      --data DIR        list, show, diff: of a data directory, with or without a daemon\n"
    "  -c, --config FILE     the same of the settings' directory\n"
    "      --stages WHEN     of activate, now, hold or drip:N/h: what becomes of stages that rules change "
    "by\n"
    "                        themselves (default: the setting rulesets.stages)\n"
    "      --files           the rules that the files say, again\n"
    "      --all             release everything that is held\n"
    "      --report          of shadow, what differs so far\n"
    "      --stop            of shadow, the end of it\n"
    "      --json            the answer as it came\n",
    run};
