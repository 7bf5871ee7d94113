/* embudo sla, embudo worklist - how promises are kept, and what is to be done first, as a running embudo knows it. */
#include "cli/daemon/remote.h"
#include "cli/leads/answer.h"
#include "cli/leads/table.h"
#include "cli/options.h"

#include "base/timefmt.h"

static void cell_number(struct table *table, struct json_ref object, const char *key) {
  char text[32];
  snprintf(text, sizeof text, "%.0f", answer_number(object, key));
  table_cell(table, str_of(text));
}

/* The median; "-" when there is none. */
static void cell_delay(struct table *table, struct json_ref object, const char *key) {
  int64_t ms;
  char text[TIME_TEXT_MAX];
  bool known = json_whole(json_get(json_get(object, str_of(key)), STR("median_ms")), 0, INT64_MAX, &ms);
  table_cell(table, known ? str_of(duration_about(ms, text)) : STR("-"));
}

static void print(struct table *table) {
  struct buf out;
  buf_init(&out);
  table_print(table, 0, &out);
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
  table_release(table);
}

/* --- sla ------------------------------------------------------------------------------------------------------------------ */

static void print_clocks(struct json_ref clocks) {
  static const char *const heads[] = {"SLA",     "STARTED", "IN TIME", "LATE",  "RUNNING",
                                      "OVERDUE", "SYSTEM",  "PEOPLE",  "WORKED"};
  struct table table;
  struct json_iter it;
  table_init(&table, sizeof heads / sizeof *heads);
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    table.right[i] = i > 0;
    table_cell(&table, str_of(heads[i]));
  }
  for (json_iter_init(&it, clocks); json_next(&it);) {
    table_cell(&table, answer_text(it.value, "sla"));
    cell_number(&table, it.value, "started");
    cell_number(&table, it.value, "in_time");
    cell_number(&table, it.value, "late");
    cell_number(&table, it.value, "running");
    cell_number(&table, it.value, "running_late");
    cell_delay(&table, it.value, "system");
    cell_delay(&table, it.value, "people");
    cell_delay(&table, it.value, "worked");
  }
  print(&table);
}

static void print_funnel(struct json_ref funnel) {
  printf(
      "%.*s: %.0f leads; %.0f with marketing's word, %.0f of them taken by sales, %.0f claimed without it; ",
      STR_ARG(answer_text(funnel, "lifecycle")), answer_number(funnel, "leads"),
      answer_number(funnel, "endorsed"), answer_number(funnel, "accepted"), answer_number(funnel, "claimed"));
  printf("not counted: %.0f of accounts we have, %.0f outside of the funnel\n",
         answer_number(funnel, "existing"), answer_number(funnel, "outside"));
}

static void print_period(struct json_ref promise, struct json_ref period) {
  bool kept = false, known = json_bool(json_get(period, STR("kept")), &kept);
  printf("%.*s from %.*s: %.0f leads", STR_ARG(answer_text(promise, "sla")), 10,
         answer_text(period, "from").p, answer_number(period, "leads"));
  struct json_ref volume = json_get(period, STR("volume")),
                  quality = json_get(period, STR("quality_percent"));
  if (!json_is_missing(volume)) printf(" of %.0f", answer_number(volume, "promised"));
  if (!json_is_missing(quality))
    printf(", %.0f %% good of %.0f %%", answer_number(quality, "reached"),
           answer_number(quality, "promised"));
  printf(": %s\n", !known ? "not over yet" : kept ? "kept" : "not kept");
}

static int show_sla(struct remote *remote, bool json) {
  struct http_reply reply;
  struct json_ref root;
  struct json_iter it, period;
  int code = remote_ask(remote, "/v1/sla", (struct str){NULL, 0}, &reply, &root);
  if (code != EXIT_FINE) return code;
  if (json) {
    printf("%.*s\n", STR_ARG(reply.body));
    return EXIT_FINE;
  }
  print_clocks(json_get(root, STR("clocks")));
  for (json_iter_init(&it, json_get(root, STR("funnel"))); json_next(&it);) print_funnel(it.value);
  for (json_iter_init(&it, json_get(root, STR("promises"))); json_next(&it);)
    for (json_iter_init(&period, json_get(it.value, STR("periods"))); json_next(&period);)
      print_period(it.value, period.value);
  return EXIT_FINE;
}

static int run_sla(const struct command *self, int argc, char **argv) {
  struct remote_options options = {NULL, NULL};
  bool json = false;
  const struct option_spec specs[] = {
      REMOTE_OPTION_SPECS(options), {"json", NULL, &json}, {NULL, NULL, NULL}};
  struct remote remote;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest > 0) return options_misuse(self, "it takes no argument");
  int code = remote_open(&remote, self, &options);
  if (code == EXIT_FINE) code = show_sla(&remote, json);
  remote_close(&remote);
  return code;
}

