/* embudo score - events in files -> one line a lead. */
#include "base/err.h"
#include "cli/leads/rows.h"
#include "cli/session.h"
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct score_options {
  struct session_options session;
  const char *sort, *top_text, *segment;
  bool json, csv, table, accounts;
  size_t top;
};

struct score_pass { /* what folding all leads fills */
  const struct accounts *accounts;
  uint32_t *people; /* of each account, who are not ignored */
  struct rows rows;
  uint64_t segment; /* its bit; 0: everybody */
  uint64_t ignored;
};

static void restart(void *context) {
  struct score_pass *pass = context;
  memset(pass->people, 0, pass->accounts->count * sizeof *pass->people);
  rows_clear(&pass->rows);
  pass->ignored = 0;
}

static void take_lead(void *context, uint32_t lead, const struct fold *fold) {
  struct score_pass *pass = context;
  (void)lead;
  if (fold_ignored(fold)) {
    pass->ignored++;
    return;
  }
  uint32_t account = map_get(&pass->accounts->ids, fold_account(fold));
  if (account != MAP_NONE) pass->people[account]++;
  if (!(pass->segment & ~fold_segments(fold))) rows_add(&pass->rows, fold);
}

static size_t terminal_width(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) return size.ws_col;
  return 0;
}

static int sort_rows(const struct command *self, const struct score_options *o, bool table,
                     struct rows *rows) {
  if (!o->sort) {
    rows_sort(rows, table ? ROWS_BEST_FIRST : ROWS_BY_LEAD, 0);
    return 0;
  }
  int dimension = ruleset_dimension(rows->rules, str_of(o->sort));
  if (strcmp(o->sort, "grade") == 0)
    rows_sort(rows, ROWS_BEST_FIRST, 0);
  else if (strcmp(o->sort, "lead") == 0)
    rows_sort(rows, ROWS_BY_LEAD, 0);
  else if (dimension != NONE)
    rows_sort(rows, ROWS_BY_DIMENSION, dimension);
  else
    return options_misuse(self, "--sort '%s' is no dimension of these rules, nor grade, nor lead", o->sort);
  return 0;
}

static void print_accounts(const struct score_pass *pass) {
  const struct accounts *accounts = pass->accounts;
  struct buf out;
  buf_init(&out);
  for (size_t i = 0; i < accounts->count; i++) {
    struct json_writer w;
    json_writer_init(&w, &out);
    json_open(&w, '{');
    json_key(&w, "account");
    json_put_str(&w, accounts->items[i].id);
    json_key(&w, "leads");
    json_put_int(&w, pass->people[i]);
    json_close(&w, '}');
    buf_add_char(&out, '\n');
  }
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
}

static int print_rows(const struct command *self, const struct score_options *o, struct rows *rows) {
  bool table = o->table || (!o->json && !o->csv && isatty(STDOUT_FILENO));
  int code = sort_rows(self, o, table, rows);
  if (code) return code;
  if (table)
    rows_print_table(rows, o->top, terminal_width());
  else if (o->csv)
    rows_print_csv(rows, o->top);
  else
    rows_print_ndjson(rows, o->top);
  return 0;
}

static int score_leads(struct session *s, const struct score_options *o) {
  struct score_pass pass = {.accounts = engine_accounts(s->engine)};
  int segment = o->segment ? ruleset_segment(s->generation->rules, str_of(o->segment)) : NONE;
  if (o->segment && segment == NONE)
    return options_misuse(s->command, "--segment '%s' is none that these rules declare", o->segment);
  if (segment != NONE) pass.segment = UINT64_C(1) << segment;
  struct engine_visitor visitor = {&pass, restart, take_lead};
  pass.people = xcalloc(pass.accounts->count + 1, sizeof *pass.people);
  rows_init(&pass.rows, s->generation->rules);
  engine_fold_all(s->engine, s->at_ms, s->fold, &visitor);
  int code = 0;
  if (o->accounts)
    print_accounts(&pass);
  else
    code = print_rows(s->command, o, &pass.rows);
  if (code == 0) session_report(s, pass.rows.count, pass.ignored);
  rows_release(&pass.rows);
  free(pass.people);
  return code;
}

static int parse_top(const struct command *self, struct score_options *o) {
  char *end;
  if (!o->top_text) return 0;
  unsigned long long top = strtoull(o->top_text, &end, 10);
  if (*end || end == o->top_text || *o->top_text == '-' || top == 0)
    return options_misuse(self, "--top '%s' is no number from 1", o->top_text);
  o->top = (size_t)top;
  return 0;
}

static int run(const struct command *self, int argc, char **argv) {
  struct score_options o = {.session = {.quiet = false}};
  const struct option_spec specs[] = {
      SESSION_OPTION_SPECS(o.session), {"sort", &o.sort, NULL},         {"top", &o.top_text, NULL},
      {"json", NULL, &o.json},         {"segment", &o.segment, NULL},   {"csv", NULL, &o.csv},
      {"table", NULL, &o.table},       {"accounts", NULL, &o.accounts}, {NULL, NULL, NULL}};
  struct session session;
  int files = options_parse(self, specs, argc, argv);
  if (files < 0) return EXIT_USAGE;
  if (o.json + o.csv + o.table > 1) return options_misuse(self, "choose one of --json, --csv and --table");
  int code = parse_top(self, &o);
  if (code) return code;
  code = session_open(&session, self, &o.session, files, argv);
  if (code == 0) code = score_leads(&session, &o);
  if (code == 0 && session.file_failed) code = EXIT_PROBLEMS;
  session_close(&session);
  return code;
}

const struct command command_score = {
    .name = "score",
    .summary = "score the leads in files of events",
    .usage = "usage: embudo score [OPTION]... [FILE]...\n"
             "       embudo score [OPTION]... --data DIR\n"
             "\n"
             "Reads Segment-shaped events (NDJSON; plain, gzip or zstd; in any order; '-' or no FILE:\n"
             "standard input) and prints one line a lead: a table on a terminal, NDJSON otherwise.\n"
             "With --data it reads a daemon's data directory instead, whether or not the daemon runs.\n"
             "\n"
             "  --rules DIR     the rules directory (default: rules; with --data the daemon's)\n"
             "  --plugins DIR   enrichers and destinations beside it, as 'embudo run' takes them\n"
             "  --at TIME       score as of this instant: 2024-01-15T09:00:00Z, 2024-01-15 or now\n"
             "                  (default: the newest event's time, with --data now); later events are\n"
             "                  left out\n"
             "  --data DIR, -c, --config FILE   the data directory, or the embudo.yaml that names it\n"
             "  --table, --json, --csv   how to print\n"
             "  --sort WHAT     a dimension, 'grade' (best first) or 'lead'\n"
             "                  (default: grade for tables, lead otherwise)\n"
             "  --top N         only the first N lines\n"
             "  --segment NAME  only leads in this segment\n"
             "  --accounts      print the accounts (companies) and how many leads each has\n"
             "  --csv-map MAP   FILEs are CSV with a header line, a row a person:\n"
             "                  id=Email,traits.first_name=Name,traits.company.name=Company,time=Created\n"
             "  --source NAME   who sent the events that do not say it themselves (`source`); ids of\n"
             "                  messages are unique within a source\n"
             "  --quiet         no progress, no counts\n"
             "\n"
             "Lines that cannot be used are told with their number and reason, counted, and skipped.\n"
             "Exit code: 0; 1 when rules do not load or a file cannot be read; 2 for wrong usage.\n",
    .run = run,
};
