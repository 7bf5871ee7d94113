/* GET /v1/sla: how both sides keep what they promised. */
#include "core/desk/sla_report.h"
#include "serve/api/api.h"

enum { PERIODS = 2 }; /* the running one and the one before */

/* An instant of that name; `initial` when it is not given. -1 after answering 400. */
static int read_instant(struct http_exchange *exchange, const char *name, int64_t initial, int64_t *out) {
  struct str text;
  *out = initial;
  if (!http_request_query(http_exchange_request(exchange), str_of(name), &text)) return 0;
  return time_parse(text, out) ? 0 : api_refuse(exchange, name, "an instant such as 2026-11-20T09:00:00Z");
}

void api_show_sla(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"from", "to", "periods", NULL};
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct api_answer answer;
  int64_t now = service_now_ms(daemon->service), from, to, periods;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  if (api_known(exchange, names) != 0 || read_instant(exchange, "from", TIME_MIN, &from) != 0 ||
      read_instant(exchange, "to", TIME_MAX, &to) != 0 ||
      api_number(exchange, STR("periods"), PERIODS, 1, SLA_REPORT_PERIODS_MAX, &periods) != 0)
    return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "as_of");
  json_put_time(&answer.w, now);
  sla_report_json(pipeline_book(pipeline), pipeline_outbox(pipeline), pipeline_generation(pipeline)->rules,
                  from, to, (uint32_t)periods, now, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
