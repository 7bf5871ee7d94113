/* embudo explain - why a lead stands where it stands. */
#include "core/explain/explain.h"
#include "cli/session.h"
#include "core/explain/whatif.h"

static void print_explanation(struct session *s, uint32_t lead, bool json) {
  struct explanation explanation;
  struct whatif whatif;
  struct touch_list touches = {0};
  struct arena arena;
  struct buf out;
  struct fold *scratch = engine_fold_new(s->engine);
  arena_init(&arena, 0);
  buf_init(&out);
  engine_lead_touches(s->engine, lead, s->at_ms, &touches);
  explain_make(s->fold, &arena, &explanation);
  whatif_try(s->fold, scratch, touches.items, touches.count, &arena, &whatif);
  explanation.whatif = &whatif;
  if (json) {
    struct json_writer writer;
    json_writer_init(&writer, &out);
    explain_json(&explanation, &writer);
    buf_add_char(&out, '\n');
  } else {
    explain_text(&explanation, &out);
  }
  fwrite(out.data, 1, out.len, stdout);
  touch_list_release(&touches);
  buf_release(&out);
  arena_release(&arena);
  fold_free(scratch);
}

static int run(const struct command *self, int argc, char **argv) {
  struct session_options o = {.quiet = false};
  bool json = false;
  const struct option_spec specs[] = {SESSION_OPTION_SPECS(o), {"json", NULL, &json}, {NULL, NULL, NULL}};
  struct session session;
  uint32_t lead;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest == 0) return options_misuse(self, "which lead? embudo explain [OPTION]... LEAD [FILE]...");
  int code = session_open(&session, self, &o, rest - 1, argv + 1);
  if (code == 0) code = session_fold_lead(&session, argv[0], &lead);
  if (code == 0) print_explanation(&session, lead, json);
  if (code == 0 && session.file_failed) code = EXIT_PROBLEMS;
  session_close(&session);
  return code;
}

const struct command command_explain = {
    .name = "explain",
    .summary = "say why a lead has its scores and stage",
    .usage =
        "usage: embudo explain [OPTION]... LEAD [FILE]...\n"
        "       embudo explain [OPTION]... LEAD --data DIR\n"
        "\n"
        "LEAD is a user id, an anonymous id or an e-mail address; FILEs are read as by 'embudo score'.\n"
        "Prints every rule that holds points (how often, when, decay so far, caps and limits; the parts\n"
        "add up to the score exactly), each way out of the lead's stage with the conditions that hold and\n"
        "fail, what would change the stage, and the stages so far.\n"
        "\n" SESSION_LEAD_USAGE,
    .run = run,
};
