/* embudo import - history from files into a data directory: itself, or through the daemon that works there. */
#include "base/file.h"
#include "cli/daemon/import_private.h"
#include "cli/daemon/remote.h"
#include "cli/options.h"
#include "io/files/pieces.h"
#include "serve/access/keys.h"

enum { LINE_BYTES_MAX = 256 * 1024, FIRST_KEYS_MAX = 4096 /* bytes of the file */ };

int import_fail(struct import *m, const char *text) {
  progress_clear(&m->progress);
  fprintf(stderr, "embudo %s: %s\n", m->command->name, text);
  m->failed = true;
  return -1;
}

void import_tell_reject(struct import *m, uint64_t line, struct str reason) {
  if (m->told++ >= IMPORT_REJECTS_TOLD || m->options->stored.quiet) return;
  progress_clear(&m->progress);
  fprintf(stderr, "%s:%llu: rejected: %.*s\n", m->file, (unsigned long long)line, STR_ARG(reason));
}

/* --- files ----------------------------------------------------------------------------------------------------------- */

static int deliver(struct import *m) {
  int code = 0;
  if (m->lines && !m->stopped) code = import_deliver(m);
  m->stopped = m->stopped || code != 0;
  buf_clear(&m->chunk);
  m->lines = 0;
  return code;
}

static bool take_piece(void *context, const struct piece *piece) {
  struct import *m = context;
  if (piece->code != REJECT_NONE) {
    m->rejected++;
    import_tell_reject(m, piece->line, str_of(piece->reason));
    return true;
  }
  m->places[m->lines++] = piece->line;
  buf_add_str(&m->chunk, piece->json);
  buf_add_char(&m->chunk, '\n');
  return (m->lines < IMPORT_CHUNK_LINES && m->chunk.len < IMPORT_CHUNK_BYTES) || deliver(m) == 0;
}

static void show_progress(void *context, const char *file, uint64_t done, uint64_t total) {
  struct import *m = context;
  (void)file;
  progress_step(&m->progress, m->accepted, done, total);
}

static void import_file(struct import *m, const char *path) {
  const struct pieces_options options = {.csv_map = m->options->csv_map,
                                         .line_bytes_max = LINE_BYTES_MAX,
                                         .context = m,
                                         .take = take_piece,
                                         .progress = show_progress};
  struct err err;
  m->file = strcmp(path, "-") == 0 ? "standard input" : path;
  if (pieces_read(path, &options, &err) != 0) import_fail(m, err.text);
  deliver(m);
}

/* --- the command ----------------------------------------------------------------------------------------------------- */

/* Of the first start, if the file is still there: "admin token: TOKEN". */
static char *first_token(const char *dir) {
  static const char mark[] = "admin token: ";
  struct buf path, text;
  struct err err;
  char *token = NULL;
  buf_init(&path);
  buf_init(&text);
  buf_printf(&path, "%s/" KEYS_FIRST_FILE, dir);
  const char *at = file_read(path.data, FIRST_KEYS_MAX, &text, &err) == 0 ? strstr(text.data, mark) : NULL;
  if (at) {
    at += sizeof mark - 1;
    token = xcalloc(1, strcspn(at, "\r\n") + 1);
    memcpy(token, at, strcspn(at, "\r\n"));
  }
  buf_release(&path);
  buf_release(&text);
  return token;
}

static int probe(struct import *m) {
  struct http_reply reply;
  struct err err;
  if (http_client_ask(m->client, "/healthz", (struct str){NULL, 0}, &reply, &err) == 0) return EXIT_FINE;
  fprintf(stderr, "embudo import: %s: if the daemon listens elsewhere, say so with --to URL\n", err.text);
  return EXIT_PROBLEMS;
}

static int connect_daemon(struct import *m, const char *dir) {
  struct err err;
  char *kept = NULL;
  const char *token = m->options->token;
  if (!token) token = kept = first_token(dir);
  if (!token)
    return options_misuse(m->command, "a daemon works there: its admin token is needed, --token TOKEN or "
                                      "EMBUDO_ADMIN_TOKEN");
  buf_printf(&m->path, "/v1/history?source=");
  buf_add_escaped(&m->path, str_of(m->options->source));
  m->client = http_client_new(m->target.data, &err);
  if (m->client) {
    struct buf bearer;
    buf_init(&bearer);
    buf_printf(&bearer, "Bearer %s", token);
    http_client_header(m->client, "Authorization", bearer.data);
    http_client_header(m->client, "Content-Type", "application/x-ndjson");
    buf_release(&bearer);
  } else
    import_fail(m, err.text);
  free(kept);
  return m->client ? probe(m) : EXIT_PROBLEMS;
}

