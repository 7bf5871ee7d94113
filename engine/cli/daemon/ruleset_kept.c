/* embudo ruleset list, show, diff - the rulesets that were in charge: asked of a running embudo, or read from a data directory, which
 * changes nothing there and needs no daemon. Both ways give the same JSON, which is then printed. */
#include "cli/daemon/ruleset.h"
#include "cli/leads/answer.h"
#include "cli/options.h"
#include "core/rules/kept_diff.h"
#include "core/rules/kept_json.h"

/* --- a data directory ------------------------------------------------------------------------------------------------ */

struct looking { /* into it */
  struct asking *asking;
  struct config config;
  struct kept_index index;
  struct kept_pin pin;
  struct json_reader *reader;
  struct buf json, text;
};

static int fail(const struct asking *asking, const struct err *err) {
  fprintf(stderr, "embudo %s: %s\n", asking->command->name, err->text);
  return EXIT_PROBLEMS;
}

static int read_store(struct looking *looking) {
  const char *dir = looking->config.data;
  struct err err;
  struct store_reader *reader = store_reader_new(dir, &err);
  bool there = reader != NULL;
  store_reader_free(reader);
  if (there && kept_index_read(&looking->index, dir, &err) == 0 &&
      kept_pin_read(&looking->pin, dir, &err) == 0)
    return EXIT_FINE;
  return fail(looking->asking, &err);
}

static int open_looking(struct looking *looking, struct asking *asking) {
  const struct stored_options *o = &asking->o->stored;
  const struct settings_flag flags[] = {{"data", o->data}, {NULL, NULL}};
  *looking = (struct looking){.asking = asking, .reader = json_reader_new()};
  buf_init(&looking->json);
  buf_init(&looking->text);
  int code = settings_read(asking->command, o->config, flags, &looking->config);
  return code == EXIT_FINE ? read_store(looking) : code;
}

static void close_looking(struct looking *looking) {
  json_reader_free(looking->reader);
  buf_release(&looking->json);
  buf_release(&looking->text);
  kept_index_release(&looking->index);
  config_release(&looking->config);
}

/* The one that was in charge last stands first; "" when there is none. */
static const char *present(const struct looking *looking) {
  return looking->index.count ? looking->index.items[0].hash : "";
}

static const char *state(const struct looking *looking) {
  return store_is_open(looking->config.data) ? "running" : "last";
}

static const struct kept *find(const struct looking *looking, const char *hash) {
  const struct kept *kept = kept_find(&looking->index, str_of(hash));
  if (!kept)
    fprintf(stderr,
            "embudo %s: no ruleset '%s' is kept in %s (6 characters or more of its hash, and of no other's): "
            "'embudo ruleset list' lists them\n",
            looking->asking->command->name, hash, looking->config.data);
  return kept;
}

/* What was put into `json`, as if a daemon had said it. */
static int parse(struct looking *looking, struct json_ref *root) {
  struct err err;
  if (looking->asking->o->json) printf("%s\n", looking->json.data);
  if (json_parse(looking->reader, looking->json.data, looking->json.len, root, &err) == 0) return EXIT_FINE;
  return fail(looking->asking, &err);
}

/* --- list, show ------------------------------------------------------------------------------------------------------ */

static void print_kept(struct json_ref kept) {
  struct json_iter it;
  struct str hash = answer_text(kept, "ruleset");
  printf("%.12s  %-7.*s", hash.p, STR_ARG(answer_text(kept, "state")));
  json_iter_init(&it, json_get(kept, STR("activations")));
  if (json_next(&it))
    printf("  since %.*s by %.*s, %.0f leads moved", STR_ARG(answer_text(it.value, "at")),
           STR_ARG(answer_text(it.value, "by")), answer_number(it.value, "moved"));
  printf("%s\n", answer_bool(kept, "complete") ? "" : "  (its files are not kept)");
}

static void print_list(struct json_ref root) {
  struct json_iter it;
  bool any = false;
  for (json_iter_init(&it, json_get(root, STR("kept"))); json_next(&it); any = true) print_kept(it.value);
  if (!any) printf("none was in charge yet\n");
  if (answer_bool(root, "pinned"))
    printf("A command put it in charge: the files say %.12s. It stays until they change, or until 'embudo "
           "ruleset activate --files'.\n",
           answer_text(root, "files_ruleset").p);
}

