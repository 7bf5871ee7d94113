/* embudo enrich - runs one enricher for one lead, and shows each call. */
#include "base/timefmt.h"
#include "cli/daemon/settings.h"
#include "cli/session.h"
#include "model/fold/fold_enrich.h"
#include "serve/enricher_run.h"

struct trial {
  struct loop *loop;
  struct enricher_end end;
  char code[TASK_CODE_MAX], message[VM_MESSAGE_MAX];
  const struct enricher *enricher;
  struct buf answer;
  struct buf left_out; /* names of what it answered and does not declare */
  bool done;
};

static void on_told(void *arg, const char *what, const char *outcome, int64_t took_ms) {
  (void)arg;
  if (took_ms < 0)
    printf("%s\n", what);
  else
    printf("  %s, %lld ms\n", outcome, (long long)took_ms);
}

/* What would count. */
static void put_answer(struct trial *trial, struct value answer, struct json_writer *w) {
  json_open(w, '{');
  for (uint32_t i = 0; i < answer.len; i++) {
    const struct pair *pair = &answer.pairs[i];
    if (enricher_gives(trial->enricher, pair->key)) {
      json_key_str(w, pair->key);
      json_put_value(w, pair->value);
    } else
      buf_printf(&trial->left_out, "%s'%.*s'", trial->left_out.len ? ", " : "", STR_ARG(pair->key));
  }
  json_close(w, '}');
}

static void on_done(void *arg, const struct enricher_end *end) {
  struct trial *trial = arg;
  struct json_writer w;
  trial->end = *end;
  snprintf(trial->code, sizeof trial->code, "%s", end->code);
  snprintf(trial->message, sizeof trial->message, "%s", end->message);
  json_writer_init(&w, &trial->answer);
  if (end->state == TASK_ANSWERED) put_answer(trial, end->answer, &w);
  trial->done = true;
  loop_stop(trial->loop);
}

static int tell_end(const struct trial *trial, const struct enricher *enricher) {
  char span[TIME_TEXT_MAX];
  switch (trial->end.state) {
  case TASK_ANSWERED:
    printf("answered, for %s: %s\n",
           enricher->ttl_ms == TIME_NEVER ? "ever" : duration_text(enricher->ttl_ms, span),
           trial->answer.data);
    if (trial->left_out.len)
      printf("left out: %s; name it in gives = { .. } to have it\n", trial->left_out.data);
    return EXIT_FINE;
  case TASK_NOTHING:
    printf("nothing to know; asked again after %s\n", duration_text(enricher->negative_ttl_ms, span));
    return EXIT_FINE;
  default: break;
  }
  printf("failed (%s%s): ", trial->code, trial->end.passes ? ", would be tried again" : "");
  if (*trial->end.place.file) printf("%s:%d: ", trial->end.place.file, trial->end.place.line);
  printf("%s\n", trial->message);
  return EXIT_PROBLEMS;
}

static int run_trial(const struct session *s, const struct config *config, const struct enricher *enricher,
                     struct str needs) {
  struct err err;
  struct trial trial = {.loop = loop_new(&err), .enricher = enricher};
  if (!trial.loop) {
    fprintf(stderr, "embudo enrich: %s\n", err.text);
    return EXIT_PROBLEMS;
  }
  const struct fetcher_options options = {.egress = {config->outbound.hosts, config->outbound.host_count,
                                                     config->outbound.allow, config->outbound.allow_count},
                                          .ca_file =
                                              *config->outbound.ca_file ? config->outbound.ca_file : NULL};
  struct fetcher *fetcher = fetcher_new(trial.loop, &options);
  struct resolver *resolver =
      resolver_new(trial.loop, *config->outbound.name_servers ? config->outbound.name_servers : NULL, &err);
  if (!resolver) {
    fprintf(stderr, "embudo enrich: %s\n", err.text);
    fetcher_free(fetcher);
    loop_free(trial.loop);
    return EXIT_PROBLEMS;
  }
  struct json_reader *reader = json_reader_new();
  const struct enricher_world world = {
      trial.loop, fetcher, resolver, config, lookup_calls(s->generation->lookup), reader};
  const struct enricher_run_options run_options = {on_done, on_told, &trial};
  buf_init(&trial.answer);
  buf_init(&trial.left_out);
  printf("%s needs %s\n", enricher->id, needs.p);
  struct enricher_run *run = enricher_run_new(&world, s->generation, enricher, needs, &run_options);
  while (!trial.done) loop_run(trial.loop);
  int code = tell_end(&trial, enricher);
  enricher_run_free(run);
  json_reader_free(reader);
  fetcher_free(fetcher);
  resolver_free(resolver);
  loop_free(trial.loop);
  buf_release(&trial.answer);
  buf_release(&trial.left_out);
  return code;
}

