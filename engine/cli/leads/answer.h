/* answer.h - members of a daemon's answer, with a value for those that are missing. */
#ifndef EMBUDO_CLI_ANSWER_H
#define EMBUDO_CLI_ANSWER_H

#include "base/json.h"

struct str answer_text(struct json_ref object, const char *key); /* "" */
double answer_number(struct json_ref object, const char *key);   /* 0 */
bool answer_bool(struct json_ref object, const char *key);       /* false */

#endif
