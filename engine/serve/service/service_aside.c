/* Other rules on their way step aside while somebody's data is erased.
 *
 * What reads the journal under them has the person in memory and would read records that are being replaced; and it may be paused for
 * weeks, which is no reason to keep anybody's data. So it lets go of all that it has read, on a thread, and when nobody
 * waits for an erasure any more it begins anew, or waits on, if it was paused. */
#include "serve/service/service_private.h"

bool service_is_aside(const struct service *service) {
  return service->activation.state == ACTIVATION_NONE || service->activation.state == ACTIVATION_ASIDE;
}

bool service_is_under_way(const struct service *service) {
  const struct activation *activation = &service->activation;
  bool is_resting = activation->state == ACTIVATION_PAUSED && activation->pause;
  return activation->state != ACTIVATION_NONE && activation->state != ACTIVATION_TIDYING && !is_resting;
}

/* At once where no thread can be had. */
static void forget(struct service *service) {
  struct activation *activation = &service->activation;
  struct err err;
  activation->state = ACTIVATION_FORGETTING;
  if (rebuild_forget(activation->rebuild, &err) != 0) service_has_forgotten(service);
}

void service_step_aside(struct service *service) {
  struct activation *activation = &service->activation;
  switch (activation->state) {
  case ACTIVATION_TRYING:
    activation->aside = true; /* on_tried of service_rules.c goes on with it */
    rebuild_interrupt(activation->rebuild);
    break;
  case ACTIVATION_PAUSED:
  case ACTIVATION_READY:
    activation->aside = true;
    service_step_further(service);
    break;
  default: break;
  }
}

void service_step_further(struct service *service) {
  struct activation *activation = &service->activation;
  if (!activation->instant) {
    forget(service);
    return;
  }
  activation->state = ACTIVATION_ASIDE; /* it has read nothing */
  service_erase_if_ready(service);
}

void service_has_forgotten(struct service *service) {
  struct activation *activation = &service->activation;
  struct err err;
  activation->kept = rebuild_take_generation(activation->rebuild);
  rebuild_free(activation->rebuild);
  activation->rebuild = NULL;
  activation->state = ACTIVATION_ASIDE;
  if (activation->cancel) {
    err_set(&err, ERR_LIMIT, "it was given up");
    service_end_activation(service, &err);
  }
  service_erase_if_ready(service);
}

void service_step_back(struct service *service) {
  struct activation *activation = &service->activation;
  if (activation->state != ACTIVATION_ASIDE) return;
  activation->aside = false;
  if (activation->instant) {
    activation->state = ACTIVATION_READY;
    service_swap_if_ready(service);
    return;
  }
  activation->rebuild = service_new_rebuild(service, activation->kept);
  activation->kept = NULL;
  activation->rounds = 0;
  activation->ready_ms = 0;
  activation->state = ACTIVATION_PAUSED;
  if (!activation->pause) service_read_on(service);
}
