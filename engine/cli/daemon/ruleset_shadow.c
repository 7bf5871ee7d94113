/* embudo ruleset shadow - other rules beside the live ones: beginning, what differs, the end. */
#include "cli/daemon/ruleset.h"
#include "cli/leads/answer.h"
#include "cli/options.h"

static int begin_shadow(struct asking *asking, const char *what) {
  struct json_ref root;
  int code = asking_put_rules(asking, what);
  buf_add_text(&asking->path, "/v1/rulesets/shadow");
  if (code == EXIT_FINE) code = asking_send(asking, true, &root);
  if (code == EXIT_FINE && !asking->o->json)
    printf("%.12s runs beside %.12s: 'embudo ruleset shadow --report' tells what differs\n",
           answer_text(root, "ruleset").p, answer_text(root, "live").p);
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
  struct str text = answer_text(object, key);
  return text.len ? text : STR("none");
}

static void print_sums(struct json_ref differences) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(differences, STR("dimensions"))); json_next(&it);)
    printf("  %.*s: %.0f leads, %+.10g on average, %+.10g at most, of it by caps and bounds %+.10g in all\n",
           STR_ARG(answer_text(it.value, "dimension")), answer_number(it.value, "leads"),
           answer_number(it.value, "mean"), answer_number(it.value, "most"),
           answer_number(it.value, "limits"));
  for (json_iter_init(&it, json_get(differences, STR("stages"))); json_next(&it);)
    printf("  %.*s: %.0f leads %.*s that are %.*s now\n", STR_ARG(answer_text(it.value, "lifecycle")),
           answer_number(it.value, "leads"), STR_ARG(stage_of(it.value, "to")),
           STR_ARG(stage_of(it.value, "from")));
  for (json_iter_init(&it, json_get(differences, STR("rules"))); json_next(&it);)
    printf("  rule %.*s: %+.10g %.*s in all, %.0f leads\n", STR_ARG(answer_text(it.value, "rule")),
           answer_number(it.value, "sum"), STR_ARG(answer_text(it.value, "dimension")),
           answer_number(it.value, "leads"));
}

static void print_example(struct json_ref example) {
  struct json_iter it;
  printf("  %.*s", STR_ARG(answer_text(example, "lead")));
  for (json_iter_init(&it, json_get(example, STR("scores"))); json_next(&it);)
    printf("  %.*s %.10g -> %.10g", STR_ARG(answer_text(it.value, "dimension")),
           answer_number(it.value, "live"), answer_number(it.value, "candidate"));
  for (json_iter_init(&it, json_get(example, STR("stages"))); json_next(&it);)
    printf("  %.*s %.*s -> %.*s", STR_ARG(answer_text(it.value, "lifecycle")),
           STR_ARG(stage_of(it.value, "live")), STR_ARG(stage_of(it.value, "candidate")));
  printf("\n");
}

static void print_report(struct json_ref report) {
  struct json_ref differences = json_get(report, STR("differences"));
  struct json_iter it;
  printf("%.0f of %.0f leads differ as of %.*s: %.0f in a score, %.0f in a stage\n",
         answer_number(differences, "differing"), answer_number(differences, "leads"),
         STR_ARG(answer_text(report, "at")), answer_number(differences, "differing_score"),
         answer_number(differences, "differing_stage"));
  print_sums(differences);
  for (json_iter_init(&it, json_get(differences, STR("examples"))); json_next(&it);) print_example(it.value);
}

static int report_shadow(struct asking *asking) {
  struct json_ref root;
  buf_add_text(&asking->path, "/v1/rulesets/shadow");
  int code = asking_send(asking, false, &root);
  if (code != EXIT_FINE || asking->o->json) return code;
  struct json_ref report = json_get(root, STR("report"));
  if (answer_bool(root, "resumes"))
    printf("%.12s begins again by itself: %.*s\n", answer_text(root, "ruleset").p,
           STR_ARG(answer_text(root, "why")));
  else if (!answer_bool(root, "running"))
    printf("no shadow is running%s%.*s\n", answer_text(root, "why").len ? ": " : "",
           STR_ARG(answer_text(root, "why")));
  else if (json_kind(report) != JSON_OBJECT)
    printf("%.12s beside %.12s: record %.0f of %.0f\n", answer_text(root, "ruleset").p,
           answer_text(root, "live").p, answer_number(root, "records"), answer_number(root, "records_of"));
  else {
    printf("%.12s beside %.12s\n", answer_text(root, "ruleset").p, answer_text(root, "live").p);
    if (answer_text(root, "again").len)
      printf("begun again at %.*s: %.*s\n", STR_ARG(answer_text(root, "again")),
             STR_ARG(answer_text(root, "again_why")));
    print_report(report);
  }
  return EXIT_FINE;
}

int ruleset_shadow(struct asking *asking, int count, char **words) {
  const struct ruleset_options *o = asking->o;
  if (count == 1 && !o->report && !o->stop) return begin_shadow(asking, words[0]);
  if (count == 0 && o->report && !o->stop) return report_shadow(asking);
  if (count == 0 && o->stop && !o->report) return end_shadow(asking);
  return options_misuse(asking->command, "shadow takes a directory or a hash, or --report, or --stop");
}
