#include "core/rules/binding.h"
#include "base/err.h"

struct binding {
  struct generation *generation;
  struct json_reader *reader; /* of events read again */
  struct normalised normalised;
  uint32_t stopped; /* functions in quarantine when all leads were folded last */
};

/* The event of a touch, from its kept bytes. Its place in time and in order is the touch's: that was decided once. */
static const struct event *open_event(void *context, const struct touch *touch) {
  struct binding *binding = context;
  struct json_ref root;
  struct err err;
  if (!touch->more || touch->more->raw.len == 0) return NULL;
  if (json_parse(binding->reader, touch->more->raw.p, touch->more->raw.len, &root, &err)) return NULL;
  size_t source_len = strlen(touch->key);
  struct normalise_context how = {.source = {touch->key, source_len},
                                  .received_ms = touch->time_ms,
                                  .is_system = touch->type >= EVENT_CALLS,
                                  .batch_sent_ms = TIME_NEVER,
                                  .has_type = true,
                                  .type = (enum event_type)touch->type};
  if (normalise_event(root, &how, &binding->normalised) != REJECT_NONE) return NULL;
  struct event *event = &binding->normalised.event;
  event->time_ms = touch->time_ms;
  event->message_id = (struct str){touch->key + source_len + 1, touch->key_len - source_len - 1};
  return event;
}

static int points_at_ingest(void *context, int fn, const struct event *event, struct fn_amount *amounts) {
  struct binding *binding = context;
  uint32_t count = 0;
  switch (script_points_at_ingest(binding->generation->script, fn, event, amounts, &count)) {
  case SCRIPT_POINTS: return (int)count;
  case SCRIPT_NEEDS_LEAD: return INTAKE_NEEDS_LEAD;
  case SCRIPT_FAILED: break;
  }
  return INTAKE_FAILED;
}

static bool stopped_at_ingest(void *context, int fn) {
  struct binding *binding = context;
  return script_stopped(binding->generation->script, fn);
}

static bool settle(void *context) {
  struct binding *binding = context;
  uint32_t stopped = script_stopped_count(binding->generation->script);
  bool more = stopped > binding->stopped;
  binding->stopped = stopped;
  return more;
}

void binding_bind(struct binding *binding) {
  const struct script_events events = {binding, open_event};
  script_bind(binding->generation->script, binding->generation->rules, &events);
}

struct binding *binding_new(struct generation *generation) {
  struct binding *binding = xcalloc(1, sizeof *binding);
  binding->generation = generation;
  binding->reader = json_reader_new();
  binding_bind(binding);
  return binding;
}

void binding_free(struct binding *binding) {
  if (!binding) return;
  json_reader_free(binding->reader);
  free(binding);
}

void binding_calls(struct binding *binding, struct engine_calls *calls) {
  *calls = (struct engine_calls){.intake = {binding, points_at_ingest, stopped_at_ingest},
                                 .fold = script_calls(binding->generation->script),
                                 .settle = settle,
                                 .settle_context = binding};
}
