/* daemon.h - the running program: loop, HTTP server, service, keys, stream of news, numbers; and its life from start to end.
 *
 * The handlers of requests (ingest_*.c, api_*.c) get a `struct daemon` as their application and reach everything through it.
 * All on the loop's thread.
 */
#ifndef EMBUDO_SERVE_DAEMON_H
#define EMBUDO_SERVE_DAEMON_H

#include "base/log.h"
#include "core/config/config.h"
#include "io/fetch.h"
#include "io/http/http_server.h"
#include "io/resolve.h"
#include "io/work.h"
#include "serve/access/keys.h"
#include "serve/deliver/deliver.h"
#include "serve/hub/hub.h"
#include "serve/service/service.h"
#include "serve/turns.h"

enum daemon_state { DAEMON_STARTING, DAEMON_READY, DAEMON_DRAINING };

struct daemon_options { /* all borrowed but the generation, which is taken */
  const struct config *config;
  struct keys *keys;
  struct log *log;
  struct generation *generation;
  void *context;
  /* On SIGHUP: the settings as they are now, which stay until the end; NULL with *err: the old ones go on. May be NULL. */
  const struct config *(*settings)(void *context, struct err *err);
  const char *config_file; /* watched; NULL: there is none */
  /* The rules of the configuration, or of the bundle when it is not NULL (then it is emptied); their bytes are attached. Called on
   * another thread. NULL: the problems say why. May be NULL. */
  struct generation *(*load)(const struct config *config, struct ruledir *bundle, struct problems *problems);
  void (*announce)(void *context, int port, const char *listen); /* it listens and is ready */
  int64_t (*wall_ms)(void); /* the wall clock of events and rules; NULL: the real one */
  config_env *env;          /* for a service manager; NULL: there is none */
  bool is_watched;          /* by a watchdog, which may end the process */
};

struct daemon {
  struct daemon_options options;
  struct loop *loop;
  const struct config *config;
  struct log *log;
  struct service *service;
  struct http_server *http;
  struct fetcher *fetcher;   /* all calls to the world */
  struct resolver *resolver; /* names, for enrichers */
  struct hub *hub;
  struct keys *keys;
  struct guard *guard;
  struct deliverer *deliverer;
  struct loader *loader;
  struct metrics *metrics;
  struct manager *manager;   /* NULL: not told */
  struct watchdog *watchdog; /* NULL: none */
  struct loop_timer *keys_timer, *again_timer;
  struct watch *rules_watch, *config_watch; /* NULL: nothing to watch */
  struct rulesets *rulesets;
  const char *reload_by;    /* why the rules are being loaded */
  struct buf rules_failure; /* why the last rules were not taken, as JSON; empty: they were */
  bool rules_untested;      /* then: they load, only their own tests fail */
  int64_t rules_failed_ms;
  uint64_t rules_refused; /* how often, since the start */
  bool must_rebuild;      /* the next activation counts even if the rules are what they were */
  bool config_seen;       /* as it was at the start */
  struct work *work;      /* jobs away from the loop */
  struct turns *turns;    /* jobs on it, a little at a time */
  struct http_cors cors;  /* of the routes that take events */
  struct acting *acting;  /* acts on their way, oldest first, see acting.h */
  struct inbound_desk
      *inbound;           /* messages of other systems on their way, see inbound.h; NULL: none has come */
  struct upload *uploads; /* bodies that are being read, see upload.h */
  size_t held_bytes;      /* by them */
  enum daemon_state state;
  int64_t state_ms, store_ms; /* since when it is in that state, and the store in its own */
  unsigned draining;          /* what stops in its own time: requests, deliveries */
  int exit_code;
};

enum { DAEMON_EXIT_BROKEN = 70 /* EX_SOFTWARE: start me again, I cannot go on */ };

/* Runs until a signal ends it. Returns the exit code, or -1 with *err when it could not start. */
int daemon_run(const struct daemon_options *options, struct err *err);

/* Its two ends, for whoever turns the loop himself. After a failure to open, close too. */
int daemon_open(struct daemon *daemon, const struct daemon_options *options, struct err *err);
void daemon_close(struct daemon *daemon);

/* For stuck_begin: says in the log that a function is not called any more. */
void daemon_tell_stuck(void *daemon, const char *owner);

#endif
