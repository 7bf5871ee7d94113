/* Stage changes that other rules brought about and that are held: let through when somebody says so, or so many an hour. */
#include "core/engine/stages.h"
#include "core/journal/journal.h"
#include "serve/service/service_private.h"

enum { DRIP_MIN_MS = 100, DRIP_LEADS_MAX = 1000 /* at once */ };

struct releasing {
  struct service *service;
  struct buf record; /* its bytes */
  void (*done)(void *arg, const struct service_result *result);
  void *arg;
};

static void on_released(void *arg, const struct store_outcome *outcome) {
  struct releasing *releasing = arg;
  struct service *service = releasing->service;
  struct service_result result = {.answer = SERVICE_COMMITTED};
  struct err err;
  if (outcome->state == STORE_OK) {
    const struct store_record record = {.seq = service_applied(service, outcome),
                                        .kind = JOURNAL_RELEASE,
                                        .bytes = buf_str(&releasing->record)};
    ASSERT(pipeline_take(service->pipeline, &record, NULL, &err) == 0); /* it was made here */
    service_work_soon(service);
  } else
    result.answer = service_answer_of(outcome->state);
  if (releasing->done) releasing->done(releasing->arg, &result);
  buf_release(&releasing->record);
  free(releasing);
}

static enum service_answer append(struct releasing *releasing) {
  struct service *service = releasing->service;
  const struct store_record record = {
      .received_ms = service_now_ms(service), .kind = JOURNAL_RELEASE, .bytes = buf_str(&releasing->record)};
  struct err err;
  if (store_append(service->store, &record, 1, on_released, releasing, NULL, &err) == 0)
    return SERVICE_COMMITTED;
  buf_release(&releasing->record);
  free(releasing);
  return service_answer_of(store_state(service->store));
}

static void put_lead(struct json_writer *w, struct identity_member name) {
  static const char *const kinds[ID_KINDS] = {
      [ID_USER] = "user", [ID_ANONYMOUS] = "anonymous", [ID_EMAIL] = "email"};
  json_open(w, '{');
  json_key(w, kinds[name.kind]);
  json_put_str(w, name.id);
  json_close(w, '}');
}

static struct releasing *new_releasing(struct service *service, struct json_writer *w) {
  struct releasing *releasing = xcalloc(1, sizeof *releasing);
  releasing->service = service;
  buf_init(&releasing->record);
  json_writer_init(w, &releasing->record);
  json_open(w, '{');
  return releasing;
}

static void open_leads(struct json_writer *w) {
  json_key(w, "leads");
  json_open(w, '[');
}

static void close_leads(struct json_writer *w) {
  json_close(w, ']');
}

enum service_answer service_release_stages(struct service *service, const struct str *ids, size_t count,
                                           void (*done)(void *arg, const struct service_result *result),
                                           void *arg) {
  struct engine *engine = pipeline_engine(service->pipeline);
  struct json_writer w;
  struct releasing *releasing = new_releasing(service, &w);
  releasing->done = done;
  releasing->arg = arg;
  if (ids) {
    open_leads(&w);
    for (size_t i = 0; i < count; i++) {
      uint32_t lead = engine_find_lead(engine, ids[i]);
      if (lead != IDENTITY_NONE) put_lead(&w, engine_lead_name(engine, lead));
    }
    close_leads(&w);
  }
  json_close(&w, '}');
  return append(releasing);
}

/* --- drip ------------------------------------------------------------------------------------------------------------ */

static bool drips(const struct service *service) {
  int64_t per_hour = pipeline_stages(service->pipeline);
  return pipeline_is_holding(service->pipeline) && per_hour != STAGES_HOLD && per_hour != STAGES_NOW;
}

/* How many are due by now; what is less than a whole one is left for the next time. After a while in which nobody was held
 * nothing is owed. */
static size_t take_due(struct service *service, int64_t now_ms) {
  int64_t per_hour = pipeline_stages(service->pipeline), owed_ms = now_ms - service->drip_ms;
  if (owed_ms < 0 || leadbook_held(pipeline_book(service->pipeline)) == 0) {
    service->drip_ms = now_ms;
    return 0;
  }
  if (owed_ms > TIME_MS_PER_HOUR) owed_ms = TIME_MS_PER_HOUR;
  int64_t due = owed_ms * per_hour / TIME_MS_PER_HOUR;
  if (due > DRIP_LEADS_MAX) due = DRIP_LEADS_MAX;
  service->drip_ms = now_ms - (owed_ms - due * TIME_MS_PER_HOUR / per_hour);
  return (size_t)due;
}

static void release_oldest(struct service *service, size_t count) {
  struct engine *engine = pipeline_engine(service->pipeline);
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct json_writer w;
  struct releasing *releasing = new_releasing(service, &w);
  const struct lead_entry *entry;
  size_t cursor = 0;
  open_leads(&w);
  while (count-- > 0 && (entry = leadbook_next_held(book, &cursor)))
    put_lead(&w, engine_lead_name(engine, entry->node));
  close_leads(&w);
  json_close(&w, '}');
  append(releasing); /* when it fails they are still held, and the next drop takes them */
}

void service_drip(void *arg) {
  struct service *service = arg;
  size_t due;
  if (!drips(service) || !service->settled) {
    loop_timer_after(service->drip, TIME_MS_PER_SECOND);
    return;
  }
  due = take_due(service, service_now_ms(service));
  if (due) release_oldest(service, due);
  int64_t every_ms = TIME_MS_PER_HOUR / pipeline_stages(service->pipeline);
  if (every_ms > TIME_MS_PER_SECOND) every_ms = TIME_MS_PER_SECOND;
  loop_timer_after(service->drip, every_ms < DRIP_MIN_MS ? DRIP_MIN_MS : every_ms);
}
