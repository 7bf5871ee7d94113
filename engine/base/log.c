#include "base/log.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "base/timefmt.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const log_level_words[] = {"debug", "info", "warn", "error", NULL};
const char *const log_format_words[] = {"logfmt", "json", NULL};

struct log {
  int fd; /* written to: our own opening of the pipe, or the caller's descriptor */
  bool own_fd;
  bool socket;
  int64_t (*now_ms)(void);
  atomic_int level, format;
  atomic_uint_fast64_t lost;
  pthread_mutex_t lock; /* of what follows */
  uint64_t told;        /* of the lost lines, those that a line told of */
  bool broken;          /* the last line went out in part: the next begins on a line of its own */
};

/* --- a line ------------------------------------------------------------------------------------------------------- */

struct line {
  enum log_format format;
  size_t len;
  bool full; /* a field did not fit: no more are added */
  char text[LOG_LINE_MAX];
};

enum { LINE_END = 2 /* "}\n" */, ESCAPE_MAX = 6 /* \u001f */ };

/* All of it or, when it does not fit, nothing. */
static bool put(struct line *line, const char *bytes, size_t len) {
  if (line->len + len > LOG_LINE_MAX - LINE_END) return false;
  memcpy(line->text + line->len, bytes, len);
  line->len += len;
  return true;
}

static bool put_text(struct line *line, const char *text) {
  return put(line, text, strlen(text));
}

