/* hook_rig.h - the whole daemon with destinations that lead to a receiver inside the test: what it got, and what it says.
 *
 *   hook_rules = "..PORT..";                in main; PORT stands for the receiver's port
 *   HOOK_SAYS("/a", "500", "200");          its answers there, one after the other; the last stays; without any 200
 *   hook_happens("a", "ana");               the event that the effect "a" waits for
 *   hook_rest();                            until nothing is under way
 *   hook_later(12000);                      time passes, and the deliverer looks */
#ifndef EMBUDO_HOOK_RIG_H
#define EMBUDO_HOOK_RIG_H

#include "serve_fixture.h"

#include "fake_provider.h"

#define HOOK_NEW "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define HOOK_OLD "whsec_c3VjaCBhIHNlY3JldCBpcyBub3QgZm9yIHJlYWwgdXNl"

enum { HOOK_GOTS_MAX = 64, HOOK_PLANS_MAX = 8, HOOK_ANSWERS_MAX = 8 };

struct hook_got {
  char path[32], id[64], time[24], signature[200], body[2048];
};

struct hook_plan { /* "429\r\nRetry-After: 7": a status, and header lines */
  const char *path, *answers[HOOK_ANSWERS_MAX];
  int count, given;
};

static struct fake_provider hook_provider;
static const char *hook_rules;
static struct hook_got hook_gots[HOOK_GOTS_MAX]; /* under the provider's lock, as all below */
static int hook_got_count;
static struct hook_plan hook_plans[HOOK_PLANS_MAX];

static inline void hook_header(const char *request, const char *name, char *out, size_t size) {
  const char *at = strcasestr(request, name);
  *out = '\0';
  if (!at) return;
  at += strlen(name);
  size_t len = strcspn(at, "\r");
  snprintf(out, size, "%.*s", (int)len, at);
}

static inline struct hook_plan *hook_plan_of(const char *path) {
  for (int i = 0; i < HOOK_PLANS_MAX; i++)
    if (hook_plans[i].path && strcmp(hook_plans[i].path, path) == 0) return &hook_plans[i];
  return NULL;
}

static inline void hook_take(void *arg, const char *path, const char *request, struct buf *out) {
  struct hook_plan *plan = hook_plan_of(path);
  char headers[200] = "";
  int status = 200;
  (void)arg;
  if (hook_got_count < HOOK_GOTS_MAX) {
    struct hook_got *got = &hook_gots[hook_got_count++];
    snprintf(got->path, sizeof got->path, "%s", path);
    hook_header(request, "\r\nwebhook-id: ", got->id, sizeof got->id);
    hook_header(request, "\r\nwebhook-timestamp: ", got->time, sizeof got->time);
    hook_header(request, "\r\nwebhook-signature: ", got->signature, sizeof got->signature);
    snprintf(got->body, sizeof got->body, "%s", strstr(request, "\r\n\r\n") + 4);
  }
  if (plan) {
    const char *answer = plan->answers[plan->given < plan->count ? plan->given++ : plan->count - 1];
    status = (int)strtol(answer, NULL, 10);
    if (strchr(answer, '\n')) snprintf(headers, sizeof headers, "%s\r\n", strchr(answer, '\n') + 1);
  }
  fake_answer(out, status, headers, "said so");
}

/* The n-th that came there, from 0; `path` empty: not come yet. */
static inline struct hook_got hook_got(const char *path, int n) {
  struct hook_got found = {.path = ""};
  pthread_mutex_lock(&hook_provider.lock);
  for (int i = 0; i < hook_got_count && !*found.path; i++)
    if (strcmp(hook_gots[i].path, path) == 0 && n-- == 0) found = hook_gots[i];
  pthread_mutex_unlock(&hook_provider.lock);
  return found;
}

static inline int hook_count(const char *path) {
  int n = 0;
  while (*hook_got(path, n).path) n++;
  return n;
}

/* To be said before it is asked. */
static inline void hook_says(const char *path, int count, const char *const *answers) {
  pthread_mutex_lock(&hook_provider.lock);
  struct hook_plan *plan = hook_plan_of(path);
  for (int i = 0; !plan; i++)
    if (!hook_plans[i].path) plan = &hook_plans[i];
  *plan = (struct hook_plan){.path = path, .count = count};
  for (int i = 0; i < count; i++) plan->answers[i] = answers[i];
  pthread_mutex_unlock(&hook_provider.lock);
}
#define HOOK_SAYS(path, ...)                                                                                 \
  do {                                                                                                       \
    static const char *const answers_[] = {__VA_ARGS__};                                                     \
    hook_says(path, COUNT_OF(answers_), answers_);                                                           \
  } while (0)