static int list_stored(struct looking *looking) {
  struct json_writer w;
  struct json_ref root;
  json_writer_init(&w, &looking->json);
  json_open(&w, '{');
  kept_json_index(&looking->index, &looking->pin, (struct kept_page){0, looking->index.count},
                  present(looking), state(looking), &w);
  json_close(&w, '}');
  int code = parse(looking, &root);
  if (code == EXIT_FINE && !looking->asking->o->json) print_list(root);
  return code;
}

static void print_shown(struct json_ref root) {
  struct json_iter it;
  print_kept(root);
  for (json_iter_init(&it, json_get(root, STR("files"))); json_next(&it);)
    printf("  %9.0f  %.*s\n", answer_number(it.value, "bytes"), STR_ARG(answer_text(it.value, "path")));
}

static int show_stored(struct looking *looking, const char *hash) {
  struct json_writer w;
  struct json_ref root;
  const struct kept *kept = find(looking, hash);
  if (!kept) return EXIT_PROBLEMS;
  json_writer_init(&w, &looking->json);
  kept_json(kept, present(looking), state(looking), true, &w);
  int code = parse(looking, &root);
  if (code == EXIT_FINE && !looking->asking->o->json) print_shown(root);
  return code;
}

/* --- diff ------------------------------------------------------------------------------------------------------------ */

static int diff_stored(struct looking *looking, const char *from, const char *to) {
  struct err err;
  const struct kept *before = find(looking, from),
                    *after = before ? find(looking, to ? to : present(looking)) : NULL;
  if (!after) return EXIT_PROBLEMS;
  if (kept_diff(looking->config.data, before->hash, after->hash, &looking->json, &looking->text, &err) != 0)
    return fail(looking->asking, &err);
  printf("%s%s", looking->asking->o->json ? looking->json.data : looking->text.data,
         looking->asking->o->json ? "\n" : "");
  return EXIT_FINE;
}

static int diff_running(struct asking *asking, const char *from, const char *to) {
  struct http_reply reply;
  struct json_ref root;
  buf_printf(&asking->path, "/v1/rulesets/%s/diff%s%s", from, to ? "?with=" : "", to ? to : "");
  if (asking->o->json) return asking_send(asking, false, &root);
  http_client_header(asking->remote.client, "Accept", "text/plain");
  int code = remote_ask(&asking->remote, asking->path.data, (struct str){NULL, 0}, &reply, NULL);
  if (code == EXIT_FINE) printf("%.*s", STR_ARG(reply.body));
  return code;
}

/* --- which ----------------------------------------------------------------------------------------------------------- */

int ruleset_list(struct asking *asking) {
  struct looking looking;
  struct json_ref root;
  int code;
  if (asking_stored(asking)) {
    code = open_looking(&looking, asking);
    if (code == EXIT_FINE) code = list_stored(&looking);
    close_looking(&looking);
    return code;
  }
  buf_printf(&asking->path, "/v1/rulesets?limit=%d", CONFIG_RULESETS_MAX);
  code = asking_send(asking, false, &root);
  if (code == EXIT_FINE && !asking->o->json) print_list(root);
  return code;
}

int ruleset_show(struct asking *asking, const char *hash) {
  struct looking looking;
  struct json_ref root;
  int code;
  if (asking_stored(asking)) {
    code = open_looking(&looking, asking);
    if (code == EXIT_FINE) code = show_stored(&looking, hash);
    close_looking(&looking);
    return code;
  }
  buf_printf(&asking->path, "/v1/rulesets/%s", hash);
  code = asking_send(asking, false, &root);
  if (code == EXIT_FINE && !asking->o->json) print_shown(root);
  return code;
}

int ruleset_diff_two(struct asking *asking, const char *from, const char *to) {
  struct looking looking;
  if (!asking_stored(asking)) return diff_running(asking, from, to);
  int code = open_looking(&looking, asking);
  if (code == EXIT_FINE) code = diff_stored(&looking, from, to);
  close_looking(&looking);
  return code;
}
