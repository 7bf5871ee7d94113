/* rule_json.h - what a rule, a lifecycle, a dimension says, as JSON, for whoever asks. */
#ifndef EMBUDO_CORE_RULE_JSON_H
#define EMBUDO_CORE_RULE_JSON_H

#include "base/json.h"
#include "model/ruleset/ruleset.h"

/* Members, without the rule's name and place, into an open object. */
void rule_json(const struct ruleset *rules, const struct rule *rule, struct json_writer *w);

/* Whole objects. */
void rule_json_lifecycle(const struct lifecycle *lifecycle, struct json_writer *w);
void rule_json_dimension(const struct dimension *dimension, struct json_writer *w);

#endif
