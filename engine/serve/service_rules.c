/* Other rules: tried on the whole journal aside, then swapped in between two events. */
#include "core/journal.h"
#include "serve/service_private.h"

enum { CATCH_UP_RECORDS = 8 }; /* that the loop may read itself at the swap */

static void on_noted(void *arg, const struct store_outcome *outcome) {
  if (outcome->state == STORE_OK) service_applied(arg, outcome);
}

/* If that fails, the next start finds other rules than are noted and does it again. */
void service_note_ruleset(struct service *service) {
  struct err err;
  struct json_writer w;
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  json_open(&w, '{');
  json_key(&w, "ruleset");
  json_put_text(&w, service->generation->rules->hash);
  json_close(&w, '}');
  const struct store_record record = {
      .received_ms = service_now_ms(service), .kind = JOURNAL_RULESET, .bytes = buf_str(&service->text)};
  store_append(service->store, &record, 1, on_noted, service, NULL, &err);
}

/* --- ids that are apart ------------------------------------------------------------------------------------------------ */

struct parting {
  struct service *service;
  struct apart *apart;
  void (*done)(void *arg, const struct service_result *result);
  void *arg;
};

const struct apart *service_apart(const struct service *service) {
  return service->apart;
}

static void on_parted(void *arg, const struct store_outcome *outcome) {
  struct parting *parting = arg;
  struct service *service = parting->service;
  const struct service_result result = {
      .answer = outcome->state == STORE_OK ? SERVICE_COMMITTED : service_answer_of(outcome->state)};
  struct apart *old = parting->apart;
  if (outcome->state == STORE_OK) {
    old = service->apart;
    service->apart = parting->apart;
  }
  apart_free(old);
  parting->done(parting->arg, &result);
  free(parting);
}

enum service_answer service_set_apart(struct service *service, struct apart *apart,
                                      void (*done)(void *arg, const struct service_result *result),
                                      void *arg) {
  struct parting *parting = xmalloc(sizeof *parting);
  struct json_writer w;
  struct err err;
  *parting = (struct parting){service, apart, done, arg};
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  apart_put(apart, &w);
  if (store_set(service->store, STR(APART_VALUE), buf_str(&service->text), on_parted, parting, &err) == 0)
    return SERVICE_COMMITTED;
  apart_free(apart);
  free(parting);
  return service_answer_of(store_state(service->store));
}

/* --- ends ----------------------------------------------------------------------------------------------------------- */

static void end(struct service *service, const struct err *err, size_t differing) {
  const struct activation activation = service->activation;
  const struct service_activation told = {err, service->generation->rules->hash, differing};
  if (activation.state != ACTIVATION_TIDYING) {
    rebuild_free(activation.rebuild);
    service->activation = (struct activation){0};
  }
  activation.done(activation.arg, &told);
}

/* What would be in another stage is folded again, now to be decided. */
static size_t touch_differing(struct service *service, const struct rebuild *rebuild) {
  struct leadbook *book = pipeline_book(service->pipeline);
  size_t count, touched = 0;
  const uint32_t *leads = rebuild_differing(rebuild, &count);
  for (size_t i = 0; i < count; i++) {
    struct lead_entry *entry = leadbook_find(book, leads[i]);
    bool differs = false;
    for (size_t k = 0; entry && k < LEADBOOK_LIFECYCLES; k++) {
      differs = differs || entry->would[k];
      entry->would[k] = 0;
    }
    if (!differs) continue;
    touched++;
    leadbook_touch(book, leads[i], TOUCH_SWEEP);
  }
  return touched;
}

static void swap(struct service *service) {
  struct rebuild *rebuild = service->activation.rebuild;
  struct pipeline *old = service->pipeline;
  struct err err;
  if (rebuild_catch_up(rebuild, service->applied_seq, service_now_ms(service), &err) != 0) {
    end(service, &err, 0);
    return;
  }
  service->pipeline = rebuild_take(rebuild);
  service->swaps++;
  service->generation = pipeline_generation(service->pipeline);
  service->rules_ms = service_now_ms(service);
  service->stopped = 0;
  service->letting_go = false;
  receiver_use(service->receiver, pipeline_engine(service->pipeline));
  service_forget_undecided(service); /* nobody was told; they are made again, under these rules */
  size_t differing = touch_differing(service, rebuild);
  service_note_ruleset(service);
  service->activation.state = ACTIVATION_TIDYING;
  end(service, NULL, differing);
  if (rebuild_dispose(rebuild, old, &err) != 0) {
    rebuild_free(rebuild);
    service->activation = (struct activation){0};
  }
  service_work_soon(service);
}

/* What came in under the old rules is decided under them: decided anew, it would seem to follow from the change of rules, and
 * nobody would be told of a lead that is waiting to be called. */
static bool owes_decisions(const struct service *service) {
  return service->flushing || service->undecided_count || leadbook_touched(pipeline_book(service->pipeline));
}

/* Not while decisions are on their way, nor before the start's are made; and not when many records have come meanwhile. */
void service_swap_if_ready(struct service *service) {
  struct activation *activation = &service->activation;
  struct err err;
  if (activation->state != ACTIVATION_READY || owes_decisions(service) || !service->settled) return;
  if (service->applied_seq - rebuild_seq(activation->rebuild) <= CATCH_UP_RECORDS) {
    swap(service);
    return;
  }
  activation->state = ACTIVATION_TRYING;
  if (rebuild_go_on(activation->rebuild, service->applied_seq, service_now_ms(service), &err) != 0)
    end(service, &err, 0);
}

static void on_paused(void *context, const struct err *failure) {
  struct service *service = context;
  struct err err;
  if (service->activation.state == ACTIVATION_TIDYING) {
    struct rebuild *rebuild = service->activation.rebuild;
    service->activation = (struct activation){0};
    rebuild_free(rebuild);
  } else if (failure) {
    err = *failure; /* it goes with the rebuild */
    end(service, &err, 0);
  } else {
    service->activation.state = ACTIVATION_READY;
    service_swap_if_ready(service);
  }
}

/* --- begins ---------------------------------------------------------------------------------------------------------- */

int service_activate(struct service *service, struct generation *generation,
                     void (*done)(void *arg, const struct service_activation *activation), void *arg,
                     struct err *err) {
  const struct rebuild_options options = {.dir = service->config->data,
                                          .generation = generation,
                                          .pipeline = service_pipeline_options(service),
                                          .loop = service->loop,
                                          .context = service,
                                          .paused = on_paused};
  if (service_erasing(service)) {
    generation_free(generation);
    return err_set(err, ERR_LIMIT, "somebody's data is being erased: try again when that is done");
  }
  if (service->activation.state != ACTIVATION_NONE) {
    generation_free(generation);
    return err_set(err, ERR_LIMIT, "other rules are being activated: try again when that is done");
  }
  service_check_rules(generation);
  service_apply_quarantine(service, generation);
  struct rebuild *rebuild = rebuild_new(&options);
  if (rebuild_go_on(rebuild, service->applied_seq, service_now_ms(service), err) != 0) {
    rebuild_free(rebuild);
    return -1;
  }
  service->activation = (struct activation){ACTIVATION_TRYING, rebuild, done, arg};
  return 0;
}

bool service_is_activating(const struct service *service) {
  return service->activation.state != ACTIVATION_NONE;
}
