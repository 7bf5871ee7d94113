/* new_template.h - the files that `embudo new` writes: lua/embudo/templates, with the names filled in.
 *
 * In a template __x__ stands for the value of x. A line that names a value which is NULL is left out, with the blank line
 * after it when one stood before it too.
 */
#ifndef EMBUDO_CLI_NEW_TEMPLATE_H
#define EMBUDO_CLI_NEW_TEMPLATE_H

#include "base/buf.h"

struct template_value {
  const char *name; /* NULL ends the values */
  const char *text; /* NULL: lines with it are left out */
};

/* Appends the template `file` ("rule.lua"), filled in. Each name in the template is among the values: asserted. */
void new_template(const char *file, const struct template_value *values, struct buf *out);

#endif
