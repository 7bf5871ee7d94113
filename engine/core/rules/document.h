/* document.h - a YAML document as nodes. The only place that knows libyaml.
 *
 * Written plainly, true, false and decimal numbers are what they look like; everything else, and everything quoted, is
 * text (so `no` and 7d are texts). Anchors, aliases, tags, duplicate keys, several documents and missing values are
 * refused. With DOCUMENT_TEXTS every scalar is the text as it is written, and a missing value (also `~` and `null`)
 * is a node of kind NODE_MISSING. Keys are always texts. Depth and size are bounded.
 */
#ifndef EMBUDO_CORE_DOCUMENT_H
#define EMBUDO_CORE_DOCUMENT_H

#include "notation/node.h"
#include "notation/problems.h"

enum { DOCUMENT_DEPTH_MAX = 32, DOCUMENT_NODES_MAX = 100000 };

enum document_scalars { DOCUMENT_VALUES, DOCUMENT_TEXTS };

/* The one document as a node in `arena`; false when it could not be read as a whole (problems were added). An empty
 * document is an empty table. `file` must outlive the nodes. */
bool document_read(const char *file, struct str text, enum document_scalars scalars, struct arena *arena,
                   struct problems *problems, struct node *root);

#endif
