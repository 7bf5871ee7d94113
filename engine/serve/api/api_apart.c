/* Taking a merge back: GET /v1/apart, POST /v1/leads/{id}/split and /unsplit. */
#include "serve/api/api.h"
#include "serve/ingest/ingest.h"
#include "serve/rulesets/reload.h"

struct asked { /* what a request names: a lead and one of its ids */
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct json_reader *reader;
  struct arena arena;
  struct identity_member id;
  struct identity_member *members;
  size_t member_count;
  struct str by;
};

static bool read_id(struct asked *asked) {
  const struct http_request *request = http_exchange_request(asked->exchange);
  struct json_ref root;
  struct err err;
  if (json_parse(asked->reader, request->body.p, request->body.len, &root, &err) != 0)
    http_exchange_fail(asked->exchange, 400, "invalid_request", "%s", err.text);
  else if (!apart_read_id(root, &asked->id))
    http_exchange_fail(asked->exchange, 400, "invalid_request",
                       "expected one id: {\"user_id\": ..}, {\"anonymous_id\": ..} or {\"email\": ..}");
  else
    return true;
  return false;
}

static bool open_asked(struct asked *asked, struct http_exchange *exchange, struct daemon *daemon) {
  *asked = (struct asked){.daemon = daemon, .exchange = exchange, .reader = json_reader_new()};
  arena_init(&asked->arena, 4096);
  if (!guard_person(daemon->guard, exchange, ROLE_MARKETING, &asked->by) || !read_id(asked)) return false;
  uint32_t lead = api_fold_lead(exchange, daemon, service_now_ms(daemon->service));
  if (lead == IDENTITY_NONE) return false;
  struct engine *engine = pipeline_engine(service_pipeline(daemon->service));
  asked->member_count = engine_lead_members(engine, lead, &asked->arena, &asked->members);
  return true;
}

static void close_asked(struct asked *asked) {
  json_reader_free(asked->reader);
  arena_release(&asked->arena);
}

static bool is_same(struct identity_member a, struct identity_member b) {
  return a.kind == b.kind && str_eq(a.id, b.id);
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

struct pending {
  struct daemon *daemon;
  struct http_exchange *exchange;
};

static void on_set(void *arg, const struct service_result *result) {
  const struct pending pending = *(struct pending *)arg;
  free(arg);
  if (result->answer == SERVICE_COMMITTED) {
    reload_leads(pending.daemon);
    http_exchange_answer(pending.exchange, 202, HTTP_JSON,
                         STR("{\"success\":true,\"message\":\"recorded; leads are being folded anew\"}"));
    return;
  }
  ingest_refuse(pending.exchange, result->answer);
}

static void set(const struct asked *asked, struct apart *apart) {
  struct pending *pending = xmalloc(sizeof *pending);
  *pending = (struct pending){asked->daemon, asked->exchange};
  enum service_answer answer = service_set_apart(asked->daemon->service, apart, on_set, pending);
  if (answer == SERVICE_COMMITTED) return;
  free(pending);
  ingest_refuse(asked->exchange, answer);
}

/* --- splitting ---------------------------------------------------------------------------------------------------------- */

static void split(const struct asked *asked) {
  struct apart *apart = apart_dup(service_apart(asked->daemon->service));
  bool is_member = false;
  for (size_t i = 0; i < asked->member_count; i++) {
    const struct apart_pair pair = {asked->id, asked->members[i], asked->by,
                                    service_now_ms(asked->daemon->service)};
    if (is_same(asked->id, asked->members[i]))
      is_member = true;
    else
      apart_add(apart, &pair);
  }
  if (is_member && asked->member_count > 1) {
    set(asked, apart);
    return;
  }
  apart_free(apart);
  http_exchange_fail(asked->exchange, 409, "conflict",
                     is_member ? "it is the lead's only id" : "the lead does not have this id");
}

void api_split_lead(struct http_exchange *exchange, void *app) {
  struct asked asked;
  if (open_asked(&asked, exchange, app)) split(&asked);
  close_asked(&asked);
}

/* --- and back ------------------------------------------------------------------------------------------------------------ */

static void unsplit(const struct asked *asked) {
  struct apart *apart = apart_dup(service_apart(asked->daemon->service));
  bool found = false;
  for (size_t i = 0; i < asked->member_count; i++)
    found = apart_remove(apart, asked->id, asked->members[i]) || found;
  if (found) {
    set(asked, apart);
    return;
  }
  apart_free(apart);
  http_exchange_fail(asked->exchange, 409, "conflict", "nobody has split this id from the lead");
}

void api_unsplit_lead(struct http_exchange *exchange, void *app) {
  struct asked asked;
  if (open_asked(&asked, exchange, app)) unsplit(&asked);
  close_asked(&asked);
}

void api_list_apart(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "apart");
  apart_put(service_apart(daemon->service), &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
