/* roles.h - what the holder of a key or token may do. Pure.
 *
 * A set of roles is an OR of the bits. `admin` covers the others; no other role covers another. */
#ifndef EMBUDO_CORE_ROLES_H
#define EMBUDO_CORE_ROLES_H

#include "base/buf.h"

enum {
  ROLE_INGEST = 1,    /* send events; a write key is this alone */
  ROLE_MARKETING = 2, /* read leads, rules and figures; marketing's acts */
  ROLE_SALES = 4,     /* read leads; sales' acts */
  ROLE_ADMIN = 8,     /* everything */
  ROLES_ALL = 15
};

/* The words of the bits, lowest first, ended by NULL. */
extern const char *const role_words[];

unsigned role_of(struct str word); /* its bit; 0: no role */

/* Whether one who has `roles` may do what asks for `needed` (one or several bits: any of them is enough). */
bool roles_cover(unsigned roles, unsigned needed);

void roles_text(unsigned roles, struct buf *out); /* "marketing, sales" */

#endif