/* The directory itself, or the daemon that has it open. */
static int open_target(struct import *m) {
  const struct import_options *o = m->options;
  struct err busy = {0};
  if (o->to) {
    buf_add_text(&m->target, o->to);
    return connect_daemon(m, o->stored.data ? o->stored.data : "embudo-data");
  }
  int code = headless_open(&m->headless, m->command, &o->stored, &busy);
  if (code == EXIT_FINE) {
    gather_init(&m->gather, str_of(o->source));
    m->gather.feed.is_history = true;
    return code;
  }
  if (!busy.code) return code;
  buf_printf(&m->target, "http://%s", m->headless.config.listen);
  return connect_daemon(m, m->headless.config.data);
}

static void report(const struct import *m) {
  double seconds = progress_seconds(&m->progress);
  if (m->options->stored.quiet) return;
  if (m->told > IMPORT_REJECTS_TOLD)
    fprintf(stderr, "... and %llu more\n", (unsigned long long)(m->told - IMPORT_REJECTS_TOLD));
  fprintf(stderr, "%llu imported, %llu known already, %llu rejected", (unsigned long long)m->accepted,
          (unsigned long long)(m->duplicates + m->conflicts), (unsigned long long)m->rejected);
  if (seconds > 0.2) fprintf(stderr, "; %.2f s, %.0f events/s", seconds, (double)m->accepted / seconds);
  fputc('\n', stderr);
}

static void close_target(struct import *m) {
  if (m->headless.service && !m->stopped) headless_settle(&m->headless);
  gather_release(&m->gather);
  headless_close(&m->headless);
  http_client_free(m->client);
}

static int import_files(struct import *m, int count, char **files) {
  static char standard_input[] = "-";
  int code = open_target(m);
  progress_start(&m->progress, "events", m->options->stored.quiet);
  for (int i = 0; code == EXIT_FINE && i < (count ? count : 1) && !m->stopped; i++)
    import_file(m, count ? files[i] : standard_input);
  progress_end(&m->progress);
  if (code == EXIT_FINE) report(m);
  close_target(m);
  return code == EXIT_FINE && m->failed ? EXIT_PROBLEMS : code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct import_options o = {.source = "import", .token = getenv("EMBUDO_ADMIN_TOKEN")};
  const struct option_spec specs[] = {STORED_OPTION_SPECS(o.stored),
                                      {"to", &o.to, NULL},
                                      {"token", &o.token, NULL},
                                      {"source", &o.source, NULL},
                                      {"csv-map", &o.csv_map, NULL},
                                      {"quiet", NULL, &o.stored.quiet},
                                      {NULL, NULL, NULL}};
  int files = options_parse(self, specs, argc, argv);
  if (files < 0) return EXIT_USAGE;
  if (!*o.source || strlen(o.source) > NORMALISE_SOURCE_MAX)
    return options_misuse(self, "--source: expected 1 to %d bytes", NORMALISE_SOURCE_MAX);
  struct import *m = xcalloc(1, sizeof *m);
  m->command = self;
  m->options = &o;
  m->answers = json_reader_new();
  buf_init(&m->chunk);
  buf_init(&m->target);
  buf_init(&m->path);
  int code = import_files(m, files, argv);
  json_reader_free(m->answers);
  buf_release(&m->chunk);
  buf_release(&m->target);
  buf_release(&m->path);
  free(m);
  return code;
}

const struct command command_import = {
    .name = "import",
    .summary = "load history from files, silently",
    .usage =
        "usage: embudo import [OPTION]... [FILE]...\n"
        "\n"
        "Takes what happened before into a data directory: events, one JSON object a line, or CSV with a\n"
        "header (plain, gzip or zstd; in any order; '-' or no FILE: standard input), as 'embudo score' "
        "reads\n"
        "them and 'embudo export events' writes them. Scores count them from then on; stages that follow\n"
        "are recorded with the cause `import`, and nobody is told. An event that is known already, or a part "
        "of\n"
        "the files imported before, is not taken twice if it has a messageId. History lies in the past:\n"
        "events of the future are rejected.\n"
        "\n"
        "Works on the directory itself, or through the daemon if one works there.\n"
        "\n"
        "      --data DIR        the data directory (default: ./embudo-data)\n"
        "      --to URL          the daemon's address (default: where embudo.yaml says it listens)\n"
        "      --token TOKEN     an admin token of it (EMBUDO_ADMIN_TOKEN; else that of the first start, if "
        "it\n"
        "                        is still in the data directory)\n"
        "      --source NAME     who sent the events that do not say it (default: import); ids of messages "
        "are\n"
        "                        unique within a source\n"
        "      --csv-map MAP     as for 'embudo score'\n"
        "      --rules DIR       for work on the directory itself: other rules than the daemon's\n"
        "  -c, --config FILE     embudo.yaml\n"
        "      --quiet           no progress, no counts\n"
        "\n"
        "Exit code: 0; 1 when a file cannot be read or the journal takes no more; 2 for wrong usage.\n",
    .run = run,
};
