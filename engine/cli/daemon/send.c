/* embudo send - event files to a running embudo, in batches, as an SDK would. */
#include "base/json.h"
#include "base/timefmt.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "io/files/reader.h"
#include "io/http/http_client.h"
#include <time.h>

enum {
  BATCH_EVENTS = 500,
  BATCH_BYTES = 400 * 1024,
  LINE_MAX = 1 << 20,
  TRIES_MAX = 8,
  WAIT_MAX_S = 30,
  REJECTS_TOLD = 20
};

struct send_options {
  const char *to, *key, *sent_at;
  bool quiet;
};

struct sending {
  const struct command *command;
  const struct send_options *options;
  struct http_client *client;
  struct json_reader *lines, *answers;
  struct buf batch;
  uint64_t first_line[BATCH_EVENTS]; /* of each item, for what is refused */
  const char *file;
  uint32_t count;
  uint64_t accepted, duplicates, rejected, told;
  struct progress progress;
};

/* --- one batch ---------------------------------------------------------------------------------------------------- */

static void wait_seconds(int seconds) {
  struct timespec span = {.tv_sec = seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S};
  nanosleep(&span, NULL);
}

/* Overload and a server that is starting are waited out; anything else is final. */
static int deliver(struct sending *s, struct http_reply *reply) {
  struct err err;
  for (int attempt = 0; attempt < TRIES_MAX; attempt++) {
    bool answered = http_client_ask(s->client, "/v1/batch", buf_str(&s->batch), reply, &err) == 0;
    if (answered && reply->status == 200) return 0;
    if (answered && reply->status != 429 && reply->status < 500) {
      progress_clear(&s->progress);
      fprintf(stderr, "embudo send: %s answered %d: %.*s\n", s->options->to, reply->status,
              STR_ARG(reply->body));
      return -1;
    }
    if (attempt + 1 < TRIES_MAX)
      wait_seconds(answered && reply->retry_after_s ? reply->retry_after_s : 1 << attempt);
  }
  progress_clear(&s->progress);
  fprintf(stderr, "embudo send: %s took nothing for too long\n", s->options->to);
  return -1;
}

static void tell_reject(struct sending *s, uint64_t line, struct str message) {
  s->rejected++;
  if (s->told++ >= REJECTS_TOLD || s->options->quiet) return;
  progress_clear(&s->progress);
  fprintf(stderr, "%s:%llu: rejected: %.*s\n", s->file, (unsigned long long)line, STR_ARG(message));
}

static void read_problems(struct sending *s, struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("errors"))); json_next(&it);) {
    int64_t item;
    struct str message = STR("");
    json_string(json_get(it.value, STR("message")), &message);
    if (json_whole(json_get(it.value, STR("item")), 0, (int64_t)s->count - 1, &item))
      tell_reject(s, s->first_line[item], message);
  }
}

static int read_answer(struct sending *s, struct str body) {
  struct json_ref root;
  struct err err;
  if (json_parse(s->answers, body.p, body.len, &root, &err) != 0) {
    fprintf(stderr, "embudo send: the answer is no JSON: %s\n", err.text);
    return -1;
  }
  s->accepted += (uint64_t)json_whole_or(json_get(root, STR("accepted")), 0, INT64_MAX, 0);
  s->duplicates += (uint64_t)json_whole_or(json_get(root, STR("duplicates")), 0, INT64_MAX, 0);
  read_problems(s, root);
  return 0;
}

static void begin_batch(struct sending *s) {
  buf_clear(&s->batch);
  s->count = 0;
  buf_add_char(&s->batch, '{');
  if (s->options->sent_at) buf_printf(&s->batch, "\"sentAt\":\"%s\",", s->options->sent_at);
  buf_add_text(&s->batch, "\"batch\":[");
}

static int end_batch(struct sending *s) {
  struct http_reply reply;
  if (s->count == 0) return 0;
  buf_add_text(&s->batch, "]}");
  if (deliver(s, &reply) != 0 || read_answer(s, reply.body) != 0) return -1;
  begin_batch(s);
  return 0;
}

/* --- files --------------------------------------------------------------------------------------------------------- */

