/* What is asked for at a scrape, of those who count it anyway. */
#include "io/process.h"
#include "serve/metrics/metrics_private.h"

static void set(struct metrics *metrics, enum metrics_code code, double value) {
  metric_set(metrics_only(metrics, code), value);
}

static void set_for(struct metrics *metrics, enum metrics_code code, const char *label, double value) {
  metric_set(metric_labelled(metrics->all[code], str_of(label)), value);
}

static void gather_journal(struct metrics *metrics, const struct store_stats *store) {
  double commits = (double)store->commits;
  metric_sum(metrics_only(metrics, METRICS_COMMITS), commits, (double)store->commit_us / 1e6);
  metric_sum(metrics_only(metrics, METRICS_COMMIT_RECORDS), commits, (double)store->records);
  set(metrics, METRICS_FAILED_COMMITS, (double)store->failed_commits);
  set(metrics, METRICS_RAW_BYTES, (double)store->raw_bytes);
  set(metrics, METRICS_STORED_BYTES, (double)store->stored_bytes);
  set(metrics, METRICS_CHECKPOINTS, (double)store->checkpoints);
  set(metrics, METRICS_AHEAD_BYTES, (double)store->ahead_bytes);
  set(metrics, METRICS_FILE_BYTES, (double)store->file_bytes);
  set(metrics, METRICS_FREE_BYTES, (double)store->free_bytes);
  set(metrics, METRICS_REPACKED, (double)store->repacked_blocks);
  set(metrics, METRICS_REPACKED_INTO, (double)store->repacked_into);
  set(metrics, METRICS_REPACK_SECONDS, (double)store->repack_us / 1e6);
  set(metrics, METRICS_QUEUE_REQUESTS, store->queued_requests);
  set(metrics, METRICS_QUEUE_BYTES, (double)store->queued_bytes);
  set_for(metrics, METRICS_STORE_STATES, "ok", store->state == STORE_OK);
  set_for(metrics, METRICS_STORE_STATES, "full", store->state == STORE_FULL);
  set_for(metrics, METRICS_STORE_STATES, "broken", store->state == STORE_BROKEN);
}

static double lag_seconds(const struct service_stats *stats, int64_t now_ms) {
  return stats->due_ms < now_ms ? (double)(now_ms - stats->due_ms) / 1000 : 0;
}

static void gather_service(struct metrics *metrics, const struct service_stats *stats, int64_t now_ms) {
  set(metrics, METRICS_REPLAY_SECONDS, (double)stats->replay_ms / 1000);
  set(metrics, METRICS_REPLAY_EVENTS, (double)stats->replayed_events);
  set(metrics, METRICS_BAD_RECORDS, (double)stats->bad_records);
  set(metrics, METRICS_FOLDS, (double)stats->folds);
  set(metrics, METRICS_UNDECIDED, (double)stats->undecided);
  set(metrics, METRICS_LEADS, (double)stats->leads);
  set(metrics, METRICS_TOUCHED, (double)stats->touched);
  set(metrics, METRICS_LAG, lag_seconds(stats, now_ms));
}

static void gather_functions(struct metrics *metrics, const struct script *script) {
  double failures = 0;
  uint32_t count = script ? script_function_count(script) : 0;
  for (uint32_t i = 0; i < count; i++) failures += script_failure_count(script, (int)i);
  set(metrics, METRICS_RULE_FAILURES, failures);
  set(metrics, METRICS_QUARANTINED, script ? (double)script_stopped_count(script) : 0);
}

static double running(const struct clockbook *clocks) {
  uint32_t count;
  clockbook_running(clocks, &count);
  return count;
}

static void gather_pipeline(struct metrics *metrics, struct pipeline *pipeline) {
  const struct engine *engine = pipeline_engine(pipeline);
  struct engine_counts counts;
  engine_counts(engine, &counts);
  set(metrics, METRICS_ACCOUNTS, engine_accounts(engine)->count);
  set(metrics, METRICS_CLOCKS_RUNNING, running(leadbook_clocks(pipeline_book(pipeline))));
  set(metrics, METRICS_DEADLINES, (double)leadbook_waiting(pipeline_book(pipeline)));
  set(metrics, METRICS_IDS, (double)counts.remembered);
  set(metrics, METRICS_FORGOTTEN, (double)counts.forgotten);
  gather_functions(metrics, pipeline_generation(pipeline)->script);
}

