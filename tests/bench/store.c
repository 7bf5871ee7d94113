/* store.c - how fast the store makes events durable, against what one SQLite commit and one sync cost on the same disk.
 *
 *   store EVENTS.ndjson DIR [SECONDS [BATCH AT_ONCE RATE]]   (SECONDS a case: 5; DIR is made, and left for a look)
 *
 * Prints one line a case: events/s, commits/s, and how long appends took to be acknowledged. `at once` is how many
 * appends are under way all the time; a rate instead paces them and so shows the latency at that load.
 */
#include "store/store.h"
#include "base/buf.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LINES_MAX = 200000, SAMPLES_MAX = 1 << 21, BATCH_MAX = 1000, PATH_MAX_BYTES = 4096 };

struct line_set {
  struct str lines[LINES_MAX];
  size_t count, next;
};

static struct line_set events;

struct run {
  struct store *store;
  uint32_t batch, at_once, rate; /* rate: events/s; 0: as fast as at_once allows */
  uint64_t end_us;
  uint32_t under_way;
  uint64_t acked, refused;
  uint32_t samples;
};

static uint32_t latency_us[SAMPLES_MAX];
static int waker;

static uint64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void read_events(const char *path) {
  struct stat stat;
  int fd = open(path, O_RDONLY);
  ASSERT(fd >= 0 && fstat(fd, &stat) == 0);
  char *bytes = xmalloc((size_t)stat.st_size);
  for (size_t len = 0; len < (size_t)stat.st_size;) {
    ssize_t got = read(fd, bytes + len, (size_t)stat.st_size - len);
    ASSERT(got > 0);
    len += (size_t)got;
  }
  close(fd);
  for (char *at = bytes, *end = bytes + stat.st_size; at < end && events.count < LINES_MAX;) {
    char *newline = memchr(at, '\n', (size_t)(end - at));
    if (!newline) newline = end;
    events.lines[events.count++] = (struct str){at, (size_t)(newline - at)};
    at = newline + 1;
  }
  ASSERT(events.count > 0);
}

static struct str next_event(void) {
  if (events.next == events.count) events.next = 0;
  return events.lines[events.next++];
}

/* --- what the disk and SQLite give without us ------------------------------------------------------------------- */

static void sync_limit(const char *dir, uint64_t us) {
  char path[PATH_MAX_BYTES], block[4096] = {0};
  snprintf(path, sizeof path, "%s/sync", dir);
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  ASSERT(fd >= 0);
  uint64_t start = now_us(), syncs = 0;
  for (; now_us() - start < us; syncs++)
    ASSERT(write(fd, block, sizeof block) == sizeof block && fdatasync(fd) == 0);
  printf("%-44s %9s %9.0f\n", "fdatasync after 4 KiB appended", "",
         (double)syncs * 1e6 / (double)(now_us() - start));
  close(fd);
  unlink(path);
}

static void sqlite_limit(const char *dir, uint64_t us) {
  char path[PATH_MAX_BYTES];
  sqlite3 *db;
  sqlite3_stmt *stmt;
  snprintf(path, sizeof path, "%s/raw.db", dir);
  ASSERT(sqlite3_open(path, &db) == SQLITE_OK);
  ASSERT(sqlite3_exec(
             db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS e (x BLOB)",
             NULL, NULL, NULL) == SQLITE_OK);
  ASSERT(sqlite3_prepare_v2(db, "INSERT INTO e VALUES (?1)", -1, &stmt, NULL) == SQLITE_OK);
  uint64_t start = now_us(), commits = 0;
  for (; now_us() - start < us; commits++) {
    struct str event = next_event();
    sqlite3_bind_blob64(stmt, 1, event.p, event.len, SQLITE_STATIC);
    ASSERT(sqlite3_step(stmt) == SQLITE_DONE && sqlite3_reset(stmt) == SQLITE_OK);
  }
  double rate = (double)commits * 1e6 / (double)(now_us() - start);
  printf("%-44s %9.0f %9.0f\n", "SQLite alone, a row a commit, WAL, FULL", rate, rate);
  sqlite3_finalize(stmt);
  sqlite3_close(db);
}

/* --- the store ---------------------------------------------------------------------------------------------------- */

static void wake(void *arg) {
  (void)arg;
  uint64_t one = 1;
  ASSERT(write(waker, &one, sizeof one) == sizeof one);
}

struct sent {
  struct run *run;
  uint64_t at_us;
};

static void append(struct run *run, uint64_t due_us);

static void done(void *arg, const struct store_outcome *outcome) {
  struct sent *sent = arg;
  struct run *run = sent->run;
  uint64_t now = now_us();
  ASSERT(outcome->state == STORE_OK);
  if (run->samples < SAMPLES_MAX) latency_us[run->samples++] = (uint32_t)(now - sent->at_us);
  run->acked += outcome->records;
  run->under_way--;
  free(sent);
  if (!run->rate && now < run->end_us) append(run, now);
}

