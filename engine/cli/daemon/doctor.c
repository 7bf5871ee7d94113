/* embudo doctor - whether a data directory is in order: a list of examinations, each with one line of finding. */
#include "cli/daemon/doctor_leads.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "core/journal/journal.h"
#include "serve/access/keyfile.h"
#include "store/store.h"
#include <sys/stat.h>
#include <unistd.h>

enum { STEP_RECORDS = 1 << 12, KINDS_MAX = 16, SMALL_BLOCKS_TOLD = 2000, SMALL_BLOCK_RECORDS = 8 };

struct doctor {
  struct stored stored; /* its settings; and what its journal says, once that was read */
  const struct command *command;
  const char *data;
  bool quiet, unread;
  struct buf finding; /* of the examination under way */
};

enum verdict { WELL, ODD /* nothing is lost or wrong */, ILL };

static enum verdict ill(struct doctor *doctor, const struct err *err) {
  buf_add_text(&doctor->finding, err->text);
  return ILL;
}

/* --- the examinations ---------------------------------------------------------------------------------------------- */

static enum verdict examine_directory(struct doctor *doctor) {
  struct stat stats;
  struct err err;
  if (stat(doctor->data, &stats) != 0) {
    err_system(&err, "%s: cannot be looked at", doctor->data);
    return ill(doctor, &err);
  }
  buf_add_text(&doctor->finding, doctor->data);
  if ((stats.st_mode & 077) == 0) return WELL;
  buf_add_text(&doctor->finding,
               " can be entered by other users of this machine; 'chmod 700' keeps them out");
  return ODD;
}

static int count(struct doctor *doctor, struct store_counts *counts, struct err *err) {
  struct store_reader *reader = store_reader_new(doctor->data, err);
  if (!reader) return -1;
  int result = store_reader_count(reader, counts, err);
  store_reader_free(reader);
  return result;
}

/* Many blocks of few records are what single requests leave. */
static enum verdict examine_blocks(struct doctor *doctor) {
  struct err err;
  struct store_counts counts;
  if (store_check(doctor->data, NULL, &err) || count(doctor, &counts, &err)) return ill(doctor, &err);
  buf_add_text(&doctor->finding, "every block is what was written");
  if (counts.blocks > SMALL_BLOCKS_TOLD && counts.records / counts.blocks < SMALL_BLOCK_RECORDS)
    buf_printf(&doctor->finding,
               "; most of the %llu are small, and the daemon packs them together as it runs, unless "
               "journal.pack_share is 0",
               (unsigned long long)counts.blocks);
  return WELL;
}

static void put_kinds(struct doctor *doctor, const uint64_t kinds[KINDS_MAX]) {
  static const char *const names[KINDS_MAX] = {[JOURNAL_EVENTS] = "of events",
                                               [JOURNAL_IMPORT] = "of history",
                                               [JOURNAL_DECISION] = "of decisions",
                                               [JOURNAL_RULESET] = "of rulesets",
                                               [JOURNAL_ERASE] = "of erasures",
                                               [JOURNAL_TOMBSTONE] = "of blocked ids",
                                               [JOURNAL_SYSTEM] = "of acts and answers",
                                               [JOURNAL_CLOCK] = "of clocks",
                                               [JOURNAL_RELEASE] = "of releases",
                                               [JOURNAL_EFFECT] = "of effects",
                                               [JOURNAL_DELIVERY] = "of deliveries",
                                               [JOURNAL_AGREEMENT] = "of approvals",
                                               [JOURNAL_RETOLD] = "of what was told anew"};
  const char *before = ": ";
  for (unsigned kind = 0; kind < KINDS_MAX; kind++) {
    if (!kinds[kind]) continue;
    buf_printf(&doctor->finding, "%s%llu %s", before, (unsigned long long)kinds[kind],
               names[kind] ? names[kind] : "of a kind that this embudo does not know");
    before = ", ";
  }
}

/* Damage can hide a block so well that no check sum is missing. *hidden: blocks that were there at the last stop. */
static int count_hidden(struct doctor *doctor, uint64_t blocks, uint64_t *hidden, struct err *err) {
  struct store_counts counts;
  *hidden = 0;
  if (count(doctor, &counts, err)) return -1;
  if (counts.expected_blocks > blocks) *hidden = counts.expected_blocks - blocks;
  return 0;
}

