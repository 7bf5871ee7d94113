#include "cli/daemon/headless.h"

#include "cli/rules/pack.h"
#include "io/work.h"

static bool nobody_hears(void *context) {
  (void)context;
  return false;
}

static void say_nothing(void *context, struct str name, struct str json) {
  (void)context, (void)name, (void)json;
}

static void tell_state(void *context, enum store_state state, const struct err *err) {
  struct headless *headless = context;
  if (state != STORE_OK) fprintf(stderr, "embudo %s: %s\n", headless->command->name, err->text);
}

static void tell(void *context, const char *text) {
  struct headless *headless = context;
  fprintf(stderr, "embudo %s: %s\n", headless->command->name, text);
}

static int open_service(struct headless *headless, struct err *busy) {
  const struct service_calls calls = {
      .context = headless, .heard = nobody_hears, .news = say_nothing, .state = tell_state, .notice = tell};
  struct err err;
  struct generation *generation = pack_load(headless->command->name, &headless->config);
  if (!generation) return EXIT_PROBLEMS;
  headless->loop = loop_new(&err);
  if (!headless->loop || work_start_pool(headless->loop, &err) != 0)
    generation_free(generation);
  else
    headless->service = service_open(headless->loop, &headless->config, generation, &calls, &err);
  if (headless->service) return EXIT_FINE;
  if (busy && err.code == ERR_INVALID)
    *busy = err;
  else
    fprintf(stderr, "embudo %s: %s\n", headless->command->name, err.text);
  return EXIT_PROBLEMS;
}

int headless_open(struct headless *headless, const struct command *command,
                  const struct stored_options *options, struct err *busy) {
  const struct settings_flag flags[] = {{"data", options->data}, {"rules", options->rules}, {NULL, NULL}};
  *headless = (struct headless){.command = command};
  int code = settings_read(command, options->config, flags, &headless->config);
  return code == EXIT_FINE ? open_service(headless, busy) : code;
}

int headless_open_existing(struct headless *headless, const struct command *command,
                           const struct stored_options *options) {
  struct stored stored;
  struct err err;
  int code = stored_settle(&stored, command, options);
  struct store_reader *reader = code == EXIT_FINE ? store_reader_new(stored.config.data, &err) : NULL;
  if (code == EXIT_FINE && !reader) {
    fprintf(stderr, "embudo %s: %s\n", command->name, err.text);
    code = EXIT_PROBLEMS;
  }
  store_reader_free(reader);
  stored_close(&stored);
  *headless = (struct headless){.command = command};
  return code == EXIT_FINE ? headless_open(headless, command, options, NULL) : code;
}

void headless_turn(struct headless *headless) {
  loop_turn(headless->loop, true);
}

static bool is_settled(struct headless *headless) {
  struct service_stats stats;
  service_stats(headless->service, &stats);
  return stats.store.state != STORE_OK || (service_is_settled(headless->service) && stats.touched == 0 &&
                                           stats.undecided == 0 && stats.store.queued_requests == 0);
}

void headless_settle(struct headless *headless) {
  while (!is_settled(headless)) headless_turn(headless);
}

void headless_close(struct headless *headless) {
  if (headless->loop) loop_turn(headless->loop, false);
  service_close(headless->service);
  if (headless->loop) loop_free(headless->loop);
  config_release(&headless->config); /* nothing, when there is none */
}
