/* reference_types.h - what a word or field takes, as a type of LuaCATS: read from how its form is written in the table of
 * words, so that it is said once. */
#ifndef EMBUDO_CLI_REFERENCE_TYPES_H
#define EMBUDO_CLI_REFERENCE_TYPES_H

#include "cli/rules/reference.h"

/* `"30d" | { "30d", .. }` is string|string[], `condition | function(lead)` is embudo.condition|(fun(lead: embudo.lead): any);
 * `half_life "30d"` is what that word makes. What is not understood is any. */
void reference_type(const struct reference *reference, const char *form, struct buf *out);

/* The class of what a word of this kind makes: "embudo.matcher"; NULL: it makes nothing. */
const char *reference_class(const char *kind);

#endif
