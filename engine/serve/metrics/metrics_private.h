/* metrics_private.h - the metrics of metrics.h, shared by metrics*.c alone.
 *
 * metrics.c         what is counted where it happens
 * metrics_gather.c  what is asked for at a scrape
 * metrics_specs.c   the table of all of them
 */
#ifndef EMBUDO_SERVE_METRICS_PRIVATE_H
#define EMBUDO_SERVE_METRICS_PRIVATE_H

#include "base/metric.h"
#include "serve/daemon.h"
#include "serve/metrics/metrics.h"

/* Every metric, in the order in which they are shown: code, name, kind, unit, labels, help. */
#define METRICS(X)                                                                                           \
  X(BUILD_INFO, "embudo_build_info", METRIC_GAUGE, NULL, LABELS("version"), "The program's version")         \
  X(READY, "embudo_ready", METRIC_GAUGE, NULL, NO_LABELS, "Whether events are taken: 1, else 0")             \
  X(EVENTS, "embudo_events", METRIC_COUNTER, NULL, LABELS("source", "result"),                               \
    "Events received, by what became of them")                                                               \
  X(REJECTED, "embudo_events_rejected", METRIC_COUNTER, NULL, LABELS("reason"),                              \
    "Events that were refused, by the code told to the client")                                              \
  X(BAD_TIMES, "embudo_event_times_unreadable", METRIC_COUNTER, NULL, NO_LABELS,                             \
    "Time stamps of events that could not be read and counted as missing")                                   \
  X(CLAMPED, "embudo_event_times_clamped", METRIC_COUNTER, NULL, NO_LABELS,                                  \
    "Events from the future, moved back to when they were received")                                         \
  X(ACK, "embudo_ack_duration_seconds", METRIC_HISTOGRAM, "seconds", NO_LABELS,                              \
    "From checked events to their being on the disk and taken in")                                           \
  X(REFUSED_RECORDS, "embudo_records_refused", METRIC_COUNTER, NULL, LABELS("reason"),                       \
    "Records of events that the journal did not take")                                                       \
  X(COMMITS, "embudo_journal_commit_duration_seconds", METRIC_SUMMARY, "seconds", NO_LABELS,                 \
    "Commits of the journal and the time they took")                                                         \
  X(COMMIT_RECORDS, "embudo_journal_commit_records", METRIC_SUMMARY, NULL, NO_LABELS,                        \
    "Records made durable, by commit")                                                                       \
  X(FAILED_COMMITS, "embudo_journal_commits_failed", METRIC_COUNTER, NULL, NO_LABELS,                        \
    "Commits of the journal that failed")                                                                    \
  X(RAW_BYTES, "embudo_journal_raw_bytes", METRIC_COUNTER, "bytes", NO_LABELS,                               \
    "Bytes journaled, before compression")                                                                   \
  X(STORED_BYTES, "embudo_journal_stored_bytes", METRIC_COUNTER, "bytes", NO_LABELS,                         \
    "Bytes journaled, after compression")                                                                    \
  X(CHECKPOINTS, "embudo_journal_checkpoints", METRIC_COUNTER, NULL, NO_LABELS,                              \
    "Moves of the written-ahead log into place")                                                             \
  X(AHEAD_BYTES, "embudo_journal_ahead_bytes", METRIC_GAUGE, "bytes", NO_LABELS,                             \
    "Size of the written-ahead log; grows while a reader hangs")                                             \
  X(FILE_BYTES, "embudo_journal_file_bytes", METRIC_GAUGE, "bytes", NO_LABELS,                               \
    "Size of the journal's files")                                                                           \
  X(FREE_BYTES, "embudo_journal_free_bytes", METRIC_GAUGE, "bytes", NO_LABELS,                               \
    "Of the journal's file, room that is free for what comes")                                               \
  X(REPACKED, "embudo_journal_packed_blocks", METRIC_COUNTER, NULL, NO_LABELS,                               \
    "Small blocks that were packed together")                                                                \
  X(REPACKED_INTO, "embudo_journal_packed_into_blocks", METRIC_COUNTER, NULL, NO_LABELS,                     \
    "Blocks that they became")                                                                               \
  X(REPACK_SECONDS, "embudo_journal_packing_seconds", METRIC_COUNTER, "seconds", NO_LABELS,                  \
    "Time spent on packing blocks together and giving room back")                                            \
  X(QUEUE_REQUESTS, "embudo_journal_queue_requests", METRIC_GAUGE, NULL, NO_LABELS,                          \
    "Records that wait for the disk")                                                                        \
  X(QUEUE_BYTES, "embudo_journal_queue_bytes", METRIC_GAUGE, "bytes", NO_LABELS,                             \
    "Bytes of the records that wait for the disk")                                                           \
  X(STORE_STATES, "embudo_journal_state", METRIC_GAUGE, NULL, LABELS("state"),                               \
    "1 for the state that the journal is in: ok, full or broken")                                            \
  X(REPLAY_SECONDS, "embudo_replay_duration_seconds", METRIC_GAUGE, "seconds", NO_LABELS,                    \
    "What reading the journal at the start took")                                                            \
  X(REPLAY_EVENTS, "embudo_replay_events", METRIC_GAUGE, NULL, NO_LABELS,                                    \
    "Events in the journal at the start")                                                                    \
  X(BAD_RECORDS, "embudo_replay_bad_records", METRIC_GAUGE, NULL, NO_LABELS,                                 \
    "Records of the journal that could not be used at the start")                                            \
  X(FOLDS, "embudo_folds", METRIC_COUNTER, NULL, NO_LABELS, "Leads scored")                                  \
  X(DECISIONS, "embudo_decisions", METRIC_COUNTER, NULL, LABELS("lifecycle", "from", "to", "cause"),         \
    "Recorded changes of stage, by the stages they left and entered and their cause")                        \
  X(UNDECIDED, "embudo_decisions_waiting", METRIC_GAUGE, NULL, NO_LABELS,                                    \
    "Changes of stage that wait for the journal")                                                            \
  X(CLOCKS, "embudo_sla_clocks", METRIC_COUNTER, NULL, LABELS("sla", "what"),                                \
    "Clocks of sales that were started, warned, breached, stopped")                                          \
  X(CLOCKS_RUNNING, "embudo_sla_clocks_running", METRIC_GAUGE, NULL, NO_LABELS, "Clocks of sales that run")  \
  X(SYSTEM_DELAY, "embudo_sla_system_delay_seconds", METRIC_HISTOGRAM, "seconds", LABELS("sla"),             \
    "From the event that moved a lead to the decision that started its clock")                               \
  X(PEOPLE_DELAY, "embudo_sla_people_delay_seconds", METRIC_HISTOGRAM, "seconds", LABELS("sla"),             \
    "From there to what stopped the clock")                                                                  \
  X(LEADS, "embudo_leads", METRIC_GAUGE, NULL, NO_LABELS, "Leads")                                           \
  X(ACCOUNTS, "embudo_accounts", METRIC_GAUGE, NULL, NO_LABELS, "Accounts")                                  \
  X(TOUCHED, "embudo_leads_waiting", METRIC_GAUGE, NULL, NO_LABELS,                                          \
    "Ids whose leads wait to be scored again")                                                               \
  X(DEADLINES, "embudo_deadlines", METRIC_GAUGE, NULL, NO_LABELS, "Leads that time alone will change")       \
  X(LAG, "embudo_deadline_lag_seconds", METRIC_GAUGE, "seconds", NO_LABELS,                                  \
    "How late the earliest of them is; 0 when nothing is due")                                               \
  X(IDS, "embudo_dedupe_ids", METRIC_GAUGE, NULL, NO_LABELS, "Message ids remembered to tell repetitions")   \
  X(FORGOTTEN, "embudo_dedupe_forgotten", METRIC_COUNTER, NULL, NO_LABELS,                                   \
    "Message ids forgotten because of limits.dedupe_ids")                                                    \
  X(RULE_FAILURES, "embudo_rule_failures", METRIC_COUNTER, NULL, NO_LABELS,                                  \
    "Calls of rules' functions that failed, since these rules are in charge")                                \
  X(QUARANTINED, "embudo_rules_quarantined", METRIC_GAUGE, NULL, NO_LABELS,                                  \
    "Functions of rules that failed so often that they are not called any more")                             \
  X(RULES_FAILED, "embudo_rules_failed", METRIC_GAUGE, NULL, NO_LABELS,                                      \
    "1 while the rule files cannot be used, and older rules decide")                                         \
  X(RULES_ACTIVATING, "embudo_rules_activating", METRIC_GAUGE, NULL, NO_LABELS,                              \
    "1 while other rules are being tried or put in charge")                                                  \
  X(RULES_PAUSED, "embudo_rules_paused", METRIC_GAUGE, NULL, NO_LABELS,                                      \
    "1 while that waits for 'embudo ruleset resume'")                                                        \
  X(RULES_READ, "embudo_rules_reading_records", METRIC_GAUGE, NULL, NO_LABELS,                               \
    "Records of the journal that were read for other rules; 0 while none is read for")                       \
  X(RULES_TO_READ, "embudo_rules_reading_records_of", METRIC_GAUGE, NULL, NO_LABELS,                         \
    "Records of the journal that there are to be read for them")                                             \
  X(RULES_TAKEN_OVER, "embudo_rules_taken_over", METRIC_COUNTER, NULL, NO_LABELS,                            \
    "How often other rules took over")                                                                       \
  X(RULES_LOAD, "embudo_rules_load_seconds", METRIC_GAUGE, "seconds", LABELS("step"),                        \
    "What loading the rules in charge took: read, build, check, tests, and swap on the event path")          \
  X(LOOP_TURN, "embudo_loop_turn_seconds", METRIC_HISTOGRAM, "seconds", NO_LABELS,                           \
    "Turns of the event loop, waiting left out: for so long nobody else was served")                         \
  X(RULES_REFUSED, "embudo_rules_refused", METRIC_COUNTER, NULL, NO_LABELS,                                  \
    "How often changed rule files could not be used")                                                        \
  X(RULES_HELD, "embudo_rules_held_stages", METRIC_GAUGE, NULL, NO_LABELS,                                   \
    "Leads whose change of stage by other rules waits for a release")                                        \
  X(SHADOW_RUNNING, "embudo_shadow_running", METRIC_GAUGE, NULL, NO_LABELS,                                  \
    "1 while a shadow ruleset runs beside the live one")                                                     \
  X(SHADOW_DIFFERING, "embudo_shadow_leads_differing", METRIC_GAUGE, NULL, NO_LABELS,                        \
    "Leads whose score or stage is another under the shadow ruleset")                                        \
  X(REQUESTS, "embudo_http_requests", METRIC_COUNTER, NULL, LABELS("route", "method", "status"),             \
    "HTTP requests answered, by route and class of status")                                                  \
  X(REQUEST_SECONDS, "embudo_http_request_duration_seconds", METRIC_HISTOGRAM, "seconds", LABELS("route"),   \
    "From a request's headers to its answer")                                                                \
  X(GONE, "embudo_http_clients_gone", METRIC_COUNTER, NULL, NO_LABELS,                                       \
    "Requests whose client did not wait for the answer")                                                     \
  X(CONNECTIONS, "embudo_http_connections", METRIC_GAUGE, NULL, NO_LABELS, "Connections that are open")      \
  X(EXCHANGES, "embudo_http_requests_open", METRIC_GAUGE, NULL, NO_LABELS,                                   \
    "Requests that wait for their answer")                                                                   \
  X(BODIES_BYTES, "embudo_http_bodies_bytes", METRIC_GAUGE, "bytes", NO_LABELS,                              \
    "Bytes of requests' bodies in memory")                                                                   \
  X(ACCEPTED, "embudo_http_connections_accepted", METRIC_COUNTER, NULL, NO_LABELS, "Connections accepted")   \
  X(REFUSED, "embudo_http_connections_refused", METRIC_COUNTER, NULL, LABELS("reason"),                      \
    "Connections refused or closed for others")                                                              \
  X(MALFORMED, "embudo_http_malformed", METRIC_COUNTER, NULL, NO_LABELS, "Requests that were not HTTP")      \
  X(TIMEOUTS, "embudo_http_timeouts", METRIC_COUNTER, NULL, NO_LABELS,                                       \
    "Connections whose client was too slow")                                                                 \
  X(ACCEPT_PAUSES, "embudo_http_accept_pauses", METRIC_COUNTER, NULL, NO_LABELS,                             \
    "Times that no file descriptor was left for a connection")                                               \
  X(RECEIVED_BYTES, "embudo_http_received_bytes", METRIC_COUNTER, "bytes", NO_LABELS, "Bytes received")      \
  X(SENT_BYTES, "embudo_http_sent_bytes", METRIC_COUNTER, "bytes", NO_LABELS, "Bytes sent")                  \
  X(SUBSCRIBERS, "embudo_stream_subscribers", METRIC_GAUGE, NULL, NO_LABELS,                                 \
    "Clients that listen to the stream of changes")                                                          \
  X(PUBLISHED, "embudo_stream_published", METRIC_COUNTER, NULL, NO_LABELS,                                   \
    "Changes published on the stream")                                                                       \
  X(STREAM_SENT, "embudo_stream_sent", METRIC_COUNTER, NULL, NO_LABELS, "Changes sent to listening clients") \
  X(STREAM_LOST, "embudo_stream_clients_lost", METRIC_COUNTER, NULL, LABELS("reason"),                       \
    "Clients of the stream that were cut off, refused or told to begin anew")                                \
  X(CALLS, "embudo_outbound_calls", METRIC_COUNTER, NULL, LABELS("result"),                                  \
    "Calls to other services, by how they ended")                                                            \
  X(CALLS_OPEN, "embudo_outbound_calls_open", METRIC_GAUGE, NULL, NO_LABELS,                                 \
    "Calls to other services that are under way")                                                            \
  X(CALLS_SENT, "embudo_outbound_sent_bytes", METRIC_COUNTER, "bytes", NO_LABELS,                            \
    "Bytes of the bodies sent to other services")                                                            \
  X(CALLS_RECEIVED, "embudo_outbound_received_bytes", METRIC_COUNTER, "bytes", NO_LABELS,                    \
    "Bytes of the bodies other services answered with")                                                      \
  X(ENRICHER_WISHES, "embudo_enricher_wishes", METRIC_COUNTER, NULL, LABELS("enricher", "result"),           \
    "Leads that wanted an enricher's answer, by where it comes from")                                        \
  X(ENRICHER_RUNS, "embudo_enricher_runs", METRIC_COUNTER, NULL, LABELS("enricher", "result"),               \
    "Runs of enrichers, by how they ended")                                                                  \
  X(ENRICHER_SECONDS, "embudo_enricher_run_duration_seconds", METRIC_HISTOGRAM, "seconds",                   \
    LABELS("enricher"), "What runs of enrichers took")                                                       \
  X(ENRICHER_QUESTIONS, "embudo_enricher_questions", METRIC_GAUGE, NULL, LABELS("enricher", "state"),        \
    "Questions of enrichers that wait for their turn or run")                                                \
  X(ENRICHER_BROKEN, "embudo_enricher_broken", METRIC_GAUGE, NULL, LABELS("enricher"),                       \
    "1 while an enricher's service failed so often that it is left alone")                                   \
  X(ENRICHER_BUDGET, "embudo_enricher_budget", METRIC_GAUGE, NULL, LABELS("enricher"),                       \
    "Runs that an enricher may be asked for in the present span of its budget")                              \
  X(ENRICHER_SPENT, "embudo_enricher_budget_spent", METRIC_GAUGE, NULL, LABELS("enricher"),                  \
    "Runs of an enricher in the present span of its budget")                                                 \
  X(ENRICHER_ANSWERS, "embudo_enricher_answers", METRIC_GAUGE, NULL, NO_LABELS,                              \
    "Answers of enrichers that are kept for further leads")                                                  \
  X(DELIVERIES, "embudo_deliveries", METRIC_COUNTER, NULL, LABELS("result"),                                 \
    "Attempts at deliveries, by how they ended")                                                             \
  X(DELIVERIES_OPEN, "embudo_deliveries_open", METRIC_GAUGE, NULL, NO_LABELS,                                \
    "Attempts at deliveries that are under way")                                                             \
  X(OUTBOX, "embudo_outbox_messages", METRIC_GAUGE, NULL, LABELS("destination", "state"),                    \
    "Messages that others are told, by what became of them")                                                 \
  X(OUTBOX_OLDEST, "embudo_outbox_oldest_seconds", METRIC_GAUGE, "seconds", LABELS("destination"),           \
    "Since when the oldest message waits; 0 when none does")                                                 \
  X(DISABLED, "embudo_destination_disabled", METRIC_GAUGE, NULL, LABELS("destination"),                      \
    "1 for a destination to which nothing is sent until it is enabled")                                      \
  X(LOG_LOST, "embudo_log_lines_lost", METRIC_COUNTER, NULL, NO_LABELS,                                      \
    "Lines of the log that nobody took in time")                                                             \
  X(CPU, "process_cpu_seconds", METRIC_COUNTER, "seconds", NO_LABELS, "Processor time, user and system")     \
  X(RESIDENT, "process_resident_memory_bytes", METRIC_GAUGE, "bytes", NO_LABELS, "Memory in use")            \
  X(VIRTUAL, "process_virtual_memory_bytes", METRIC_GAUGE, "bytes", NO_LABELS, "Memory reserved")            \
  X(OPEN_FDS, "process_open_fds", METRIC_GAUGE, NULL, NO_LABELS, "File descriptors in use")                  \
  X(MAX_FDS, "process_max_fds", METRIC_GAUGE, NULL, NO_LABELS, "File descriptors that may be in use")        \
  X(STARTED, "process_start_time_seconds", METRIC_GAUGE, "seconds", NO_LABELS,                               \
    "When the process started, in seconds since 1970")

enum metrics_code {
#define X(code, name, kind, unit, labels, help) METRICS_##code,
  METRICS(X)
#undef X
      METRICS_COUNT
};

struct metrics {
  struct metric_set *set;
  struct metric *all[METRICS_COUNT];
};

extern const struct metric_spec metrics_specs[METRICS_COUNT];

/* Takes what others count. */
void metrics_gather(struct metrics *metrics, struct daemon *daemon);

static inline struct metric_series *metrics_only(struct metrics *metrics, enum metrics_code code) {
  return metric_only(metrics->all[code]);
}

#endif
