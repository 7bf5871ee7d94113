/* fuzz_journal.c - whatever bytes a journal's records have, they are taken or refused, and leads can be folded between them.
 *
 * The input is lines: a letter for the kind of record (a: 1, b: 2, ..) and its bytes, as the daemon or anybody with the file in
 * their hands could have written them. All records of one input go to one pipeline, as at a start; every erasure that is asked
 * for rewrites all records of the input, and what it tells anew of others is taken, as the daemon does then. */
#include "core/journal/journal.h"
#include "core/journal/pipeline.h"
#include "core/journal/redact.h"

#include "fuzz_generation.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules_text[] =
    "dimension \"d\" { min = 0, max = 100, bands = { A = 50, B = 0 } }\n"
    "rule \"a\" { on = track \"A\", points = { d = 5 }, decay = half_life \"2d\" }\n"
    "identity { email = \"merge\" }\n"
    "lifecycle \"main\" { start = \"lead\", move { \"lead\", \"mql\", when = score { d = at_least(10) } },\n"
    "  move { \"mql\", \"lead\", when = score { d = below(5) } } }\n";

enum { STEPS_MAX = 64 /* between two records */, TOLD_MAX = 64 /* anew by one erasure */ };

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  (void)context, (void)fold, (void)summary, (void)reason;
  ASSERT(entry);
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  (void)context, (void)decided;
  ASSERT(entry);
}

/* The next line as a record; false: there is none. */
static bool next_record(struct str *rest, struct store_record *record) {
  if (rest->len == 0) return false;
  const char *end = memchr(rest->p, '\n', rest->len);
  size_t len = end ? (size_t)(end - rest->p) : rest->len;
  record->seq++;
  record->received_ms += 60 * 1000;
  record->kind = len ? (uint32_t)(rest->p[0] - 'a' + 1) & 31 : 0;
  record->bytes = (struct str){rest->p + (len > 0), len - (len > 0)};
  rest->p += len + (end != NULL);
  rest->len -= len + (end != NULL);
  return true;
}

static const struct store_record first = {.received_ms = INT64_C(1767225600000), .source = {"web", 3}};

static void erase(const struct erasure *erasure, struct str all) {
  struct redactor *redactor = redactor_new();
  struct redacted counts = {0};
  struct store_record record = first;
  struct buf text;
  buf_init(&text);
  while (next_record(&all, &record)) redact(redactor, erasure, &record, &text, &counts);
  buf_release(&text);
  redactor_free(redactor);
}

struct told {
  struct arena arena;
  struct str records[TOLD_MAX];
  size_t count;
};

static void on_retold(void *context, struct str record) {
  struct told *told = context;
  if (told->count < TOLD_MAX) told->records[told->count++] = arena_str(&told->arena, record);
}

/* The engine takes what it tells itself. */
static void tell_anew(struct pipeline *pipeline, const struct erasure *erasure, struct store_record record) {
  struct told told = {.count = 0};
  struct err err;
  arena_init(&told.arena, 0);
  pipeline_retell(pipeline, erasure, on_retold, &told);
  record.kind = JOURNAL_RETOLD;
  for (size_t i = 0; i < told.count; i++) {
    record.bytes = told.records[i];
    ASSERT(pipeline_take(pipeline, &record, NULL, &err) == 0);
  }
  arena_release(&told.arena);
}

static void forget_if_asked(struct pipeline *pipeline, struct str all, const struct store_record *asked) {
  struct erasure *erasure = pipeline_detach_erasure(pipeline);
  if (!erasure) return;
  tell_anew(pipeline, erasure, *asked);
  erase(erasure, all);
  erasure_release(erasure);
  free(erasure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct generation *generation;
  static const struct pipeline_visitor visitor = {.folded = on_folded, .decided = on_decided};
  struct str all = {(const char *)data, size}, rest = all;
  struct store_record record = first;
  struct feed_result result;
  struct err err;
  if (!generation) generation = fuzz_generation(rules_text);
  struct pipeline *pipeline = pipeline_new(generation, NULL);
  while (next_record(&rest, &record)) {
    err.text[0] = '\0';
    ASSERT(pipeline_take(pipeline, &record, &result, &err) == 0 || err.text[0]);
    forget_if_asked(pipeline, all, &record);
    for (int i = 0; i < STEPS_MAX && pipeline_step(pipeline, record.received_ms, &visitor);) i++;
  }
  pipeline_free(pipeline);
  return 0;
}
