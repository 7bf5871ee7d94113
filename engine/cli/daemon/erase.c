/* embudo erase - a person's data goes, from a directory on which no daemon works. */
#include "cli/daemon/headless.h"
#include "cli/options.h"

struct erase_options {
  struct stored_options stored;
  bool block;
};

struct waited { /* for the end */
  bool ended, failed;
  uint64_t events, decisions;
  char reason[ERR_TEXT_MAX];
};

static void on_erased(void *arg, const struct service_erased *erased) {
  struct waited *waited = arg;
  waited->ended = true;
  waited->failed = erased->err != NULL;
  waited->events = erased->events;
  waited->decisions = erased->decisions;
  if (erased->err) snprintf(waited->reason, sizeof waited->reason, "%s", erased->err->text);
}

/* What an earlier process had begun comes first. */
static int erase(struct headless *headless, const char *id, bool block, struct waited *waited) {
  while (service_erasing(headless->service)) headless_turn(headless);
  if (service_erase(headless->service, str_of(id), block, on_erased, waited) != SERVICE_COMMITTED) {
    fprintf(stderr, "embudo erase: the journal cannot be written\n");
    return EXIT_PROBLEMS;
  }
  while (!waited->ended) headless_turn(headless);
  if (!waited->failed) return EXIT_FINE;
  fprintf(stderr, "embudo erase: %s\n", waited->reason);
  return EXIT_PROBLEMS;
}

static int run(const struct command *self, int argc, char **argv) {
  struct erase_options o = {.block = false};
  const struct option_spec specs[] = {STORED_OPTION_SPECS(o.stored),
                                      {"block", NULL, &o.block},
                                      {"quiet", NULL, &o.stored.quiet},
                                      {NULL, NULL, NULL}};
  struct headless headless;
  struct waited waited = {.ended = false};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest != 1) return options_misuse(self, "whom? embudo erase ID");
  if (!*argv[0] || strlen(argv[0]) > NORMALISE_ID_MAX)
    return options_misuse(self, "an id has 1 to %d bytes", NORMALISE_ID_MAX);
  int code = headless_open_existing(&headless, self, &o.stored);
  if (code == EXIT_FINE) code = erase(&headless, argv[0], o.block, &waited);
  if (code == EXIT_FINE && !o.stored.quiet)
    fprintf(stderr, "%llu events and %llu decisions erased\n", (unsigned long long)waited.events,
            (unsigned long long)waited.decisions);
  headless_close(&headless);
  return code;
}

const struct command command_erase = {
    .name = "erase",
    .summary = "erase a person's data for good",
    .usage =
        "usage: embudo erase [OPTION]... ID\n"
        "\n"
        "Erases the lead of an id (user id, anonymous id or e-mail address) from a data directory on which "
        "no\n"
        "daemon works: events, traits, ids and history, from all files, free space in them included. "
        "Numbers\n"
        "are kept: how many events, which stages on which days. Afterwards it is as if the person had never "
        "been\n"
        "there. Backups and exports made before know nothing of it.\n"
        "\n"
        "A running daemon does the same for DELETE /v1/leads/ID?forget=true.\n"
        "\n"
        "      --block           the ids must not come again: later events with one of them are refused\n"
        "      --data DIR        the data directory (default: ./embudo-data)\n"
        "      --rules DIR       other rules than the daemon's: they may say which ids are one person\n"
        "  -c, --config FILE     embudo.yaml\n"
        "      --quiet           no counts\n"
        "\n"
        "Exit code: 0; 1 when the directory is in use or cannot be written; 2 for wrong usage.\n",
    .run = run,
};
