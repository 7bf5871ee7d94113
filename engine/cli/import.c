/* embudo import - history from files into a data directory: itself, or through the daemon that works there. */
#include "base/file.h"
#include "cli/headless.h"
#include "cli/options.h"
#include "core/gather.h"
#include "io/http_client.h"
#include "io/pieces.h"
#include "serve/keys.h"
#include <ctype.h>
#include <time.h>

enum {
  CHUNK_LINES = 1000,
  CHUNK_BYTES = 512 * 1024,
  LINE_BYTES_MAX = 256 * 1024,
  TRIES_MAX = 8,
  WAIT_MAX_S = 30,
  REJECTS_TOLD = 20,
  FIRST_KEYS_MAX = 4096 /* bytes of the file */
};

struct import_options {
  struct stored_options stored;
  const char *to, *token, *source, *csv_map;
};

struct import {
  const struct command *command;
  const struct import_options *options;
  struct headless headless; /* itself */
  struct gather gather;
  struct http_client *client; /* or through a daemon; NULL: itself */
  struct buf target;          /* its address */
  struct buf path;            /* of requests */
  struct json_reader *answers;
  struct buf chunk;             /* NDJSON */
  uint64_t places[CHUNK_LINES]; /* the file's line for each of the chunk's */
  uint32_t lines;
  const char *file;
  uint64_t accepted, duplicates, conflicts, rejected, told;
  struct progress progress;
  bool failed;  /* something went wrong */
  bool stopped; /* nothing more can be delivered */
};

static int fail(struct import *m, const char *text) {
  progress_clear(&m->progress);
  fprintf(stderr, "embudo %s: %s\n", m->command->name, text);
  m->failed = true;
  return -1;
}

static void tell_reject(struct import *m, uint64_t line, struct str reason) {
  if (m->told++ >= REJECTS_TOLD || m->options->stored.quiet) return;
  progress_clear(&m->progress);
  fprintf(stderr, "%s:%llu: rejected: %.*s\n", m->file, (unsigned long long)line, STR_ARG(reason));
}

/* Takes the first line off *text. */
static struct str next_line(struct str *text) {
  const char *end = memchr(text->p, '\n', text->len);
  struct str line = {text->p, (size_t)(end - text->p)};
  *text = (struct str){end + 1, text->len - line.len - 1};
  return line;
}

/* --- itself --------------------------------------------------------------------------------------------------------- */

struct shipment {
  bool ended;
  struct service_result result;
};

static void on_stored(void *arg, const struct service_result *result) {
  struct shipment *shipment = arg;
  shipment->ended = true;
  shipment->result = *result;
}

static int ship(struct import *m) {
  struct shipment shipment = {.ended = false};
  struct service *service = m->headless.service;
  if (m->gather.events == 0) return 0;
  enum service_answer answer = service_submit(service, gather_record(&m->gather), m->gather.feed.source,
                                              m->gather.feed.received_ms, true, on_stored, &shipment);
  while (answer == SERVICE_COMMITTED && !shipment.ended) headless_turn(&m->headless);
  if (answer != SERVICE_COMMITTED || shipment.result.answer != SERVICE_COMMITTED)
    return fail(m, "the journal takes no more; what was imported so far is kept");
  m->accepted += shipment.result.accepted;
  m->duplicates += shipment.result.duplicates;
  m->conflicts += shipment.result.conflicts;
  return 0;
}

static int deliver_itself(struct import *m) {
  struct str text = buf_str(&m->chunk);
  struct received received;
  gather_begin(&m->gather, service_now_ms(m->headless.service));
  for (uint32_t i = 0; i < m->lines; i++) {
    gather_take(&m->gather, service_receiver(m->headless.service), next_line(&text), &received);
    m->duplicates += received.duplicates;
    m->conflicts += received.conflicts;
    m->rejected += received.rejected;
    for (uint32_t k = 0; k < received.problem_count; k++)
      tell_reject(m, m->places[i], str_of(received.problems[k].reason));
  }
  return ship(m);
}

/* --- through a daemon ----------------------------------------------------------------------------------------------- */

static uint64_t read_count(struct json_ref root, const char *key) {
  double n = 0;
  json_number(json_get(root, str_of(key)), &n);
  return n > 0 ? (uint64_t)n : 0;
}

static void read_problems(struct import *m, struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("errors"))); json_next(&it);) {
    uint64_t line = read_count(it.value, "line");
    struct str message = STR("");
    json_string(json_get(it.value, STR("message")), &message);
    if (line >= 1 && line <= m->lines) tell_reject(m, m->places[line - 1], message);
  }
}

