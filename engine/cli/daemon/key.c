/* embudo key - the write keys and tokens that embudo makes: one more, all of them, one less. */
#include "base/timefmt.h"
#include "cli/daemon/settings.h"
#include "cli/leads/table.h"
#include "cli/options.h"
#include "core/config/roles.h"
#include "io/loop.h"
#include "serve/access/keys.h"
#include <unistd.h>

struct key_options {
  const char *config, *data, *roles;
  bool json;
};

static char *no_environment(const char *name) {
  (void)name;
  return NULL;
}

static int fail(const struct command *self, const struct err *err) {
  fprintf(stderr, "embudo %s: %s\n", self->name, err->text);
  return EXIT_PROBLEMS;
}

/* --- changing the file ---------------------------------------------------------------------------------------------- */

/* Reads, lets `change` do its work, and writes, while nobody else does. */
static int change_file(const char *dir, int (*change)(struct keyfile *file, void *arg, struct err *err),
                       void *arg, struct err *err) {
  struct keyfile file;
  int lock = keyfile_lock(dir, err);
  if (lock < 0) return -1;
  keyfile_init(&file);
  int code =
      keyfile_read(&file, dir, err) || change(&file, arg, err) || keyfile_write(&file, dir, err) ? -1 : 0;
  keyfile_release(&file);
  keyfile_unlock(lock);
  return code;
}

struct addition {
  struct str name;
  unsigned roles;
  char secret[CREDENTIAL_MADE_MAX];
};

static int add_entry(struct keyfile *file, void *arg, struct err *err) {
  struct addition *addition = arg;
  return keyfile_add(file, addition->name, addition->roles, loop_wall_ms(), addition->secret, err);
}

static int revoke_entry(struct keyfile *file, void *arg, struct err *err) {
  return keyfile_revoke(file, str_of(arg), err);
}

/* "sales,marketing"; 0 after a message. */
static unsigned read_roles(const struct command *self, const char *text) {
  unsigned roles = 0;
  for (struct str rest = str_of(text); rest.len;) {
    const char *comma = memchr(rest.p, ',', rest.len);
    struct str word = str_trim((struct str){rest.p, comma ? (size_t)(comma - rest.p) : rest.len});
    unsigned role = role_of(word);
    if (!role) {
      const char *near = str_nearest(word, role_words);
      if (near)
        options_misuse(self, "there is no role '%.*s': did you mean '%s'?", STR_ARG(word), near);
      else
        options_misuse(self, "there is no role '%.*s': expected ingest, marketing, sales or admin",
                       STR_ARG(word));
      return 0;
    }
    roles |= role;
    rest = comma ? (struct str){comma + 1, rest.len - (size_t)(comma + 1 - rest.p)} : STR("");
  }
  if (!roles) options_misuse(self, "--roles needs at least one role");
  return roles;
}

/* The key alone goes to standard output, for scripts. */
static int key_add(const struct command *self, const struct config *config, const char *name,
                   const char *roles) {
  struct addition addition = {.name = str_of(name)};
  struct err err;
  if (roles && !(addition.roles = read_roles(self, roles))) return EXIT_USAGE;
  if (change_file(config->data, add_entry, &addition, &err)) return fail(self, &err);
  fprintf(stderr,
          roles ? "A token for '%s'. It is not shown again:\n"
                : "A write key of the source '%s'. It is not "
                  "shown again:\n",
          name);
  fflush(stderr);
  printf("%s\n", addition.secret);
  return EXIT_FINE;
}

static int key_revoke(const struct command *self, const struct config *config, char *what) {
  struct err err;
  if (change_file(config->data, revoke_entry, what, &err)) return fail(self, &err);
  fprintf(stderr, "'%s' is no longer valid\n", what);
  return EXIT_FINE;
}

/* --- listing -------------------------------------------------------------------------------------------------------- */

static void add_cell(struct table *table, const char *text) {
  table_cell(table, str_of(text));
}

static void add_row(struct table *table, const struct key *key, struct buf *scratch) {
  char id[KEYFILE_ID_MAX], time[TIME_TEXT_MAX];
  keyfile_id(key->sha256, id);
  buf_clear(scratch);
  buf_add_text(scratch, key->roles ? "token: " : "write key");
  roles_text(key->roles, scratch);
  add_cell(table, id);
  table_cell(table, key->name);
  table_cell(table, buf_str(scratch));
  add_cell(table, key_home_words[key->home]);
  add_cell(table, key->home == KEY_OF_FILE ? time_date(key->created_ms, time) : "-");
}

static void list_table(const struct keys *keys, struct buf *out) {
  static const char *const heads[] = {"ID", "NAME", "WHAT", "FROM", "MADE"};
  const struct style *style = style_of(STDOUT_FILENO);
  struct table table;
  struct buf scratch;
  buf_init(&scratch);
  table_init(&table, sizeof heads / sizeof *heads);
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) add_cell(&table, heads[i]);
  for (size_t i = 0; i < keys_count(keys); i++) add_row(&table, keys_at(keys, i), &scratch);
  table_print(&table, 0, out);
  if (keys_count(keys) == 0)
    buf_printf(out, "%sno keys yet: embudo key add NAME%s\n", style->dim, style->off);
  table_release(&table);
  buf_release(&scratch);
}

