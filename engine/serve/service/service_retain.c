/* People of whom nothing was heard for as long as the settings say (retention.leads) are erased, many at a time.
 *
 * Nobody waits for it, and each batch reads the journal, as other rules on their way do, which would begin anew behind each: so the
 * two take turns, and what is being activated goes first, if it does not go on for ever.
 * The book of leads is gone through once an hour, a piece at a time. Who seems silent is named in the record that asks for the
 * erasure; who is heard of before that is committed stays (core/journal/pipeline_erase.c). */
#include "serve/service/service_private.h"

enum {
  EVERY_MS = 60 * 60 * 1000,
  FIRST_MS = 60 * 1000, /* after the start */
  PIECE_LEADS = 20000,  /* looked at in one go */
  PIECE_MS = 10,        /* between two */
  BATCH = 1000,         /* erased together */
  YIELD_MS = 250,       /* until it is looked whether other rules are still on their way */
  YIELDS_MAX = 10 * 60 * 1000 / YIELD_MS
};

struct retaining {
  struct service *service;
  struct loop_timer *timer;
  size_t cursor;
  int64_t before_ms;
  struct arena arena;
  struct identity_member names[BATCH]; /* of the silent, so far; in the arena */
  size_t count;
  int yields; /* since it has erased, or other rules were under way */
};

static void forget_names(struct retaining *r) {
  r->count = 0;
  arena_clear(&r->arena);
}

static void rest(struct retaining *r, int64_t ms) {
  forget_names(r);
  r->cursor = 0;
  loop_timer_after(r->timer, ms);
}

/* Others may be silent too. */
static void on_erased(void *arg, const struct service_erased *erased) {
  struct retaining *r = arg;
  if (r->service->closing) return;
  r->yields = 0;
  if (!erased->err && erased->leads)
    service_notice(r->service, "%zu people of whom nothing was heard for long were erased, with %llu events",
                   erased->leads, (unsigned long long)erased->events);
  rest(r, erased->err || erased->leads == 0 ? EVERY_MS : PIECE_MS);
}

/* Whether other rules go first; then it looks again. */
static bool yields(struct retaining *r) {
  if (!service_is_under_way(r->service)) r->yields = 0;
  if (!service_is_under_way(r->service) || r->yields == YIELDS_MAX) return false;
  r->yields++;
  rest(r, YIELD_MS);
  return true;
}

static void erase(struct retaining *r) {
  if (yields(r)) return;
  const struct erasure wanted = {.asked_ms = service_now_ms(r->service)};
  struct buf record;
  buf_init(&record);
  erasure_write_silent(&wanted, r->names, r->count, r->before_ms, &record);
  if (service_ask_erasure(r->service, buf_str(&record), on_erased, r) != SERVICE_COMMITTED) rest(r, EVERY_MS);
  buf_release(&record);
}

static void look_at(struct retaining *r, const struct lead_entry *entry) {
  if (entry->folded_ms == TIME_MIN || entry->last_ms >= r->before_ms) return;
  struct identity_member name = engine_lead_name(pipeline_engine(r->service->pipeline), entry->node);
  r->names[r->count++] = (struct identity_member){name.kind, arena_str(&r->arena, name.id)};
}

static void look_on(void *arg) {
  struct retaining *r = arg;
  struct service *service = r->service;
  const struct leadbook *book = pipeline_book(service->pipeline);
  const struct lead_entry *entry = NULL;
  int64_t keep_ms = service->config->retention.leads_ms;
  if (keep_ms == TIME_NEVER || !service->settled) {
    rest(r, keep_ms == TIME_NEVER ? EVERY_MS : FIRST_MS);
    return;
  }
  if (r->cursor == 0 && yields(r)) return;
  if (r->cursor == 0) r->before_ms = service_now_ms(service) - keep_ms;
  if (!present_is_sure(
          &service->present)) { /* who is silent by a clock that is wrong would be gone for good */
    rest(r, EVERY_MS);
    return;
  }
  for (int i = 0; i < PIECE_LEADS && r->count < BATCH && (entry = leadbook_next(book, &r->cursor)); i++)
    look_at(r, entry);
  if (entry && r->count < BATCH)
    loop_timer_after(r->timer, PIECE_MS);
  else if (r->count)
    erase(r);
  else
    rest(r, EVERY_MS);
}

void service_start_retaining(struct service *service) {
  struct retaining *r = service->retaining = xcalloc(1, sizeof *r);
  r->service = service;
  r->timer = loop_timer_new(service->loop, look_on, r);
  arena_init(&r->arena, 0);
  loop_timer_after(r->timer, FIRST_MS);
}

void service_look_for_silent(struct service *service) {
  if (service->retaining->count == 0) rest(service->retaining, 0);
}

void service_stop_retaining(struct service *service) {
  struct retaining *r = service->retaining;
  if (!r) return;
  service->retaining = NULL;
  loop_timer_free(r->timer);
  arena_release(&r->arena);
  free(r);
}
