/* fuzz_event.c - whatever bytes come in, the engine takes or refuses them, and what it took can be folded.
 *
 * The input is lines of NDJSON, as a file or a request would bring them. All accepted events of one input go to one
 * engine under rules that look at everything an event has; afterwards every lead is found, gathered and folded. */
#include "core/rules/binding.h"

#include "fuzz_generation.h"
#include <stdlib.h>

static const char rules_text[] =
    "dimension \"d\" { min = 0, max = 100, bands = { A = 50, B = 0 } }\n"
    "rule \"a\" { on = track \"A\" { x = present } | page { path = starts \"/a\" }, points = { d = 5 }, "
    "limit = { times = 3, per = \"1d\" }, decay = half_life \"2d\" }\n"
    "rule \"b\" { on = sequence { page {}, no(track \"A\"), within = \"1d\" }, points = { d = 3 } }\n"
    "rule \"c\" { when = trait { title = word { \"ceo\" }, [\"company.size\"] = at_least(5) }, points = { d "
    "= 7 } }\n"
    "rule \"e\" { when = seen(page {}, { distinct = \"path\", times = 2, within = \"3d\" }), points = { d = "
    "2 } }\n"
    "rule \"f\" { on = any_event { [\"context.ip\"] = cidr { \"10.0.0.0/8\" } }, points = function(lead, "
    "event) return { d = #event.name } end, cap = 9 }\n"
    "rule \"g\" { on = identify { [\"traits.tags\"] = some(contains \"x\") }, points = { d = 1 } }\n"
    "rule \"h\" { when = trait { renewal = ahead \"30d\" }, points = { d = 4 } }\n"
    "reset \"r\" { on = track \"R\", dimensions = { \"d\" }, keep = 0.5 }\n"
    "ignore \"i\" { on = any_event { [\"context.bot\"] = true } }\n"
    "identity { email = \"merge\" }\n"
    "lifecycle \"main\" { start = \"lead\", move { \"lead\", \"mql\", when = score { d = at_least(10) } } "
    "}\n";

static void feed_lines(struct engine *engine, struct str text) {
  struct feed feed = {.source = STR("fuzz")};
  struct feed_result result;
  while (text.len) {
    const char *end = memchr(text.p, '\n', text.len);
    size_t len = end ? (size_t)(end - text.p) : text.len;
    engine_feed(engine, (struct str){text.p, len}, &feed, &result);
    for (uint32_t i = 0; i < result.problem_count; i++) ASSERT(result.problems[i].reason[0]);
    text.p += end ? len + 1 : len;
    text.len -= end ? len + 1 : len;
    feed.received_ms =
        feed.received_ms ? 0 : INT64_C(1700000000000); /* in turns from a file and over the wire */
  }
}

static void fold_everybody(struct engine *engine) {
  struct engine_counts counts;
  struct fold *fold = engine_fold_new(engine);
  uint32_t cursor = 0, lead;
  engine_counts(engine, &counts);
  int64_t at_ms =
      counts.last_ms < TIME_MAX - TIME_MS_PER_DAY ? counts.last_ms + TIME_MS_PER_DAY : counts.last_ms;
  while (engine_next_lead(engine, &cursor, &lead)) {
    ASSERT(engine_find_lead(engine, engine_lead_id(engine, lead)) != IDENTITY_NONE);
    ASSERT(engine_fold(engine, lead, at_ms, fold) > 0);
    ASSERT(fold_score(fold, 0) >= 0 && fold_score(fold, 0) <= 100 * MILLI);
  }
  fold_free(fold);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct generation *generation;
  struct engine_calls calls;
  if (!generation) generation = fuzz_generation(rules_text);
  struct binding *binding = binding_new(generation);
  binding_calls(binding, &calls);
  struct engine *engine = engine_new(generation->rules, &calls, NULL);
  feed_lines(engine, (struct str){(const char *)data, size});
  fold_everybody(engine);
  engine_free(engine);
  binding_free(binding);
  return 0;
}
