#include "core/spec/spec.h"

#include "core/explain/explain.h"
#include "core/spec/property.h"
#include "core/spec/spec_private.h"

void spec_miss(struct spec *spec, const char *format, ...) {
  va_list args;
  if (spec->message.len) buf_add_char(&spec->message, '\n');
  va_start(args, format);
  buf_vprintf(&spec->message, format, args);
  va_end(args);
}

/* --- what a rule's function did --------------------------------------------------------------------------------------- */

/* A function that fails makes its rule unknown, which a test must not overlook. */
static void miss_failures(struct spec *spec) {
  size_t count;
  const struct script_failure *failures = script_failures(spec->generation->script, &count);
  for (size_t i = 0; i < count; i++) {
    if (spec_is_excused(spec, failures[i].owner)) continue;
    spec_miss(spec, "the function of %s failed at %s:%d: %s", failures[i].owner, failures[i].place.file,
              failures[i].place.line, failures[i].message);
    return;
  }
}

/* --- the commands of a test --------------------------------------------------------------------------------------- */

int spec_feed(struct spec *spec, struct str json, bool is_system, struct err *err) {
  struct feed feed = {.source = STR("test"), .received_ms = spec->now_ms, .is_system = is_system};
  struct feed_result result;
  spec->events++;
  engine_feed(spec->engine, json, &feed, &result);
  if (result.ignored > 0 && spec->options->coverage) coverage_ignored(spec->options->coverage, json);
  if (result.rejected == 0) {
    spec_desk_note(spec, json, is_system);
    return 0;
  }
  return err_set(err, ERR_INVALID, "the event is refused: %s", result.problems[0].reason);
}

static int feed(struct spec *spec, const struct node *event, bool is_system, struct err *err) {
  struct buf json;
  buf_init(&json);
  int failed = spec_event_json(spec, event, &json, err);
  if (!failed) failed = spec_feed(spec, buf_str(&json), is_system, err);
  buf_release(&json);
  return failed;
}

int spec_event(struct spec *spec, const struct node *event, struct err *err) {
  return feed(spec, event, false, err);
}

static int do_event(void *context, const struct node *event, struct err *err) {
  return feed(context, event, false, err);
}

static int do_system_event(void *context, const struct node *event, struct err *err) {
  return feed(context, event, true, err);
}

static int do_act(void *context, const struct node *request, const char *refused, struct err *err) {
  struct spec *spec = context;
  struct value asked = {0};
  if (spec_value(spec, request, &asked, err)) return -1;
  spec_fold(spec);
  return spec_act(spec, asked, refused, err);
}

static int do_at(void *context, int64_t instant_ms, struct err *err) {
  struct spec *spec = context;
  char now[TIME_TEXT_MAX];
  if (instant_ms < spec->now_ms)
    return err_set(err, ERR_INVALID, "the clock shows %s already: it only goes on",
                   time_text(spec->now_ms, now));
  spec->now_ms = instant_ms;
  return 0;
}

static int do_advance(void *context, int64_t ms, struct err *err) {
  struct spec *spec = context;
  if (ms > TIME_MAX - spec->now_ms) return err_set(err, ERR_INVALID, "the clock ends with the year 9999");
  return do_at(context, spec->now_ms + ms, err);
}

/* The lead as of now; one that nobody has seen is an empty fold. */
void spec_fold(struct spec *spec) {
  uint32_t lead = engine_find_lead(spec->engine, STR(SPEC_USER));
  if (lead == IDENTITY_NONE) lead = engine_find_lead(spec->engine, STR(SPEC_VISITOR));
  engine_settle_all(spec->engine, spec->now_ms, spec->fold);
  if (lead != IDENTITY_NONE) {
    engine_fold(spec->engine, lead, spec->now_ms, spec->fold);
  } else {
    fold_begin(spec->fold, STR(SPEC_USER));
    fold_advance(spec->fold, spec->now_ms);
  }
}

void spec_explain(struct spec *spec) {
  struct explanation explanation;
  explain_make(spec->fold, &spec->arena, &explanation);
  explain_text(&explanation, &spec->explanation);
}

static int do_expect(void *context, const struct node *what, struct err *err) {
  struct spec *spec = context;
  spec_fold(spec);
  if (spec->options->coverage) coverage_read(spec->options->coverage, spec->fold);
  spec_compare(spec, what);
  miss_failures(spec);
  if (spec->message.len == 0) return 0;
  if (spec->explanation.len == 0) spec_explain(spec);
  return err_set(err, ERR_INVALID, "not as expected");
}

