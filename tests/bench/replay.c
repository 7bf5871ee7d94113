/* replay.c - how fast a store gives its records back, as at a daemon's start.
 *
 *   replay EVENTS.ndjson DIR [EVENTS]   (EVENTS: 1000000; DIR is made, and left for a look)
 *
 * Two stores of so many events: each record a batch of a hundred events, as servers send them, and each record one event, 64
 * to a commit, as browsers' come in. Each is read from beginning to end, plainly and with read-ahead, by a consumer that
 * only adds up the bytes and by one that looks at each of them, which stands for the work of applying them.
 */
#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 100, COMMIT = 64, PATH_BYTES = 4096 };

static struct buf file;
static size_t file_at;

static void read_file(const char *path) {
  struct stat stat;
  int fd = open(path, O_RDONLY);
  ASSERT(fd >= 0 && fstat(fd, &stat) == 0);
  buf_init(&file);
  buf_reserve(&file, (size_t)stat.st_size);
  while (file.len < (size_t)stat.st_size) {
    ssize_t got = read(fd, file.data + file.len, (size_t)stat.st_size - file.len);
    ASSERT(got > 0);
    file.len += (size_t)got;
  }
  close(fd);
}

/* The next event of the file, over and over. */
static struct str next_event(void) {
  if (file_at >= file.len) file_at = 0;
  const char *at = file.data + file_at, *end = memchr(at, '\n', file.len - file_at);
  size_t len = end ? (size_t)(end - at) : file.len - file_at;
  file_at += len + 1;
  return (struct str){at, len};
}

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void give_up(const char *what, const struct err *err) {
  fprintf(stderr, "replay: %s: %s\n", what, err->text);
  exit(1);
}

static void append(struct store *store, const struct store_record *records, size_t count) {
  struct err err;
  while (store_append(store, records, count, NULL, NULL, NULL, &err)) {
    if (err.code != ERR_LIMIT) give_up("append", &err);
    store_drain(store);
  }
}

/* {"batch":[...]} of a hundred events a record, each a commit of its own as far as the queue allows. */
static void write_batches(struct store *store, uint64_t events) {
  struct buf body;
  buf_init(&body);
  for (uint64_t i = 0; i < events; i += BATCH) {
    buf_clear(&body);
    buf_add_text(&body, "{\"batch\":[");
    for (unsigned n = 0; n < BATCH; n++) {
      if (n) buf_add_char(&body, ',');
      buf_add_str(&body, next_event());
    }
    buf_add_text(&body, "]}");
    append(store, &(struct store_record){1700000000000, 0, 1, STR("server"), buf_str(&body)}, 1);
    if (i / BATCH % 4 == 3) store_drain(store);
  }
  buf_release(&body);
}

static void write_singles(struct store *store, uint64_t events) {
  struct store_record records[COMMIT];
  for (uint64_t i = 0; i < events; i += COMMIT) {
    for (unsigned n = 0; n < COMMIT; n++)
      records[n] = (struct store_record){
          .received_ms = 1700000000000, .kind = 1, .source = STR("web"), .bytes = next_event()};
    append(store, records, COMMIT);
    store_drain(store);
  }
}

static void write_store(const char *dir, uint64_t events, void (*fill)(struct store *, uint64_t)) {
  struct err err;
  struct store *store = store_open(dir, &(struct store_options){.group_wait_us = 1}, &err);
  if (!store) give_up(dir, &err);
  if (store_next_seq(store) == 1) fill(store, events);
  store_close(store);
}

/* Bytes one after the other, as a parser sees them. */
static uint64_t look_at(struct str bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i < bytes.len; i++) sum = sum * 31 + (unsigned char)bytes.p[i];
  return sum;
}

static void read_store(const char *dir, const char *name, bool ahead, bool looks) {
  struct err err;
  struct store_record record;
  uint64_t records = 0, bytes = 0, sum = 0;
  double start = seconds(CLOCK_MONOTONIC), start_cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
  struct store_reader *reader = ahead ? store_reader_ahead(dir, &err) : store_reader_new(dir, &err);
  if (!reader) give_up(dir, &err);
  int found;
  for (; (found = store_reader_next(reader, &record, &err)) > 0; records++) {
    bytes += record.bytes.len;
    if (looks) sum += look_at(record.bytes);
  }
  if (found < 0) give_up(dir, &err);
  store_reader_free(reader);
  double took = seconds(CLOCK_MONOTONIC) - start, cpu = seconds(CLOCK_THREAD_CPUTIME_ID) - start_cpu;
  printf("%-28s %-12s %-10s %9" PRIu64 " records %6.0f MB %7.0f MB/s %7.2f s of the reader's processor%s\n",
         name, ahead ? "read-ahead" : "plain", looks ? "looking" : "counting", records, (double)bytes / 1e6,
         (double)bytes / 1e6 / took, cpu, sum == 1 ? " " : "");
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: replay EVENTS.ndjson DIR [EVENTS]\n");
    return 2;
  }
  uint64_t events = argc > 3 ? strtoull(argv[3], NULL, 10) : 1000000;
  static const struct {
    const char *name, *dir;
    void (*fill)(struct store *, uint64_t);
  } stores[] = {{"batches of 100", "batches", write_batches},
                {"single events, 64 a commit", "singles", write_singles}};
  read_file(argv[1]);
  mkdir(argv[2], 0700);
  for (size_t i = 0; i < sizeof stores / sizeof *stores; i++) {
    char dir[PATH_BYTES];
    snprintf(dir, sizeof dir, "%s/%s", argv[2], stores[i].dir);
    write_store(dir, events, stores[i].fill);
    for (unsigned round = 0; round < 2; round++)
      for (unsigned kind = 0; kind < 4; kind++) read_store(dir, stores[i].name, kind / 2, kind % 2);
  }
  buf_release(&file);
  return 0;
}
