/* handoff.h - what leaves embudo when something happens to a lead, compiled: effects, and the destinations they go to.
 *
 * An effect says when (a stage entered, an event) and what; a destination where to and how; a renderer how a destination of
 * its kind wants to be asked; a receiver what an outside system may tell about leads. Part of a ruleset (ruleset.h), plain
 * data. Functions are numbers of the generation's function table, FN_NONE when there is none.
 *
 * Texts that may hold secrets are templates: JSON of a text, of {"secret":"NAME"}, or of a list of both, joined when a request is
 * sent. Secrets themselves are never here.
 */
#ifndef EMBUDO_MODEL_HANDOFF_H
#define EMBUDO_MODEL_HANDOFF_H

#include "base/str.h"

struct cond;
struct matcher;

struct place {      /* where something was written */
  const char *file; /* relative to the rules directory, NUL-terminated */
  int line;         /* from 1; 0: the whole file */
};

enum {
  HANDOFF_DESTINATIONS_MAX = 64,
  HANDOFF_EFFECTS_MAX = 256,
  HANDOFF_DELAYS_MAX = 32,  /* of a schedule */
  HANDOFF_SECRETS_MAX = 4,  /* that sign at once */
  HANDOFF_HEADERS_MAX = 32, /* of a destination */
  HANDOFF_REFUSALS_MAX = 32,
  HANDOFF_CONCURRENCY = 8, /* requests to a destination at once */
  HANDOFF_CONCURRENCY_MAX = 64,
  HANDOFF_TIMEOUT_MS = 15000,    /* of a request */
  HANDOFF_TIMEOUT_MAX_MS = 60000 /* the longest a destination may ask for */
};

struct handoff_header {
  struct str name;
  struct str value; /* a template */
};

struct refusals { /* statuses of answers that mean: never, however often it is tried */
  uint16_t statuses[HANDOFF_REFUSALS_MAX];
  uint32_t count;
};

struct renderer { /* how destinations of a kind want to be asked */
  const char *name, *doc;
  struct place place;
  struct str url; /* a template; empty: none */
  const struct handoff_header *headers;
  uint32_t header_count;
  struct refusals refusals;
  int render_fn;
  int accepts_fn; /* says whether a 2xx answer means yes */
};

struct destination {
  const char *name, *doc;
  struct place place;
  int renderer;                             /* NONE: it has its own, or none */
  struct str url;                           /* a template; empty: the renderer's, the settings' or none */
  const char *file;                         /* instead: the file that gets a line each; NULL: none */
  const char *secrets[HANDOFF_SECRETS_MAX]; /* names of the active ones */
  uint32_t secret_count;
  const struct handoff_header *headers;
  uint32_t header_count;
  const struct matcher *events; /* types it wants; NULL: all */
  struct str options;           /* JSON for the renderer; "{}": none */
  uint32_t concurrency;
  int64_t gap_us; /* from one request to the next, microseconds; 0: as fast as it answers */
  int64_t timeout_ms;
  int64_t delays[HANDOFF_DELAYS_MAX];
  uint32_t delay_count;
  bool has_delays; /* false: the usual ones */
  struct refusals refusals;
  int render_fn, accepts_fn;
};

struct effect {
  const char *name, *doc;
  struct place place;
  const uint16_t *signals; /* rising */
  uint32_t signal_count;
  const struct cond *when; /* NULL: always */
  const uint16_t *to;      /* destinations */
  uint32_t to_count;
  const char *type;
  struct str data; /* JSON of an object; "{}": none */
  int data_fn;
  bool handoff; /* with brief, explanation and link */
};

struct inbound { /* what an outside system may tell */
  const char *name, *doc;
  struct place place;
  const char *secrets[HANDOFF_SECRETS_MAX];
  uint32_t secret_count;
  const char *header;    /* that holds the secret itself; NULL: requests are signed */
  bool hubspot;          /* as HubSpot signs, not as Standard Webhooks has it */
  const char *const *by; /* roles that its acts may be made in; none: it may say events only */
  uint32_t by_count;
  int of; /* destination that leads to the same system: what comes back from there may be our own; NONE */
  int map_fn;
};

#endif
