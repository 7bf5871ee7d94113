/* deliver_read.c - work of threads: messages read back from the journal, and lines written to files. */
#include "core/journal/journal.h"
#include "serve/deliver/deliver_private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- reading ------------------------------------------------------------------------------------------------------------ */

static int by_record(const void *a, const void *b) {
  const struct attempt *left = *(struct attempt *const *)a, *right = *(struct attempt *const *)b;
  return (left->record > right->record) - (left->record < right->record);
}

/* In the order of the journal, so that a block is unpacked once. */
static void read_all(struct work_job *job) {
  struct reading *reading = (struct reading *)job;
  struct deliverer *d = reading->deliverer;
  struct store_record record = {0};
  struct err err;
  if (!d->reader) d->reader = store_reader_new(d->config->data, &err);
  qsort(reading->attempts, reading->count, sizeof reading->attempts[0], by_record);
  for (size_t i = 0; d->reader && i < reading->count && !work_is_stopped(job); i++) {
    struct attempt *attempt = reading->attempts[i];
    if (attempt->record != record.seq + 1 || i == 0) store_reader_seek(d->reader, attempt->record);
    if (store_reader_next(d->reader, &record, &err) <= 0) {
      record.seq = 0;
      continue;
    }
    if (record.seq != attempt->record) continue; /* it was erased meanwhile */
    attempt->kind = record.kind;
    buf_add_str(&attempt->bytes, record.bytes);
  }
}

static void on_read(struct work_job *job, enum work_end end) {
  struct reading *reading = (struct reading *)job;
  struct deliverer *d = reading->deliverer;
  d->is_reading = false;
  if (d->closing || end == WORK_SKIPPED) return;
  for (size_t i = 0; i < reading->count; i++) deliver_begin(reading->attempts[i]);
  deliverer_look(d);
}

static void mark(const struct reading *reading, enum attempt_state state) {
  for (size_t i = 0; i < reading->count; i++) reading->attempts[i]->state = state;
}

void deliver_read(struct deliverer *d) {
  struct reading *reading = &d->reading;
  if (d->is_reading) return;
  *reading = (struct reading){.job = {.run = read_all, .done = on_read}, .deliverer = d};
  for (struct attempt *attempt = d->attempts; attempt && reading->count < DELIVER_READS_MAX;
       attempt = attempt->next) {
    if (attempt->state != ATTEMPT_WANTED) continue;
    reading->attempts[reading->count++] = attempt;
  }
  if (reading->count == 0) return;
  mark(reading, ATTEMPT_READING); /* before it starts: then the list is the thread's, which sorts it */
  d->is_reading = work_start(d->work, &reading->job);
  if (!d->is_reading) mark(reading, ATTEMPT_WANTED);
}

/* --- lines --------------------------------------------------------------------------------------------------------------- */

struct line_job {
  struct work_job job;
  struct attempt *attempt; /* NULL: nobody waits for it any more */
  char *path;
  struct buf line;
  char error[160]; /* "": it is on the disk */
  void (*done)(struct attempt *attempt, const char *error);
};

static void fail(struct line_job *line, const char *what) {
  snprintf(line->error, sizeof line->error, "%s: %s", what, strerror(errno));
}

/* Whole or not at all: a line that a full disk cut is taken back. */
static void write_line(struct work_job *job) {
  struct line_job *line = (struct line_job *)job;
  int fd = open(line->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat before;
  if (fd < 0 || fstat(fd, &before) != 0) {
    fail(line, "the file cannot be opened");
  } else if (write(fd, line->line.data, line->line.len) != (ssize_t)line->line.len) {
    if (errno == 0) errno = ENOSPC;
    fail(line, "the line cannot be written");
    if (ftruncate(fd, before.st_size) != 0) fail(line, "a line was cut");
  } else if (fdatasync(fd) != 0) {
    fail(line, "the line cannot be synced");
  }
  if (fd >= 0) close(fd);
}

static void on_written(struct work_job *job, enum work_end end) {
  struct line_job *line = (struct line_job *)job;
  if (line->attempt) {
    line->attempt->line = NULL;
    if (end == WORK_SKIPPED) snprintf(line->error, sizeof line->error, "embudo is stopping");
    if (!line->attempt->deliverer->closing) line->done(line->attempt, *line->error ? line->error : NULL);
  }
  buf_release(&line->line);
  free(line->path);
  free(line);
}

int deliver_write_line(struct attempt *attempt, const char *path, struct str text,
                       void (*done)(struct attempt *attempt, const char *error)) {
  struct line_job *line = xcalloc(1, sizeof *line);
  line->job.run = write_line;
  line->job.done = on_written;
  line->attempt = attempt;
  line->path = xstrdup(path);
  line->done = done;
  buf_init(&line->line);
  buf_add_str(&line->line, text);
  if (work_start(attempt->deliverer->work, &line->job)) {
    attempt->line = line;
    return 0;
  }
  buf_release(&line->line);
  free(line->path);
  free(line);
  return -1;
}

void deliver_forget_line(struct attempt *attempt) {
  attempt->line->attempt = NULL;
}