/* Unpacks every record. */
static enum verdict examine_records(struct doctor *doctor) {
  struct err err;
  struct progress progress;
  struct store_record record;
  uint64_t kinds[KINDS_MAX] = {0}, records = 0, last = 0;
  int found;
  struct store_reader *reader = store_reader_ahead(doctor->data, &err);
  if (!reader) return ill(doctor, &err);
  progress_start(&progress, "records", doctor->quiet);
  while ((found = store_reader_next(reader, &record, &err)) > 0) {
    kinds[record.kind < KINDS_MAX ? record.kind : 0]++;
    last = record.seq;
    if (++records % STEP_RECORDS == 0) progress_step(&progress, records, 0, 0);
  }
  progress_end(&progress);
  uint64_t blocks = store_reader_blocks(reader), hidden = 0;
  store_reader_free(reader);
  buf_printf(&doctor->finding, "%llu, up to number %llu", (unsigned long long)records,
             (unsigned long long)last);
  put_kinds(doctor, kinds);
  if (found < 0)
    buf_add_text(&doctor->finding, "; behind that none can be read: ");
  else if ((found = count_hidden(doctor, blocks, &hidden, &err)) < 0)
    buf_add_text(&doctor->finding, "; ");
  if (found < 0) return ill(doctor, &err);
  if (!hidden) return WELL;
  buf_printf(&doctor->finding, "; but %llu block%s that were there at the last stop cannot be found",
             (unsigned long long)hidden, hidden == 1 ? "" : "s");
  return ILL;
}

static enum verdict examine_stop(struct doctor *doctor) {
  struct err err;
  struct store_counts counts;
  if (count(doctor, &counts, &err)) return ill(doctor, &err);
  if (store_is_open(doctor->data)) {
    buf_add_text(&doctor->finding, "a daemon works here");
    return WELL;
  }
  buf_add_text(&doctor->finding,
               counts.clean ? "in order"
                            : "not in order; nothing acknowledged is lost by that, and the next start "
                              "checks everything once more");
  return counts.clean ? WELL : ODD;
}

static enum verdict examine_erasures(struct doctor *doctor) {
  struct err err;
  struct store_counts counts;
  if (count(doctor, &counts, &err)) return ill(doctor, &err);
  buf_add_text(&doctor->finding,
               counts.marked ? "bytes of what was removed are left in the files; the daemon overwrites them, "
                               "as soon as it runs"
                             : "nothing that was removed is left in the files");
  return counts.marked ? ODD : WELL;
}

static enum verdict examine_keys(struct doctor *doctor) {
  struct err err;
  struct keyfile file;
  keyfile_init(&file);
  int code = keyfile_read(&file, doctor->data, &err);
  if (code == 0) buf_printf(&doctor->finding, "%zu in " KEYFILE_NAME, file.count);
  keyfile_release(&file);
  return code ? ill(doctor, &err) : WELL;
}

static enum verdict verdict_of(int finding) {
  return finding > 0 ? WELL : finding == 0 ? ODD : ILL;
}

static enum verdict examine_events(struct doctor *doctor) {
  doctor->stored.silent = true;
  doctor->unread = stored_replay(&doctor->stored, doctor->quiet) != EXIT_FINE;
  if (!doctor->unread) return verdict_of(doctor_events(&doctor->stored, &doctor->finding));
  if (doctor->stored.generation) return ill(doctor, &doctor->stored.fail);
  buf_add_text(&doctor->finding, "the rules do not load, so nothing can be said of leads; see --rules");
  return ODD;
}

static enum verdict examine_stages(struct doctor *doctor) {
  if (!doctor->unread) return verdict_of(doctor_stages(&doctor->stored, &doctor->finding));
  buf_add_text(&doctor->finding, "not looked at");
  return ODD;
}

/* In this order. What is examined first explains what comes after it. */
static const struct examination {
  const char *name;
  enum verdict (*examine)(struct doctor *doctor);
} examinations[] = {
    {"directory", examine_directory}, {"blocks", examine_blocks},     {"records", examine_records},
    {"last stop", examine_stop},      {"erasures", examine_erasures}, {"keys", examine_keys},
    {"events", examine_events},       {"stages", examine_stages},
};

/* --- the command ----------------------------------------------------------------------------------------------------- */