static int add_line(struct sending *s, const struct line *line) {
  struct json_ref root;
  struct err err;
  if (line->too_long) {
    tell_reject(s, line->number, STR("the line is too long for an event"));
    return 0;
  }
  if (json_parse(s->lines, line->text.p, line->text.len, &root, &err) != 0) {
    tell_reject(s, line->number, str_of(err.text));
    return 0;
  }
  if (s->count) buf_add_char(&s->batch, ',');
  buf_add_str(&s->batch, line->text);
  s->first_line[s->count++] = line->number;
  return s->count == BATCH_EVENTS || s->batch.len >= BATCH_BYTES ? end_batch(s) : 0;
}

/* -1: the daemon takes no more. A file that cannot be read to its end is told, and what came before that is sent. */
static int send_file(struct sending *s, const char *path, int *code) {
  struct line line;
  struct err err;
  uint64_t done, total;
  int more;
  struct reader *reader = reader_open(path, LINE_MAX, &err);
  if (!reader) {
    fprintf(stderr, "embudo send: %s\n", err.text);
    *code = EXIT_PROBLEMS;
    return 0;
  }
  s->file = reader_name(reader);
  begin_batch(s);
  while ((more = reader_next(reader, &line, &err)) > 0 && add_line(s, &line) == 0) {
    reader_progress(reader, &done, &total);
    progress_step(&s->progress, s->accepted, done, total);
  }
  if (more < 0) {
    progress_clear(&s->progress);
    fprintf(stderr, "embudo send: %s\n", err.text);
    *code = EXIT_PROBLEMS;
  }
  int taken = more <= 0 ? end_batch(s) : -1;
  reader_close(reader);
  return taken;
}

static int send_files(struct sending *s, int count, char **files) {
  static char standard_input[] = "-";
  char *none[] = {standard_input};
  if (count == 0) {
    files = none;
    count = 1;
  }
  int code = EXIT_FINE;
  for (int i = 0; i < count; i++) {
    if (send_file(s, files[i], &code) == 0) continue;
    for (i++; i < count; i++) fprintf(stderr, "embudo send: %s: not sent\n", files[i]);
    return EXIT_PROBLEMS;
  }
  return code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct send_options o = {.to = "http://127.0.0.1:8080", .key = getenv("EMBUDO_WRITE_KEY")};
  const struct option_spec specs[] = {{"to", &o.to, NULL},
                                      {"key", &o.key, NULL},
                                      {"sent-at", &o.sent_at, NULL},
                                      {"quiet", NULL, &o.quiet},
                                      {NULL, NULL, NULL}};
  struct sending s = {.command = self, .options = &o};
  struct err err;
  int64_t at;
  int files = options_parse(self, specs, argc, argv);
  if (files < 0) return EXIT_USAGE;
  if (!o.key) return options_misuse(self, "a write key is needed: --key KEY, or EMBUDO_WRITE_KEY");
  if (o.sent_at && !time_parse(str_of(o.sent_at), &at))
    return options_misuse(self, "--sent-at '%s' is no instant: write 2024-01-15T09:00:00Z", o.sent_at);
  s.client = http_client_new(o.to, &err);
  if (s.client) {
    http_client_header(s.client, "Content-Type", "application/json");
    http_client_header(s.client, "X-Write-Key", o.key);
  }
  if (!s.client) {
    fprintf(stderr, "embudo send: %s\n", err.text);
    return EXIT_PROBLEMS;
  }
  s.lines = json_reader_new();
  s.answers = json_reader_new();
  buf_init(&s.batch);
  progress_start(&s.progress, "events", o.quiet);
  int code = send_files(&s, files, argv);
  progress_end(&s.progress);
  if (!o.quiet)
    fprintf(stderr, "%llu accepted, %llu duplicates, %llu rejected\n", (unsigned long long)s.accepted,
            (unsigned long long)s.duplicates, (unsigned long long)s.rejected);
  json_reader_free(s.lines);
  json_reader_free(s.answers);
  buf_release(&s.batch);
  http_client_free(s.client);
  return code;
}

const struct command command_send = {
    "send", "send event files to a running embudo",
    "usage: embudo send [OPTION]... [FILE]...\n"
    "\n"
    "Sends events, one JSON object a line (plain, gzip or zstd; without FILE from standard input), to an "
    "embudo that\n"
    "runs, as its clients do: an event that it has is not counted again. Waits when it is told to.\n"
    "\n"
    "      --to URL          where it listens (http://127.0.0.1:8080)\n"
    "      --key KEY         a write key (EMBUDO_WRITE_KEY)\n"
    "      --sent-at TIME    the clock that wrote the events said TIME when it is now: they are moved by the "
    "difference\n"
    "      --quiet           no progress, no rejected lines\n",
    run};
