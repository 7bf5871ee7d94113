/* api_kept.h - the answers about rulesets that were in charge, and commands that put one in charge. See routes.c. */
#ifndef EMBUDO_SERVE_RULESETS_API_KEPT_H
#define EMBUDO_SERVE_RULESETS_API_KEPT_H

#include "core/rules/kept_json.h"
#include "serve/daemon.h"
#include "serve/rulesets/rulesets.h"

/* What is under way, held, pinned and kept: members of an open object. */
void api_put_kept(struct json_writer *w, struct daemon *daemon, struct kept_page page);
/* ?limit= and ?cursor=: which of those kept are told. -1 after answering 400. */
int api_read_kept(struct http_exchange *exchange, struct daemon *daemon, struct kept_page *page);

void api_show_kept(struct http_exchange *exchange, void *app); /* GET /v1/rulesets/{hash} */
void api_diff_kept(struct http_exchange *exchange, void *app); /* GET /v1/rulesets/{hash}/diff?with= */
void api_activate_kept(struct http_exchange *exchange,
                       void *app); /* POST /v1/rulesets/{hash}/activate?stages= */
void api_preview_rules(struct http_exchange *exchange, void *app); /* POST /v1/rulesets/preview */
void api_control_rules(struct http_exchange *exchange,
                       void *app);                             /* POST /v1/rulesets/pause, resume, cancel */
void api_list_held(struct http_exchange *exchange, void *app); /* GET /v1/rulesets/held */
void api_release_held(struct http_exchange *exchange, void *app); /* POST /v1/rulesets/release */

void api_begin_shadow(struct http_exchange *exchange, void *app); /* POST /v1/rulesets/shadow */
void api_show_shadow(struct http_exchange *exchange, void *app);  /* GET */
void api_end_shadow(struct http_exchange *exchange, void *app);   /* DELETE */

/* The body says which rules, {"ruleset": hash} or {"files": {path: text}}: starts the command with them, whose `done` answers. */
void api_try_rules(struct http_exchange *exchange, struct daemon *daemon, struct rulesets_command *command);
/* Answers for a command that failed; false: it did not. */
bool api_refused_rules(struct http_exchange *exchange, const struct rulesets_ended *ended);

#endif
