#include "serve/routes.h"

#include "serve/api/api.h"
#include "serve/inbound/inbound.h"
#include "serve/ingest/ingest.h"
#include "serve/metrics/metrics.h"
#include "serve/rulesets/api_kept.h"

/* Stands for the origins that may send events, which are the configuration's. */
static const struct http_cors pages;

#define INGEST(path, handler)                                                                                \
  { "POST", path, handler, 0, 0, &pages }
#define STREAM(method, path, handler)                                                                        \
  { method, path, handler, HTTP_ROUTE_STREAM, 0, &pages }
#define ASKED(path, handler) /* by pages that send events */                                                 \
  { "GET", path, handler, 0, 0, &pages }
#define READ(path, handler)                                                                                  \
  { "GET", path, handler, HTTP_ROUTE_ALWAYS, 0, NULL }

#define ACT(path, handler) /* of a person */                                                                 \
  { "POST", path, handler, 0, 64 * 1024, NULL }

static struct http_route routes[] = {
    INGEST("/v1/batch", ingest_batch),
    INGEST("/v1/b", ingest_batch),
    INGEST("/v1/import", ingest_batch),
    INGEST("/beacon/v1/batch", ingest_batch),
    INGEST("/v1/track", ingest_call),
    INGEST("/v1/identify", ingest_call),
    INGEST("/v1/page", ingest_call),
    INGEST("/v1/screen", ingest_call),
    INGEST("/v1/group", ingest_call),
    INGEST("/v1/alias", ingest_call),
    INGEST("/v1/t", ingest_call),
    INGEST("/v1/i", ingest_call),
    INGEST("/v1/p", ingest_call),
    INGEST("/v1/s", ingest_call),
    INGEST("/v1/g", ingest_call),
    INGEST("/v1/a", ingest_call),
    INGEST("/v1/m", ingest_nothing),
    INGEST("/api/s/{type}", ingest_jitsu),
    INGEST("/api/s/s2s/{type}", ingest_jitsu),
    STREAM("POST", "/v1/events", ingest_events),
    STREAM("PUT", "/v1/events", ingest_events),
    {"POST", "/v1/forms/{name}", ingest_form, 0, 64 * 1024, &pages},
    ASKED("/v1/forms/{name}", ingest_form_fields),
    {"POST", "/v1/inbound/{name}", inbound_take, 0, 1024 * 1024, NULL},
    {"POST", "/v1/history", ingest_history, HTTP_ROUTE_STREAM, 0, NULL},
    ASKED("/sourceConfig", ingest_source_config),
    ASKED("/v1/projects/{key}/settings", ingest_settings),
    ASKED("/pixel/v1/track", ingest_pixel),
    ASKED("/pixel/v1/page", ingest_pixel),
    READ("/v1/leads", api_list_leads),
    READ("/v1/leads/{id}", api_show_lead),
    READ("/v1/leads/{id}/explain", api_explain_lead),
    READ("/v1/leads/{id}/timeline", api_lead_timeline),
    READ("/v1/leads/{id}/qualification", api_show_qualification),
    READ("/v1/leads/{id}/next-question", api_next_question),
    READ("/v1/leads/{id}/data", api_lead_data),
    READ("/v1/leads/{id}/acts", api_list_acts),
    ACT("/v1/leads/{id}/acts", api_act),
    {"DELETE", "/v1/leads/{id}", api_erase_lead, HTTP_ROUTE_ALWAYS, 0, NULL},
    READ("/v1/accounts", api_list_accounts),
    READ("/v1/accounts/{id}", api_show_account),
    READ("/v1/decisions", api_list_decisions),
    READ("/v1/worklists", api_list_worklists),
    READ("/v1/worklists/{name}", api_show_worklist),
    READ("/v1/leads/{id}/brief", api_lead_brief),
    READ("/v1/leads/{id}/briefs", api_lead_briefs),
    READ("/v1/sla", api_show_sla),
    READ("/v1/agreement", api_show_agreement),
    ACT("/v1/agreement/approvals", api_approve_agreement),
    READ("/v1/clocks", api_list_clocks),
    READ("/v1/leads/{id}/clocks", api_lead_clocks),
    READ("/v1/outbox", api_list_outbox),
    READ("/v1/outbox/{id}", api_show_outbox),
    ACT("/v1/outbox/{id}/retry", api_retry_outbox),
    ACT("/v1/outbox/{id}/drop", api_drop_outbox),
    ACT("/v1/outbox/replay", api_replay_outbox),
    READ("/v1/destinations", api_list_destinations),
    ACT("/v1/destinations/{name}/enable", api_enable_destination),
    ACT("/v1/destinations/{name}/disable", api_disable_destination),
    READ("/v1/rules", api_list_rules),
    READ("/v1/rules/{id}", api_show_rule),
    READ("/v1/rulesets", api_list_rulesets),
    READ("/v1/rulesets/held", api_list_held),
    READ("/v1/rulesets/shadow", api_show_shadow),
    {"POST", "/v1/rulesets/shadow", api_begin_shadow, 0, 0, NULL},
    {"DELETE", "/v1/rulesets/shadow", api_end_shadow, HTTP_ROUTE_ALWAYS, 0, NULL},
    READ("/v1/rulesets/{hash}", api_show_kept),
    READ("/v1/rulesets/{hash}/diff", api_diff_kept),
    ACT("/v1/rulesets/{hash}/activate", api_activate_kept),
    {"POST", "/v1/rulesets/preview", api_preview_rules, 0, 0, NULL},
    ACT("/v1/rulesets/release", api_release_held),
    ACT("/v1/rulesets/pause", api_control_rules),
    ACT("/v1/rulesets/resume", api_control_rules),
    ACT("/v1/rulesets/cancel", api_control_rules),
    READ("/v1/quarantine", api_list_quarantine),
    ACT("/v1/quarantine/release", api_release_quarantined),
    READ("/v1/openapi.json", api_openapi),
    READ("/v1/stream", api_stream),
    READ("/v1/status", api_status),
    READ("/metrics", metrics_show),
    READ("/v1/apart", api_list_apart),
    ACT("/v1/leads/{id}/split", api_split_lead),
    ACT("/v1/leads/{id}/unsplit", api_unsplit_lead),
    READ("/healthz", api_health),
    READ("/readyz", api_ready),
};

const struct http_route *routes_make(const struct http_cors *ingest, size_t *count) {
  *count = sizeof routes / sizeof *routes;
  for (size_t i = 0; i < *count; i++)
    if (routes[i].cors) routes[i].cors = ingest;
  return routes;
}
