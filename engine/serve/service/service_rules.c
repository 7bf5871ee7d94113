/* Other rules: at once, or tried on the whole journal aside and then swapped in; in any case between two events. */
#include "core/engine/stages.h"
#include "core/journal/journal.h"
#include "core/rules/alike.h"
#include "serve/service/service_enrich.h"
#include "serve/service/service_private.h"

enum {
  CATCH_UP_RECORDS = 2, /* that the loop may read itself at the swap */
  CATCH_UP_ROUNDS = 64, /* after so many, ... */
  CATCH_UP_MOST = 64,   /* ... this many: rather a short pause than never */
  SWAP_PATIENCE_MS = 500,
  NAMES_SPARE = 4096 /* a book with fewer names left is made anew */
};

/* --- taking over ------------------------------------------------------------------------------------------------------ */

static void on_noted(void *arg, const struct store_outcome *outcome) {
  if (outcome->state == STORE_OK) service_applied(arg, outcome);
}

/* If that fails, the next start finds other rules than are noted and does it again. */
static void note_ruleset(struct service *service, int64_t now_ms, int64_t stages) {
  char text[STAGES_TEXT_MAX];
  struct err err;
  struct json_writer w;
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  json_open(&w, '{');
  json_key(&w, "ruleset");
  json_put_text(&w, service->generation->rules->hash);
  if (stages != STAGES_NOW) {
    json_key(&w, "stages");
    json_put_text(&w, stages_text(stages, text));
  }
  json_close(&w, '}');
  const struct store_record record = {
      .received_ms = now_ms, .kind = JOURNAL_RULESET, .bytes = buf_str(&service->text)};
  store_append(service->store, &record, 1, on_noted, service, NULL, &err);
}

void service_take_over(struct service *service, int64_t stages) {
  int64_t now = service_now_ms(service);
  service_shadow_end(service, "other rules took over", true);
  service->failures_seen = 0;
  service->stopped = 0; /* of this generation's functions nobody has been told yet */
  service->letting_go = false;
  service->rules_ms = now;
  service->moved_before = service_moved(service);
  service->moved = 0;
  service->swaps++;
  service->drip_ms = now;
  pipeline_take_over(service->pipeline, now, stages);
  pipeline_set_effects_after(service->pipeline, service->applied_seq);
  note_ruleset(service, now, stages);
  pipeline_sweep_begin(service->pipeline);
}

size_t service_moved(const struct service *service) {
  return service->moved + leadbook_held(pipeline_book(service->pipeline));
}

size_t service_moved_before(const struct service *service) {
  return service->moved_before;
}

/* --- values ------------------------------------------------------------------------------------------------------------ */

struct setting {
  void (*done)(void *arg, const struct service_result *result);
  void *arg;
};

static void on_set(void *arg, const struct store_outcome *outcome) {
  const struct setting setting = *(struct setting *)arg;
  const struct service_result result = {
      .answer = outcome->state == STORE_OK ? SERVICE_COMMITTED : service_answer_of(outcome->state)};
  free(arg);
  setting.done(setting.arg, &result);
}

