/* embudo outbox - what a running embudo tells others, and deciding about what did not arrive. */
#include "cli/daemon/remote.h"
#include "cli/leads/answer.h"
#include "cli/leads/table.h"
#include "cli/options.h"

struct outbox_options {
  struct remote_options remote;
  const char *state, *destination, *lead, *type, *from, *to, *limit, *reason;
  bool json;
};

/* --- paths --------------------------------------------------------------------------------------------------------- */

static void add_parameter(struct buf *path, const char *name, const char *value) {
  if (!value) return;
  buf_printf(path, "%c%s=", strchr(path->data, '?') ? '&' : '?', name);
  buf_add_escaped(path, str_of(value));
}

static void add_filters(struct buf *path, const struct outbox_options *o) {
  add_parameter(path, "state", o->state);
  add_parameter(path, "destination", o->destination);
  add_parameter(path, "lead", o->lead);
  add_parameter(path, "type", o->type);
  add_parameter(path, "from", o->from);
  add_parameter(path, "to", o->to);
}

/* --- showing --------------------------------------------------------------------------------------------------------- */

static void print_row(struct json_ref row) {
  struct str next = answer_text(row, "next_at");
  printf("%.*s  %-9.*s  %.*s  %.*s  lead %.*s  %.0f attempts  made %.*s%s%.*s\n",
         STR_ARG(answer_text(row, "id")), STR_ARG(answer_text(row, "state")),
         STR_ARG(answer_text(row, "destination")), STR_ARG(answer_text(row, "type")),
         STR_ARG(answer_text(row, "lead")), answer_number(row, "attempts"),
         STR_ARG(answer_text(row, "made_at")), next.len ? "  next " : "", STR_ARG(next));
}

static void print_rows(struct json_ref root) {
  struct json_iter it;
  size_t count = 0;
  for (json_iter_init(&it, json_get(root, STR("outbox"))); json_next(&it); count++) print_row(it.value);
  double total = answer_number(root, "total");
  if (total > (double)count) printf("%zu of %.0f; see --limit, --state, --from\n", count, total);
}

static void print_happening(struct json_ref item) {
  printf("  %.*s  %.*s", STR_ARG(answer_text(item, "at")), STR_ARG(answer_text(item, "what")));
  if (answer_number(item, "attempt") > 0) printf(", attempt %.0f", answer_number(item, "attempt"));
  if (answer_number(item, "status") > 0) printf(", status %.0f", answer_number(item, "status"));
  if (answer_number(item, "ms") > 0) printf(", %.0f ms", answer_number(item, "ms"));
  if (answer_text(item, "error").len) printf(": %.*s", STR_ARG(answer_text(item, "error")));
  if (answer_text(item, "by").len) printf(" (%.*s)", STR_ARG(answer_text(item, "by")));
  printf("\n");
}

static void print_message(struct json_ref root) {
  struct json_iter it;
  struct str body;
  print_row(root);
  for (json_iter_init(&it, json_get(root, STR("history"))); json_next(&it);) print_happening(it.value);
  if (answer_text(root, "failed").len) printf("  not rendered: %.*s\n", STR_ARG(answer_text(root, "failed")));
  if (json_string(json_get(json_get(root, STR("request")), STR("body")), &body))
    printf("%.*s\n", STR_ARG(body));
}

static void print_destinations(struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, json_get(root, STR("destinations"))); json_next(&it);) {
    struct json_ref d = it.value;
    struct str paused = answer_text(d, "paused_until");
    printf("%.*s  waiting %.0f, delivered %.0f, parked %.0f", STR_ARG(answer_text(d, "name")),
           answer_number(d, "waiting"), answer_number(d, "delivered"), answer_number(d, "parked"));
    if (answer_bool(d, "disabled")) printf("  disabled: %.*s", STR_ARG(answer_text(d, "reason")));
    if (paused.len) printf("  paused until %.*s", STR_ARG(paused));
    if (!answer_bool(d, "declared")) printf("  not declared by the present rules");
    printf("\n");
  }
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

static int show(struct remote *remote, const struct buf *path, bool json,
                void (*print)(struct json_ref root)) {
  struct http_reply reply;
  struct json_ref root;
  int code = remote_ask(remote, path->data, (struct str){NULL, 0}, &reply, &root);
  if (code != EXIT_FINE) return code;
  if (json)
    printf("%.*s\n", STR_ARG(reply.body));
  else
    print(root);
  return EXIT_FINE;
}

static int act(struct remote *remote, const struct buf *path, bool json, const char *what) {
  struct http_reply reply;
  struct json_ref root;
  int code = remote_ask(remote, path->data, STR("{}"), &reply, &root);
  if (code != EXIT_FINE) return code;
  if (json)
    printf("%.*s\n", STR_ARG(reply.body));
  else
    printf("%.0f %s%s\n", answer_number(root, "count"), what,
           answer_bool(root, "more") ? "; there are more: do it again" : "");
  return EXIT_FINE;
}

