/* request.h - from a message to the request that is sent: rendered once, frozen, and put together anew for each attempt.
 *
 * A message is what Standard Webhooks has: {"type":..,"timestamp":..,"data":{..}}. A destination's renderer turns it into a request;
 * without one the message is the body. What is frozen is JSON, {"method":..,"url":..,"path":..,"headers":{..},"body":".."}, all but the
 * body optional. It holds no secrets: where one belongs, its name stands ({"secret":"NAME"}), and request_open looks it up.
 * Pure.
 */
#ifndef EMBUDO_CORE_REQUEST_H
#define EMBUDO_CORE_REQUEST_H

#include "core/config/config.h"
#include "core/rules/generation.h"

enum { REQUEST_HEADERS_MAX = 2 * HANDOFF_HEADERS_MAX };

/* Renders the message (an object's JSON) for a destination, appended to `out`; nothing is appended when the renderer wants
 * nothing to be sent. `id` is the message's. -1 and *err: it cannot be. */
int request_render(struct generation *generation, const struct destination *destination, struct str id,
                   struct str message, struct buf *out, struct err *err);

struct request_header {
  struct str name, value;
};

struct request { /* ready to be sent; everything in its arena */
  struct arena arena;
  const char *method, *url; /* url "": the destination is a file */
  struct str body;
  struct request_header headers[REQUEST_HEADERS_MAX];
  size_t header_count;
};

/* Puts a frozen request together: address, headers and secrets as the rules and settings have them now. -1 and *err, which
 * quotes no secret: a secret or the address is not known. Release it also then. */
int request_open(struct request *request, struct json_ref frozen, const struct ruleset *rules,
                 const struct destination *destination, const struct config *config, struct err *err);
void request_release(struct request *request);

enum request_answer {
  REQUEST_ACCEPTED,
  REQUEST_NOT_NOW, /* *err: why; it may be accepted later */
  REQUEST_REFUSED  /* *err: why; the same request never will be */
};

/* What an answer (any status but 0) means, as the destination or its renderer has it. *err is cleared where there is nothing
 * more to say than the status. */
enum request_answer request_judge(struct generation *generation, const struct destination *destination,
                                  int status, struct str body, struct err *err);

/* NULL: it has none. */
const struct renderer *request_renderer(const struct ruleset *rules, const struct destination *destination);

#endif
