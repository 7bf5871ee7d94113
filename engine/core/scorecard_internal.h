/* scorecard_internal.h - between scorecard_yaml.c, which reads YAML into nodes, and scorecard.c, which knows what they
 * declare. */
#ifndef EMBUDO_CORE_SCORECARD_INTERNAL_H
#define EMBUDO_CORE_SCORECARD_INTERNAL_H

#include "notation/node.h"
#include "notation/problems.h"

/* The one document as a node; false when it could not be read as a whole (problems were added). An empty document is
 * an empty table. */
bool scorecard_yaml(const char *file, struct str text, struct arena *arena, struct problems *problems,
                    struct node *root);

#endif