static int lacks(const struct session *s, const struct enricher *enricher, const char *lead) {
  for (uint32_t i = 0; i < enricher->need_count; i++)
    if (!value_present(fold_trait(s->fold, enricher->needs[i])))
      fprintf(stderr, "embudo enrich: lead '%s' has no %.*s, which '%s' needs\n", lead,
              STR_ARG(enricher->needs[i]), enricher->id);
  return EXIT_PROBLEMS;
}

static int no_enricher(const struct ruleset *rules, const char *name) {
  const char *words[ENRICHERS_MAX + 1] = {NULL};
  for (uint32_t i = 0; i < rules->enricher_count; i++) words[i] = rules->enrichers[i].id;
  const char *near = str_nearest(str_of(name), words);
  fprintf(stderr, "embudo enrich: the rules have no enricher '%s'%s%s%s\n", name,
          near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
  return EXIT_PROBLEMS;
}

static int enrich_lead(struct session *s, const struct config *config, const char *name, const char *id) {
  const struct ruleset *rules = s->generation->rules;
  int number = ruleset_enricher(rules, str_of(name));
  uint32_t lead;
  struct buf needs;
  if (number == NONE) return no_enricher(rules, name);
  int code = session_fold_lead(s, id, &lead);
  if (code) return code;
  buf_init(&needs);
  code = fold_enricher_needs(s->fold, (uint32_t)number, &needs)
             ? run_trial(s, config, &rules->enrichers[number], buf_str(&needs))
             : lacks(s, &rules->enrichers[number], id);
  buf_release(&needs);
  return code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct session_options o = {.quiet = false};
  const char *lead = NULL;
  const struct option_spec specs[] = {SESSION_OPTION_SPECS(o), {"lead", &lead, NULL}, {NULL, NULL, NULL}};
  const struct settings_flag flags[] = {{NULL, NULL}};
  struct session session;
  struct config config;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest == 0 || !lead)
    return options_misuse(self,
                          "which enricher, for whom? embudo enrich NAME --lead ID [OPTION]... [FILE]...");
  if (rest == 1 && !o.data && !o.config)
    return options_misuse(self, "where are the lead's events? name FILEs of them, or --data DIR of a daemon");
  const char *settings = o.config; /* secrets and outbound; with --data also where the journal is */
  if (!o.data && rest > 1) o.config = NULL;
  int code = settings_read(self, settings, flags, &config);
  if (code == EXIT_FINE) {
    code = session_open(&session, self, &o, rest - 1, argv + 1);
    if (code == 0) code = enrich_lead(&session, &config, argv[0], lead);
    session_close(&session);
  }
  config_release(&config);
  return code;
}

const struct command command_enrich = {
    .name = "enrich",
    .summary = "run one enricher for one lead, and show each call",
    .usage = "usage: embudo enrich NAME --lead ID [OPTION]... FILE...\n"
             "       embudo enrich NAME --lead ID [OPTION]... --data DIR\n"
             "\n"
             "Runs the enricher's function once with what it needs of the lead, shows each call and what "
             "came back,\n"
             "and prints the answer. Nothing is kept: no journal, no budget, no rate.\n"
             "\n"
             "  --lead ID       a user id, an anonymous id or an e-mail address\n"
             "  -c, --config FILE   an embudo.yaml, for secrets and outbound\n"
             "  --rules DIR     the rules directory (default: rules; with --data the daemon's)\n"
             "  --plugins DIR   enrichers and destinations beside it, as 'embudo run' takes them\n"
             "  --at TIME       the lead as of this instant\n"
             "  --data DIR      a daemon's data directory instead of FILEs\n"
             "  --source NAME, --csv-map FILE, --quiet   as for 'embudo score'\n"
             "\n"
             "Exit code: 0 when there was an answer, or nothing to know; 1 when it failed or there is no "
             "such lead or\n"
             "enricher; 2 for wrong usage.\n"
             "\n"
             "Example:\n"
             "  embudo enrich company --lead ana -c embudo.yaml events.ndjson\n",
    .run = run,
};
