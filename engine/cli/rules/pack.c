#include "cli/rules/pack.h"

#include "base/embedded.h"
#include "core/rules/kept.h"
#include "core/spec/spec.h"
#include <time.h>

extern const struct embedded_file embudo_pack[];

static void read_embedded(struct ruledir *dir) {
  struct err err;
  bool good = true;
  for (const struct embedded_file *file = embudo_pack; file->name && good; file++)
    good = ruledir_add(dir, file->name + strlen("rules/"), (struct str){file->text, file->size}, &err) == 0;
  ASSERT(good); /* it is ours, and was loaded by the tests */
  ruledir_end(dir);
}

static int read_bundle(struct ruledir *dir, const char *directory, const char *plugins,
                       struct problems *problems) {
  struct err err;
  ruledir_init(dir);
  if (!*directory)
    read_embedded(dir);
  else if (ruledir_read(dir, directory, &err) != 0) {
    problem_add(problems, SEVERITY_ERROR, "unreadable", (struct place){NULL, 0}, NULL, "%s", err.text);
    return -1;
  }
  if (*plugins && ruledir_read_plugins(dir, plugins, &err) != 0) {
    problem_add(problems, SEVERITY_ERROR, "unreadable", (struct place){NULL, 0}, NULL, "%s", err.text);
    return -1;
  }
  return 0;
}

static void tell(const char *command, const char *directory, const struct problems *problems) {
  char prefix[4096];
  struct buf text;
  buf_init(&text);
  snprintf(prefix, sizeof prefix, "%s/", directory);
  problems_print(problems, prefix, &text);
  fprintf(stderr, "%sembudo %s: the rules in %s do not load\n", text.data, command, directory);
  buf_release(&text);
}

static void set_limits(struct script_limits *limits, const struct config *config) {
  script_limits_default(limits);
  limits->quarantine_after = (uint32_t)config->limits.failures_before_quarantine;
  limits->vm.allowance[VM_RULE].fuel = config->limits.rule_instructions;
  limits->vm.allowance[VM_LOAD].fuel = config->limits.load_instructions;
  limits->vm.memory_bytes = (size_t)config->limits.rule_memory;
  limits->vm.output_bytes = (size_t)config->limits.rule_output;
}

static struct generation *build(const struct ruledir *dir, const struct config *config, bool with_tests,
                                struct problems *problems) {
  struct script_limits limits;
  const struct generation_options options = {.limits = &limits, .with_tests = with_tests};
  set_limits(&limits, config);
  return generation_build(dir, &options, problems);
}

/* The rules a configuration names, under its limits; no directory: the default pack. NULL when there are errors. */
static struct generation *build_named(const struct config *config, struct problems *problems) {
  struct ruledir dir;
  struct generation *generation = NULL;
  if (read_bundle(&dir, config->rules, config->plugins, problems) == 0)
    generation = build(&dir, config, false, problems);
  ruledir_release(&dir);
  return generation;
}

/* Processor time of this thread, which loads: what others do meanwhile does not count. */
static int64_t cpu_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool time_is_up(void *until_ms) {
  return cpu_ms() >= *(const int64_t *)until_ms;
}

/* Each expectation that was not met stands on a line of its own: in a problem all is one line. */
static void tell_failed(const struct spec_result *result, struct problems *problems) {
  struct buf text;
  buf_init(&text);
  for (const char *p = result->message; *p; p++)
    if (*p == '\n')
      buf_add_text(&text, "; ");
    else
      buf_add_char(&text, *p);
  problem_add(problems, SEVERITY_ERROR, "test_failed", result->failed_at, NULL, "test \"%s\" failed: %s",
              result->name, buf_str(&text).len ? text.data : "");
  buf_release(&text);
}

static bool run_tests(struct generation *tested, struct problems *problems) {
  struct spec_report report;
  int64_t until_ms = cpu_ms() + PACK_TESTS_CPU_MS;
  const struct spec_options options = {.spent = time_is_up, .spent_context = &until_ms};
  spec_run(tested, &options, &report);
  for (size_t i = 0; i < report.count; i++) {
    if (!report.results[i].ok) tell_failed(&report.results[i], problems);
  }
  bool passed = report.failed == 0;
  spec_report_release(&report);
  return passed;
}

