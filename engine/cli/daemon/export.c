/* embudo export - what a data directory holds: events, leads, decisions as NDJSON, or all about one person. */
#include "cli/daemon/stored.h"
#include "cli/options.h"
#include "core/explain/row.h"
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"
#include "core/journal/person.h"
#include "core/journal/sift.h"
#include "io/loop.h"
#include "serve/api/api.h"

enum { FLUSH_BYTES = 64 * 1024 };

struct export_options {
  struct stored_options stored;
  const char *since, *at;
};

struct export { /* under way */
  const struct command *command;
  const struct export_options *options;
  const char *id; /* of the person */
  struct stored stored;
  uint64_t since_seq;
  int64_t since_ms, at_ms; /* TIME_MIN: from the beginning */
  struct buf out, part;
  uint64_t lines, last_seq;
};

static void flush(struct export *x, size_t least) {
  if (x->out.len < least) return;
  fwrite(x->out.data, 1, x->out.len, stdout);
  buf_clear(&x->out);
}

/* What is in `out` is one line more. False: nobody reads on. */
static bool end_line(struct export *x) {
  buf_add_char(&x->out, '\n');
  x->lines++;
  flush(x, FLUSH_BYTES);
  return !ferror(stdout);
}

static int fail(const struct export *x, const struct err *err) {
  fprintf(stderr, "embudo %s: %s\n", x->command->name, err->text);
  return EXIT_PROBLEMS;
}

/* --- records -------------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct export *x, const struct store_record *record) {
  return record->seq >= x->since_seq && record->received_ms >= x->since_ms;
}

struct records {
  struct export *export;
  struct sift *sift;           /* of events; else NULL */
  struct json_reader *decoder; /* of decisions; else NULL */
};

/* All events are looked at, also those before the first that is wanted: which came twice depends on them. */
static bool put_events(struct records *records, const struct store_record *record, struct err *err) {
  struct export *x = records->export;
  struct sift_event event;
  bool wanted = is_wanted(x, record), reads = true;
  if (!sift_has_events(record)) return true;
  if (sift_open(records->sift, record, err) != 0) fail(x, err);
  while (reads && sift_next(records->sift, &event)) {
    if (!sift_is_first(records->sift) || !wanted) continue;
    sift_write(&event, false, &x->part, &x->out);
    reads = end_line(x);
  }
  return reads;
}

static bool put_decision(struct records *records, const struct store_record *record, struct err *err) {
  struct export *x = records->export;
  struct json_ref root;
  if (record->kind != JOURNAL_DECISION || !is_wanted(x, record)) return true;
  if (json_parse(records->decoder, record->bytes.p, record->bytes.len, &root, err) != 0) {
    fail(x, err);
    return true;
  }
  decision_export(root, record->seq, &x->part, &x->out);
  return end_line(x);
}

static int export_records(struct export *x, struct records *records,
                          bool (*put)(struct records *records, const struct store_record *record,
                                      struct err *err)) {
  struct store_record record;
  struct err err;
  int more = 0;
  struct store_reader *reader = store_reader_ahead(x->stored.config.data, &err);
  if (!reader) return fail(x, &err);
  while ((more = store_reader_next(reader, &record, &err)) > 0) {
    struct err bad;
    x->last_seq = record.seq;
    if (!put(records, &record, &bad)) break;
  }
  store_reader_free(reader);
  return more < 0 ? fail(x, &err) : EXIT_FINE;
}

static int export_events(struct export *x) {
  struct records records = {x, sift_new((size_t)x->stored.config.limits.dedupe_ids), NULL};
  int code = export_records(x, &records, put_events);
  sift_free(records.sift);
  return code;
}

static int export_decisions(struct export *x) {
  struct records records = {x, NULL, json_reader_new()};
  int code = export_records(x, &records, put_decision);
  json_reader_free(records.decoder);
  return code;
}

/* --- leads ---------------------------------------------------------------------------------------------------------- */

static bool put_lead(struct export *x, const struct fold *fold, struct arena *arena) {
  struct json_writer w;
  struct row row;
  arena_clear(arena);
  row_make(&row, fold, arena);
  if (row.last_ms < x->since_ms) return true;
  json_writer_init(&w, &x->out);
  json_open(&w, '{');
  api_put_row(&w, &row, fold_rules(fold));
  json_close(&w, '}');
  return end_line(x);
}