static void put_json(struct json_writer *w, const char *name, enum verdict verdict,
                     const struct doctor *doctor) {
  static const char *const words[] = {[WELL] = "well", [ODD] = "odd", [ILL] = "ill"};
  json_open(w, '{');
  json_key(w, "name");
  json_put_text(w, name);
  json_key(w, "verdict");
  json_put_text(w, words[verdict]);
  json_key(w, "finding");
  json_put_str(w, buf_str(&doctor->finding));
  json_close(w, '}');
}

static void print_line(const char *name, enum verdict verdict, const struct doctor *doctor) {
  const struct style *style = style_of(STDOUT_FILENO);
  const char *colours[] = {[WELL] = style->green, [ODD] = style->yellow, [ILL] = style->red};
  static const char *const marks[] = {[WELL] = "ok", [ODD] = "note", [ILL] = "BAD"};
  printf("%s%-5s%s %-10s %.*s\n", colours[verdict], marks[verdict], style->off, name,
         STR_ARG(buf_str(&doctor->finding)));
  fflush(stdout);
}

static int examine_all(struct doctor *doctor, bool json) {
  bool healthy = true;
  struct json_writer w;
  struct buf out;
  buf_init(&out);
  json_writer_init(&w, &out);
  json_open(&w, '{');
  json_key(&w, "data");
  json_put_text(&w, doctor->data);
  json_key(&w, "examinations");
  json_open(&w, '[');
  for (size_t i = 0; i < sizeof examinations / sizeof *examinations; i++) {
    buf_clear(&doctor->finding);
    enum verdict verdict = examinations[i].examine(doctor);
    healthy = healthy && verdict != ILL;
    if (json)
      put_json(&w, examinations[i].name, verdict, doctor);
    else
      print_line(examinations[i].name, verdict, doctor);
  }
  json_close(&w, ']');
  json_key(&w, "healthy");
  json_put_bool(&w, healthy);
  json_close(&w, '}');
  if (json) printf("%s\n", out.data);
  buf_release(&out);
  return healthy ? EXIT_FINE : EXIT_PROBLEMS;
}

/* Where there is no store at all, there is nothing to examine. */
static int examine(struct doctor *doctor, bool json) {
  struct err err;
  struct store_reader *reader = store_reader_new(doctor->data, &err);
  if (reader) store_reader_free(reader);
  if (reader || err.code != ERR_NOT_FOUND) return examine_all(doctor, json);
  fprintf(stderr, "embudo %s: %s\n", doctor->command->name, err.text);
  return EXIT_PROBLEMS;
}

static int run(const struct command *self, int argc, char **argv) {
  struct stored_options o = {.config = NULL};
  struct doctor doctor = {.command = self};
  bool json = false;
  const struct option_spec specs[] = {
      STORED_OPTION_SPECS(o), {"quiet", NULL, &doctor.quiet}, {"json", NULL, &json}, {NULL, NULL, NULL}};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest > 0) return options_misuse(self, "'%s': the data directory is given with --data", argv[0]);
  int code = stored_settle(&doctor.stored, self, &o);
  doctor.data = doctor.stored.config.data;
  buf_init(&doctor.finding);
  if (code == EXIT_FINE) code = examine(&doctor, json);
  buf_release(&doctor.finding);
  stored_close(&doctor.stored);
  return code;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "examine a data directory: is everything there, and whole?",
    .usage =
        "usage: embudo doctor [OPTION]...\n"
        "\n"
        "Examines a data directory and changes nothing, whether or not a daemon runs. A line for each "
        "finding:\n"
        "\n"
        "directory  who may enter it\n"
        "blocks     each block of the journal against its check sum\n"
        "records    each record of them unpacked, and how many there are of each kind\n"
        "last stop  whether the daemon works, or stopped in order\n"
        "erasures   whether something that was removed is still to be overwritten\n"
        "keys       the keys that embudo made\n"
        "events     the journal read anew under the rules: does everything fit together?\n"
        "stages     each lead scored anew: does it stand where was recorded?\n"
        "\n"
        "Where something is BAD, restore the newest backup that is not, and send again what came since.\n"
        "\n"
        "      --data DIR         the data directory (default: ./embudo-data)\n"
        "      --rules DIR        other rules than the daemon's\n"
        "  -c, --config FILE      embudo.yaml, for its data directory and rules\n"
        "      --json             the findings as JSON\n"
        "      --quiet            no progress\n"
        "\n"
        "Exit code: 0; 1 when something is bad; 2 for wrong usage.\n",
    .run = run,
};
