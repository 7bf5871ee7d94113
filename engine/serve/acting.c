#include "serve/acting.h"

#include "base/err.h"
#include "core/config/roles.h"
#include <inttypes.h>

struct acting {
  struct acting *next; /* younger */
  struct daemon *daemon;
  struct acting_ask ask; /* its texts stand behind it */
  struct json_reader *reader;
  struct act_request request;
  struct arena arena;
  char id[40]; /* a messageId made here */
  bool on_its_way;
  void (*done)(void *arg, const struct acted *acted);
  void *arg;
  struct buf event;
};

/* --- one act ---------------------------------------------------------------------------------------------------------- */

static struct str keep(struct arena *arena, struct str text) {
  return text.len ? arena_str(arena, text) : STR("");
}

static void release(struct acting *acting) {
  json_reader_free(acting->reader);
  arena_release(&acting->arena);
  buf_release(&acting->event);
  free(acting);
}

static struct acting **place_of(struct daemon *daemon, const struct acting *acting) {
  struct acting **place = &daemon->acting;
  while (*place && *place != acting) place = &(*place)->next;
  return place;
}

static void start_waiting(struct daemon *daemon);

static void finish(struct acting *acting, const struct acted *acted) {
  struct daemon *daemon = acting->daemon;
  struct acting **place = place_of(daemon, acting);
  ASSERT(*place == acting);
  *place = acting->next;
  acting->done(acting->arg, acted);
  release(acting);
}

static void tell(struct acting *acting) {
  struct daemon *daemon = acting->daemon;
  struct api_news {
    struct buf text;
    struct json_writer w;
  } news;
  if (!hub_is_heard(daemon->hub)) {
    hub_skip(daemon->hub);
    return;
  }
  buf_init(&news.text);
  json_writer_init(&news.w, &news.text);
  json_open(&news.w, '{');
  json_key(&news.w, "lead");
  json_put_str(&news.w, acting->request.lead.id);
  json_key(&news.w, "act");
  json_put_str(&news.w, acting->request.act);
  json_key(&news.w, "actor");
  json_put_str(&news.w, acting->request.actor);
  json_key(&news.w, "role");
  json_put_str(&news.w, acting->request.role);
  json_close(&news.w, '}');
  hub_publish(daemon->hub, STR("lead.acted"), buf_str(&news.text));
  buf_release(&news.text);
}

static void on_committed(void *arg, const struct service_result *result) {
  struct acting *acting = arg;
  struct daemon *daemon = acting->daemon;
  struct acted acted = {.answer = result->answer, .event = buf_str(&acting->event)};
  if (result->answer == SERVICE_COMMITTED) tell(acting);
  finish(acting, &acted);
  start_waiting(daemon);
}

/* --- who, and about whom ---------------------------------------------------------------------------------------------- */

bool acting_may(unsigned roles, struct str role) {
  unsigned bit = role_of(role);
  return bit ? roles_cover(roles, bit) : (roles & ROLE_ADMIN) != 0;
}

/* Events carry a user's or an anonymous id. */
static bool find_name(struct acting *acting, uint32_t lead) {
  struct engine *engine = pipeline_engine(service_pipeline(acting->daemon->service));
  struct identity_member name = engine_lead_name(engine, lead), *members;
  size_t count = engine_lead_members(engine, lead, &acting->arena, &members);
  acting->request.lead = name;
  for (size_t i = 0; i < count && acting->request.lead.kind == ID_EMAIL; i++)
    acting->request.lead = members[i];
  return acting->request.lead.kind != ID_EMAIL;
}

/* Whether this act was accepted before under its id; another one under that id is refused. */
static bool is_known(struct acting *acting, struct act_refusal *refusal) {
  const struct act_request *request = &acting->request;
  struct event event = {.type = EVENT_ACT,
                        .source = STR(SERVICE_SOURCE),
                        .message_id = request->message_id,
                        .name = request->act};
  if (request->message_id.p == acting->id) return false; /* it gets one of its own */
  *(request->lead.kind == ID_USER ? &event.user_id : &event.anonymous_id) = request->lead.id;
  switch (engine_knows(pipeline_engine(service_pipeline(acting->daemon->service)), &event)) {
  case DEDUPE_NEW: return false;
  case DEDUPE_DUPLICATE: return true;
  case DEDUPE_CONFLICT: break;
  }
  return act_refuse(
      refusal, ACT_ID_USED,
      "the id '%.*s' was used for another act, or about another lead: take a new one for each act",
      STR_ARG(request->message_id));
}

/* --- judging ---------------------------------------------------------------------------------------------------------- */

static bool judge_as(struct acting *acting, const char *role, struct act_refusal *refusal) {
  acting->request.role = str_of(role);
  return act_judge(pipeline_fold(service_pipeline(acting->daemon->service)), &acting->request, &acting->arena,
                   &acting->event, refusal);
}

