/* What others are told; and how far everybody has been folded, with all that followed in the journal: effects of events are not looked for
 * again, and who turned out to be one by then becomes one as it did then. Decisions need no such mark, they are recorded themselves. */
#include "serve/service/service_private.h"
#include <inttypes.h>

#define EFFECTS_AFTER STR("effects.after") /* a value of the store: the number of a record */

enum { KEEP_MS = 1000 }; /* how often the mark is written at most */

static uint64_t read_mark(const struct service *service) {
  struct err err;
  struct buf value;
  uint64_t mark = 0;
  struct store_reader *reader = store_reader_new(service->config->data, &err);
  buf_init(&value);
  if (reader && store_reader_value(reader, EFFECTS_AFTER, &value, &err) > 0)
    mark = strtoull(value.data, NULL, 10);
  buf_release(&value);
  store_reader_free(reader);
  return mark;
}

void service_read_folded(struct service *service) {
  service->effects_kept = read_mark(service);
  pipeline_set_folded_until(service->pipeline, service->effects_kept);
}

/* Without a mark, or with an old one, what an earlier process has seen to is looked at again, and is known (outbox_knows). */
void service_open_handoff(struct service *service) {
  const struct handoff_calls calls = {service, service_add_record};
  service->handoff = handoff_new(&calls);
  handoff_set_url(service->handoff, service->config->public_url);
  if (service->effects_kept > pipeline_effects_after(service->pipeline))
    pipeline_set_effects_after(service->pipeline, service->effects_kept);
}

/* Everybody has been folded, and what followed is in the journal. */
static bool is_at_rest(const struct service *service) {
  return service->settled && !service->flushing && !service->undecided_count &&
         leadbook_touched(pipeline_book(service->pipeline)) == 0;
}

void service_keep_effects(struct service *service) {
  uint64_t last = pipeline_last_record(service->pipeline);
  char text[24];
  struct err err;
  if (!is_at_rest(service) || last <= pipeline_effects_after(service->pipeline)) return;
  pipeline_set_effects_after(service->pipeline, last);
  int64_t now_ms = loop_now_ms(service->loop);
  if (now_ms < service->effects_kept_ms + KEEP_MS) return;
  int len = snprintf(text, sizeof text, "%" PRIu64, last);
  if (store_set(service->store, EFFECTS_AFTER, (struct str){text, (size_t)len}, NULL, NULL, &err) != 0)
    return;
  service->effects_kept = last;
  service->effects_kept_ms = now_ms;
}