static int export_leads(struct export *x) {
  struct pipeline *pipeline = x->stored.pipeline;
  struct engine *engine = pipeline_engine(pipeline);
  struct fold *fold = pipeline_fold(pipeline);
  struct arena arena;
  uint32_t cursor = 0, lead;
  bool reads = true;
  x->last_seq = x->stored.totals.last_seq;
  arena_init(&arena, 0);
  engine_settle_all(engine, x->at_ms, fold);
  while (reads && engine_next_lead(engine, &cursor, &lead))
    if (pipeline_look(pipeline, lead, x->at_ms) && !fold_ignored(fold)) reads = put_lead(x, fold, &arena);
  arena_release(&arena);
  return EXIT_FINE;
}

/* --- a person -------------------------------------------------------------------------------------------------------- */

static void put_person(struct export *x, const struct person *person, uint32_t lead) {
  struct json_writer w;
  json_writer_init(&w, &x->out);
  json_open(&w, '{');
  if (lead != IDENTITY_NONE && pipeline_look(x->stored.pipeline, lead, x->at_ms)) {
    json_key(&w, "lead");
    api_put_lead(&w, x->stored.pipeline, lead, x->at_ms);
  }
  person_write(person, &w);
  json_close(&w, '}');
  end_line(x);
}

static int read_person(struct export *x, struct person *person) {
  struct store_record record;
  struct err err;
  int more;
  struct store_reader *reader = store_reader_ahead(x->stored.config.data, &err);
  if (!reader) return fail(x, &err);
  while ((more = store_reader_next(reader, &record, &err)) > 0) person_take(person, &record);
  store_reader_free(reader);
  return more < 0 ? fail(x, &err) : EXIT_FINE;
}

/* An id that only ignored events carry is no lead's, and still somebody's. */
static int export_person(struct export *x) {
  struct engine *engine = pipeline_engine(x->stored.pipeline);
  uint32_t lead = engine_find_lead(engine, str_of(x->id));
  struct person person;
  person_init(&person);
  if (lead == IDENTITY_NONE)
    erasure_add_id(&person.whose, str_of(x->id));
  else
    erasure_add_lead(&person.whose, engine, lead);
  int code = read_person(x, &person);
  if (code == EXIT_FINE && lead == IDENTITY_NONE && person.events.len == 0) {
    fprintf(stderr, "embudo export: no event mentions '%s'\n", x->id);
    code = EXIT_PROBLEMS;
  }
  if (code == EXIT_FINE) put_person(x, &person, lead);
  person_release(&person);
  return code;
}

/* --- the command ----------------------------------------------------------------------------------------------------- */

enum what { EXPORT_EVENTS, EXPORT_LEADS, EXPORT_DECISIONS, EXPORT_PERSON, EXPORT_NOTHING };
static const char *const words[] = {"events", "leads", "decisions", "person", NULL};

static int misuse_word(const struct command *self, const char *typed) {
  const char *near = typed ? str_nearest(str_of(typed), words) : NULL;
  if (near) return options_misuse(self, "cannot export '%s': did you mean '%s'?", typed, near);
  return options_misuse(self, "say what: events, leads, decisions, or person ID");
}

/* A number is a record's, anything else an instant. */
static int parse_since(struct export *x) {
  const char *since = x->options->since;
  char *end;
  x->since_ms = TIME_MIN;
  if (!since) return EXIT_FINE;
  unsigned long long seq = strtoull(since, &end, 10);
  if (*end == '\0' && *since >= '0' && *since <= '9') {
    x->since_seq = seq;
    return EXIT_FINE;
  }
  if (time_parse(str_of(since), &x->since_ms)) return EXIT_FINE;
  return options_misuse(x->command,
                        "--since '%s' is neither a record's number nor an instant: write 1024, "
                        "2024-01-15T09:00:00Z or 2024-01-15",
                        since);
}

static int parse_at(struct export *x) {
  const char *at = x->options->at;
  x->at_ms = loop_wall_ms();
  if (!at || strcmp(at, "now") == 0 || time_parse(str_of(at), &x->at_ms)) return EXIT_FINE;
  return options_misuse(x->command, "--at '%s' is no instant: write 2024-01-15T09:00:00Z, 2024-01-15 or now",
                        at);
}