const struct command command_sla = {
    .name = "sla",
    .summary = "how sales and marketing keep what they promised",
    .usage =
        "usage: embudo sla [OPTION]...\n"
        "\n"
        "Of sales' clocks: how many were started, stopped in time or late, run, and run overdue; and the "
        "median\n"
        "delays: the system's from the event to the delivery of its hand-off (to the decision where nobody "
        "is\n"
        "told), the people's from there to what stopped the clock,\n"
        "and of that what lay in working hours. The funnel: how many leads of new business have marketing's\n"
        "word, were taken by sales with it, or claimed without. Of marketing's promises: this period and the "
        "one "
        "before.\n"
        "\n"
        "      --json            as data\n" REMOTE_USAGE "\n"
        "Exit code: 0; 1 when embudo does not answer or refuses; 2 for wrong usage.\n",
    .run = run_sla,
};

/* --- worklists -------------------------------------------------------------------------------------------------------------- */

static void print_lists(struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("worklists"))); json_next(&it);)
    printf("%.*s: %.0f leads, %.0f overdue. %.*s\n", STR_ARG(answer_text(it.value, "worklist")),
           answer_number(it.value, "leads"), answer_number(it.value, "overdue"),
           STR_ARG(answer_text(it.value, "doc")));
}

static void cell_due(struct table *table, struct json_ref lead) {
  int64_t left;
  char about[TIME_TEXT_MAX], text[200];
  struct str block = answer_text(lead, "not_contactable");
  if (block.len) { /* nothing is due about them but to leave them alone */
    snprintf(text, sizeof text, "do not contact: %.*s", STR_ARG(block));
    table_cell(table, str_of(text));
    return;
  }
  if (!json_whole(json_get(json_get(lead, STR("clock")), STR("left_ms")), TIME_MIN, TIME_MAX, &left)) {
    table_cell(table, STR("-"));
    return;
  }
  snprintf(text, sizeof text, "%s%s", left < 0 ? "overdue " : "in ", duration_about(left, about));
  table_cell(table, str_of(text));
}

static void print_list(struct json_ref root) {
  static const char *const heads[] = {"LEAD", "NAME", "COMPANY", "GRADE", "OWNER", "DUE"};
  struct table table;
  struct json_iter it;
  table_init(&table, sizeof heads / sizeof *heads);
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) table_cell(&table, str_of(heads[i]));
  for (json_iter_init(&it, json_get(root, STR("leads"))); json_next(&it);) {
    static const char *const keys[] = {"lead", "name", "company", "grade", "owner"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
      table_cell(&table, answer_text(it.value, keys[i]));
    cell_due(&table, it.value);
  }
  print(&table);
}

static int show_worklist(struct remote *remote, const char *name, const char *owner, bool json) {
  struct http_reply reply;
  struct json_ref root;
  struct buf path;
  buf_init(&path);
  buf_add_text(&path, "/v1/worklists");
  if (name) {
    buf_add_char(&path, '/');
    buf_add_escaped(&path, str_of(name));
    if (owner) {
      buf_add_text(&path, "?owner=");
      buf_add_escaped(&path, str_of(owner));
    }
  }
  int code = remote_ask(remote, path.data, (struct str){NULL, 0}, &reply, &root);
  buf_release(&path);
  if (code != EXIT_FINE) return code;
  if (json)
    printf("%.*s\n", STR_ARG(reply.body));
  else if (name)
    print_list(root);
  else
    print_lists(root);
  return EXIT_FINE;
}

static int run_worklist(const struct command *self, int argc, char **argv) {
  struct remote_options options = {NULL, NULL};
  const char *owner = NULL;
  bool json = false;
  const struct option_spec specs[] = {
      REMOTE_OPTION_SPECS(options), {"owner", &owner, NULL}, {"json", NULL, &json}, {NULL, NULL, NULL}};
  struct remote remote;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest > 1 || (owner && rest == 0)) return options_misuse(self, "which list? embudo worklist NAME");
  int code = remote_open(&remote, self, &options);
  if (code == EXIT_FINE) code = show_worklist(&remote, rest ? argv[0] : NULL, owner, json);
  remote_close(&remote);
  return code;
}

const struct command command_worklist = {
    .name = "worklist",
    .summary = "what is to be done, in the order in which to do it",
    .usage = "usage: embudo worklist [OPTION]... [NAME]\n"
             "\n"
             "The leads of a worklist, first what comes first, with who has them and when they are due. "
             "Without a name,\n"
             "all lists and how much is in them.\n"
             "\n"
             "      --owner NAME      only whose owner this is; empty: nobody's\n"
             "      --json            as data\n" REMOTE_USAGE "\n"
             "Exit code: 0; 1 when embudo does not answer or refuses; 2 for wrong usage.\n",
    .run = run_worklist,
};
