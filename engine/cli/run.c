/* embudo run - the daemon. */
#include "cli/options.h"
#include "cli/pack.h"
#include "cli/settings.h"
#include "serve/daemon.h"
#include <errno.h>

struct run_options {
  const char *config, *data, *listen, *rules, *plugins;
  bool init;
};

static int64_t wall_ms(void) {
  return loop_wall_ms();
}

static void announce(void *context, int port, const char *listen) {
  (void)context;
  const char *colon = strrchr(listen, ':');
  int len = colon ? (int)(colon - listen) : 0;
  printf("embudo is listening on http://%.*s:%d\n", len ? len : 9, len ? listen : "localhost", port);
  fflush(stdout);
}

static void tell_first_keys(const struct keys_first *first, const struct config *config) {
  if (*first->write_key) printf("write key    %s\n", first->write_key);
  if (*first->admin_token) printf("admin token  %s\n", first->admin_token);
  if (*first->write_key || *first->admin_token)
    printf("These are shown once; they are in %s/%s too.\n", config->data, KEYS_FIRST_FILE);
  fflush(stdout);
}

/* NULL after a message. */
static struct keys *open_keys(const struct config *config) {
  struct keys_first first;
  struct err err;
  struct keys *keys = keys_new(config, getenv, &err);
  if (keys && keys_start(keys, config, wall_ms(), &first, &err) == 0) {
    tell_first_keys(&first, config);
    return keys;
  }
  fprintf(stderr, "embudo run: %s\n", err.text);
  keys_free(keys);
  return NULL;
}

static int serve(const struct config *config, struct generation *generation) {
  struct keys *keys = open_keys(config);
  if (!keys) {
    generation_free(generation);
    return EXIT_PROBLEMS;
  }
  const struct log_options log_options = {.fd = 2,
                                          .level = (enum log_level)config->log.level,
                                          .format = (enum log_format)config->log.format,
                                          .now_ms = wall_ms};
  struct log *log = log_new(&log_options);
  const struct daemon_options options = {
      .config = config, .keys = keys, .log = log, .generation = generation, .announce = announce};
  struct err err;
  int code = daemon_run(&options, &err);
  if (code < 0) fprintf(stderr, "embudo run: %s\n", err.text);
  log_free(log);
  keys_free(keys);
  return code < 0 ? EXIT_PROBLEMS : code;
}

/* What --init writes never overwrites. */
static int write_template(const struct config *config) {
  static const char path[] = "embudo.yaml";
  struct buf text;
  FILE *file = fopen(path, "wx");
  if (!file) {
    fprintf(stderr, "embudo run: cannot write %s: %s\n", path, strerror(errno));
    return EXIT_PROBLEMS;
  }
  buf_init(&text);
  config_template(config, &text);
  bool good = fwrite(text.data, 1, text.len, file) == text.len;
  good = fclose(file) == 0 && good;
  buf_release(&text);
  if (good)
    printf("wrote %s; start with: embudo run -c %s\n", path, path);
  else
    fprintf(stderr, "embudo run: cannot write %s: %s\n", path, strerror(errno));
  return good ? EXIT_FINE : EXIT_PROBLEMS;
}

static int start(const struct command *self, const struct config *config) {
  struct generation *generation = pack_load(self->name, config->rules);
  return generation ? serve(config, generation) : EXIT_PROBLEMS;
}

static int run(const struct command *self, int argc, char **argv) {
  struct run_options o = {0};
  const struct option_spec specs[] = {{"config", &o.config, NULL}, {"c", &o.config, NULL},
                                      {"data", &o.data, NULL},     {"listen", &o.listen, NULL},
                                      {"rules", &o.rules, NULL},   {"plugins", &o.plugins, NULL},
                                      {"init", NULL, &o.init},     {NULL, NULL, NULL}};
  struct config config;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest) return options_misuse(self, "takes no arguments, not '%s'", argv[0]);
  const struct settings_flag flags[] = {
      {"data", o.data}, {"listen", o.listen}, {"rules", o.rules}, {"plugins", o.plugins}, {NULL, NULL}};
  int code = settings_read(self, o.config, flags, &config);
  if (code == EXIT_FINE) code = o.init ? write_template(&config) : start(self, &config);
  config_release(&config);
  return code;
}

const struct command command_run = {
    "run", "serve: take events over HTTP, score them as they come, answer questions",
    "usage: embudo run [OPTION]...\n"
    "\n"
    "  -c, --config FILE   settings; see 'embudo run --init' and docs/config.md\n"
    "      --data DIR      where the journal and the keys are kept (./embudo-data)\n"
    "      --listen ADDR   HOST:PORT (127.0.0.1:8080); port 0 is any free one\n"
    "      --rules DIR     the rules (the default pack)\n"
    "      --plugins DIR   enrichers and destinations\n"
    "      --init          write a commented embudo.yaml here, and nothing else\n",
    run};
