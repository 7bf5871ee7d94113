/* service_enrich_files.c - databases of addresses that enrichers look up: a bad one is told, and other rules take over good ones. */
#include "serve/service/service_enriching.h"

static void on_database(void *context, const struct mmdb_fault *fault) {
  const struct enriching *enriching = context;
  if (fault->why)
    service_notice(enriching->service, "lists/%s.mmdb cannot be used: %s%s", fault->name, fault->why,
                   fault->replaced ? "; the one that was read before goes on" : "");
  else
    service_notice(enriching->service, "lists/%s.mmdb can be used again", fault->name);
}

void enriching_use_databases(struct enriching *enriching) {
  struct lookup_mmdb *databases = lookup_databases(enriching->service->generation->lookup);
  if (!databases) return;
  if (enriching->databases) lookup_mmdb_inherit(databases, enriching->databases);
  lookup_mmdb_watch(databases, (struct mmdb_watcher){enriching, on_database});
}

void service_look_at_files(struct service *service) {
  struct lookup_mmdb *databases = lookup_databases(service->generation->lookup);
  if (service->enriching && databases) lookup_mmdb_refresh(databases);
}

size_t service_file_faults(struct service *service, struct mmdb_fault faults[MMDB_FILES_MAX]) {
  const struct lookup_mmdb *databases = lookup_databases(service->generation->lookup);
  return databases ? lookup_mmdb_faults(databases, faults) : 0;
}