static void append(struct run *run, uint64_t due_us) {
  struct store_record records[BATCH_MAX];
  struct err err;
  for (uint32_t i = 0; i < run->batch; i++)
    records[i] = (struct store_record){
        .received_ms = (int64_t)(due_us / 1000), .source = STR("web"), .bytes = next_event()};
  struct sent *sent = xmalloc(sizeof *sent);
  *sent = (struct sent){run, due_us};
  if (store_append(run->store, records, run->batch, done, sent, NULL, &err) == 0) {
    run->under_way++;
    return;
  }
  ASSERT(err.code == ERR_LIMIT);
  run->refused++;
  free(sent);
}

static void deliver_within(struct run *run, int timeout_ms) {
  struct pollfd ready = {.fd = waker, .events = POLLIN};
  uint64_t count;
  if (poll(&ready, 1, timeout_ms) > 0) {
    ASSERT(read(waker, &count, sizeof count) == sizeof count);
    store_deliver(run->store);
  }
}

/* Appends are due at even distances, however late the one before came back. */
static void run_paced(struct run *run) {
  uint64_t step_us = (uint64_t)run->batch * 1000000 / run->rate, due = now_us();
  while (due < run->end_us) {
    uint64_t now = now_us();
    for (; due <= now; due += step_us) append(run, due);
    deliver_within(run, due - now > 1000 ? (int)((due - now) / 1000) : 0);
  }
}

static void run_full(struct run *run) {
  for (uint32_t i = 0; i < run->at_once; i++) append(run, now_us());
  while (run->under_way) deliver_within(run, -1);
}

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double quantile_ms(uint32_t samples, double q) {
  return samples ? latency_us[(uint32_t)((samples - 1) * q)] / 1000.0 : 0;
}

static void print_case(const struct run *run, const struct store_stats *stats, uint64_t us) {
  char name[64];
  if (run->rate)
    snprintf(name, sizeof name, "batch %u, %u events/s", run->batch, run->rate);
  else
    snprintf(name, sizeof name, "batch %u, %u at once", run->batch, run->at_once);
  qsort(latency_us, run->samples, sizeof *latency_us, by_size);
  printf("%-44s %9.0f %9.0f   p50 %6.1f  p99 %6.1f  max %6.1f ms   %4.0f B/event  refused %" PRIu64 "\n",
         name, (double)run->acked * 1e6 / (double)us, (double)stats->commits * 1e6 / (double)us,
         quantile_ms(run->samples, 0.5), quantile_ms(run->samples, 0.99), quantile_ms(run->samples, 1),
         (double)stats->stored_bytes / (double)stats->records, run->refused);
  fflush(stdout);
}

static void run_case(const char *dir, uint64_t us, uint32_t batch, uint32_t at_once, uint32_t rate) {
  struct err err;
  struct store_stats stats;
  struct run run = {.batch = batch, .at_once = at_once, .rate = rate};
  run.store = store_open(dir, &(struct store_options){.wake = wake}, &err);
  if (!run.store) fprintf(stderr, "store: %s\n", err.text);
  ASSERT(run.store);
  uint64_t start = now_us();
  run.end_us = start + us;
  if (rate)
    run_paced(&run);
  else
    run_full(&run);
  store_drain(run.store);
  uint64_t took = now_us() - start;
  store_stats(run.store, &stats);
  store_close(run.store);
  print_case(&run, &stats, took);
}

static uint32_t number(const char *text) {
  return (uint32_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: store EVENTS.ndjson DIR [SECONDS [BATCH AT_ONCE RATE]]\n");
    return 2;
  }
  uint64_t us = (argc > 3 ? strtoull(argv[3], NULL, 10) : 5) * 1000000;
  read_events(argv[1]);
  waker = eventfd(0, EFD_CLOEXEC);
  ASSERT(mkdir(argv[2], 0700) == 0 || access(argv[2], W_OK) == 0);
  printf("%-44s %9s %9s\n", "", "events/s", "commits/s");
  if (argc > 6) {
    run_case(argv[2], us, number(argv[4]), number(argv[5]), number(argv[6]));
    return 0;
  }
  sync_limit(argv[2], us);
  sqlite_limit(argv[2], us);
  static const uint32_t cases[][3] = {/* batch, at once, rate */
                                      {1, 1, 0},    {1, 64, 0},   {1, 512, 0},     {100, 1, 0},
                                      {100, 16, 0}, {100, 64, 0}, {100, 0, 75000}, {1, 0, 5000}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    run_case(argv[2], us, cases[i][0], cases[i][1], cases[i][2]);
  return 0;
}