struct verb {
  const char *name, *path, *tail; /* "/v1/outbox/" ID "/retry" */
  bool takes_name, acts;
  void (*print)(struct json_ref root);
  const char *what;
};

static const struct verb verbs[] = {
    {"list", "/v1/outbox", "", false, false, print_rows, NULL},
    {"show", "/v1/outbox/", "", true, false, print_message, NULL},
    {"retry", "/v1/outbox/", "/retry", true, true, NULL, "is sent again"},
    {"drop", "/v1/outbox/", "/drop", true, true, NULL, "is not sent"},
    {"replay", "/v1/outbox/replay", "", false, true, NULL, "are sent again"},
    {"destinations", "/v1/destinations", "", false, false, print_destinations, NULL},
    {"enable", "/v1/destinations/", "/enable", true, true, NULL, "destination is enabled"},
    {"disable", "/v1/destinations/", "/disable", true, true, NULL, "destination is disabled"},
    {NULL, NULL, NULL, false, false, NULL, NULL}};

static const struct verb *verb_named(const char *name) {
  const struct verb *verb = verbs;
  while (verb->name && strcmp(verb->name, name) != 0) verb++;
  return verb->name ? verb : NULL;
}

static int ask(struct remote *remote, const struct verb *verb, const char *name,
               const struct outbox_options *o) {
  struct buf path;
  buf_init(&path);
  buf_add_text(&path, verb->path);
  if (verb->takes_name) buf_add_escaped(&path, str_of(name));
  buf_add_text(&path, verb->tail);
  if (!verb->takes_name && strcmp(verb->name, "destinations") != 0) add_filters(&path, o);
  if (strcmp(verb->name, "list") == 0) add_parameter(&path, "limit", o->limit);
  if (strstr(verb->tail, "able")) add_parameter(&path, "reason", o->reason);
  int code = verb->acts ? act(remote, &path, o->json, verb->what) : show(remote, &path, o->json, verb->print);
  buf_release(&path);
  return code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct outbox_options o = {.json = false};
  const struct option_spec specs[] = {
      REMOTE_OPTION_SPECS(o.remote), {"state", &o.state, NULL}, {"destination", &o.destination, NULL},
      {"lead", &o.lead, NULL},       {"type", &o.type, NULL},   {"from", &o.from, NULL},
      {"until", &o.to, NULL},        {"limit", &o.limit, NULL}, {"reason", &o.reason, NULL},
      {"json", NULL, &o.json},       {NULL, NULL, NULL}};
  struct remote remote;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  const struct verb *verb = verb_named(rest > 0 ? argv[0] : "list");
  if (!verb)
    return options_misuse(
        self, "'%s' is none of list, show, retry, drop, replay, destinations, enable, disable", argv[0]);
  if (rest > (verb->takes_name ? 2 : 1) || (verb->takes_name && rest != 2))
    return options_misuse(self, verb->takes_name ? "%s needs one id or name" : "%s takes no name",
                          verb->name);
  int code = remote_open(&remote, self, &o.remote);
  if (code == EXIT_FINE) code = ask(&remote, verb, verb->takes_name ? argv[1] : "", &o);
  remote_close(&remote);
  return code;
}

const struct command command_outbox = {
    "outbox", "what is told others: deliveries, and sending again",
    "usage: embudo outbox [OPTION]... [list]\n"
    "       embudo outbox [OPTION]... show|retry|drop ID\n"
    "       embudo outbox [OPTION]... replay\n"
    "       embudo outbox [OPTION]... destinations\n"
    "       embudo outbox [OPTION]... enable|disable NAME [--reason TEXT]\n"
    "\n"
    "Shows the messages that effects have made at a running embudo, newest first, and what became of each. "
    "retry\n"
    "sends one again (or renders it, where that had failed), drop decides that it is not sent. replay sends\n"
    "again all that match: parked ones, unless --state says otherwise. A destination that is disabled keeps "
    "its\n"
    "messages until it is enabled. Receivers know doubles by the id, which stays.\n"
    "\n" REMOTE_USAGE "      --state STATE     waiting, delivered, parked, dropped, cancelled or erased\n"
    "      --destination NAME, --lead ID, --type TYPE\n"
    "                        only of that destination, lead or type\n"
    "      --from INSTANT, --until INSTANT\n"
    "                        only made then, the end not included\n"
    "      --limit N         at most so many in a list (50, at most 1000)\n"
    "      --json            the answer as JSON\n",
    run};
