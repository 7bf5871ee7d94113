/* domain.h - a company's domain, however it is written: "https://www.Acme.example/x", "acme.example", "ana@acme.example". Pure. */
#ifndef EMBUDO_MODEL_DOMAIN_H
#define EMBUDO_MODEL_DOMAIN_H

#include "base/str.h"

enum { DOMAIN_MAX = 253 }; /* bytes of a name */

/* The host in lower case, without "www.", in `out`. False for what has no dot, is an address in numbers, or no name at all. */
bool domain_of(struct str written, char out[DOMAIN_MAX], struct str *domain);

/* Whether a host is the company's: its domain or below it. Both as domain_of gives them. */
bool domain_covers(struct str company, struct str host);

#endif