/* The escape for one byte or character; NULL when it stands for itself. */
static const char *escape_of(struct str character, char out[ESCAPE_MAX + 1]) {
  unsigned char c = (unsigned char)character.p[0];
  if (c == '"' || c == '\\')
    snprintf(out, ESCAPE_MAX + 1, "\\%c", c);
  else if (c == '\n' || c == '\t' || c == '\r')
    snprintf(out, ESCAPE_MAX + 1, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
  else if (c < 0x20 || c == 0x7f)
    snprintf(out, ESCAPE_MAX + 1, "\\u%04x", c);
  else if (character.len == 2 && c == 0xc2 && (unsigned char)character.p[1] < 0xa0)
    snprintf(out, ESCAPE_MAX + 1, "\\u%04x", (unsigned char)character.p[1]); /* C1: terminals obey them */
  else
    return NULL;
  return out;
}

/* A value between quotes. A quote is always closed; `room` for it is kept free. */
static bool put_quoted(struct line *line, struct str text) {
  static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
  size_t room = LOG_LINE_MAX - LINE_END - 1;
  if (line->len + 1 > room) return false;
  line->text[line->len++] = '"';
  if (text.len > LOG_VALUE_MAX) text.len = LOG_VALUE_MAX;
  while (text.len) {
    size_t size = text_char(text);
    char escape[ESCAPE_MAX + 1];
    struct str character = {text.p, size ? size : 1};
    const char *written = size ? escape_of(character, escape) : replacement;
    struct str piece = written ? str_of(written) : character;
    if (line->len + piece.len > room) break;
    put(line, piece.p, piece.len);
    text = (struct str){text.p + character.len, text.len - character.len};
  }
  line->text[line->len++] = '"';
  return true;
}

/* logfmt needs quotes only where a reader would stumble. */
static bool is_bare(struct str text) {
  if (text.len == 0 || text.len > LOG_VALUE_MAX) return false;
  for (size_t i = 0; i < text.len; i++)
    if (text.p[i] <= ' ' || text.p[i] > '~' || strchr("\"=\\", text.p[i])) return false;
  return true;
}

static bool put_string(struct line *line, struct str text) {
  if (line->format == LOG_FORMAT_LOGFMT && is_bare(text)) return put(line, text.p, text.len);
  return put_quoted(line, text);
}

static bool put_key(struct line *line, const char *key) {
  if (line->format == LOG_FORMAT_LOGFMT)
    return (line->len == 0 || put_text(line, " ")) && put_text(line, key) && put_text(line, "=");
  return put_text(line, line->len == 0 ? "{\"" : ",\"") && put_text(line, key) && put_text(line, "\":");
}

static bool put_value(struct line *line, const struct log_field *field) {
  char text[TIME_TEXT_MAX];
  switch (field->kind) {
  case LOG_KIND_TEXT: return put_string(line, field->text);
  case LOG_KIND_BOOL: return put_text(line, field->number ? "true" : "false");
  case LOG_KIND_TIME: return put_string(line, str_of(time_text(field->number, text)));
  case LOG_KIND_NUMBER: break;
  }
  snprintf(text, sizeof text, "%" PRId64, field->number);
  return put_text(line, text);
}

/* A field that does not fit is left out whole, and all after it. */
static void put_field(struct line *line, const struct log_field *field) {
  size_t before = line->len;
  if (line->full || (put_key(line, field->key) && put_value(line, field))) return;
  line->len = before;
  line->full = true;
}

static void compose(struct line *line, const struct log *log, enum log_level level, const char *message,
                    const struct log_field *fields, size_t count) {
  line->format = (enum log_format)atomic_load_explicit(&log->format, memory_order_relaxed);
  line->len = 0;
  line->full = false;
  const struct log_field head[] = {log_time("time", log->now_ms()), log_text("level", log_level_words[level]),
                                   log_text("msg", message)};
  for (size_t i = 0; i < sizeof head / sizeof *head; i++) put_field(line, &head[i]);
  for (size_t i = 0; i < count && i < LOG_FIELDS_MAX; i++) put_field(line, &fields[i]);
  if (line->format == LOG_FORMAT_JSON) line->text[line->len++] = '}';
  line->text[line->len++] = '\n';
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* A pipe's flags belong to all who hold it; opened anew it is ours, and does not block. */
static int own_pipe(int fd) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

static void choose_fd(struct log *log, int fd) {
  struct stat info;
  log->fd = fd;
  if (fstat(fd, &info) != 0) return;
  log->socket = S_ISSOCK(info.st_mode);
  int own = S_ISFIFO(info.st_mode) ? own_pipe(fd) : -1;
  if (own < 0) return;
  log->fd = own;
  log->own_fd = true;
}

static ssize_t write_now(const struct log *log, const char *bytes, size_t len) {
  struct pollfd poll_fd = {.fd = log->fd, .events = POLLOUT};
  if (log->socket) return send(log->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (!log->own_fd && poll(&poll_fd, 1, 0) != 1) {
    errno = EAGAIN;
    return -1;
  }
  return write(log->fd, bytes, len);
}

/* False: it is lost. When a part of it went out, the log is broken: that part stands there without its end. */
static bool deliver(struct log *log, const char *bytes, size_t len) {
  ssize_t sent;
  do sent = write_now(log, bytes, len);
  while (sent < 0 && errno == EINTR);
  if (sent <= 0) return false;
  log->broken = (size_t)sent < len;
  return !log->broken;
}

static bool tell_lost(struct log *log) {
  uint64_t lost = atomic_load_explicit(&log->lost, memory_order_relaxed);
  if (lost == log->told) return true;
  struct line line;
  const struct log_field field = log_int("lines", (int64_t)(lost - log->told));
  compose(&line, log, LOG_LEVEL_WARN, "log lines were lost: they were not taken in time", &field, 1);
  if (!deliver(log, line.text, line.len)) return false;
  log->told = lost;
  return true;
}

static void emit(struct log *log, const struct line *line) {
  pthread_mutex_lock(&log->lock);
  bool ready = !log->broken || deliver(log, "\n", 1);
  if (!ready || !tell_lost(log) || !deliver(log, line->text, line->len))
    atomic_fetch_add_explicit(&log->lost, 1, memory_order_relaxed);
  pthread_mutex_unlock(&log->lock);
}

/* --- the interface ------------------------------------------------------------------------------------------------ */

struct log *log_new(const struct log_options *options) {
  struct log *log = xcalloc(1, sizeof *log);
  choose_fd(log, options->fd);
  log->now_ms = options->now_ms;
  atomic_init(&log->level, (int)options->level);
  atomic_init(&log->format, (int)options->format);
  atomic_init(&log->lost, 0);
  ASSERT(pthread_mutex_init(&log->lock, NULL) == 0);
  return log;
}

void log_free(struct log *log) {
  if (!log) return;
  pthread_mutex_lock(&log->lock);
  if (!log->broken || deliver(log, "\n", 1)) tell_lost(log);
  pthread_mutex_unlock(&log->lock);
  pthread_mutex_destroy(&log->lock);
  if (log->own_fd) close(log->fd);
  free(log);
}

void log_set_level(struct log *log, enum log_level level) {
  atomic_store_explicit(&log->level, (int)level, memory_order_relaxed);
}

void log_set_format(struct log *log, enum log_format format) {
  atomic_store_explicit(&log->format, (int)format, memory_order_relaxed);
}

bool log_takes(const struct log *log, enum log_level level) {
  return log && (int)level >= atomic_load_explicit(&log->level, memory_order_relaxed);
}

uint64_t log_lost(const struct log *log) {
  return atomic_load_explicit(&log->lost, memory_order_relaxed);
}

void log_fields(struct log *log, enum log_level level, const char *message, const struct log_field *fields,
                size_t count) {
  struct line line;
  if (!log_takes(log, level)) return;
  compose(&line, log, level, message, fields, count);
  emit(log, &line);
}

void log_say(struct log *log, enum log_level level, const char *message) {
  log_fields(log, level, message, NULL, 0);
}