static void gather_load(struct metrics *metrics, const struct daemon *daemon) {
  const struct generation_times *times = &pipeline_generation(service_pipeline(daemon->service))->times;
  const struct {
    const char *step;
    int64_t us;
  } steps[] = {{"read", times->read_us},
               {"build", times->build_us},
               {"check", times->check_us},
               {"tests", times->tests_us},
               {"swap", service_swap_us(daemon->service)}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    set_for(metrics, METRICS_RULES_LOAD, steps[i].step, (double)steps[i].us / 1e6);
}

static void gather_rules(struct metrics *metrics, const struct daemon *daemon) {
  struct service_shadow shadow;
  struct service_progress progress;
  service_shadow(daemon->service, &shadow);
  service_progress(daemon->service, &progress);
  set(metrics, METRICS_RULES_FAILED, daemon->rules_failure.len != 0);
  set(metrics, METRICS_RULES_ACTIVATING, service_is_activating(daemon->service));
  gather_load(metrics, daemon);
  set(metrics, METRICS_RULES_PAUSED, progress.paused);
  set(metrics, METRICS_RULES_READ, (double)progress.records);
  set(metrics, METRICS_RULES_TO_READ, (double)progress.records_of);
  set(metrics, METRICS_RULES_TAKEN_OVER, (double)service_swaps(daemon->service));
  set(metrics, METRICS_RULES_REFUSED, (double)daemon->rules_refused);
  set(metrics, METRICS_RULES_HELD, (double)leadbook_held(pipeline_book(service_pipeline(daemon->service))));
  set(metrics, METRICS_SHADOW_RUNNING, shadow.running);
  set(metrics, METRICS_SHADOW_DIFFERING, (double)shadow.differing);
}

static void gather_http(struct metrics *metrics, const struct http_stats *http, size_t held_bytes) {
  set(metrics, METRICS_CONNECTIONS, http->connections);
  set(metrics, METRICS_EXCHANGES, (double)http->exchanges);
  set(metrics, METRICS_BODIES_BYTES, (double)(http->bodies_bytes + held_bytes));
  set(metrics, METRICS_ACCEPTED, (double)http->accepted);
  set_for(metrics, METRICS_REFUSED, "full", (double)http->refused_full);
  set_for(metrics, METRICS_REFUSED, "address", (double)http->refused_ip);
  set_for(metrics, METRICS_REFUSED, "evicted", (double)http->evicted);
  set(metrics, METRICS_MALFORMED, (double)http->malformed);
  set(metrics, METRICS_TIMEOUTS, (double)http->timeouts);
  set(metrics, METRICS_ACCEPT_PAUSES, (double)http->accept_pauses);
  set(metrics, METRICS_RECEIVED_BYTES, (double)http->received_bytes);
  set(metrics, METRICS_SENT_BYTES, (double)http->sent_bytes);
}

static void gather_stream(struct metrics *metrics, const struct hub_stats *hub) {
  set(metrics, METRICS_SUBSCRIBERS, hub->subscribers);
  set(metrics, METRICS_PUBLISHED, (double)hub->published);
  set(metrics, METRICS_STREAM_SENT, (double)hub->sent);
  set_for(metrics, METRICS_STREAM_LOST, "slow", (double)hub->cut);
  set_for(metrics, METRICS_STREAM_LOST, "refused", (double)hub->refused);
  set_for(metrics, METRICS_STREAM_LOST, "reset", (double)hub->resets);
}

static void gather_calls(struct metrics *metrics, const struct fetcher_stats *calls) {
  for (int end = FETCH_ANSWERED; end <= FETCH_MALFORMED; end++)
    set_for(metrics, METRICS_CALLS, fetch_end_word((enum fetch_end)end), (double)calls->ended[end]);
  set_for(metrics, METRICS_CALLS, "cancelled", (double)calls->cancelled);
  set(metrics, METRICS_CALLS_OPEN, (double)calls->open);
  set(metrics, METRICS_CALLS_SENT, (double)calls->sent_bytes);
  set(metrics, METRICS_CALLS_RECEIVED, (double)calls->received_bytes);
}

static void set_pair(struct metrics *metrics, enum metrics_code code, const char *first, const char *second,
                     double value) {
  const struct str labels[] = {str_of(first), str_of(second)};
  metric_set(metric_series(metrics->all[code], labels), value);
}

static void gather_enricher(struct metrics *metrics, const char *name, const struct enrich_figures *figures) {
  set_pair(metrics, METRICS_ENRICHER_WISHES, name, "asked", (double)figures->counts.asked);
  set_pair(metrics, METRICS_ENRICHER_WISHES, name, "joined", (double)figures->counts.joined);
  set_pair(metrics, METRICS_ENRICHER_WISHES, name, "kept", (double)figures->counts.known);
  set_pair(metrics, METRICS_ENRICHER_WISHES, name, "refused", (double)figures->counts.refused);
  set_pair(metrics, METRICS_ENRICHER_QUESTIONS, name, "waiting", figures->waiting);
  set_pair(metrics, METRICS_ENRICHER_QUESTIONS, name, "running", figures->running);
  set_for(metrics, METRICS_ENRICHER_BROKEN, name, figures->broken);
  if (!figures->budget) return;
  set_for(metrics, METRICS_ENRICHER_BUDGET, name, figures->budget);
  set_for(metrics, METRICS_ENRICHER_SPENT, name, figures->spent);
}

static void gather_enrichers(struct metrics *metrics, const struct daemon *daemon) {
  struct enrich_figures figures[ENRICHERS_MAX];
  const struct ruleset *rules = pipeline_generation(service_pipeline(daemon->service))->rules;
  size_t answers;
  uint32_t count = service_enrichers(daemon->service, figures, &answers);
  for (uint32_t i = 0; i < count; i++) gather_enricher(metrics, rules->enrichers[i].id, &figures[i]);
  set(metrics, METRICS_ENRICHER_ANSWERS, (double)answers);
}

static void gather_place(struct metrics *metrics, struct outbox *outbox, uint32_t number, int64_t now_ms) {
  const struct outbox_place *place = outbox_place(outbox, number);
  const char *name = outbox_name(outbox, place->name);
  int64_t oldest_ms = outbox_oldest_ms(outbox, number);
  for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
    set_pair(metrics, METRICS_OUTBOX, name, outbox_state_word((enum outbox_state)i), place->counts[i]);
  }
  set_for(metrics, METRICS_OUTBOX_OLDEST, name, oldest_ms < now_ms ? (double)(now_ms - oldest_ms) / 1000 : 0);
  set_for(metrics, METRICS_DISABLED, name, place->disabled);
}

