/* loader.c - loads a daemon on this machine over HTTP and says in one line of JSON how it bore that.
 *
 *   loader --key KEY [--to 127.0.0.1:8080] [--connections 8] [--batch 100] [--leads 20000] [--pad 0]
 *          [--seconds 10 | --events N] [--warmup 0] [--rate EVENTS_PER_SECOND] [--retry] [--run NAME] [--acked FILE]
 *
 * Each connection has one request on its way at a time, as an SDK has. Requests are made before the clock starts; only
 * ids, people and time stamps are written into them anew, so the loader takes little of the processor it shares with the
 * daemon. Events look like those of a Node SDK, some 360 bytes: 12 pages, 7 tracks and an identify of 20; --pad adds bytes
 * to each. A batch of 1 goes to /v1/track and the like as a single event, others to /v1/batch.
 *
 * Event number n of a run has the messageId "load-RUN-" and n in 16 hexadecimal digits. --acked writes "FIRST COUNT" for each
 * acknowledged request: the events that must be in the journal afterwards. With --retry, what meets a
 * broken connection, 429 or 5xx is sent again, the same bytes, until it is answered otherwise.
 *
 * With --rate, requests are due at even distances, and a latency counts from the instant the request was due, so a daemon
 * that stalls is charged for every request that had to wait. Without it, from the moment it was sent. Only what was due
 * after --warmup seconds counts. A run ends after its time or events, or on SIGINT or SIGTERM. */
#include "loader/histogram.h"
#include "loader/request.h"

#include "base/json.h"
#include "base/timefmt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  CONNECTIONS_MAX = 1024,
  BATCH_MAX = 2500,
  PAD_MAX = 24 * 1024,
  SECONDS_MAX = 24 * 3600,
  ANSWER_MAX = 8 * 1024,
  TOLD_MAX = 300,      /* bytes of the first refusal that are shown */
  AGAIN_US = 50000,    /* until a broken connection is tried again */
  GRACE_US = 15000000, /* for the last answers */
  WAIT_US = 10000,
  EVENTS_AT_ONCE = 256,
  STATUS_MAX = 600
};

struct options {
  struct request_plan plan;
  const char *acked;
  uint64_t connections, seconds, events, warmup, rate;
  bool retry;
};

/* --- the run ------------------------------------------------------------------------------------------------------- */

enum state { CLOSED, IDLE, SENDING, WAITING };

struct conn {
  int fd;
  enum state state;
  bool polled_out;          /* epoll is asked for room to write */
  bool pending;             /* a request is to be sent, again or for the first time */
  uint64_t again_us;        /* when CLOSED: not before */
  struct request *requests; /* the variants */
  struct request *request;
  uint64_t first;  /* event number of the request */
  uint64_t due_us; /* latencies count from here */
  size_t sent, received;
  char answer[ANSWER_MAX];
};

struct counts {
  uint64_t requests, acked, events, retries, broken, bytes, rejected, statuses[STATUS_MAX];
};

struct load {
  struct options options;
  struct sockaddr_in address;
  int epoll;
  struct conn *conns;
  uint64_t variants;
  uint64_t next_request; /* how many were begun */
  uint64_t begun_us, counted_us, end_us;
  uint64_t stamped_ms;
  char stamp[REQUEST_TIME_DIGITS + 16];
  struct histogram histogram;
  struct counts counts;
  char told[TOLD_MAX + 1];
  FILE *acked;
};

static volatile sig_atomic_t stopped;

static void stop(int signum) {
  (void)signum;
  stopped = 1;
}

static uint64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static const char *stamp(struct load *load) {
  struct timespec now;
  char seconds[TIME_TEXT_MAX];
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
  if (ms == load->stamped_ms) return load->stamp;
  load->stamped_ms = ms;
  time_text((int64_t)now.tv_sec * 1000, seconds);
  snprintf(load->stamp, sizeof load->stamp, "%.19s.%03dZ", seconds, (int)(ms % 1000));
  return load->stamp;
}

