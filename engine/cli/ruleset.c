/* embudo ruleset - rulesets that were in charge of a running embudo: what they are, how they differ, putting one in charge. */
#include "cli/options.h"
#include "cli/remote.h"
#include "core/engine/stages.h"
#include "core/rules/ruledir.h"

struct ruleset_options {
  struct remote_options remote;
  const char *stages;
  bool json, all, files, report, stop;
};

struct asking {
  struct remote remote;
  const struct ruleset_options *o;
  struct buf path, body;
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

/* EXIT_FINE with *root, or after printing what --json wants with *root missing. */
static int ask(struct asking *asking, bool post, struct json_ref *root) {
  struct http_reply reply;
  struct str body = post ? buf_str(&asking->body) : (struct str){NULL, 0};
  int code = remote_ask(&asking->remote, asking->path.data, body, &reply, root);
  if (code == EXIT_FINE && asking->o->json) printf("%.*s\n", STR_ARG(reply.body));
  return code;
}

/* --- list, show, diff ------------------------------------------------------------------------------------------------ */

static void print_kept(struct json_ref kept) {
  struct json_iter it;
  struct str hash = text_of(kept, "ruleset");
  printf("%.12s  %-7.*s", hash.p, STR_ARG(text_of(kept, "state")));
  json_iter_init(&it, json_get(kept, STR("activations")));
  if (json_next(&it))
    printf("  since %.*s by %.*s, %.0f leads moved", STR_ARG(text_of(it.value, "at")),
           STR_ARG(text_of(it.value, "by")), number_of(it.value, "moved"));
  printf("%s\n", bool_of(kept, "complete") ? "" : "  (its files are not kept)");
}

static int list(struct asking *asking) {
  struct json_ref root;
  struct json_iter it;
  buf_add_text(&asking->path, "/v1/rulesets");
  int code = ask(asking, false, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  for (json_iter_init(&it, json_get(root, STR("kept"))); json_next(&it);) print_kept(it.value);
  if (bool_of(root, "pinned"))
    printf("A command put it in charge: the files say %.12s. It stays until they change, or until 'embudo "
           "ruleset "
           "activate --files'.\n",
           text_of(root, "files_ruleset").p);
  return EXIT_FINE;
}

static int show(struct asking *asking, const char *hash) {
  struct json_ref root;
  struct json_iter it;
  buf_printf(&asking->path, "/v1/rulesets/%s", hash);
  int code = ask(asking, false, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  print_kept(root);
  for (json_iter_init(&it, json_get(root, STR("files"))); json_next(&it);)
    printf("  %9.0f  %.*s\n", number_of(it.value, "bytes"), STR_ARG(text_of(it.value, "path")));
  return EXIT_FINE;
}

static int diff(struct asking *asking, const char *from, const char *to) {
  struct http_reply reply;
  struct json_ref root;
  buf_printf(&asking->path, "/v1/rulesets/%s/diff%s%s", from, to ? "?with=" : "", to ? to : "");
  if (asking->o->json) return ask(asking, false, &root);
  http_client_header(asking->remote.client, "Accept", "text/plain");
  int code = remote_ask(&asking->remote, asking->path.data, (struct str){NULL, 0}, &reply, NULL);
  if (code == EXIT_FINE) printf("%.*s", STR_ARG(reply.body));
  return code;
}

/* --- activate, preview ----------------------------------------------------------------------------------------------- */

static void print_moves(struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("moves"))); json_next(&it);)
    printf("  %+.0f %.*s (from %.*s, lifecycle %.*s)\n", number_of(it.value, "leads"),
           STR_ARG(text_of(it.value, "to")), STR_ARG(text_of(it.value, "from")),
           STR_ARG(text_of(it.value, "lifecycle")));
}

