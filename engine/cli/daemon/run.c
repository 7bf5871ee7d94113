/* embudo run - the daemon. */
#include "cli/daemon/settings.h"
#include "cli/options.h"
#include "cli/rules/pack.h"
#include "serve/daemon.h"
#include <errno.h>
#include <unistd.h>

struct run_options {
  const char *config, *data, *listen, *rules, *plugins;
  bool init;
};

static int64_t wall_ms(void) {
  return loop_wall_ms();
}

/* To whoever started it. That nobody reads standard output any more is no failure of a daemon. */
static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vdprintf(STDOUT_FILENO, format, args);
  va_end(args);
}

static void announce(void *context, int port, const char *listen) {
  (void)context;
  const char *colon = strrchr(listen, ':');
  int len = colon ? (int)(colon - listen) : 0;
  say("embudo is listening on http://%.*s:%d\n", len ? len : 9, len ? listen : "localhost", port);
}

static void tell_first_keys(const struct keys_first *first, const struct config *config) {
  if (*first->write_key) say("write key    %s\n", first->write_key);
  if (*first->admin_token) say("admin token  %s\n", first->admin_token);
  if (*first->write_key || *first->admin_token)
    say("These are shown once; they are in %s/%s too.\n", config->data, KEYS_FIRST_FILE);
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

/* --- reloading: settings that were in force may still be borrowed, so they stay until the end ---------------------------- */

struct settings {
  struct settings *older;
  struct config config;
};

struct running {
  const struct command *command;
  const char *file;
  const struct settings_flag *flags;
  struct settings *settings; /* newest first */
  int code;                  /* of the last reading */
};

static const struct config *read_settings(void *context, struct err *err) {
  struct running *running = context;
  struct settings *fresh = xcalloc(1, sizeof *fresh);
  running->code = settings_read(running->command, running->file, running->flags, &fresh->config);
  if (running->code != EXIT_FINE) {
    config_release(&fresh->config);
    free(fresh);
    err_set(err, ERR_INVALID, "%s has mistakes, told on standard error", running->file);
    return NULL;
  }
  fresh->older = running->settings;
  running->settings = fresh;
  return &fresh->config;
}

static void release_settings(struct running *running) {
  while (running->settings) {
    struct settings *older = running->settings->older;
    config_release(&running->settings->config);
    free(running->settings);
    running->settings = older;
  }
}

static struct generation *load_rules(const struct config *config, struct ruledir *bundle,
                                     struct problems *problems) {
  return pack_build_tested(config, bundle, problems);
}

/* --- running --------------------------------------------------------------------------------------------------------------- */

static int serve(struct running *running, struct generation *generation) {
  const struct config *config = &running->settings->config;
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
  const struct daemon_options options = {.config = config,
                                         .keys = keys,
                                         .log = log,
                                         .generation = generation,
                                         .context = running,
                                         .settings = read_settings,
                                         .config_file = running->file,
                                         .load = load_rules,
                                         .announce = announce,
                                         .env = getenv,
                                         .is_watched = true};
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

static int start(struct running *running) {
  struct generation *generation = pack_start(running->command->name, &running->settings->config);
  return generation ? serve(running, generation) : EXIT_PROBLEMS;
}

static int run(const struct command *self, int argc, char **argv) {
  struct run_options o = {0};
  const struct option_spec specs[] = {{"config", &o.config, NULL}, {"c", &o.config, NULL},
                                      {"data", &o.data, NULL},     {"listen", &o.listen, NULL},
                                      {"rules", &o.rules, NULL},   {"plugins", &o.plugins, NULL},
                                      {"init", NULL, &o.init},     {NULL, NULL, NULL}};
  struct err err;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest) return options_misuse(self, "takes no arguments, not '%s'", argv[0]);
  const struct settings_flag flags[] = {
      {"data", o.data}, {"listen", o.listen}, {"rules", o.rules}, {"plugins", o.plugins}, {NULL, NULL}};
  struct running running = {.command = self, .file = o.config, .flags = flags};
  const struct config *config = read_settings(&running, &err);
  int code = running.code;
  if (config) code = o.init ? write_template(config) : start(&running);
  release_settings(&running);
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