static void gather_deliveries(struct metrics *metrics, struct daemon *daemon, int64_t now_ms) {
  const struct deliverer_stats *stats = deliverer_stats(daemon->deliverer);
  struct outbox *outbox = pipeline_outbox(service_pipeline(daemon->service));
  for (int what = HAPPENED_DELIVERED; what <= HAPPENED_ABORTED; what++)
    set_for(metrics, METRICS_DELIVERIES, outbox_happening_word((enum outbox_happening)what),
            (double)stats->ended[what]);
  set(metrics, METRICS_DELIVERIES_OPEN, stats->in_flight);
  for (uint32_t i = 0; i < outbox_place_count(outbox); i++) gather_place(metrics, outbox, i, now_ms);
}

static void gather_process(struct metrics *metrics) {
  struct process process;
  process_read(&process);
  set(metrics, METRICS_CPU, process.cpu_seconds);
  set(metrics, METRICS_RESIDENT, (double)process.resident_bytes);
  set(metrics, METRICS_VIRTUAL, (double)process.virtual_bytes);
  set(metrics, METRICS_OPEN_FDS, (double)process.open_fds);
  set(metrics, METRICS_MAX_FDS, (double)process.max_fds);
}

void metrics_gather(struct metrics *metrics, struct daemon *daemon) {
  struct service_stats stats;
  service_stats(daemon->service, &stats);
  set(metrics, METRICS_READY, daemon->state == DAEMON_READY && stats.store.state == STORE_OK);
  gather_journal(metrics, &stats.store);
  gather_service(metrics, &stats, service_now_ms(daemon->service));
  gather_pipeline(metrics, service_pipeline(daemon->service));
  gather_rules(metrics, daemon);
  gather_http(metrics, http_server_stats(daemon->http), daemon->held_bytes);
  gather_stream(metrics, hub_stats(daemon->hub));
  gather_calls(metrics, fetcher_stats(daemon->fetcher));
  gather_enrichers(metrics, daemon);
  if (daemon->deliverer) gather_deliveries(metrics, daemon, service_now_ms(daemon->service));
  set(metrics, METRICS_LOG_LOST, (double)(daemon->log ? log_lost(daemon->log) : 0));
  gather_process(metrics);
}