/* What an answer, or a failure in the middle, says has been done. */
static struct json_ref read_answer(struct import *m, struct str body) {
  struct json_ref root = {0};
  struct err err;
  if (json_parse(m->answers, body.p, body.len, &root, &err) != 0) return (struct json_ref){0};
  m->accepted += read_count(root, "accepted");
  m->duplicates += read_count(root, "duplicates");
  m->conflicts += read_count(root, "conflicts");
  m->rejected += read_count(root, "rejected");
  read_problems(m, root);
  return root;
}

static void drop_lines(struct import *m, uint64_t count) {
  struct str text = buf_str(&m->chunk);
  struct buf rest;
  if (count > m->lines) count = m->lines;
  for (uint64_t i = 0; i < count; i++) next_line(&text);
  buf_init(&rest);
  buf_add_str(&rest, text);
  buf_release(&m->chunk);
  m->chunk = rest;
  m->lines -= (uint32_t)count;
  memmove(m->places, m->places + count, m->lines * sizeof *m->places);
}

static void wait_seconds(int seconds) {
  struct timespec span = {.tv_sec = seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S};
  nanosleep(&span, NULL);
}

static int refuse_answer(struct import *m, const struct http_reply *reply) {
  struct buf text;
  buf_init(&text);
  buf_printf(&text, "%s answered %d: %.*s", m->target.data, reply->status, STR_ARG(reply->body));
  fail(m, text.data);
  buf_release(&text);
  return -1;
}

/* Nobody knows what became of a request without an answer, so it is not sent again. */
static int lose_connection(struct import *m, const struct err *err) {
  struct buf text;
  buf_init(&text);
  buf_printf(&text,
             "%s; what was sent last may or may not be there: import again, which counts no event with a "
             "messageId twice",
             err->text);
  fail(m, text.data);
  buf_release(&text);
  return -1;
}

/* Overload is waited out; what was done before it is not sent again. */
static int deliver_by_http(struct import *m) {
  struct http_reply reply;
  struct err err;
  for (int attempt = 0; attempt < TRIES_MAX; attempt++) {
    if (http_client_ask(m->client, m->path.data, buf_str(&m->chunk), &reply, &err) != 0)
      return lose_connection(m, &err);
    if (reply.status != 200 && reply.status != 429 && reply.status < 500) return refuse_answer(m, &reply);
    struct json_ref root = read_answer(m, reply.body);
    if (reply.status == 200) return 0;
    drop_lines(m, read_count(root, "lines"));
    if (m->lines == 0) return 0;
    wait_seconds(reply.retry_after_s ? reply.retry_after_s : 1 << attempt);
  }
  return fail(m, "the daemon took nothing for too long");
}

/* --- files ----------------------------------------------------------------------------------------------------------- */

static int deliver(struct import *m) {
  int code = 0;
  if (m->lines && !m->stopped) code = m->client ? deliver_by_http(m) : deliver_itself(m);
  m->stopped = m->stopped || code != 0;
  buf_clear(&m->chunk);
  m->lines = 0;
  return code;
}

static bool take_piece(void *context, const struct piece *piece) {
  struct import *m = context;
  if (piece->code != REJECT_NONE) {
    m->rejected++;
    tell_reject(m, piece->line, str_of(piece->reason));
    return true;
  }
  m->places[m->lines++] = piece->line;
  buf_add_str(&m->chunk, piece->json);
  buf_add_char(&m->chunk, '\n');
  return (m->lines < CHUNK_LINES && m->chunk.len < CHUNK_BYTES) || deliver(m) == 0;
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
  if (pieces_read(path, &options, &err) != 0) fail(m, err.text);
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

static void add_escaped(struct buf *out, const char *text) {
  for (; *text; text++)
    buf_printf(out, isalnum((unsigned char)*text) ? "%c" : "%%%02X", (unsigned char)*text);
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
  add_escaped(&m->path, m->options->source);
  m->client = http_client_new(m->target.data, &err);
  if (m->client) {
    struct buf bearer;
    buf_init(&bearer);
    buf_printf(&bearer, "Bearer %s", token);
    http_client_header(m->client, "Authorization", bearer.data);
    http_client_header(m->client, "Content-Type", "application/x-ndjson");
    buf_release(&bearer);
  } else
    fail(m, err.text);
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
  if (m->told > REJECTS_TOLD)
    fprintf(stderr, "... and %llu more\n", (unsigned long long)(m->told - REJECTS_TOLD));
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
