/* serve_fixture.h - the whole daemon inside a test: small rules, a data directory of its own, a port of its own, a wall clock
 * that only the test moves, and real HTTP requests. Everything on the test's thread; nothing sleeps.
 *
 *   cmocka_unit_test_setup_teardown(a_test, serve_start, serve_stop)
 *   serve_rules = "...";                      before, in a group's setup, for other rules
 *   serve_post("/v1/batch", "{...}");         with the write key; answers the status
 *   serve_get("/v1/leads?limit=2");           with the admin token, after all folding is done
 *   assert_at("leads.0.stage", "\"mql\"");    a part of the answer's JSON, minified
 *   serve_restart();                          closes and opens it again on the same data */
#ifndef EMBUDO_SERVE_FIXTURE_H
#define EMBUDO_SERVE_FIXTURE_H

#include "written_rules.h"

#include "serve/daemon.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SERVE_WRITE_KEY   "wk_of_the_tests"
#define SERVE_ADMIN_TOKEN "token_of_the_tests"
#define SERVE_START_MS    INT64_C(1795521600000) /* 2026-11-24T12:00:00Z */

enum { SERVE_GIVE_UP_S = 20, SERVE_AT_PARTS_MAX = 16 };

/* Two dimensions, one of which fades; a stage that is left when time has passed; an account. */
static const char serve_default_rules[] =
    "dimension \"fit\" { min = 0, max = 50 }\n"
    "dimension \"engagement\" {}\n"
    "rule \"demo\" { doc = \"Asked for a demo\", on = track \"Demo\", points = { engagement = 40 },\n"
    "  decay = half_life \"10d\", limit = { times = 2, per = \"1d\" } }\n"
    "rule \"visit\" { on = page {}, points = { engagement = 5 } }\n"
    "rule \"big\" { when = trait { employees = at_least(100) }, points = { fit = 30 } }\n"
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", doc = \"busy\", when = score { engagement = at_least(40) } },\n"
    "  move { \"mql\", \"lead\", doc = \"faded\", when = score { engagement = below(20) } } }\n";

/* A loader may still read it while a test sets other ones. */
static const char *_Atomic serve_rules = serve_default_rules;

struct serve_fixture {
  char dir[40];
  int64_t wall_ms;
  struct config config;
  struct keys *keys;
  struct log *log;
  int log_fd;
  struct daemon daemon;
  struct buf answer; /* of the last request: head and body */
  int status;
  struct str body;
  struct json_reader *reader;
  struct json_ref root; /* of the body, when it is JSON */
  struct buf part;
};

static struct serve_fixture serve;

static inline int64_t serve_wall(void) {
  return serve.wall_ms;
}

static inline char *serve_env(const char *name) {
  static char write_key[] = SERVE_WRITE_KEY, admin_token[] = SERVE_ADMIN_TOKEN;
  if (strcmp(name, "EMBUDO_WRITE_KEY") == 0) return write_key;
  return strcmp(name, "EMBUDO_ADMIN_TOKEN") == 0 ? admin_token : NULL;
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

static inline int64_t serve_deadline(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + SERVE_GIVE_UP_S;
}

/* Turns the loop until something holds; the time only bounds what goes wrong. */
#define SERVE_UNTIL(condition)                                                                               \
  for (int64_t deadline_ = serve_deadline(); !(condition);) {                                                \
    loop_turn(serve.daemon.loop, false);                                                                     \
    if (serve_deadline() - SERVE_GIVE_UP_S > deadline_) fail_msg("waited in vain for %s", #condition);       \
  }

static inline bool serve_is_quiet(void) {
  struct service_stats stats;
  const struct pipeline_sweep sweep = pipeline_sweep(service_pipeline(serve.daemon.service));
  service_stats(serve.daemon.service, &stats);
  if (sweep.under_way && !sweep.paused) return false;
  return service_is_settled(serve.daemon.service) && stats.touched == 0 && stats.undecided == 0 &&
         stats.store.queued_requests == 0 && stats.due_ms > serve.wall_ms;
}

/* Until everything that was sent, or is due, is folded, and what follows from it is in the journal. */
static inline void serve_settle(void) {
  SERVE_UNTIL(serve_is_quiet());
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static inline struct generation *serve_build(const char *text) {
  const char *const files[] = {"rules.lua", text, NULL};
  return written_files(files, NULL);
}

static inline void serve_announce(void *context, int port, const char *listen) {
  (void)context, (void)port, (void)listen;
}

/* On the loader's thread. */
static inline struct generation *serve_load(const struct config *config, struct ruledir *kept,
                                            struct problems *problems) {
  struct ruledir bundle;
  struct err err;
  (void)config;
  ruledir_init(&bundle);
  if (!kept && ruledir_add(&bundle, "rules.lua", str_of(serve_rules), &err) != 0) return NULL;
  if (!kept) ruledir_end(&bundle);
  if (!kept) kept = &bundle;
  struct generation *made = generation_build(kept, NULL, problems);
  if (made) generation_attach_bundle(made, kept);
  ruledir_release(&bundle);
  return made;
}

static inline void serve_open(void) {
  struct err err;
  const struct daemon_options options = {.config = &serve.config,
                                         .keys = serve.keys,
                                         .log = serve.log,
                                         .generation = serve_build(serve_rules),
                                         .load = serve_load,
                                         .announce = serve_announce,
                                         .wall_ms = serve_wall};
  if (daemon_open(&serve.daemon, &options, &err) != 0) fail_msg("%s", err.text);
}

static inline void serve_configure(const char *setting, const char *value) {
  struct err err;
  if (config_set(&serve.config, setting, value, &err) != 0) fail_msg("%s", err.text);
}

static inline int serve_start(void **state) {
  (void)state;
  struct err err;
  memset(&serve, 0, sizeof serve);
  snprintf(serve.dir, sizeof serve.dir, "/tmp/embudo_serve_XXXXXX");
  assert_non_null(mkdtemp(serve.dir));
  serve.wall_ms = SERVE_START_MS;
  config_init(&serve.config);
  serve_configure("data", serve.dir);
  serve_configure("listen", "127.0.0.1:0");
  serve.keys = keys_new(&serve.config, serve_env, &err);
  if (!serve.keys) fail_msg("%s", err.text);
  serve.log_fd = memfd_create("log", MFD_CLOEXEC);
  const struct log_options log_options = {.fd = serve.log_fd, .now_ms = serve_wall};
  serve.log = log_new(&log_options);
  serve.reader = json_reader_new();
  buf_init(&serve.answer);
  buf_init(&serve.part);
  serve_open();
  return 0;
}

static inline void serve_remove_files(void) {
  struct dirent *entry;
  char path[sizeof serve.dir + sizeof entry->d_name + 1];
  DIR *dir = opendir(serve.dir);
  while (dir && (entry = readdir(dir))) {
    snprintf(path, sizeof path, "%s/%s", serve.dir, entry->d_name);
    unlink(path);
  }
  if (dir) closedir(dir);
  rmdir(serve.dir);
}

static inline int serve_stop(void **state) {
  (void)state;
  daemon_close(&serve.daemon);
  log_free(serve.log);
  keys_free(serve.keys);
  config_release(&serve.config);
  json_reader_free(serve.reader);
  buf_release(&serve.answer);
  buf_release(&serve.part);
  close(serve.log_fd);
  serve_remove_files();
  return 0;
}

static inline void serve_restart(void) {
  daemon_close(&serve.daemon);
  serve_open();
  serve_settle();
}

/* Time passes for rules and events; what is due because of it happens. */
static inline void serve_advance(int64_t ms) {
  serve.wall_ms += ms;
  loop_wake_at(serve.daemon.loop, serve.wall_ms); /* or it would look up to a second later */
  serve_settle();
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static inline int serve_connect(void) {
  struct sockaddr_in in = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)http_server_port(serve.daemon.http))};
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof in), 0);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

