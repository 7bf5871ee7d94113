/* property_fields.h - the fields of a property, checked when its file is loaded; what they hold is checked when it runs. */
#ifndef EMBUDO_CORE_SPEC_PROPERTY_FIELDS_H
#define EMBUDO_CORE_SPEC_PROPERTY_FIELDS_H

#include "notation/node.h"
#include "notation/problems.h"

void property_check(const struct node *body, struct problems *problems);

#endif
