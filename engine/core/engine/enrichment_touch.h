/* enrichment_touch.h - what is kept of an enricher's call: a system event of type "enrichment" whose name is the enricher's.
 *
 *   {"type":"enrichment","event":"company","userId":"u1","traits":{"company":{"employees":300}},
 *    "properties":{"outcome":"answered","needs":{"email_domain":"acme.example"},"until":"2027-01-01T00:00:00Z"}}
 *
 * `outcome` is one of enrichment_words; without it, as a test or a person would write it, the call was answered. `until` is
 * when that ends ("never": it does not); without it never. Pure.
 */
#ifndef EMBUDO_CORE_ENRICHMENT_TOUCH_H
#define EMBUDO_CORE_ENRICHMENT_TOUCH_H

#include "model/touch.h"

const struct touch_enrichment *enrichment_touch(const struct event *event, struct arena *arena);

#endif