static int activate(struct asking *asking, const char *hash) {
  struct json_ref root;
  int64_t stages;
  char *at;
  if (asking->o->stages && !stages_parse(str_of(asking->o->stages), &stages))
    return options_misuse(asking->remote.command, "--stages takes " STAGES_EXPECTED);
  buf_printf(&asking->path, "/v1/rulesets/%s/activate", hash);
  if (asking->o->stages) buf_printf(&asking->path, "?stages=%s", asking->o->stages);
  while ((at = strchr(asking->path.data, ' '))) *at = ':'; /* drip 100/h */
  buf_add_text(&asking->body, "{}");
  int code = ask(asking, true, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  if (!bool_of(root, "done"))
    printf("under way: 'embudo status' tells how far it is\n");
  else
    printf("%.12s is in charge; leads are being folded anew\n", text_of(root, "ruleset").p);
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

/* A hash, or a directory. */
static int put_rules(struct asking *asking, const char *what) {
  if (!is_hash(what)) return put_directory(asking, what);
  buf_printf(&asking->body, "{\"ruleset\":\"%s\"}", what);
  return EXIT_FINE;
}

static int preview(struct asking *asking, const char *what) {
  struct json_ref root;
  int code = put_rules(asking, what);
  buf_add_text(&asking->path, "/v1/rulesets/preview");
  if (code == EXIT_FINE) code = ask(asking, true, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  printf("%.12s would move %.0f leads\n", text_of(root, "ruleset").p, number_of(root, "leads"));
  print_moves(root);
  return EXIT_FINE;
}

/* --- shadow ----------------------------------------------------------------------------------------------------------- */

static int begin_shadow(struct asking *asking, const char *what) {
  struct json_ref root;
  int code = put_rules(asking, what);
  buf_add_text(&asking->path, "/v1/rulesets/shadow");
  if (code == EXIT_FINE) code = ask(asking, true, &root);
  if (code == EXIT_FINE && !asking->o->json)
    printf("%.12s runs beside %.12s: 'embudo ruleset shadow --report' tells what differs\n",
           text_of(root, "ruleset").p, text_of(root, "live").p);
  return code;
}

static int end_shadow(struct asking *asking) {
  struct http_reply reply;
  struct json_ref root;
  int code = remote_delete(&asking->remote, "/v1/rulesets/shadow", &reply, &root);
  if (code == EXIT_FINE && asking->o->json) printf("%.*s\n", STR_ARG(reply.body));
  if (code == EXIT_FINE && !asking->o->json) printf("stopped\n");
  return code;
}

static struct str stage_of(struct json_ref object, const char *key) {
  struct str text = text_of(object, key);
  return text.len ? text : STR("none");
}

static void print_sums(struct json_ref differences) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(differences, STR("dimensions"))); json_next(&it);)
    printf("  %.*s: %.0f leads, %+.10g on average, %+.10g at most, of it by caps and bounds %+.10g in all\n",
           STR_ARG(text_of(it.value, "dimension")), number_of(it.value, "leads"), number_of(it.value, "mean"),
           number_of(it.value, "most"), number_of(it.value, "limits"));
  for (json_iter_init(&it, json_get(differences, STR("stages"))); json_next(&it);)
    printf("  %.*s: %.0f leads %.*s that are %.*s now\n", STR_ARG(text_of(it.value, "lifecycle")),
           number_of(it.value, "leads"), STR_ARG(stage_of(it.value, "to")),
           STR_ARG(stage_of(it.value, "from")));
  for (json_iter_init(&it, json_get(differences, STR("rules"))); json_next(&it);)
    printf("  rule %.*s: %+.10g %.*s in all, %.0f leads\n", STR_ARG(text_of(it.value, "rule")),
           number_of(it.value, "sum"), STR_ARG(text_of(it.value, "dimension")), number_of(it.value, "leads"));
}

static void print_example(struct json_ref example) {
  struct json_iter it;
  printf("  %.*s", STR_ARG(text_of(example, "lead")));
  for (json_iter_init(&it, json_get(example, STR("scores"))); json_next(&it);)
    printf("  %.*s %.10g -> %.10g", STR_ARG(text_of(it.value, "dimension")), number_of(it.value, "live"),
           number_of(it.value, "candidate"));
  for (json_iter_init(&it, json_get(example, STR("stages"))); json_next(&it);)
    printf("  %.*s %.*s -> %.*s", STR_ARG(text_of(it.value, "lifecycle")),
           STR_ARG(stage_of(it.value, "live")), STR_ARG(stage_of(it.value, "candidate")));
  printf("\n");
}

static void print_report(struct json_ref report) {
  struct json_ref differences = json_get(report, STR("differences"));
  struct json_iter it;
  printf("%.0f of %.0f leads differ as of %.*s: %.0f in a score, %.0f in a stage\n",
         number_of(differences, "differing"), number_of(differences, "leads"), STR_ARG(text_of(report, "at")),
         number_of(differences, "differing_score"), number_of(differences, "differing_stage"));
  print_sums(differences);
  for (json_iter_init(&it, json_get(differences, STR("examples"))); json_next(&it);) print_example(it.value);
}