/* In the role that is asked for, or else in the first of the actor's roles that may. */
static bool judge(struct acting *acting, struct act_refusal *refusal) {
  static const char *const roles[] = {"marketing", "sales", "admin"};
  struct str role = acting->request.role;
  if (role.len && !acting_may(acting->ask.roles, role)) {
    *refusal = (struct act_refusal){.code = ACT_ROLE};
    snprintf(refusal->message, sizeof refusal->message, "this token may not act as '%.*s'", STR_ARG(role));
    return false;
  }
  if (role.len) return judge_as(acting, role.p, refusal);
  struct act_refusal first = {.code = ACT_FINE};
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
    if (!acting_may(acting->ask.roles, str_of(roles[i]))) continue;
    if (judge_as(acting, roles[i], refusal)) return true;
    if (refusal->code != ACT_ROLE) return false;
    if (first.code == ACT_FINE) first = *refusal;
  }
  *refusal = first;
  return false;
}

static enum service_answer submit(struct acting *acting, int64_t now_ms) {
  struct buf record;
  buf_init(&record);
  buf_printf(&record, "{\"batch\":[%.*s]}", (int)acting->event.len, acting->event.data);
  enum service_answer answer =
      service_submit_system(acting->daemon->service, buf_str(&record), now_ms, on_committed, acting);
  buf_release(&record);
  return answer;
}

/* The lead is free: what becomes of the act is known now, or when it is on the disk. */
static void start(struct acting *acting) {
  struct service *service = acting->daemon->service;
  struct act_refusal refusal = {.code = ACT_FINE};
  struct acted acted = {.answer = SERVICE_COMMITTED};
  int64_t now_ms = service_act_ms(service);
  uint32_t lead = engine_find_lead(pipeline_engine(service_pipeline(service)), acting->ask.lead);
  acting->on_its_way = true;
  acted.no_lead = lead == IDENTITY_NONE || !find_name(acting, lead) ||
                  pipeline_look(service_pipeline(service), lead, now_ms) == 0;
  acted.duplicate = !acted.no_lead && is_known(acting, &refusal);
  if (refusal.code != ACT_FINE) {
    acted.refusal = &refusal;
  } else if (!acted.duplicate && !acted.no_lead) {
    if (acting->request.message_id.p == acting->id) /* rising with time */
      acting->request.message_id.len =
          (size_t)snprintf(acting->id, sizeof acting->id, "act-%015" PRId64, now_ms);
    if (judge(acting, &refusal)) {
      acted.answer = submit(acting, now_ms);
      if (acted.answer == SERVICE_COMMITTED) return;
    } else {
      acted.refusal = &refusal;
    }
  }
  finish(acting, &acted);
}

/* --- one at a time for each lead -------------------------------------------------------------------------------------- */

static bool must_wait(const struct acting *acting) {
  struct engine *engine = pipeline_engine(service_pipeline(acting->daemon->service));
  uint32_t lead = engine_find_lead(engine, acting->ask.lead);
  for (const struct acting *older = acting->daemon->acting; older && older != acting; older = older->next)
    if (engine_find_lead(engine, older->ask.lead) == lead) return true;
  return false;
}

static struct acting *next_free(const struct daemon *daemon) {
  struct acting *acting = daemon->acting;
  /* What ended has left the list before it was freed (finish), which the analyzer loses sight of. */
  // NOLINTNEXTLINE(clang-analyzer-unix.Malloc)
  while (acting && (acting->on_its_way || must_wait(acting))) acting = acting->next;
  return acting;
}

/* The list may be another one after each. */
static void start_waiting(struct daemon *daemon) {
  for (struct acting *acting; (acting = next_free(daemon));) start(acting);
}

static int read_ask(struct acting *acting, const struct acting_ask *ask, struct err *err) {
  struct json_ref root;
  struct act_request *request = &acting->request;
  acting->ask = (struct acting_ask){.lead = keep(&acting->arena, ask->lead),
                                    .request = keep(&acting->arena, ask->request),
                                    .key = keep(&acting->arena, ask->key),
                                    .actor = keep(&acting->arena, ask->actor),
                                    .roles = ask->roles,
                                    .told = ask->told};
  *request = (struct act_request){
      .actor = acting->ask.actor, .message_id = acting->ask.key, .told = ask->told, .time_ms = TIME_NEVER};
  if (json_parse(acting->reader, acting->ask.request.p, acting->ask.request.len, &root, err) ||
      act_read(root, request, err))
    return -1;
  if (request->message_id.len == 0) request->message_id = (struct str){acting->id, 0};
  return 0;
}

int acting_begin(struct daemon *daemon, const struct acting_ask *ask,
                 void (*done)(void *arg, const struct acted *acted), void *arg, struct err *err) {
  uint32_t count = 0;
  struct acting **end = &daemon->acting;
  for (; *end; end = &(*end)->next) count++;
  if (count >= ACTING_MAX) return err_set(err, ERR_LIMIT, "too many acts are on their way; try again");
  struct acting *acting = xcalloc(1, sizeof *acting);
  acting->daemon = daemon;
  acting->reader = json_reader_new();
  acting->done = done;
  acting->arg = arg;
  arena_init(&acting->arena, 4096);
  buf_init(&acting->event);
  if (read_ask(acting, ask, err)) {
    err->code = ERR_INVALID; /* whatever bound it passed: only a full queue is a reason to come again */
    release(acting);
    return -1;
  }
  *end = acting;
  if (!must_wait(acting)) start(acting);
  return 0;
}

void acting_free(struct daemon *daemon) {
  while (daemon->acting) {
    struct acting *acting = daemon->acting;
    daemon->acting = acting->next;
    release(acting);
  }
}
