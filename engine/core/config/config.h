/* config.h - the settings of the daemon: defaults, overlaid by embudo.yaml, overlaid by flags.
 *
 * One table (config_table.c) names every setting with its type, default, bounds and what it does. Reading, the check of
 * unknown keys, the commented file that `embudo run --init` writes and docs/config.md all follow from it.
 *
 * The file is YAML: sections as mappings, lists as sequences (or one text with commas). A section without any setting is
 * fine. `${NAME}` in a value is the environment variable, `${NAME:-text}` has a default for one that is unset or empty,
 * `$${` is a literal `${`; values of keys and tokens may also be `file:/path`, whose first line is taken. Relative paths
 * are relative to the working directory. All problems of a file are found in one pass, each with its line.
 *
 * Keys and tokens never stay here as they are written: only their SHA-256 does. Values of `secrets` have to be sent to others
 * and do stay, but nothing writes them: no template, no message, no comparison. So nothing printed from a configuration can
 * leak one.
 *
 * All texts live in the configuration's arena and are NUL-terminated. Spans are milliseconds, sizes bytes. One thread.
 */
#ifndef EMBUDO_CORE_CONFIG_H
#define EMBUDO_CORE_CONFIG_H

#include "base/digest.h"
#include "base/err.h"
#include "base/netaddr.h"
#include "notation/problems.h"

enum {
  CONFIG_BYTES_MAX = 1 << 20,     /* of the file */
  CONFIG_TEXT_MAX = 4096,         /* bytes of a value */
  CONFIG_LIST_MAX = 1000,         /* entries of a list */
  CONFIG_SECRET_BYTES_MAX = 4096, /* of a file that holds a key or token */
  CONFIG_RULESETS_MAX = 1000      /* that may be kept */
};

struct config_source { /* who may send events, by a write key */
  const char *name;
  const char *sha256; /* of the key, lower-case hex */
};

struct config_secret { /* what rule files call secret "NAME" */
  const char *name;
  const char *value; /* never printed */
};

struct config_destination { /* what the operator says of a destination of the rule files */
  const char *name;
  const char *url; /* in place of the rule file's */
};

struct config_token {
  const char *name;
  const char *sha256;
  unsigned roles; /* core/config/roles.h */
};

struct config {
  struct arena arena;

  const char *listen;  /* HOST:PORT, as http_server_listen takes it */
  const char *data;    /* directory */
  const char *rules;   /* directory; "": the default pack */
  const char *plugins; /* directory; "": none */

  struct {
    int level;  /* enum log_level */
    int format; /* enum log_format */
    bool requests;
  } log;

  struct {
    int64_t body_bytes, event_bytes, batch_events;
    int64_t connections, connections_per_ip;
    int64_t head_ms, body_ms, idle_ms;
    int64_t queue_requests, queue_bytes;
    int64_t dedupe_ids;
    int64_t failures_before_quarantine;
    int64_t rule_instructions, load_instructions; /* of one call; of one file's top level */
    int64_t rule_memory;                          /* bytes, of all rule files together */
    int64_t rule_output;                          /* bytes, of one call */
    int64_t events_per_second;                    /* of one write key; 0: no limit */
    int64_t stuck_ms;                             /* TIME_NEVER: nobody looks */
  } limits;

  struct {
    int64_t wait_ms;
  } commit;

  struct { /* store/store.h: struct store_repack */
    int64_t block_bytes, pack_share, free_share;
  } journal;

  struct network *proxies; /* whose X-Forwarded-For counts */
  size_t proxy_count;

  struct {
    struct str *origins; /* of pages that may send events; NULL: any */
    size_t origin_count;
  } cors;

  struct { /* of web pages, /v1/forms */
    struct str *redirects;
    size_t redirect_count;
    const char *trap, *consent; /* names of fields; "": none */
  } forms;

  int64_t shutdown_ms;

  struct {
    int64_t leads_ms; /* TIME_NEVER: kept for ever */
  } retention;

  struct { /* calls of enrichers and destinations; core/handoff/egress.h */
    struct str *hosts, *allow;
    size_t host_count, allow_count;
    const char *ca_file;      /* "": the system's authorities */
    const char *name_servers; /* "": the system's */
    int64_t connect_ms, call_ms, answer_bytes;
  } outbound;

  struct {
    int64_t stages; /* core/engine/stages.h */
    int64_t keep, keep_bytes;
  } rulesets;

  struct {
    bool is_public;
  } metrics;

  struct config_source *sources;
  size_t source_count;
  struct config_token *tokens;
  size_t token_count;
  struct config_secret *secrets;
  size_t secret_count;
  struct config_destination *destinations;
  size_t destination_count;
  const char *public_url; /* of this embudo as people reach it, without a final slash; "": not known */
};

/* The value of an environment variable, or NULL: getenv itself, or a test's. */
typedef char *config_env(const char *name);

void config_init(struct config *config); /* the defaults */
void config_release(struct config *config);

/* Overlays what the text of a file named `file` says. Problems are added; a setting with one keeps its value. */
void config_read(struct config *config, const char *file, struct str text, config_env *env,
                 struct problems *problems);

/* The same for the file at `path`. One that cannot be read is a problem too. */
void config_load(struct config *config, const char *path, config_env *env, struct problems *problems);

/* Sets one setting from a flag: config_set(config, "limits.body_bytes", "8 MiB", &err). Lists are written with commas.
 * Settings that are lists of records (sources, tokens) cannot be set so. */
int config_set(struct config *config, const char *path, const char *text, struct err *err);

/* The value of a secret; NULL: the settings have none of that name. */
const char *config_secret(const struct config *config, struct str name);

/* What is said of a destination; NULL: nothing. */
const struct config_destination *config_destination(const struct config *config, struct str name);

/* A commented embudo.yaml: what differs from the defaults stands as it is, all else in comments with its default. Keys and
 * tokens are not written. */
void config_template(const struct config *config, struct buf *out);

/* Every setting for people: as text for a terminal, and as the page docs/config.md. */
void config_text(struct buf *out);
void config_markdown(struct buf *out);

/* The settings in which two configurations differ that a running daemon cannot take over, as "listen, data"; appended to
 * `names`, nothing when there are none. All others may be changed by a reload. */
void config_fixed_changes(const struct config *running, const struct config *fresh, struct buf *names);

#endif
