/* GET /v1/clocks, /v1/leads/{id}/clocks: what sales works against. */
#include "core/desk/clockbook.h"
#include "core/desk/clocks.h"
#include "serve/ranking.h"

enum { LIMIT = 50, LIMIT_MAX = 1000 };

enum wanted { WANT_RUNNING, WANT_OPEN, WANT_WARNED, WANT_BREACHED, WANT_STOPPED, WANT_ALL };

static bool is_wanted(const struct clock *clock, enum wanted wanted) {
  bool open = clock_is_open(clock), warned = clock->warned_ms != TIME_NEVER,
       breached = clock->breached_ms != TIME_NEVER;
  switch (wanted) {
  case WANT_RUNNING: return open;
  case WANT_OPEN: return open && !warned && !breached;
  case WANT_WARNED: return open && warned && !breached;
  case WANT_BREACHED: return breached;
  case WANT_STOPPED: return !open;
  case WANT_ALL: break;
  }
  return true;
}

static int read_state(struct http_exchange *exchange, enum wanted *wanted) {
  static const char *const words[] = {"running", "open", "warned", "breached", "stopped", "all"};
  struct str text;
  *wanted = WANT_RUNNING;
  if (!http_request_query(http_exchange_request(exchange), STR("state"), &text)) return 0;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!str_eq(text, str_of(words[i]))) continue;
    *wanted = (enum wanted)i;
    return 0;
  }
  return api_refuse(exchange, "state", "running, open, warned, breached, stopped or all");
}

/* A name by which clocks are filtered: 0 lets all through, a name nobody knows none. */
static uint16_t read_name(struct http_exchange *exchange, const struct leadbook *book, struct str parameter) {
  struct str text;
  if (!http_request_query(http_exchange_request(exchange), parameter, &text)) return 0;
  uint16_t name = leadbook_find_name(book, text);
  return name ? name : UINT16_MAX;
}

struct listing {
  struct pipeline *pipeline;
  const struct leadbook *book;
  enum wanted wanted;
  uint16_t sla, stage;
  struct ranking ranking;
};

static void offer(struct listing *listing, const struct clockbook *clocks, uint32_t number) {
  const struct clock *clock = clockbook_at(clocks, number);
  if (!clock->id || !is_wanted(clock, listing->wanted)) return; /* of somebody who was erased: no id */
  if (listing->sla && clock->sla != listing->sla) return;
  if (listing->stage && clock->stage != listing->stage) return;
  ranking_offer(&listing->ranking, (struct rank){-clock->due_ms, 0, number});
}

/* What runs is asked for again and again; what ever ran is looked through only for who asks for that. */
static void search(struct listing *listing) {
  const struct clockbook *clocks = leadbook_clocks(listing->book);
  uint32_t running;
  const uint32_t *numbers = clockbook_running(clocks, &running);
  if (listing->wanted <= WANT_WARNED) {
    for (uint32_t i = 0; i < running; i++) offer(listing, clocks, numbers[i]);
    return;
  }
  for (uint32_t number = 1; number <= clockbook_count(clocks); number++) offer(listing, clocks, number);
}

static void note_lead(void *context, uint32_t lead) {
  *(uint32_t *)context = lead;
}

static struct str lead_of(const struct listing *listing, const struct clock *clock) {
  uint32_t lead = clock->node;
  const struct identity_visitor visitor = {&lead, note_lead};
  engine_leads_of(pipeline_engine(listing->pipeline), clock->node, &visitor);
  return engine_lead_id(pipeline_engine(listing->pipeline), lead);
}

void api_list_clocks(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"state", "sla", "stage", "limit", "cursor", NULL};
  struct daemon *daemon = app;
  struct listing listing = {.pipeline = service_pipeline(daemon->service)};
  struct api_answer answer;
  int64_t now = service_now_ms(daemon->service);
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  listing.book = pipeline_book(listing.pipeline);
  if (api_known(exchange, names) != 0 || read_state(exchange, &listing.wanted) != 0) return;
  if (ranking_init(&listing.ranking, exchange, LIMIT, LIMIT_MAX) == 0) {
    listing.sla = read_name(exchange, listing.book, STR("sla"));
    listing.stage = read_name(exchange, listing.book, STR("stage"));
    search(&listing);
    size_t count = ranking_end(&listing.ranking);
    api_open(&answer);
    json_open(&answer.w, '{');
    json_key(&answer.w, "clocks");
    json_open(&answer.w, '[');
    for (size_t i = 0; i < count; i++) {
      const struct clock *clock =
          clockbook_at(leadbook_clocks(listing.book), listing.ranking.items[i].number);
      json_open(&answer.w, '{');
      json_key(&answer.w, "lead");
      json_put_str(&answer.w, lead_of(&listing, clock));
      clocks_json(listing.book, clock, now, &answer.w);
      json_close(&answer.w, '}');
    }
    json_close(&answer.w, ']');
    ranking_put(&listing.ranking, &answer.w);
    json_close(&answer.w, '}');
    api_send(&answer, exchange);
  }
  ranking_release(&listing.ranking);
}

void api_lead_clocks(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  int64_t now = service_now_ms(daemon->service);
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  uint32_t lead = api_find_lead(exchange, daemon);
  if (lead == IDENTITY_NONE) return;
  const struct leadbook *book = pipeline_book(service_pipeline(daemon->service));
  const struct lead_entry *entry = leadbook_find(book, lead);
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "lead");
  json_put_str(&answer.w, engine_lead_id(pipeline_engine(service_pipeline(daemon->service)), lead));
  json_key(&answer.w, "clocks");
  json_open(&answer.w, '[');
  for (uint32_t number = entry ? entry->clocks : 0; number;
       number = clockbook_at(leadbook_clocks(book), number)->older) {
    json_open(&answer.w, '{');
    clocks_json(book, clockbook_at(leadbook_clocks(book), number), now, &answer.w);
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