static bool is_over(const struct load *load, uint64_t now) {
  const struct options *options = &load->options;
  if (stopped || now >= load->end_us) return true;
  return options->events && load->next_request * options->plan.batch >= options->events;
}

/* When the next request that nobody took yet is due. */
static uint64_t next_due(const struct load *load) {
  const struct options *options = &load->options;
  if (!options->rate) return 0;
  return load->begun_us + load->next_request * options->plan.batch * 1000000 / options->rate;
}

static void poll_conn(struct load *load, struct conn *conn, int op, bool out) {
  struct epoll_event event = {.events = EPOLLIN | (out ? EPOLLOUT : 0u), .data.ptr = conn};
  conn->polled_out = out;
  if (epoll_ctl(load->epoll, op, conn->fd, &event) != 0) perror("loader: epoll_ctl"), exit(1);
}

static void break_conn(struct load *load, struct conn *conn, uint64_t now) {
  load->counts.broken++;
  close(conn->fd);
  conn->state = CLOSED;
  conn->again_us = now + AGAIN_US;
  conn->pending = conn->pending && load->options.retry;
  if (conn->pending) load->counts.retries++;
}

static void send_request(struct load *load, struct conn *conn, uint64_t now) {
  const struct buf *text = &conn->request->text;
  conn->state = SENDING;
  while (conn->sent < text->len) {
    ssize_t n = send(conn->fd, text->data + conn->sent, text->len - conn->sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      if (!conn->polled_out) poll_conn(load, conn, EPOLL_CTL_MOD, true);
      return;
    }
    if (n < 0) {
      break_conn(load, conn, now);
      return;
    }
    conn->sent += (size_t)n;
    load->counts.bytes += (uint64_t)n;
  }
  conn->state = WAITING;
  if (conn->polled_out) poll_conn(load, conn, EPOLL_CTL_MOD, false);
}

static void begin_send(struct load *load, struct conn *conn, uint64_t now) {
  load->counts.requests++;
  conn->sent = conn->received = 0;
  send_request(load, conn, now);
}

static void begin_request(struct load *load, struct conn *conn, uint64_t now) {
  uint64_t due = next_due(load), n = load->next_request++;
  conn->request = &conn->requests[n % load->variants];
  conn->first = n * load->options.plan.batch;
  conn->due_us = due ? due : now;
  conn->pending = true;
  request_patch(conn->request, conn->first, stamp(load), &load->options.plan);
  begin_send(load, conn, now);
}

/* An idle connection's next step: the request that waits for its second try, or a new one that is due. */
static void feed_conn(struct load *load, struct conn *conn, uint64_t now) {
  if (conn->pending)
    begin_send(load, conn, now);
  else if (!is_over(load, now) && next_due(load) <= now)
    begin_request(load, conn, now);
}

static void connect_conn(struct load *load, struct conn *conn, uint64_t now) {
  int on = 1;
  conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (conn->fd < 0) perror("loader: socket"), exit(1);
  if (connect(conn->fd, (const struct sockaddr *)&load->address, sizeof load->address) != 0) {
    break_conn(load, conn, now);
    return;
  }
  setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fcntl(conn->fd, F_SETFL, O_NONBLOCK) != 0) perror("loader: fcntl"), exit(1);
  poll_conn(load, conn, EPOLL_CTL_ADD, false);
  conn->state = IDLE;
}

/* --- answers ------------------------------------------------------------------------------------------------------- */

/* The bytes of a whole answer, or 0 while it is not complete. */
static size_t answer_len(const char *text) {
  const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\nContent-Length:");
  if (!end) return 0;
  if (!length || length > end) fprintf(stderr, "loader: an answer without Content-Length\n"), exit(1);
  return (size_t)(end + 4 - text) + strtoul(length + sizeof "\r\nContent-Length:" - 1, NULL, 10);
}

