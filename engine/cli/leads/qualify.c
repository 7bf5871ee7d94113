/* embudo qualify - what is known of a lead's criteria, and what to ask next. */
#include "core/explain/qualify.h"
#include "cli/session.h"

static int find_framework(const struct session *s, const char *name, int *framework) {
  *framework = NONE;
  if (s->generation->rules->framework_count == 0) {
    fprintf(stderr, "embudo qualify: the rules declare no framework; embudo new framework NAME writes one\n");
    return EXIT_PROBLEMS;
  }
  if (!name) return 0;
  *framework = ruleset_framework(s->generation->rules, str_of(name));
  if (*framework != NONE) return 0;
  fprintf(stderr, "embudo qualify: the rules declare no framework '%s'\n", name);
  return EXIT_PROBLEMS;
}

static void print(const struct session *s, int framework, bool json) {
  struct buf out;
  struct json_writer w;
  buf_init(&out);
  if (json) {
    json_writer_init(&w, &out);
    json_open(&w, '{');
    json_key(&w, "lead");
    json_put_str(&w, fold_lead_id(s->fold));
    json_key(&w, "as_of");
    json_put_time(&w, fold_now(s->fold));
    json_key(&w, "frameworks");
    qualify_json(s->fold, framework, &w);
    qualify_question(s->fold, framework, &w);
    json_close(&w, '}');
    buf_add_char(&out, '\n');
  } else {
    qualify_text(s->fold, framework, &out);
  }
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
}

static int qualify_lead(struct session *s, const char *id, const char *name, bool json) {
  uint32_t lead;
  int framework, code = find_framework(s, name, &framework);
  if (code == 0) code = session_fold_lead(s, id, &lead);
  if (code == 0) print(s, framework, json);
  return code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct session_options o = {.quiet = false};
  const char *framework = NULL;
  bool json = false;
  const struct option_spec specs[] = {
      SESSION_OPTION_SPECS(o), {"framework", &framework, NULL}, {"json", NULL, &json}, {NULL, NULL, NULL}};
  struct session session;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest == 0) return options_misuse(self, "which lead? embudo qualify [OPTION]... LEAD [FILE]...");
  int code = session_open(&session, self, &o, rest - 1, argv + 1);
  if (code == 0) code = qualify_lead(&session, argv[0], framework, json);
  if (code == 0 && session.file_failed) code = EXIT_PROBLEMS;
  session_close(&session);
  return code;
}

const struct command command_qualify = {
    .name = "qualify",
    .summary = "say what is known of a lead's criteria, and what to ask next",
    .usage = "usage: embudo qualify [OPTION]... LEAD [FILE]...\n"
             "       embudo qualify [OPTION]... LEAD --data DIR\n"
             "\n"
             "LEAD is a user id, an anonymous id or an e-mail address; FILEs are read as by 'embudo score'.\n"
             "Prints each framework the rules declare (BANT, MEDDIC ...): whether the lead is qualified,\n"
             "where every criterion stands, who answered what when, and the questions that are open.\n"
             "\n"
             "  --framework NAME   only this one\n" SESSION_LEAD_USAGE,
    .run = run,
};
