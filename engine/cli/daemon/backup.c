/* embudo backup - a copy of a data directory, made while a daemon works on it. */
#include "cli/daemon/settings.h"
#include "cli/options.h"
#include "serve/access/keyfile.h"
#include "store/store.h"
#include <sys/stat.h>

static int fail(const struct command *self, const struct err *err) {
  fprintf(stderr, "embudo %s: %s\n", self->name, err->text);
  return EXIT_PROBLEMS;
}

/* The digests of keys that embudo made; those in embudo.yaml stay there. *keys: how many. */
static int copy_keys(const char *data, const char *target, size_t *keys, struct err *err) {
  struct keyfile file;
  keyfile_init(&file);
  int code = keyfile_read(&file, data, err);
  *keys = file.count;
  if (code == 0 && (file.count || file.started)) code = keyfile_write(&file, target, err);
  keyfile_release(&file);
  return code;
}

static void report(const char *target, uint64_t records, size_t keys, bool json) {
  if (!json) {
    printf("%s: %llu record%s and %zu key%s are copied and checked\n", target, (unsigned long long)records,
           records == 1 ? "" : "s", keys, keys == 1 ? "" : "s");
    return;
  }
  struct json_writer w;
  struct buf out;
  buf_init(&out);
  json_writer_init(&w, &out);
  json_open(&w, '{');
  json_key(&w, "target");
  json_put_text(&w, target);
  json_key(&w, "records");
  json_put_int(&w, (int64_t)records);
  json_key(&w, "keys");
  json_put_int(&w, (int64_t)keys);
  json_close(&w, '}');
  printf("%s\n", out.data);
  buf_release(&out);
}

/* The records first: a target that holds a store is refused before anything of it is touched. */
static int copy(const struct command *self, const char *data, const char *target, bool json) {
  struct err err;
  uint64_t records = 0;
  size_t keys = 0;
  if (store_backup(data, target, &records, &err) || copy_keys(data, target, &keys, &err))
    return fail(self, &err);
  report(target, records, keys, json);
  return EXIT_FINE;
}

static int run(const struct command *self, int argc, char **argv) {
  const char *file = NULL, *data = NULL;
  bool json = false;
  const struct option_spec specs[] = {{"config", &file, NULL},
                                      {"c", &file, NULL},
                                      {"data", &data, NULL},
                                      {"json", NULL, &json},
                                      {NULL, NULL, NULL}};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest == 0)
    return options_misuse(self, "say where the copy goes: a directory that is empty or not there");
  if (rest > 1) return options_misuse(self, "one target at a time: %s, then %s", argv[0], argv[1]);
  const struct settings_flag flags[] = {{"data", data}, {NULL, NULL}};
  struct config config;
  int code = settings_read(self, file, flags, &config);
  if (code == EXIT_FINE) code = copy(self, config.data, argv[0], json);
  config_release(&config);
  return code;
}

const struct command command_backup = {
    .name = "backup",
    .summary = "copy a data directory, also while a daemon works on it",
    .usage = "usage: embudo backup [OPTION]... TARGET\n"
             "\n"
             "Copies what a data directory holds, as of now, into the directory TARGET, which is made if it "
             "is not "
             "there and\n"
             "must hold no copy yet. Everything copied is checked, and the copy bears its name only when it "
             "is complete. A\n"
             "daemon may run meanwhile and is not held up. The copy is a data directory: 'embudo run --data "
             "TARGET' starts "
             "on it.\n"
             "Rules and embudo.yaml are files of yours, and not copied.\n"
             "\n"
             "      --data DIR         the data directory (default: ./embudo-data)\n"
             "  -c, --config FILE      embudo.yaml, for its data directory\n"
             "      --json             the outcome as JSON\n"
             "\n"
             "Exit code: 0; 1 when there is nothing to copy, it is damaged, or the copy cannot be written; 2 "
             "for wrong "
             "usage.\n",
    .run = run,
};
