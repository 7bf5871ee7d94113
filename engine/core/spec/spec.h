/* spec.h - the tests of a rules directory, run.
 *
 * Each test gets an engine of its own, a clock that starts at 2024-01-01T09:00:00Z and moves only as the test says,
 * and one lead that nobody has seen. Its events are JSON and take the same way as any other. A failure says what was
 * expected and what is, at which line, and explains the lead. Tests cannot see each other; the generation is left as it
 * was, apart from failures of its functions, which are forgotten.
 */
#ifndef EMBUDO_CORE_SPEC_H
#define EMBUDO_CORE_SPEC_H

#include "core/rules/generation.h"
#include "core/spec/coverage.h"

struct spec_result {
  const char *name;
  struct place place; /* of the test */
  bool ok;
  struct place failed_at;  /* the line that failed; the test's when it is not known */
  const char *message;     /* "" when ok; one line for each thing that is not as expected */
  const char *explanation; /* the lead explained, as `embudo explain` does; "" when ok or not at a t:expect */
  int64_t time_ms;         /* the test's clock when it ended */
};

struct spec_report {
  struct arena arena;
  struct spec_result *results; /* in the order of the generation's tests */
  size_t count, failed;
};

struct spec_options {
  struct str only; /* tests whose name contains this; empty: all */
  struct str file; /* tests whose file's path contains this; empty: all */
  /* Whether the time for all tests is used up: asked before each test, and each history of a property. Those that are left
   * then fail. NULL: they may take as long as they want (each by itself has the limit of VM_TEST). */
  bool (*spent)(void *context);
  void *spent_context;
  struct coverage *coverage; /* is told what they see; NULL: nobody */
};

/* Runs the tests of a generation that was loaded with them. NULL options: all. */
void spec_run(struct generation *generation, const struct spec_options *options, struct spec_report *report);
/* Runs the one test of that number, for those who run a few tests many times; whether it passes. */
bool spec_passes(struct generation *generation, size_t test, const struct spec_options *options);
void spec_report_release(struct spec_report *report);

#endif
