/* content.h - what an event says that somebody looked at: a page, a screen, a document, a webinar.
 *
 * Kept of events that the ruleset counts as content (struct ruleset, `content`), for whoever takes the lead over. Pure.
 */
#ifndef EMBUDO_CORE_CONTENT_H
#define EMBUDO_CORE_CONTENT_H

#include "model/event.h"
#include "model/touch.h"

/* A page's path and title, a screen's name, otherwise the event's name and the first of its properties that names something (title,
 * name, asset, webinar ..). Cut between characters to TOUCH_CONTENT_MAX; borrowed from the event. False: it says nothing. */
bool content_of(const struct event *event, struct touch_content *out);

#endif
