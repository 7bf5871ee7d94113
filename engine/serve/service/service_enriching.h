/* service_enriching.h - the layout of struct enriching, shared by service_enrich*.c alone.
 *
 * service_enrich.c       leads that want something, runs, their ends; life
 * service_enrich_said.c  into the journal, and back from it
 * service_enrich_files.c databases of addresses that are looked up
 */
#ifndef EMBUDO_SERVE_SERVICE_ENRICHING_H
#define EMBUDO_SERVE_SERVICE_ENRICHING_H

#include "core/enrich/later.h"
#include "io/work.h"
#include "serve/enricher_run.h"
#include "serve/service/service_enrich.h"
#include "serve/service/telling.h"

enum { ID_RANDOM = 12 /* letters */ };

struct enriching {
  struct service *service;
  struct enrich *plan;
  struct enricher_world world;
  struct loop_timer *timer;
  struct running *first;
  struct tellings tellings;
  struct json_reader *reader;
  char ids[ID_RANDOM + 1]; /* of events: what is random in them, drawn once ... */
  uint64_t id_count;       /* ... and what is not */
  struct buf record, needs, traits;
  struct lookup_mmdb *databases; /* of the rules that go */
  uint64_t rules_count;          /* so many rules were taken over: which ones a file is read for */
  struct work *work;             /* files that are read or closed */
  struct later again; /* leads for which there was no room, or who were asked for under other rules */
  int may_fail;       /* so many of them may be looked at in vain before another run ends */
};

struct saying { /* what is said of an enricher, to some leads */
  const struct enricher *enricher;
  struct str needs;
  struct enrich_answer answer;
  uint32_t spent;
  const char *code, *message; /* of a failure; NULL */
};

/* To those leads that are still there; what is spent is said once. */
void enriching_say(struct enriching *enriching, struct saying saying, const struct enrich_lead *leads,
                   uint32_t count);

/* Whether somebody is that lead. */
bool enriching_knows(void *enriching, struct identity_member lead);

void enriching_run_soon(struct enriching *enriching); /* what is due, on a later turn of the loop */

/* The databases of the service's rules, with what those before them had open. They are read on other threads. */
void enriching_use_databases(struct enriching *enriching);

/* Whether a database is being read for the first time: who needs it would only fail. */
bool enriching_must_wait(const struct enriching *enriching);

#endif
