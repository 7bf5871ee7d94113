/* GET /v1/sla: how both sides keep what they promised. It looks at every clock and every lead, so it is made in pieces. */
#include "core/desk/sla_report.h"
#include "serve/pieces.h"

enum { PERIODS = 2 }; /* the running one and the one before */

/* An instant of that name; `initial` when it is not given. -1 after answering 400. */
static int read_instant(struct http_exchange *exchange, const char *name, int64_t initial, int64_t *out) {
  struct str text;
  *out = initial;
  if (!http_request_query(http_exchange_request(exchange), str_of(name), &text)) return 0;
  return time_parse(text, out) ? 0 : api_refuse(exchange, name, "an instant such as 2026-11-20T09:00:00Z");
}

struct asked {
  struct pieces pieces; /* first */
  int64_t now_ms;
  struct sla_report *report;
};

static int open_report(void *pieces) {
  static const char *const names[] = {"from", "to", "periods", NULL};
  struct asked *asked = pieces;
  struct service *service = asked->pieces.daemon->service;
  struct http_exchange *exchange = asked->pieces.exchange;
  struct pipeline *pipeline = service_pipeline(service);
  struct sla_question question = {.now_ms = service_now_ms(service)};
  int64_t periods;
  if (api_known(exchange, names) != 0 || read_instant(exchange, "from", TIME_MIN, &question.from_ms) != 0 ||
      read_instant(exchange, "to", TIME_MAX, &question.to_ms) != 0 ||
      api_number(exchange, STR("periods"), PERIODS, 1, SLA_REPORT_PERIODS_MAX, &periods) != 0)
    return -1;
  question.periods = (uint32_t)periods;
  asked->now_ms = question.now_ms;
  asked->report = sla_report_new(pipeline_book(pipeline), pipeline_outbox(pipeline),
                                 pipeline_generation(pipeline)->rules, &question);
  return 0;
}

static enum pieces_state piece(void *pieces) {
  struct asked *asked = pieces;
  struct api_answer answer;
  if (sla_report_step(asked->report)) return PIECES_MORE;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "as_of");
  json_put_time(&answer.w, asked->now_ms);
  sla_report_json(asked->report, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, asked->pieces.exchange);
  return PIECES_DONE;
}

static void release(void *pieces) {
  sla_report_free(((struct asked *)pieces)->report);
}

void api_show_sla(struct http_exchange *exchange, void *app) {
  static const struct pieces_kind kind = {sizeof(struct asked), open_report, piece, release};
  pieces_begin(&kind, app, exchange, 0);
}