static void list_json(const struct keys *keys, struct buf *out) {
  for (size_t i = 0; i < keys_count(keys); i++) {
    const struct key *key = keys_at(keys, i);
    char id[KEYFILE_ID_MAX];
    struct json_writer json;
    keyfile_id(key->sha256, id);
    json_writer_init(&json, out);
    json_open(&json, '{');
    json_key(&json, "id");
    json_put_text(&json, id);
    json_key(&json, "name");
    json_put_str(&json, key->name);
    json_key(&json, "kind");
    json_put_text(&json, key->roles ? "token" : "write_key");
    json_key(&json, "roles");
    json_open(&json, '[');
    for (unsigned bit = 0; role_words[bit]; bit++)
      if (key->roles & 1u << bit) json_put_text(&json, role_words[bit]);
    json_close(&json, ']');
    json_key(&json, "from");
    json_put_text(&json, key_home_words[key->home]);
    json_key(&json, "made");
    json_put_time(&json, key->home == KEY_OF_FILE ? key->created_ms : TIME_NEVER);
    json_close(&json, '}');
    buf_add_char(out, '\n');
  }
}

/* The environment of this process is not the daemon's, so what it presets is not listed. */
static int key_list(const struct command *self, const struct config *config, bool json) {
  struct err err;
  struct buf out;
  struct keys *keys = keys_new(config, no_environment, &err);
  if (!keys) return fail(self, &err);
  buf_init(&out);
  if (json)
    list_json(keys, &out);
  else
    list_table(keys, &out);
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
  keys_free(keys);
  return EXIT_FINE;
}

/* --- the command ---------------------------------------------------------------------------------------------------- */

enum verb { VERB_ADD, VERB_LIST, VERB_REVOKE, VERB_NONE };
static const char *const verbs[] = {"add", "list", "revoke", NULL};

static int misuse_verb(const struct command *self, const char *typed) {
  const char *near = typed ? str_nearest(str_of(typed), verbs) : NULL;
  if (near) return options_misuse(self, "cannot '%s': did you mean '%s'?", typed, near);
  return options_misuse(self, "say what: add NAME, list, or revoke ID");
}

static int run(const struct command *self, int argc, char **argv) {
  struct key_options o = {0};
  const struct option_spec specs[] = {{"config", &o.config, NULL}, {"c", &o.config, NULL},
                                      {"data", &o.data, NULL},     {"roles", &o.roles, NULL},
                                      {"json", NULL, &o.json},     {NULL, NULL, NULL}};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  enum verb verb = VERB_ADD;
  while (verb != VERB_NONE && (rest == 0 || strcmp(argv[0], verbs[verb]) != 0)) verb++;
  if (verb == VERB_NONE) return misuse_verb(self, rest ? argv[0] : NULL);
  if (rest != (verb == VERB_LIST ? 1 : 2))
    return options_misuse(self, verb == VERB_LIST ? "list takes no names" : "%s needs one name", argv[0]);
  if (o.roles && verb != VERB_ADD) return options_misuse(self, "--roles is for add");
  if (o.json && verb != VERB_LIST) return options_misuse(self, "--json is for list");
  const struct settings_flag flags[] = {{"data", o.data}, {NULL, NULL}};
  struct config config;
  int code = settings_read(self, o.config, flags, &config);
  if (code == EXIT_FINE)
    code = verb == VERB_ADD      ? key_add(self, &config, argv[1], o.roles)
           : verb == VERB_REVOKE ? key_revoke(self, &config, argv[1])
                                 : key_list(self, &config, o.json);
  config_release(&config);
  return code;
}

const struct command command_key = {
    .name = "key",
    .summary = "make, list and revoke write keys and tokens",
    .usage =
        "usage: embudo key add NAME [--roles ROLE,..] [--data DIR | -c FILE]\n"
        "       embudo key list [--json] [--data DIR | -c FILE]\n"
        "       embudo key revoke ID [--data DIR | -c FILE]\n"
        "\n"
        "add     makes a write key, which lets events in under the source NAME; with --roles a token, which\n"
        "        does what its roles say. The key alone is printed to standard output, once: embudo keeps\n"
        "        only its digest. A NAME may have several keys, so that one can be replaced without a gap:\n"
        "        add the new one, give it to the clients, revoke the old one.\n"
        "list    shows the keys of the data directory and, with -c, of embudo.yaml; never the keys\n"
        "        themselves. Those the daemon's environment presets are not among them.\n"
        "revoke  takes a key away, by its id or, where it has only one, its name.\n"
        "\n"
        "A running daemon learns of changes by itself within seconds, or at once from SIGHUP.\n"
        "\n"
        "      --roles ROLE,..  ingest (send events), marketing, sales, admin (everything)\n"
        "      --data DIR       the data directory (default: ./embudo-data)\n"
        "  -c, --config FILE    embudo.yaml, for its data directory and its keys\n"
        "      --json           one object a line\n"
        "\n"
        "Exit code: 0; 1 when there is no such key or a file cannot be read or written; 2 for wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo key add website\n"
        "  embudo key add crm --roles sales --data /var/lib/embudo\n"
        "  embudo key revoke 3f786850\n",
    .run = run,
};
