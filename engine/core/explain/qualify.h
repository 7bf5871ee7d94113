/* qualify.h - what is known of a lead's criteria, who said it, and what to ask next: for people, for forms and chats.
 *
 * Made from a fold at its present instant. `framework`: its number, or NONE for all. Pure.
 */
#ifndef EMBUDO_CORE_QUALIFY_H
#define EMBUDO_CORE_QUALIFY_H

#include "base/json.h"
#include "model/fold/fold_framework.h"

enum { QUALIFY_HISTORY = 20 /* answers told of each criterion, newest first */ };

/* A list: each framework with its result, its criteria, their answers and what is asked next. */
void qualify_json(const struct fold *fold, int framework, struct json_writer *w);
void qualify_text(const struct fold *fold, int framework, struct buf *out);

/* The framework whose questions come next: the first that is not qualified and has open ones; NONE: there is none. */
int qualify_framework(const struct fold *fold);

/* Members (without braces): "question": {..} or null, "then": the questions after it, "missing": profile fields that are not there or
 * not valid, required ones first, then by weight. */
void qualify_question(const struct fold *fold, int framework, struct json_writer *w);

/* A list of those fields: [{"field":"title","required":true,"weight":5,"invalid":false},..]. */
void qualify_missing(const struct fold *fold, struct json_writer *w);

/* Whether anything is known of any criterion: of that framework's, or with NONE of anybody's. */
bool qualify_begun(const struct fold *fold, int framework);

/* One line for each framework of which something is known: "bant     not qualified: 2 of 4 met, 55 % known; next: Who signs?" */
void qualify_lines(const struct fold *fold, struct buf *out);

#endif