static int report_shadow(struct asking *asking) {
  struct json_ref root;
  buf_add_text(&asking->path, "/v1/rulesets/shadow");
  int code = ask(asking, false, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  struct json_ref report = json_get(root, STR("report"));
  if (!bool_of(root, "running"))
    printf("no shadow is running%s%.*s\n", text_of(root, "why").len ? ": " : "",
           STR_ARG(text_of(root, "why")));
  else if (json_kind(report) != JSON_OBJECT)
    printf("%.12s beside %.12s: record %.0f of %.0f\n", text_of(root, "ruleset").p, text_of(root, "live").p,
           number_of(root, "records"), number_of(root, "records_of"));
  else {
    printf("%.12s beside %.12s\n", text_of(root, "ruleset").p, text_of(root, "live").p);
    print_report(report);
  }
  return EXIT_FINE;
}

static int shadow(struct asking *asking, int count, char **words) {
  const struct ruleset_options *o = asking->o;
  if (count == 1 && !o->report && !o->stop) return begin_shadow(asking, words[0]);
  if (count == 0 && o->report && !o->stop) return report_shadow(asking);
  if (count == 0 && o->stop && !o->report) return end_shadow(asking);
  return options_misuse(asking->remote.command, "shadow takes a directory or a hash, or --report, or --stop");
}

/* --- held ------------------------------------------------------------------------------------------------------------- */

static int held(struct asking *asking) {
  struct json_ref root;
  struct json_iter leads, stages;
  buf_add_text(&asking->path, "/v1/rulesets/held?limit=1000");
  int code = ask(asking, false, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  for (json_iter_init(&leads, json_get(root, STR("held"))); json_next(&leads);)
    for (json_iter_init(&stages, json_get(leads.value, STR("stages"))); json_next(&stages);)
      printf("%.*s  %.*s: %.*s -> %.*s\n", STR_ARG(text_of(leads.value, "lead")),
             STR_ARG(text_of(stages.value, "lifecycle")), STR_ARG(text_of(stages.value, "from")),
             STR_ARG(text_of(stages.value, "to")));
  printf("%.0f held\n", number_of(root, "total"));
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
  int code = ask(asking, true, &root);
  if (code == EXIT_FINE && !asking->o->json) printf("released\n");
  return code;
}

static int control(struct asking *asking, const char *what) {
  struct json_ref root;
  buf_printf(&asking->path, "/v1/rulesets/%s", what);
  buf_add_text(&asking->body, "{}");
  return ask(asking, true, &root);
}

/* --- which ------------------------------------------------------------------------------------------------------------ */

static int dispatch(struct asking *asking, int count, char **words) {
  const struct command *self = asking->remote.command;
  const char *what = count ? words[0] : "list";
  bool control_word = !strcmp(what, "pause") || !strcmp(what, "resume") || !strcmp(what, "cancel");
  if (!strcmp(what, "list") && count <= 1) return list(asking);
  if (!strcmp(what, "show") && count == 2) return show(asking, words[1]);
  if (!strcmp(what, "diff") && (count == 2 || count == 3))
    return diff(asking, words[1], count == 3 ? words[2] : NULL);
  if (!strcmp(what, "activate") && asking->o->files && count == 1) return activate(asking, "files");
  if (!strcmp(what, "activate") && count == 2) return activate(asking, words[1]);
  if (!strcmp(what, "preview") && count == 2) return preview(asking, words[1]);
  if (!strcmp(what, "shadow")) return shadow(asking, count - 1, words + 1);
  if (!strcmp(what, "held") && count == 1) return held(asking);
  if (!strcmp(what, "release") && (asking->o->all ? count == 1 : count > 1))
    return release(asking, count - 1, words + 1);
  if (control_word && count == 1) return control(asking, what);
  return options_misuse(self, "'%s' is not understood so: see 'embudo help ruleset'", what);
}

static int run(const struct command *self, int argc, char **argv) {
  struct ruleset_options o = {.json = false};
  const struct option_spec specs[] = {REMOTE_OPTION_SPECS(o.remote), {"stages", &o.stages, NULL},
                                      {"json", NULL, &o.json},       {"all", NULL, &o.all},
                                      {"files", NULL, &o.files},     {"report", NULL, &o.report},
                                      {"stop", NULL, &o.stop},       {NULL, NULL, NULL}};
  struct asking asking = {.o = &o};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  buf_init(&asking.path);
  buf_init(&asking.body);
  int code = remote_open(&asking.remote, self, &o.remote);
  if (code == EXIT_FINE) code = dispatch(&asking, rest, argv);
  remote_close(&asking.remote);
  buf_release(&asking.path);
  buf_release(&asking.body);
  return code;
}

const struct command command_ruleset = {
    "ruleset", "rulesets that were in charge: list, compare, go back to one",
    "usage: embudo ruleset [OPTION]... [list]\n"
    "       embudo ruleset [OPTION]... show HASH\n"
    "       embudo ruleset [OPTION]... diff HASH [HASH]\n"
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
    "\n" REMOTE_USAGE "      --stages WHEN     of activate, now, hold or drip:N/h: what becomes of stages "
    "that the rules change by\n"
    "                        themselves (default: the setting rulesets.stages)\n"
    "      --files           the rules that the files say, again\n"
    "      --all             release everything that is held\n"
    "      --report          of shadow, what differs so far\n"
    "      --stop            of shadow, the end of it\n"
    "      --json            the answer as it came\n",
    run};
