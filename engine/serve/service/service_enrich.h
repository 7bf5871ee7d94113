/* service_enrich.h - enrichers at work: leads that want something, runs, and answers into the journal.
 *
 * Whenever a lead was folded, enrichers that could tell something of it are looked for (model/fold/fold_enrich.h); which is run when is
 * core/enrich/enrich.h's; a run is enricher_run.h. That a lead is asked for, and what came of it, are events in records of kind
 * JOURNAL_SYSTEM, fed like all events once they are committed. At a start the records tell what is known and was spent; leads that
 * were being asked for are asked for again. Other rules drop what is under way: it is asked again under them. Who finds no room is
 * looked at again when there is some. What was answered to nobody but somebody who is erased is not known any more.
 *
 * Only what happens live is asked for: not for imported history, nor while leads are worked out anew. Without a fetcher (the
 * service's calls) nothing is. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_SERVICE_ENRICH_H
#define EMBUDO_SERVE_SERVICE_ENRICH_H

#include "core/enrich/enrich.h"
#include "serve/service/service_private.h"

struct enriching;

struct enriching *enriching_new(struct service *service);
void enriching_free(struct enriching *enriching); /* NULL is fine */

void enriching_replayed(struct enriching *enriching, const struct store_record *record);
void enriching_look(struct enriching *enriching, struct lead_entry *entry, const struct fold *fold,
                    bool live);
void enriching_drop(struct enriching *enriching);  /* before the generation goes */
void enriching_adopt(struct enriching *enriching); /* the service has another generation */

/* Events of somebody who is erased, {"batch":[..]}: answers among them are told by these no more. Then enriching_erased, when all of
 * them are gone. */
void enriching_untold(struct enriching *enriching, struct str batch);
void enriching_erased(struct enriching *enriching);

#endif
