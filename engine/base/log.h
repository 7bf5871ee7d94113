/* log.h - lines that tell operators what happens: logfmt or JSON, one write(2) each, never waiting.
 *
 *   time=2026-11-23T10:00:00.123Z level=info msg="listening" address=127.0.0.1:8080
 *   {"time":"2026-11-23T10:00:00.123Z","level":"info","msg":"listening","address":"127.0.0.1:8080"}
 *
 * No personal data, by design: fields are what the program is about (numbers, file names, rule ids, request ids), never
 * events, traits, e-mail addresses or keys. A lead appears by its internal number if at all. Callers keep to that; the
 * log cannot know.
 *
 * A line that the receiver does not take at once (a full pipe) or at all (closed) is dropped and counted; the next line
 * that gets through is preceded by one that says how many were lost. A line longer than LOG_LINE_MAX lacks its last fields
 * or their ends, and stays well-formed. Control characters and what is not UTF-8 are escaped, so that no text from outside can
 * forge a line. The descriptor's own flags are not changed: others may share it. What blocks by nature, a file or a
 * terminal that is stopped, can hold a line up.
 *
 * Thread-safe: any thread may log. SIGPIPE is to be ignored by the process (main.c does).
 */
#ifndef EMBUDO_BASE_LOG_H
#define EMBUDO_BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

extern const char *const log_level_words[];  /* "debug", "info", "warn", "error", NULL */
extern const char *const log_format_words[]; /* "logfmt", "json", NULL */

enum {
  LOG_LINE_MAX = 4096,  /* bytes of a line with its newline: what a pipe takes whole or not at all */
  LOG_VALUE_MAX = 1024, /* bytes of one value, before escaping */
  LOG_FIELDS_MAX = 32   /* of a line; more are not printed */
};

struct log_options {
  int fd; /* borrowed */
  enum log_level level;
  enum log_format format;
  int64_t (*now_ms)(void); /* the wall clock */
};

struct log;

struct log *log_new(const struct log_options *options);
void log_free(struct log *log); /* says how many lines were lost, if it can */

/* Both at any time, from any thread. */
void log_set_level(struct log *log, enum log_level level);
void log_set_format(struct log *log, enum log_format format);

bool log_takes(const struct log *log, enum log_level level); /* whether such a line would be written */
uint64_t log_lost(const struct log *log);                    /* lines, since log_new */

enum log_kind { LOG_KIND_TEXT, LOG_KIND_NUMBER, LOG_KIND_BOOL, LOG_KIND_TIME };

struct log_field {
  const char *key; /* a-z, 0-9 and _ */
  enum log_kind kind;
  struct str text;
  int64_t number; /* of NUMBER; BOOL: 0 or 1; TIME: an instant */
};

static inline struct log_field log_text(const char *key, const char *text) {
  return (struct log_field){.key = key, .kind = LOG_KIND_TEXT, .text = str_of(text)};
}
static inline struct log_field log_str(const char *key, struct str text) {
  return (struct log_field){.key = key, .kind = LOG_KIND_TEXT, .text = text};
}
static inline struct log_field log_int(const char *key, int64_t number) {
  return (struct log_field){.key = key, .kind = LOG_KIND_NUMBER, .number = number};
}
static inline struct log_field log_bool(const char *key, bool value) {
  return (struct log_field){.key = key, .kind = LOG_KIND_BOOL, .number = value};
}
static inline struct log_field log_time(const char *key, int64_t instant_ms) {
  return (struct log_field){.key = key, .kind = LOG_KIND_TIME, .number = instant_ms};
}

void log_fields(struct log *log, enum log_level level, const char *message, const struct log_field *fields,
                size_t count);

/* LOG(log, LOG_LEVEL_INFO, "listening", log_text("address", address), log_int("port", 80)); at least one field. The
 * fields are not evaluated when the level is not logged. `log` may be NULL: nothing is written. */
#define LOG(log, level, message, ...)                                                                        \
  do {                                                                                                       \
    if (log_takes((log), (level))) {                                                                         \
      const struct log_field log_fields_[] = {__VA_ARGS__};                                                  \
      log_fields((log), (level), (message), log_fields_, sizeof log_fields_ / sizeof *log_fields_);          \
    }                                                                                                        \
  } while (0)

void log_say(struct log *log, enum log_level level, const char *message); /* without fields */

#endif
