/* embudo brief - what whoever takes a lead over should know of it, on one page; and what was known when it was handed over. */
#include "core/explain/brief.h"
#include "cli/session.h"
#include "core/handoff/handed.h"

struct wanted {
  const char *lead;
  bool json, handed_over;
};

static void print_now(const struct session *s, const struct wanted *wanted) {
  const char *url = s->is_stored ? s->stored.config.public_url : NULL, *base = url && *url ? url : NULL;
  struct buf out;
  struct json_writer w;
  buf_init(&out);
  json_writer_init(&w, &out);
  if (wanted->json) {
    brief_json(s->fold, base, &w);
    buf_add_char(&out, '\n');
  } else {
    brief_text(s->fold, base, &out);
  }
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
}

static int print_handed(struct session *s, uint32_t lead, const struct wanted *wanted) {
  struct handed handed;
  struct buf list, text;
  struct err err;
  buf_init(&list);
  buf_init(&text);
  handed_find(&handed, s->stored.pipeline, lead, NULL);
  int failed = handed_json(s->stored.config.data, &handed, &list, &err);
  if (!failed && !wanted->json) failed = handed_text(buf_str(&list), &text, &err);
  if (failed)
    fprintf(stderr, "embudo brief: %s\n", err.text);
  else if (wanted->json)
    printf("%s\n", list.data);
  else if (text.len)
    fputs(text.data, stdout);
  else
    printf("nobody was handed '%s' over\n", wanted->lead);
  buf_release(&list);
  buf_release(&text);
  return failed ? EXIT_PROBLEMS : 0;
}

static int brief_lead(struct session *s, const struct wanted *wanted) {
  uint32_t lead;
  int code = session_fold_lead(s, wanted->lead, &lead);
  if (code) return code;
  if (wanted->handed_over) return print_handed(s, lead, wanted);
  print_now(s, wanted);
  return 0;
}

static int run(const struct command *self, int argc, char **argv) {
  struct session_options o = {.quiet = false};
  struct wanted wanted = {NULL, false, false};
  const struct option_spec specs[] = {SESSION_OPTION_SPECS(o),
                                      {"json", NULL, &wanted.json},
                                      {"handed-over", NULL, &wanted.handed_over},
                                      {NULL, NULL, NULL}};
  struct session session;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest == 0) return options_misuse(self, "which lead? embudo brief [OPTION]... LEAD [FILE]...");
  if (wanted.handed_over && !o.data && !o.config)
    return options_misuse(self, "--handed-over reads a journal: name it with --data DIR or --config FILE");
  wanted.lead = argv[0];
  int code = session_open(&session, self, &o, rest - 1, argv + 1);
  if (code == 0) code = brief_lead(&session, &wanted);
  if (code == 0 && session.file_failed) code = EXIT_PROBLEMS;
  session_close(&session);
  return code;
}

const struct command command_brief = {
    .name = "brief",
    .summary = "what whoever takes a lead over should know of it, on one page",
    .usage = "usage: embudo brief [OPTION]... LEAD [FILE]...\n"
             "       embudo brief [OPTION]... LEAD --data DIR\n"
             "\n"
             "LEAD is a user id, an anonymous id or an e-mail address; FILEs are read as by 'embudo score'.\n"
             "Prints who it is, grade, date and scores, why it is worth a call (255 characters at most), the "
             "last\n"
             "pages and content it looked at, which fields are not known, and the questions to ask next.\n"
             "\n"
             "  --handed-over   instead what was known when it was handed over, to a stage that sales sees "
             "or by a\n"
             "                  message: the newest 20, newest first; needs --data or "
             "--config\n" SESSION_LEAD_USAGE,
    .run = run,
};