static void count_ack(struct load *load, struct conn *conn, uint64_t now) {
  const char *rejected = strstr(conn->answer, "\"rejected\":");
  if (rejected) load->counts.rejected += strtoul(rejected + sizeof "\"rejected\":" - 1, NULL, 10);
  conn->pending = false;
  if (load->acked)
    fprintf(load->acked, "%llu %llu\n", (unsigned long long)conn->first,
            (unsigned long long)load->options.plan.batch);
  if (conn->due_us < load->counted_us) return;
  load->counts.acked++;
  load->counts.events += load->options.plan.batch;
  histogram_add(&load->histogram, now > conn->due_us ? now - conn->due_us : 0);
}

/* The daemon asks to be left alone for a while. */
static bool is_passing(unsigned status) {
  return status >= 500 || status == 429;
}

static void take_answer(struct load *load, struct conn *conn, uint64_t now) {
  unsigned status = (unsigned)strtoul(conn->answer + sizeof "HTTP/1.1 " - 1, NULL, 10);
  bool closes = strcasestr(conn->answer, "\r\nConnection: close") != NULL;
  load->counts.statuses[status < STATUS_MAX ? status : 0]++;
  conn->state = IDLE;
  conn->received = 0;
  if (status == 200) {
    count_ack(load, conn, now);
  } else {
    const char *body = strstr(conn->answer, "\r\n\r\n") + 4;
    if (!load->told[0]) snprintf(load->told, sizeof load->told, "%u %.200s", status, body);
    conn->pending = load->options.retry && is_passing(status);
    if (conn->pending) load->counts.retries++;
  }
  if (!closes && !is_passing(status)) return;
  close(conn->fd); /* to wait before the next try, too */
  conn->state = CLOSED;
  conn->again_us = status == 200 ? now : now + AGAIN_US;
}

static void read_answer(struct load *load, struct conn *conn, uint64_t now) {
  size_t room = sizeof conn->answer - 1 - conn->received;
  ssize_t n = recv(conn->fd, conn->answer + conn->received, room, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0 || conn->state == IDLE || (size_t)n == room) {
    break_conn(load, conn, now);
    return;
  }
  conn->received += (size_t)n;
  conn->answer[conn->received] = '\0';
  size_t len = answer_len(conn->answer);
  if (len && conn->received >= len) take_answer(load, conn, now);
}

/* --- the loop ------------------------------------------------------------------------------------------------------ */

/* Gives idle connections work; true while something is on its way or will be. */
static bool feed_all(struct load *load, uint64_t now) {
  bool busy = false, over = is_over(load, now);
  for (uint64_t i = 0; i < load->options.connections; i++) {
    struct conn *conn = &load->conns[i];
    if (conn->state == CLOSED && now >= conn->again_us && (!over || conn->pending))
      connect_conn(load, conn, now);
    if (conn->state == IDLE) feed_conn(load, conn, now);
    busy = busy || conn->pending;
  }
  return busy || !over;
}

/* Answers end the wait; so does a request that is due, or a connection to be tried again. */
static struct timespec wait_for(const struct load *load, uint64_t now) {
  uint64_t due = next_due(load), us = due > now && due - now < WAIT_US ? due - now : WAIT_US;
  return (struct timespec){.tv_nsec = (long)us * 1000};
}

