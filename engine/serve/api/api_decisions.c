/* GET /v1/decisions: the recorded transitions of all leads. Newest first, older ones by ?before=; or, to follow on, those after a
 * number (?since=), oldest first. Numbers are the journal's: they rise, with gaps, and are for ever. All in pieces (pieces.h). */
#include "core/journal/decision_json.h"
#include "serve/pieces.h"
#include "serve/ranking.h"

enum { LIMIT_MAX = 1000, LIMIT = 50, PIECE = 4096 /* decisions in a step */ };

struct asked {
  struct pieces pieces; /* first */
  struct pipeline *pipeline;
  const struct leadbook *book;
  uint32_t looked; /* decisions before this one have been */
  bool follows;    /* oldest first */
  int64_t since, before;
  uint16_t stage; /* `to`; with any_stage: all */
  bool any_stage;
  struct ranking ranking;
};

static int read_asked(struct asked *asked, struct http_exchange *exchange) {
  static const char *const names[] = {"since", "before", "to", "limit", NULL};
  const struct http_request *request = http_exchange_request(exchange);
  struct str text;
  if (api_known(exchange, names) != 0) return -1;
  asked->follows = http_request_query(request, STR("since"), &text);
  if (api_number(exchange, STR("since"), 0, 0, INT64_MAX, &asked->since) != 0) return -1;
  if (api_number(exchange, STR("before"), INT64_MAX, 0, INT64_MAX, &asked->before) != 0) return -1;
  asked->any_stage = !http_request_query(request, STR("to"), &text);
  if (!asked->any_stage) asked->stage = leadbook_find_name(asked->book, text);
  return ranking_init(&asked->ranking, exchange, LIMIT, LIMIT_MAX);
}

static bool is_wanted(const struct asked *asked, const struct decision *decision) {
  int64_t record = (int64_t)decision->record;
  if (record == 0 || record <= asked->since || record >= asked->before) return false;
  return asked->any_stage || decision->to == asked->stage;
}

/* A piece of them; false: those were all. */
static bool search(struct asked *asked) {
  uint32_t count = leadbook_decision_count(asked->book);
  for (int i = 0; i < PIECE && asked->looked <= count; i++) {
    uint32_t number = asked->looked++;
    const struct decision *decision = leadbook_decision(asked->book, number);
    int64_t record = (int64_t)decision->record;
    if (is_wanted(asked, decision))
      ranking_offer(&asked->ranking, (struct rank){asked->follows ? -record : record, 0, number});
  }
  return asked->looked <= count;
}

static void note_lead(void *context, uint32_t lead) {
  *(uint32_t *)context = lead;
}

/* The lead it is about now: it may be part of another since. */
static uint32_t lead_of(const struct asked *asked, const struct decision *decision) {
  uint32_t lead = decision->node;
  const struct identity_visitor visitor = {&lead, note_lead};
  engine_leads_of(pipeline_engine(asked->pipeline), decision->node, &visitor);
  return lead;
}

static void put_decision(struct json_writer *w, const struct asked *asked, const struct decision *decision) {
  uint32_t lead = lead_of(asked, decision);
  if (!leadbook_find(asked->book, lead)) return; /* it is no more */
  json_open(w, '{');
  json_key(w, "number");
  json_put_int(w, (int64_t)decision->record);
  json_key(w, "lead");
  json_put_str(w, engine_lead_id(pipeline_engine(asked->pipeline), lead));
  decision_json(asked->book, decision, w);
  json_close(w, '}');
}

/* Where to go on: always a number for those who follow, null for who has reached the first. */
static void put_next(struct json_writer *w, const struct asked *asked, int64_t last) {
  json_key(w, "next");
  if (asked->follows)
    json_put_int(w, last ? last : asked->since);
  else if (asked->ranking.count > asked->ranking.limit)
    json_put_int(w, last);
  else
    json_put_null(w);
}

static void put_decisions(struct json_writer *w, const struct asked *asked, size_t count, int64_t *last) {
  for (size_t i = 0; i < count; i++) {
    const struct decision *decision = leadbook_decision(asked->book, asked->ranking.items[i].number);
    int64_t rank = asked->ranking.items[i].first;
    *last = rank < 0 ? -rank : rank;
    if (decision->record)
      put_decision(w, asked, decision); /* not of somebody erased since it was looked at */
  }
}

static void answer(struct asked *asked) {
  struct api_answer answer;
  int64_t last = 0;
  size_t count = ranking_end(&asked->ranking);
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "decisions");
  json_open(&answer.w, '[');
  put_decisions(&answer.w, asked, count, &last);
  json_close(&answer.w, ']');
  put_next(&answer.w, asked, last);
  json_close(&answer.w, '}');
  api_send(&answer, asked->pieces.exchange);
}

/* --- pieces ------------------------------------------------------------------------------------------------------------ */

static void release(void *pieces) {
  ranking_release(&((struct asked *)pieces)->ranking);
}

/* Only decisions that are in the journal now: of two that are on their way the second could be seen without the first, which
 * who follows would then miss. */
static int open_asked(void *pieces) {
  struct asked *asked = pieces;
  struct service *service = asked->pieces.daemon->service;
  int64_t end = (int64_t)service_last_record(service) + 1;
  asked->pipeline = service_pipeline(service);
  asked->book = pipeline_book(asked->pipeline);
  asked->looked = 1;
  if (read_asked(asked, asked->pieces.exchange) != 0) return -1;
  if (asked->before > end) asked->before = end;
  return 0;
}

static enum pieces_state piece(void *pieces) {
  struct asked *asked = pieces;
  if (search(asked)) return PIECES_MORE;
  answer(asked);
  return PIECES_DONE;
}

void api_list_decisions(struct http_exchange *exchange, void *app) {
  static const struct pieces_kind kind = {sizeof(struct asked), open_asked, piece, release};
  pieces_begin(&kind, app, exchange, 0);
}
