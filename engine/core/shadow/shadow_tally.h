/* shadow_tally.h - many leads' differences under two rulesets, summed up, and told as JSON.
 *
 *   {"leads": compared, "differing": n, "differing_score": n, "differing_stage": n,
 *    "dimensions": [{"dimension", "leads", "sum", "mean", "most", "limits"}],   candidate minus live; mean over the leads that differ
 *    "stages": [{"lifecycle", "from", "to", "leads"}], "stages_left_out": n,    live -> candidate; null: it has none
 *    "rules": [{"rule", "dimension", "in", "leads", "sum", "size"}],            largest size (sum of absolute values) first
 *    "examples": [{"lead", "scores": [..], "stages": [..], "rules": [..]}]}
 *
 * `limits` is what no rule accounts for: caps of groups and the dimension's clamp. Bounded by the two rulesets and the numbers below,
 * whatever the number of leads. Sums stop at the ends of int64. One thread. */
#ifndef EMBUDO_CORE_SHADOW_TALLY_H
#define EMBUDO_CORE_SHADOW_TALLY_H

#include "base/json.h"
#include "core/shadow/shadow_compare.h"

enum {
  SHADOW_RULES_MAX = 20, /* told, the largest */
  SHADOW_EXAMPLES_MAX =
      100,               /* leads told: those in another stage first, then by the size of the difference */
  SHADOW_MOVES_MAX = 256 /* pairs of stages told apart */
};

struct shadow_tally;

struct shadow_tally *shadow_tally_new(const struct shadow_pair *pair); /* borrowed */
void shadow_tally_free(struct shadow_tally *tally);                    /* NULL is fine */

/* Once per lead that differs; the difference is borrowed until the tally is freed. */
void shadow_tally_add(struct shadow_tally *tally, uint32_t lead, const struct shadow_difference *difference);
size_t shadow_tally_differing(const struct shadow_tally *tally);

/* `compared` leads in all; `name` gives a lead's id. */
void shadow_tally_put(struct shadow_tally *tally, size_t compared,
                      struct str (*name)(void *context, uint32_t lead), void *context, struct json_writer *w);

#endif
