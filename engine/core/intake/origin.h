/* origin.h - where an event came from, in marketing's sense: the campaign's source, else the site that referred. */
#ifndef EMBUDO_CORE_ORIGIN_H
#define EMBUDO_CORE_ORIGIN_H

#include "model/event.h"

enum { ORIGIN_MAX = 256 /* bytes; longer texts are no source */ };

/* context.campaign.source as it is; else the host of context.page.referrer (for page calls also properties.referrer), in
 * lower case and without a leading "www.", unless it is the page's own host. Empty: direct, or unknown. The text is in
 * the event or in `out`. */
struct str origin_of(const struct event *event, char out[ORIGIN_MAX]);

#endif
