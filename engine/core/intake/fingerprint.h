/* fingerprint.h - what an event says, as a 128-bit hash that neither the order of keys nor white space changes.
 *
 * Two uses: as the message id of an event that came without one, and to notice that two events with the same message id
 * say different things. Not cryptographic: who can choose events can make two that collide, and harms only himself.
 */
#ifndef EMBUDO_CORE_FINGERPRINT_H
#define EMBUDO_CORE_FINGERPRINT_H

#include "model/event.h"

/* All of the event but what transport adds and changes from one attempt to the next (sentAt, receivedAt, writeKey,
 * integrations, _metadata, source). */
struct hash128 fingerprint_event(struct json_ref root);

/* The type, name, ids, properties and traits, in 32 bits. */
uint32_t fingerprint_body(const struct event *event);

#endif