/* --- life ------------------------------------------------------------------------------------------------------------ */

static inline int hook_start(void **state) {
  static char text[8192];
  static struct config_secret secrets[] = {{"NEW", HOOK_NEW}, {"OLD", HOOK_OLD}};
  hook_got_count = 0;
  memset(hook_plans, 0, sizeof hook_plans);
  fake_provider_start(&hook_provider);
  hook_provider.answer = hook_take;
  /* The port stands wherever the rules say PORT. */
  struct buf rules;
  buf_init(&rules);
  for (const char *at = hook_rules; *at;) {
    size_t len = strncmp(at, "PORT", 4) == 0 ? 0 : 1;
    if (len)
      buf_add(&rules, at, 1);
    else
      buf_printf(&rules, "%d", hook_provider.port);
    at += len ? len : 4;
  }
  snprintf(text, sizeof text, "%s", rules.data);
  buf_release(&rules);
  serve_rules = text;
  int failed = serve_start(state);
  daemon_close(&serve.daemon); /* again, with other settings */
  serve.config.secrets = secrets;
  serve.config.secret_count = COUNT_OF(secrets);
  serve_configure("outbound.allow", "127.0.0.0/8");
  serve_open();
  serve_settle();
  return failed;
}

static inline int hook_stop(void **state) {
  char path[sizeof serve.dir + 40];
  int failed;
  snprintf(path, sizeof path, "%s/outbox/leads.ndjson", serve.dir);
  unlink(path);
  snprintf(path, sizeof path, "%s/outbox", serve.dir);
  rmdir(path);
  serve.config.secrets = NULL; /* the test's */
  serve.config.secret_count = 0;
  failed = serve_stop(state);
  fake_provider_stop(&hook_provider);
  return failed;
}

/* --- what happens ---------------------------------------------------------------------------------------------------- */

static inline void hook_happens(const char *event, const char *user) {
  static int count;
  char body[200];
  snprintf(body, sizeof body, "{\"event\":\"%s\",\"userId\":\"%s\",\"messageId\":\"m%d\"}", event, user,
           count++);
  assert_int_equal(serve_post("/v1/track", body), 200);
  serve_settle();
}

static inline struct outbox *hook_outbox(void) {
  return pipeline_outbox(service_pipeline(serve.daemon.service));
}

static inline const struct outbox_place *hook_place(const char *name) {
  uint32_t number = outbox_find_place(hook_outbox(), str_of(name));
  if (number == OUTBOX_NONE) fail_msg("nothing goes to %s", name);
  return outbox_place(hook_outbox(), number);
}

/* The n-th row made for a destination. */
static inline const struct outbox_row *hook_row(const char *name, int n) {
  for (uint32_t i = 0; i < outbox_count(hook_outbox()); i++) {
    const struct outbox_row *row = outbox_row(hook_outbox(), i);
    if (strcmp(outbox_name(hook_outbox(), row->destination), name) == 0 && n-- == 0) return row;
  }
  fail_msg("there are not so many rows for %s", name);
  return NULL;
}

static inline int64_t hook_in_ms(const char *name, int n) {
  return hook_row(name, n)->due_ms - serve.wall_ms;
}

static inline void hook_later(int64_t ms) {
  serve_advance(ms);
  deliverer_look(serve.daemon.deliverer);
  for (int i = 0; i < 10; i++) loop_turn(serve.daemon.loop, false); /* it has looked */
}

/* Until nothing is under way, its outcomes are in the journal, and the deliverer has looked for more and found none. */
static inline void hook_rest(void) {
  for (int quiet = 0; quiet < 5;) {
    SERVE_UNTIL(deliverer_stats(serve.daemon.deliverer)->in_flight == 0);
    serve_settle();
    loop_turn(serve.daemon.loop, false);
    quiet = deliverer_stats(serve.daemon.deliverer)->in_flight ? 0 : quiet + 1;
  }
}

static inline int hook_admin(const char *method, const char *target) {
  return serve_request(method, target,
                       "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\nContent-Type: application/json\r\n",
                       STR("{}"));
}

static inline bool hook_logged(const char *text) {
  static char log[1 << 20];
  ssize_t got = pread(serve.log_fd, log, sizeof log - 1, 0);
  log[got > 0 ? got : 0] = '\0';
  return strstr(log, text) != NULL;
}

#endif