enum service_answer service_set_value(struct service *service, struct str name, struct str bytes,
                                      void (*done)(void *arg, const struct service_result *result),
                                      void *arg) {
  struct setting *setting = xmalloc(sizeof *setting);
  struct err err;
  *setting = (struct setting){done, arg};
  if (store_set(service->store, name, bytes, on_set, setting, &err) == 0) return SERVICE_COMMITTED;
  free(setting);
  return service_answer_of(store_state(service->store));
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

void service_end_activation(struct service *service, const struct err *err) {
  const struct activation activation = service->activation;
  struct service_activation told = {
      .err = err, .ruleset = service->generation->rules->hash, .instant = activation.instant != NULL};
  if (!err && activation.rebuild && !activation.instant) {
    told.differing = rebuild_differing(activation.rebuild);
    told.moves = rebuild_moves(activation.rebuild, &told.move_count);
  }
  if (activation.how.preview) told.ruleset = activation.hash;
  activation.done(activation.arg, &told);
  if (service->activation.state == ACTIVATION_TIDYING) return;
  rebuild_free(activation.rebuild);
  generation_free(activation.kept);
  service->activation = (struct activation){0};
  service_erase_if_ready(service);
}

/* The next activation waits for it, so that no more than one generation is on its way out. */
static void tidy(struct service *service, struct pipeline *pipeline, struct generation *generation) {
  struct rebuild *rebuild = service->activation.rebuild;
  struct err err;
  if (rebuild_dispose(rebuild, pipeline, generation, &err) == 0) return;
  rebuild_free(rebuild);
  service->activation = (struct activation){0};
  service_erase_if_ready(service);
}

static void swap(struct service *service) {
  int64_t began_us = loop_clock_us();
  struct activation *activation = &service->activation;
  struct pipeline *old = service->pipeline;
  struct err err;
  if (rebuild_catch_up(activation->rebuild, service->applied_seq, service_now_ms(service), &err) != 0) {
    service_end_activation(service, &err);
    return;
  }
  enriching_drop(service->enriching);
  service->pipeline = rebuild_take(activation->rebuild);
  pipeline_set_absorbed(service->pipeline, service_absorbed, service);
  service->generation = pipeline_generation(service->pipeline);
  enriching_adopt(service->enriching);
  receiver_use(service->receiver, pipeline_engine(service->pipeline));
  service_forget_undecided(service); /* nobody was told; they are made again, under these rules */
  service_take_over(service, activation->how.stages);
  service->swap_us = loop_clock_us() - began_us;
  activation->state = ACTIVATION_TIDYING;
  service_end_activation(service, NULL);
  tidy(service, old, pipeline_generation(old));
  service_work_soon(service);
}

static void swap_at_once(struct service *service) {
  int64_t began_us = loop_clock_us();
  struct activation *activation = &service->activation;
  struct generation *old = service->generation;
  enriching_drop(service->enriching);
  service->generation = activation->instant;
  pipeline_use(service->pipeline, service->generation);
  enriching_adopt(service->enriching);
  service_take_over(service, activation->how.stages);
  service->swap_us = loop_clock_us() - began_us;
  activation->state = ACTIVATION_TIDYING;
  service_end_activation(service, NULL);
  tidy(service, NULL, old);
  service_work_soon(service);
}

static bool is_close(struct service *service) {
  struct activation *activation = &service->activation;
  uint64_t behind = service->applied_seq - rebuild_seq(activation->rebuild);
  return behind <= CATCH_UP_RECORDS || (activation->rounds > CATCH_UP_ROUNDS && behind <= CATCH_UP_MOST);
}

void service_read_on(struct service *service) {
  struct activation *activation = &service->activation;
  struct err err;
  activation->state = ACTIVATION_TRYING;
  activation->rounds++;
  if (rebuild_go_on(activation->rebuild, service->applied_seq, service_now_ms(service), &err) != 0)
    service_end_activation(service, &err);
}

/* What came in under the old rules is decided under them: decided anew, it would seem to follow from the change of rules, and
 * nobody would be told of a lead that is waiting to be called. But where that would never end, folding stops for the swap. */
static bool owes_decisions(const struct service *service) {
  if (service->flushing || service->undecided_count) return true;
  return leadbook_touched(pipeline_book(service->pipeline)) && !service_is_swap_due(service);
}

bool service_is_swap_due(const struct service *service) {
  const struct activation *activation = &service->activation;
  return activation->state == ACTIVATION_READY && service->settled &&
         loop_now_ms(service->loop) - activation->ready_ms > SWAP_PATIENCE_MS;
}

/* Not while decisions are on their way, nor before the start's are made; and not when much has come meanwhile. */
void service_swap_if_ready(struct service *service) {
  struct activation *activation = &service->activation;
  if (activation->state != ACTIVATION_READY || !service->settled || owes_decisions(service)) return;
  if (activation->instant)
    swap_at_once(service);
  else if (is_close(service))
    swap(service);
  else
    service_read_on(service);
}

static void on_tried(struct service *service, const struct err *failure) {
  struct activation *activation = &service->activation;
  struct err err;
  if (failure) {
    err = *failure; /* it goes with the rebuild */
    service_end_activation(service, &err);
  } else if (activation->cancel) {
    err_set(&err, ERR_LIMIT, "it was given up");
    service_end_activation(service, &err);
  } else if (activation->aside)
    service_step_further(service);
  else if (activation->pause)
    activation->state = ACTIVATION_PAUSED;
  else if (activation->how.preview)
    service_end_activation(service, NULL);
  else {
    activation->state = ACTIVATION_READY;
    if (!activation->ready_ms) activation->ready_ms = loop_now_ms(service->loop);
    service_swap_if_ready(service);
  }
}

static void on_paused(void *context, const struct err *failure) {
  struct service *service = context;
  struct rebuild *rebuild = service->activation.rebuild;
  if (service->activation.state == ACTIVATION_FORGETTING) {
    service_has_forgotten(service);
    return;
  }
  if (service->activation.state != ACTIVATION_TIDYING) {
    on_tried(service, failure);
    return;
  }
  service->activation = (struct activation){0};
  rebuild_free(rebuild);
  service_erase_if_ready(service);
}

/* --- begins ---------------------------------------------------------------------------------------------------------- */

static int refuse(struct service *service, struct err *err) {
  if (service->activation.state != ACTIVATION_NONE)
    return err_set(err, ERR_LIMIT, "other rules are being activated: try again when that is done");
  return 0;
}

static bool can_be_instant(const struct service *service, const struct generation *generation,
                           const struct service_activate *how) {
  return !how->anew && !how->preview && !how->paused &&
         leadbook_names(pipeline_book(service->pipeline)) + NAMES_SPARE < LEADBOOK_NAMES_MAX &&
         generation_keeps_touches(service->generation, generation);
}

struct rebuild *service_new_rebuild(struct service *service, struct generation *generation) {
  return rebuild_new(&(struct rebuild_options){.dir = service->config->data,
                                               .generation = generation,
                                               .pipeline = service_pipeline_options(service),
                                               .loop = service->loop,
                                               .context = service,
                                               .paused = on_paused});
}

/* Behind an erasure, where there is one. */
static int begin(struct service *service, struct err *err) {
  struct activation *activation = &service->activation;
  if (service_erasing(service)) {
    service_step_aside(service);
    return 0;
  }
  if (activation->state == ACTIVATION_READY) service_swap_if_ready(service);
  if (activation->state != ACTIVATION_PAUSED || activation->pause) return 0;
  activation->state = ACTIVATION_TRYING;
  return rebuild_go_on(activation->rebuild, service->applied_seq, service_now_ms(service), err);
}

int service_activate(struct service *service, struct generation *generation,
                     const struct service_activate *how,
                     void (*done)(void *arg, const struct service_activation *activation), void *arg,
                     struct err *err) {
  if (refuse(service, err) != 0) {
    generation_free(generation);
    return -1;
  }
  struct activation *activation = &service->activation;
  bool instant = can_be_instant(service, generation, how);
  *activation = (struct activation){.how = *how, .pause = how->paused, .done = done, .arg = arg};
  snprintf(activation->hash, sizeof activation->hash, "%s", generation->rules->hash);
  if (instant) activation->instant = generation;
  activation->rebuild = service_new_rebuild(service, instant ? NULL : generation);
  if (instant) activation->ready_ms = loop_now_ms(service->loop);
  service_apply_quarantine(service, generation);
  activation->state = instant ? ACTIVATION_READY : ACTIVATION_PAUSED;
  if (begin(service, err) == 0) return 0;
  rebuild_free(activation->rebuild);
  *activation = (struct activation){0};
  return -1;
}

bool service_is_activating(const struct service *service) {
  return service->activation.state != ACTIVATION_NONE;
}

bool service_is_on_its_way(const struct service *service, const char *hash) {
  const struct activation *activation = &service->activation;
  return activation->state != ACTIVATION_NONE && !activation->how.preview && !activation->cancel &&
         strcmp(activation->hash, hash) == 0;
}

/* --- under way ------------------------------------------------------------------------------------------------------- */

/* Aside too: it will read. */
static bool is_reading(const struct activation *activation) {
  return activation->state == ACTIVATION_TRYING || activation->state == ACTIVATION_PAUSED ||
         activation->state == ACTIVATION_FORGETTING ||
         (activation->state == ACTIVATION_ASIDE && !activation->instant);
}

void service_progress(const struct service *service, struct service_progress *progress) {
  const struct activation *activation = &service->activation;
  const struct pipeline_sweep sweep = pipeline_sweep(service->pipeline);
  *progress = (struct service_progress){.ruleset = service->generation->rules->hash};
  if (is_reading(activation)) {
    const struct rebuild_progress reading =
        activation->rebuild ? rebuild_progress(activation->rebuild)
                            : (struct rebuild_progress){.until_seq = service->applied_seq};
    *progress = (struct service_progress){.phase = SERVICE_READING,
                                          .preview = activation->how.preview,
                                          .paused = activation->pause,
                                          .ruleset = activation->hash,
                                          .records = reading.seq,
                                          .records_of = reading.until_seq,
                                          .leads = reading.folds};
  } else if (activation->state == ACTIVATION_READY || activation->state == ACTIVATION_ASIDE) {
    progress->phase = SERVICE_SWAPPING;
    progress->ruleset = activation->hash;
  } else if (sweep.under_way) {
    progress->phase = SERVICE_SWEEPING;
    progress->paused = sweep.paused;
    progress->leads = sweep.done;
    progress->leads_of = sweep.total;
  }
}

void service_pause(struct service *service, bool pause) {
  struct activation *activation = &service->activation;
  if (is_reading(activation)) {
    activation->pause = pause;
    if (pause && activation->state == ACTIVATION_TRYING) rebuild_interrupt(activation->rebuild);
    if (!pause && activation->state == ACTIVATION_PAUSED) service_read_on(service);
    return;
  }
  pipeline_sweep_pause(service->pipeline, pause);
  if (!pause) service_work_soon(service);
}

bool service_cancel(struct service *service) {
  struct activation *activation = &service->activation;
  struct err err;
  if (!is_reading(activation)) return false;
  activation->cancel = true;
  if (activation->state == ACTIVATION_TRYING) rebuild_interrupt(activation->rebuild);
  if (activation->state == ACTIVATION_PAUSED || activation->state == ACTIVATION_ASIDE) {
    err_set(&err, ERR_LIMIT, "it was given up");
    service_end_activation(service, &err);
  }
  return true;
}
