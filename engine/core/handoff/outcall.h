/* outcall.h - a call of a script to an HTTP service: from what it asked for to a request, and from an answer to what it gets.
 *
 * What it asked for is a value as vm/script/task.h has it. Secrets are put in place here, in the request alone: they are in no value
 * that a script, a log or the journal sees. Pure; all texts live in the arena given.
 */
#ifndef EMBUDO_CORE_OUTCALL_H
#define EMBUDO_CORE_OUTCALL_H

#include "base/err.h"
#include "base/json.h"
#include "core/config/config.h"

enum { OUTCALL_HEADERS_MAX = 32, OUTCALL_ANSWER_HEADERS_MAX = 64 };

struct outcall_header {
  struct str name, value;
};

struct outcall {
  const char *method, *url;
  struct outcall_header headers[OUTCALL_HEADERS_MAX];
  size_t header_count;
  struct str body;    /* p NULL: none */
  int64_t timeout_ms; /* 0: not said */
};

/* -1 and *err: it makes no sense, or names a secret that the settings do not have. */
int outcall_read(struct value asked, const struct config *config, struct arena *arena, struct outcall *out,
                 struct err *err);

/* { status, body, json, headers } of an answer; `json` is missing when the body is none. `head` are its header lines. */
struct value outcall_answer(int status, struct str head, struct str body, struct json_reader *reader,
                            struct arena *arena);

/* Whether asking again may help: 408, 425, 429 and what a server has trouble with. */
bool outcall_passes(int status);

#endif