static void run(struct load *load) {
  struct epoll_event events[EVENTS_AT_ONCE];
  uint64_t now = now_us();
  load->begun_us = now;
  load->counted_us = now + load->options.warmup * 1000000;
  load->end_us = load->counted_us + load->options.seconds * 1000000;
  while (feed_all(load, now) && now < load->end_us + GRACE_US) {
    struct timespec wait = wait_for(load, now);
    int n = epoll_pwait2(load->epoll, events, EVENTS_AT_ONCE, &wait, NULL);
    now = now_us();
    for (int i = 0; i < n; i++) {
      struct conn *conn = events[i].data.ptr;
      if (conn->state == SENDING && (events[i].events & EPOLLOUT)) send_request(load, conn, now);
      if (conn->state != CLOSED && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        read_answer(load, conn, now);
      if (conn->state == IDLE) feed_conn(load, conn, now);
    }
  }
  if (load->end_us > now) load->end_us = now;
}

/* --- the report ---------------------------------------------------------------------------------------------------- */

static double rounded(double n) {
  return (double)(int64_t)(n * 1000 + 0.5) / 1000;
}

static void put_number(struct json_writer *json, const char *key, double n) {
  json_key(json, key);
  json_put_number(json, rounded(n));
}

static void put_latencies(const struct histogram *histogram, struct json_writer *json) {
  static const struct {
    const char *word;
    double part;
  } parts[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};
  json_key(json, "latency_ms");
  json_open(json, '{');
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    put_number(json, parts[i].word, histogram_ms(histogram, parts[i].part));
  put_number(json, "max", (double)histogram->max_us / 1000);
  json_close(json, '}');
}

static void put_statuses(const struct counts *counts, struct json_writer *json) {
  char word[8];
  json_key(json, "answers");
  json_open(json, '{');
  for (int i = 0; i < STATUS_MAX; i++) {
    if (!counts->statuses[i]) continue;
    snprintf(word, sizeof word, "%d", i);
    put_number(json, word, (double)counts->statuses[i]);
  }
  json_close(json, '}');
}

static void report(const struct load *load) {
  const struct options *options = &load->options;
  const struct counts *counts = &load->counts;
  double seconds = (double)(load->end_us - load->counted_us) / 1e6;
  struct rusage usage;
  struct json_writer json;
  struct buf out;
  buf_init(&out);
  getrusage(RUSAGE_SELF, &usage);
  json_writer_init(&json, &out);
  json_open(&json, '{');
  json_key(&json, "run");
  json_put_text(&json, options->plan.run);
  put_number(&json, "connections", (double)options->connections);
  put_number(&json, "batch", (double)options->plan.batch);
  put_number(&json, "rate", (double)options->rate);
  put_number(&json, "seconds", seconds);
  put_number(&json, "requests", (double)counts->requests);
  put_number(&json, "acks", (double)counts->acked);
  put_number(&json, "events", (double)counts->events);
  put_number(&json, "acks_per_s", seconds > 0 ? (double)counts->acked / seconds : 0);
  put_number(&json, "events_per_s", seconds > 0 ? (double)counts->events / seconds : 0);
  put_latencies(&load->histogram, &json);
  put_statuses(counts, &json);
  put_number(&json, "rejected", (double)counts->rejected);
  put_number(&json, "broken", (double)counts->broken);
  put_number(&json, "retries", (double)counts->retries);
  put_number(&json, "sent_mb", (double)counts->bytes / 1e6);
  put_number(&json, "cpu_s",
             (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
  if (load->told[0]) {
    json_key(&json, "first_refusal");
    json_put_text(&json, load->told);
  }
  json_close(&json, '}');
  puts(out.data);
  buf_release(&out);
}

/* --- options ------------------------------------------------------------------------------------------------------- */

static void die(const char *format, const char *what) {
  fprintf(stderr, "loader: ");
  fprintf(stderr, format, what);
  fprintf(stderr, "\n");
  exit(2);
}

static uint64_t number(const char *name, const char *text, uint64_t min, uint64_t max) {
  char *end;
  errno = 0;
  uint64_t n = text ? strtoull(text, &end, 10) : 0;
  if (!text || errno || end == text || *end || n < min || n > max)
    die("%s: expected a number in its bounds", name);
  return n;
}

static void parse(int argc, char **argv, struct options *options) {
  const struct {
    const char *name;
    uint64_t *number, min, max;
    const char **text;
  } known[] = {
      {"--connections", &options->connections, 1, CONNECTIONS_MAX, NULL},
      {"--batch", &options->plan.batch, 1, BATCH_MAX, NULL},
      {"--leads", &options->plan.leads, 1, 999999999, NULL},
      {"--pad", &options->plan.pad, 0, PAD_MAX, NULL},
      {"--seconds", &options->seconds, 1, SECONDS_MAX, NULL},
      {"--events", &options->events, 1, UINT64_C(1) << 40, NULL},
      {"--warmup", &options->warmup, 0, 3600, NULL},
      {"--rate", &options->rate, 1, 100000000, NULL},
      {"--to", NULL, 0, 0, &options->plan.host},
      {"--key", NULL, 0, 0, &options->plan.key},
      {"--run", NULL, 0, 0, &options->plan.run},
      {"--acked", NULL, 0, 0, &options->acked},
  };
  for (int i = 1; i < argc; i++) {
    size_t k = 0;
    if (strcmp(argv[i], "--retry") == 0) {
      options->retry = true;
      continue;
    }
    while (k < sizeof known / sizeof *known && strcmp(argv[i], known[k].name) != 0) k++;
    if (k == sizeof known / sizeof *known || i + 1 == argc) die("unknown, or without its value: %s", argv[i]);
    if (known[k].text)
      *known[k].text = argv[++i];
    else
      i++, *known[k].number = number(argv[i - 1], argv[i], known[k].min, known[k].max);
  }
  if (!options->plan.key) die("%s", "--key is missing");
}

/* Only this machine is ever loaded. */
static struct sockaddr_in address_of(const char *to) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  const char *colon = strrchr(to, ':');
  char host[INET_ADDRSTRLEN] = "127.0.0.1";
  if (colon && colon - to < (long)sizeof host) snprintf(host, sizeof host, "%.*s", (int)(colon - to), to);
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || ntohl(address.sin_addr.s_addr) >> 24 != 127)
    die("--to %s: expected 127.0.0.1:PORT", to);
  address.sin_port = htons((uint16_t)number("--to", colon ? colon + 1 : to, 1, 65535));
  return address;
}

static void load_init(struct load *load) {
  const struct options *options = &load->options;
  load->address = address_of(options->plan.host);
  load->epoll = epoll_create1(EPOLL_CLOEXEC);
  load->variants = options->plan.batch < REQUEST_CYCLE ? REQUEST_CYCLE : 1;
  load->conns = xcalloc(options->connections, sizeof *load->conns);
  for (uint64_t i = 0; i < options->connections; i++) {
    load->conns[i].requests = xcalloc(load->variants, sizeof(struct request));
    for (uint64_t v = 0; v < load->variants; v++)
      request_init(&load->conns[i].requests[v], v, &options->plan);
  }
  if (options->acked && !(load->acked = fopen(options->acked, "w"))) die("cannot write %s", options->acked);
}

static void load_release(struct load *load) {
  for (uint64_t i = 0; i < load->options.connections; i++) {
    struct conn *conn = &load->conns[i];
    if (conn->state != CLOSED) close(conn->fd);
    for (uint64_t v = 0; v < load->variants; v++) request_release(&conn->requests[v]);
    free(conn->requests);
  }
  free(load->conns);
  close(load->epoll);
  if (load->acked && fclose(load->acked) != 0) die("cannot write %s", load->options.acked);
}

int main(int argc, char **argv) {
  char run_name[40];
  struct load load = {
      .options = {.plan = {.host = "127.0.0.1:8080", .run = run_name, .batch = 100, .leads = 20000},
                  .connections = 8,
                  .seconds = 10}};
  snprintf(run_name, sizeof run_name, "%llx", (unsigned long long)now_us());
  parse(argc, argv, &load.options);
  if (load.options.events) load.options.seconds = SECONDS_MAX;
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  load_init(&load);
  run(&load);
  report(&load);
  load_release(&load);
  return 0;
}
