/* api.h - what the handlers of reading requests share. */
#ifndef EMBUDO_SERVE_API_H
#define EMBUDO_SERVE_API_H

#include "base/json.h"
#include "core/config/roles.h"
#include "serve/access/guard.h"
#include "serve/daemon.h"

enum { API_READ = ROLE_MARKETING | ROLE_SALES }; /* who may look at leads */

/* Handlers of the routes, see routes.c. */
void api_list_leads(struct http_exchange *exchange, void *app);
void api_show_lead(struct http_exchange *exchange, void *app);
void api_explain_lead(struct http_exchange *exchange, void *app);
void api_show_qualification(struct http_exchange *exchange, void *app);
void api_next_question(struct http_exchange *exchange, void *app);
void api_lead_timeline(struct http_exchange *exchange, void *app);
void api_list_acts(struct http_exchange *exchange, void *app);
void api_act(struct http_exchange *exchange, void *app);
void api_lead_data(struct http_exchange *exchange, void *app);
void api_erase_lead(struct http_exchange *exchange, void *app);
void api_list_accounts(struct http_exchange *exchange, void *app);
void api_show_account(struct http_exchange *exchange, void *app);
void api_list_decisions(struct http_exchange *exchange, void *app);
void api_list_worklists(struct http_exchange *exchange, void *app);
void api_show_worklist(struct http_exchange *exchange, void *app);
void api_list_clocks(struct http_exchange *exchange, void *app);
void api_lead_brief(struct http_exchange *exchange, void *app);
void api_lead_briefs(struct http_exchange *exchange, void *app);
void api_show_agreement(struct http_exchange *exchange, void *app);
void api_approve_agreement(struct http_exchange *exchange, void *app);
void api_show_sla(struct http_exchange *exchange, void *app);
void api_lead_clocks(struct http_exchange *exchange, void *app);
void api_list_outbox(struct http_exchange *exchange, void *app);
void api_show_outbox(struct http_exchange *exchange, void *app);
void api_retry_outbox(struct http_exchange *exchange, void *app);
void api_drop_outbox(struct http_exchange *exchange, void *app);
void api_replay_outbox(struct http_exchange *exchange, void *app);
void api_list_destinations(struct http_exchange *exchange, void *app);
void api_enable_destination(struct http_exchange *exchange, void *app);
void api_disable_destination(struct http_exchange *exchange, void *app);
void api_list_rules(struct http_exchange *exchange, void *app);
void api_show_rule(struct http_exchange *exchange, void *app);
void api_list_rulesets(struct http_exchange *exchange, void *app);
void api_openapi(struct http_exchange *exchange, void *app);
void api_list_apart(struct http_exchange *exchange, void *app);
void api_split_lead(struct http_exchange *exchange, void *app);
void api_unsplit_lead(struct http_exchange *exchange, void *app);
void api_list_quarantine(struct http_exchange *exchange, void *app);
void api_release_quarantined(struct http_exchange *exchange, void *app);
void api_stream(struct http_exchange *exchange, void *app);
void api_health(struct http_exchange *exchange, void *app);
void api_ready(struct http_exchange *exchange, void *app);
void api_status(struct http_exchange *exchange, void *app);

/* Answers 400 about a query parameter; -1. */
int api_refuse(struct http_exchange *exchange, const char *name, const char *expected);

/* Whether Accept prefers text/plain to JSON; says in the answer that it depends on it. */
bool api_wants_text(struct http_exchange *exchange);

/* A list's parameters must be among `names` (ended by NULL; one that ends with a dot stands for all that begin with it): a
 * filter that is misspelled must not look like one that lets everything through, nor may one of two be chosen silently. -1 after answering 400. */
int api_known(struct http_exchange *exchange, const char *const *names);

/* A query parameter as a number within bounds, `initial` when it is not given. -1 after answering 400. */
int api_number(struct http_exchange *exchange, struct str name, int64_t initial, int64_t min, int64_t max,
               int64_t *out);

/* "17_-4_0" as so many numbers, and nothing else: what cursors are made of. */
bool api_numbers(struct str text, int64_t *out, int count);

/* ?at=, an instant; now when it is not given. -1 after answering 400. */
int api_instant(struct http_exchange *exchange, struct daemon *daemon, int64_t *out);

/* The lead the path's {id} names. IDENTITY_NONE after answering 404. */
uint32_t api_find_lead(struct http_exchange *exchange, struct daemon *daemon);
void api_refuse_lead(struct http_exchange *exchange, bool known); /* 404; known: only not at that instant */

/* The same, folded at that instant in the pipeline's workspace. */
uint32_t api_fold_lead(struct http_exchange *exchange, struct daemon *daemon, int64_t at_ms);

/* An answer of JSON under construction: api_open, write, api_send. */
struct api_answer {
  struct buf body;
  struct json_writer w;
};
void api_open(struct api_answer *answer);
void api_send(struct api_answer *answer, struct http_exchange *exchange);

/* Which event it was: "at", "source", "message_id", into an open object. */
void api_put_origin(struct json_writer *w, const struct touch *touch);

/* A lead that was just folded at that instant, as GET /v1/leads/{id} shows it. */
void api_put_lead(struct json_writer *w, struct pipeline *pipeline, uint32_t lead, int64_t at_ms);

/* The members of a lead as lists show it, into an open object. */
struct row;
void api_put_row(struct json_writer *w, const struct row *row, const struct ruleset *rules);

#endif