/* One step of sending and receiving; true when the server has closed. */
static inline bool serve_move(int fd, struct str *to_send) {
  char room[65536];
  if (to_send->len) {
    ssize_t sent = send(fd, to_send->p, to_send->len, MSG_NOSIGNAL);
    if (sent > 0) *to_send = (struct str){to_send->p + sent, to_send->len - (size_t)sent};
  }
  ssize_t got = recv(fd, room, sizeof room, 0);
  if (got > 0) buf_add(&serve.answer, room, (size_t)got);
  return got == 0 || (got < 0 && errno != EAGAIN);
}

static inline void serve_parse_answer(void) {
  struct err err;
  const char *end = memmem(serve.answer.data, serve.answer.len, "\r\n\r\n", 4);
  if (!end) fail_msg("no answer: \"%s\"", serve.answer.data);
  serve.status = (int)strtol(serve.answer.data + strlen("HTTP/1.1 "), NULL, 10);
  serve.body = (struct str){end + 4, serve.answer.len - (size_t)(end + 4 - serve.answer.data)};
  serve.root = (struct json_ref){0};
  if (serve.body.len && json_parse(serve.reader, serve.body.p, serve.body.len, &serve.root, &err) != 0)
    serve.root = (struct json_ref){0};
}

/* Any request; `headers` are lines with "\r\n". Returns the status; serve.body and serve.root are the answer's. */
static inline int serve_request(const char *method, const char *target, const char *headers,
                                struct str body) {
  struct buf text;
  int fd = serve_connect();
  buf_init(&text);
  buf_printf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n",
             method, target, headers, body.len);
  buf_add_str(&text, body);
  struct str to_send = buf_str(&text);
  buf_clear(&serve.answer);
  SERVE_UNTIL(serve_move(fd, &to_send));
  close(fd);
  buf_release(&text);
  serve_parse_answer();
  return serve.status;
}

static inline int serve_get(const char *target) {
  serve_settle();
  return serve_request("GET", target, "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n", STR(""));
}

static inline int serve_post(const char *target, const char *json) {
  return serve_request(
      "POST", target, "X-Write-Key: " SERVE_WRITE_KEY "\r\nContent-Type: application/json\r\n", str_of(json));
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static inline struct json_ref serve_item(struct json_ref list, long index) {
  struct json_iter it;
  for (json_iter_init(&it, list); json_next(&it);)
    if (index-- == 0) return it.value;
  return (struct json_ref){0};
}

/* "leads.0.scores.fit": members by name, items by number. */
static inline struct json_ref serve_at(const char *path) {
  struct json_ref at = serve.root;
  while (*path) {
    size_t len = strcspn(path, ".");
    at = json_kind(at) == JSON_ARRAY ? serve_item(at, strtol(path, NULL, 10))
                                     : json_get(at, (struct str){path, len});
    path += len + (path[len] == '.');
  }
  return at;
}

/* Its JSON, minified; "" when it is missing. */
static inline const char *serve_text_at(const char *path) {
  struct json_ref at = serve_at(path);
  buf_clear(&serve.part);
  if (!json_is_missing(at)) json_minify(at, &serve.part);
  return serve.part.data;
}

static inline size_t serve_count_at(const char *path) {
  return json_count(serve_at(path));
}

#define assert_at(path, expected)                                                                            \
  do {                                                                                                       \
    if (strcmp(serve_text_at(path), expected) != 0)                                                          \
      fail_msg("%s:%d: %s is %s, expected %s in %.*s", __FILE__, __LINE__, path, serve_text_at(path),        \
               expected, STR_ARG(serve.body));                                                               \
  } while (0)

#endif