static void add_errors(const struct problems *from, struct problems *to) {
  for (size_t i = 0; i < from->count; i++)
    if (from->items[i].severity == SEVERITY_ERROR)
      problem_add(to, SEVERITY_ERROR, from->items[i].code, from->items[i].place, from->items[i].hint, "%s",
                  from->items[i].text);
}

static bool has_tests(const struct ruledir *dir) {
  for (size_t i = 0; i < dir->count; i++)
    if (dir->files[i].kind == RULE_FILE_TEST) return true;
  return false;
}

/* The rules' own tests, on a generation of their own: the one that will decide stays as it was loaded. */
static bool tests_pass(const struct ruledir *dir, const struct config *config, struct problems *problems) {
  struct problems own; /* the rules' warnings have been told */
  problems_init(&own);
  struct generation *tested = build(dir, config, true, &own);
  bool passed = tested && run_tests(tested, problems);
  add_errors(&own, problems);
  generation_free(tested);
  problems_release(&own);
  return passed;
}

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* What has gone by since *since_us, which is now from then on. */
static int64_t lap_us(int64_t *since_us) {
  int64_t before = *since_us;
  *since_us = now_us();
  return *since_us - before;
}

struct generation *pack_build_tested(const struct config *config, struct ruledir *bundle,
                                     struct problems *problems) {
  struct ruledir dir;
  struct generation_times times = {0};
  struct generation *generation = NULL;
  int64_t since_us = now_us();
  if (bundle) {
    dir = *bundle;
    ruledir_init(bundle);
    if (*config->rules) ruledir_find_lists(&dir, config->rules, false);
    if (*config->plugins) ruledir_find_lists(&dir, config->plugins, true);
  } else if (read_bundle(&dir, config->rules, config->plugins, problems) != 0) {
    ruledir_release(&dir);
    return NULL;
  }
  times.read_us = lap_us(&since_us);
  generation = build(&dir, config, false, problems);
  times.build_us = lap_us(&since_us);
  if (generation && has_tests(&dir) && !tests_pass(&dir, config, problems)) {
    generation_free(generation);
    generation = NULL;
  }
  times.tests_us = lap_us(&since_us);
  if (generation) generation->times = times;
  if (generation) generation_attach_bundle(generation, &dir);
  ruledir_release(&dir);
  return generation;
}

/* As it was put in charge, from what is kept of it. */
static struct generation *build_kept(const struct config *config, const char *hash) {
  struct problems problems;
  struct ruledir bundle;
  struct generation *generation = NULL;
  struct err err;
  problems_init(&problems);
  ruledir_init(&bundle);
  if (kept_bundle_read(config->data, hash, &bundle, &err) == 0)
    generation = pack_build_tested(config, &bundle, &problems);
  else
    fprintf(stderr, "embudo run: %s: starting with the rules of the files\n", err.text);
  ruledir_release(&bundle);
  problems_release(&problems);
  return generation;
}

struct generation *pack_start(const char *command, const struct config *config) {
  struct kept_pin pin;
  struct kept_pause pause;
  struct ruledir dir;
  struct problems problems;
  struct err err;
  struct generation *generation = pack_load(command, config), *pinned = NULL;
  if (!generation) return NULL;
  if (kept_pin_read(&pin, config->data, &err) == 0 && *pin.ruleset &&
      strcmp(pin.files, generation->rules->hash) == 0)
    pinned = build_kept(config, pin.ruleset);
  else if (kept_pause_read(&pause, config->data, &err) == 0 && *pause.candidate && !pause.command &&
           strcmp(pause.candidate, generation->rules->hash) == 0)
    pinned = build_kept(config, pause.live); /* the files' rules were told to wait */
  if (pinned) {
    generation_free(generation);
    return pinned;
  }
  problems_init(&problems);
  if (read_bundle(&dir, config->rules, config->plugins, &problems) == 0 &&
      strcmp(dir.hash, generation->rules->hash) == 0)
    generation_attach_bundle(generation, &dir);
  ruledir_release(&dir);
  problems_release(&problems);
  return generation;
}

struct generation *pack_load(const char *command, const struct config *config) {
  struct problems problems;
  problems_init(&problems);
  struct generation *generation = build_named(config, &problems);
  if (!generation) tell(command, *config->rules ? config->rules : "the default pack", &problems);
  problems_release(&problems);
  return generation;
}