static int check_use(struct export *x, enum what what) {
  if (x->options->at && what != EXPORT_LEADS) return options_misuse(x->command, "--at is for leads");
  if (x->options->since && what == EXPORT_PERSON)
    return options_misuse(x->command, "all of a person is exported: --since does not go with it");
  int code = parse_since(x);
  if (code == EXIT_FINE) code = parse_at(x);
  if (code == EXIT_FINE && x->since_seq && what == EXPORT_LEADS)
    code = options_misuse(x->command, "--since is an instant for leads: of their last event");
  return code;
}

static int export_it(struct export *x, enum what what) {
  const struct stored_options *options = &x->options->stored;
  bool needs_leads = what == EXPORT_LEADS || what == EXPORT_PERSON;
  int code = needs_leads ? stored_open(&x->stored, x->command, options)
                         : stored_settle(&x->stored, x->command, options);
  if (code != EXIT_FINE) return code;
  switch (what) {
  case EXPORT_EVENTS: return export_events(x);
  case EXPORT_LEADS: return export_leads(x);
  case EXPORT_DECISIONS: return export_decisions(x);
  case EXPORT_PERSON: return export_person(x);
  case EXPORT_NOTHING: break;
  }
  return EXIT_USAGE;
}

static void report(const struct export *x, const char *word) {
  if (x->options->stored.quiet) return;
  fprintf(stderr, "%llu %s; the journal's last record is %llu\n", (unsigned long long)x->lines, word,
          (unsigned long long)x->last_seq);
}

static int run(const struct command *self, int argc, char **argv) {
  struct export_options o = {.at = NULL};
  const struct option_spec specs[] = {STORED_OPTION_SPECS(o.stored),
                                      {"since", &o.since, NULL},
                                      {"at", &o.at, NULL},
                                      {"quiet", NULL, &o.stored.quiet},
                                      {NULL, NULL, NULL}};
  struct export x = {.command = self, .options = &o};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  int what = EXPORT_EVENTS;
  while (what != EXPORT_NOTHING && (rest == 0 || strcmp(argv[0], words[what]) != 0)) what++;
  if (what == EXPORT_NOTHING) return misuse_word(self, rest ? argv[0] : NULL);
  if (what == EXPORT_PERSON && rest != 2) return options_misuse(self, "person needs one id");
  if (what != EXPORT_PERSON && rest > 1)
    return options_misuse(self, "one at a time: %s, then %s", argv[0], argv[1]);
  x.id = argv[1];
  int code = check_use(&x, (enum what)what);
  if (code != EXIT_FINE) return code;
  buf_init(&x.out);
  buf_init(&x.part);
  code = export_it(&x, (enum what)what);
  flush(&x, 0);
  if (code == EXIT_FINE && what != EXPORT_PERSON) report(&x, argv[0]);
  stored_close(&x.stored);
  buf_release(&x.out);
  buf_release(&x.part);
  return code;
}

const struct command command_export = {
    .name = "export",
    .summary = "write what a data directory holds as NDJSON",
    .usage =
        "usage: embudo export events|leads|decisions [OPTION]...\n"
        "       embudo export person ID [OPTION]...\n"
        "\n"
        "Reads a daemon's data directory, whether or not the daemon runs, and writes one JSON object a "
        "line.\n"
        "\n"
        "events     each accepted event once, in the order in which they came, with the `source` that sent "
        "it\n"
        "           and the `receivedAt` of its reception: 'embudo score' makes the daemon's scores of them\n"
        "leads      every lead as GET /v1/leads lists it\n"
        "decisions  every recorded stage change, in the order in which they were recorded\n"
        "person     all about one person, as one JSON object: the lead of an id with its ids and traits, "
        "its\n"
        "           events, its decisions\n"
        "\n"
        "      --since WHEN       events and decisions recorded since an instant, or from the record of "
        "this\n"
        "                         number on; leads that were seen since an instant\n"
        "      --at TIME          leads as of this instant (default: now)\n"
        "      --data DIR         the data directory (default: ./embudo-data)\n"
        "      --rules DIR        for leads: other rules than the daemon's\n"
        "  -c, --config FILE      embudo.yaml, for its data directory, rules and limits\n"
        "      --quiet            no counts\n"
        "\n"
        "Exit code: 0; 1 when rules do not load or the directory cannot be read; 2 for wrong usage.\n",
    .run = run,
};