bool spec_is_spent(struct spec *spec) {
  const struct spec_options *options = spec->options;
  if (!options->spent || !options->spent(options->spent_context)) return false;
  spec_miss(spec, "not run to its end: the time for all tests is used up");
  return true;
}

/* --- one test ------------------------------------------------------------------------------------------------------- */

void spec_begin(struct spec *spec, struct generation *generation, const struct spec_options *options) {
  struct engine_calls calls;
  *spec = (struct spec){.generation = generation, .options = options, .now_ms = SPEC_START_MS};
  arena_init(&spec->arena, 0);
  problems_init(&spec->problems);
  buf_init(&spec->message);
  buf_init(&spec->explanation);
  buf_init(&spec->history);
  script_forget_failures(generation->script);
  spec->binding = binding_new(generation);
  binding_calls(spec->binding, &calls);
  spec->engine = engine_new(generation->rules, &calls, NULL);
  spec->fold = engine_fold_new(spec->engine);
  if (!options->coverage) return;
  coverage_begin(options->coverage);
  fold_watch(spec->fold, coverage_witness(options->coverage));
}

void spec_end(struct spec *spec) {
  if (spec->options->coverage) coverage_end(spec->options->coverage);
  fold_free(spec->fold);
  engine_free(spec->engine);
  binding_free(spec->binding);
  script_forget_failures(spec->generation->script);
  problems_release(&spec->problems);
  arena_release(&spec->arena);
  buf_release(&spec->message);
  buf_release(&spec->explanation);
  buf_release(&spec->history);
}

/* What the spec itself has found stands in its message, even when the test caught the error that told it so. */
static void judge(struct spec *spec, bool failed, const struct vm_failure *failure,
                  struct spec_report *report, struct spec_result *result) {
  struct arena *arena = &report->arena;
  if (spec->message.len == 0) miss_failures(spec);
  if (failed && spec->message.len == 0) spec_miss(spec, "%s", failure->message);
  result->ok = spec->message.len == 0;
  result->message = arena_str(arena, buf_str(&spec->message)).p;
  result->explanation = arena_str(arena, buf_str(&spec->explanation)).p;
  result->time_ms = spec->now_ms;
  if (failed && failure->file[0])
    result->failed_at = (struct place){arena_str(arena, str_of(failure->file)).p, failure->line};
  if (!result->ok) report->failed++;
}

static void run_test(struct generation *generation, const struct generation_test *test,
                     const struct spec_options *options, struct spec_report *report) {
  struct spec spec;
  struct vm_failure failure;
  spec_begin(&spec, generation, options);
  struct script_test calls = {.context = &spec,
                              .arena = &spec.arena,
                              .problems = &spec.problems,
                              .event = do_event,
                              .system_event = do_system_event,
                              .act = do_act,
                              .advance = do_advance,
                              .at = do_at,
                              .answer = spec_answer,
                              .enrich = spec_enrich,
                              .expect = do_expect};
  struct spec_result *result = &report->results[report->count++];
  struct place place = {arena_str(&report->arena, str_of(test->place.file)).p, test->place.line};
  *result = (struct spec_result){
      .name = arena_str(&report->arena, str_of(test->name)).p, .place = place, .failed_at = place};
  bool failed = false, spent = spec_is_spent(&spec);
  if (test->property && !spent)
    property_run(&spec, test->property);
  else if (!spent)
    failed = script_run_test(generation->script, test->fn, &calls, &failure) != 0;
  judge(&spec, failed, &failure, report, result);
  spec_end(&spec);
}

static bool contains(const char *name, struct str part) {
  return part.len == 0 || memmem(name, strlen(name), part.p, part.len) != NULL;
}

static void begin_report(const struct generation *generation, struct spec_report *report) {
  *report = (struct spec_report){0};
  arena_init(&report->arena, 0);
  report->results = arena_zalloc(&report->arena, (generation->test_count + 1) * sizeof *report->results);
}

void spec_run(struct generation *generation, const struct spec_options *options, struct spec_report *report) {
  static const struct spec_options defaults = {0};
  if (!options) options = &defaults;
  begin_report(generation, report);
  for (size_t i = 0; i < generation->test_count; i++) {
    const struct generation_test *test = &generation->tests[i];
    if (contains(test->name, options->only) && contains(test->place.file, options->file))
      run_test(generation, test, options, report);
  }
}

bool spec_passes(struct generation *generation, size_t test, const struct spec_options *options) {
  struct spec_report report;
  begin_report(generation, &report);
  run_test(generation, &generation->tests[test], options, &report);
  bool passes = report.failed == 0;
  spec_report_release(&report);
  return passes;
}

void spec_report_release(struct spec_report *report) {
  arena_release(&report->arena);
  *report = (struct spec_report){0};
}
