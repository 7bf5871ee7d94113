#include "core/rules/generation.h"

#include "core/rules/scorecard.h"
#include "core/spec/property_fields.h"

enum { TASKS_MEMORY_BYTES = 64 << 20 /* of all that wait together */ };

struct building {
  const struct ruledir *bundle;
  const struct generation_options *options;
  struct generation *generation;
  struct problems *problems;
  struct declarations declarations;
  struct declarations *tests; /* of *_test.lua */
};

struct ruledir *generation_detach_bundle(struct generation *generation) {
  struct ruledir *bundle = generation->bundle;
  generation->bundle = NULL;
  return bundle;
}

static void free_bundle(struct ruledir *bundle) {
  if (bundle) ruledir_release(bundle);
  free(bundle);
}

void generation_free(struct generation *generation) {
  if (!generation) return;
  ruleset_free(generation->rules);
  declarations_release(&generation->tests_read);
  if (generation->declared) declarations_release(generation->declared);
  free(generation->declared);
  script_free(generation->script);
  script_free(generation->tasks);
  lookup_free(generation->lookup);
  problems_release(&generation->warnings);
  arena_release(&generation->arena);
  free_bundle(generation_detach_bundle(generation));
  free(generation);
}

static void declare_file(struct building *building, struct script *script, const struct rule_file *file) {
  struct generation *generation = building->generation;
  const char *path = arena_str(&generation->arena, str_of(file->path)).p; /* as long as what it declares */
  switch (file->kind) {
  case RULE_FILE_LUA:
    script_declare(script, SCRIPT_RULES, path, file->text, &building->declarations, building->problems);
    break;
  case RULE_FILE_TEST:
    if (building->options->with_tests)
      script_declare(script, SCRIPT_TESTS, path, file->text, building->tests, building->problems);
    break;
  case RULE_FILE_SCORECARD:
    scorecard_declare(path, file->text, &building->declarations, building->problems);
    break;
  case RULE_FILE_LIST:
  case RULE_FILE_TABLE: break; /* read by the compiler, when a rule names it */
  }
}

/* A test's body is its function; nothing else may be declared beside tests, since it would not count in production. */
static void take_tests(struct building *building) {
  struct generation *generation = building->generation;
  generation->tests =
      arena_alloc(&generation->arena, generation->tests_read.count * sizeof *generation->tests);
  for (size_t i = 0; i < generation->tests_read.count; i++) {
    const struct declaration *test = &generation->tests_read.items[i];
    struct generation_test next = {
        arena_str(&generation->arena, test->name).p,
        {arena_str(&generation->arena, str_of(test->place.file)).p, test->place.line},
        test->body.kind == NODE_FUNCTION ? test->body.function.fn : FN_NONE,
        NULL};
    if (strcmp(test->kind, "property") == 0) {
      property_check(&test->body, building->problems);
      next.property = &test->body;
      generation->tests[generation->test_count++] = next;
    } else if (strcmp(test->kind, "test") != 0) {
      problem_add(building->problems, SEVERITY_ERROR, "not_a_test", test->place,
                  "move it to a file that is no test", "a test file declares a %s", test->kind);
    } else if (test->body.kind != NODE_FUNCTION) {
      problem_add(building->problems, SEVERITY_ERROR, "test_body", test->place,
                  "write test \"what it shows\" (function(t) .. end)",
                  "the test \"%.*s\" is %s, not a function", STR_ARG(test->name),
                  node_kind_word(&test->body));
    } else {
      generation->tests[generation->test_count++] = next;
    }
  }
}

static struct list_source *list_sources(const struct ruledir *bundle, size_t *count) {
  struct list_source *lists = xcalloc(bundle->count + 1, sizeof *lists);
  *count = 0;
  for (size_t i = 0; i < bundle->count; i++) {
    const struct rule_file *file = &bundle->files[i];
    if (file->kind != RULE_FILE_LIST) continue;
    lists[(*count)++] = (struct list_source){ruledir_list_name(file->path), str_of(file->path), file->text};
  }
  return lists;
}

static void compile(struct building *building) {
  struct generation *generation = building->generation;
  size_t list_count;
  script_seal(generation->script, &building->declarations, building->problems);
  take_tests(building);
  struct list_source *lists = list_sources(building->bundle, &list_count);
  generation->rules = notation_compile(&building->declarations, lists, list_count, building->bundle->hash,
                                       building->problems);
  free(lists);
}

struct ruleset *generation_vary(const struct generation *generation, const struct ruledir *bundle,
                                const struct declarations *declarations) {
  struct problems problems;
  size_t list_count;
  struct list_source *lists = list_sources(bundle, &list_count);
  problems_init(&problems);
  struct ruleset *rules =
      notation_compile(declarations, lists, list_count, generation->rules->hash, &problems);
  problems_release(&problems);
  free(lists);
  return rules;
}

/* Takes the declarations over when somebody will want to change them. */
static void keep_or_release(struct building *building) {
  struct generation *generation = building->generation;
  if (!building->options->keep_declared) {
    declarations_release(&building->declarations);
    return;
  }
  generation->declared = xcalloc(1, sizeof *generation->declared);
  *generation->declared = building->declarations;
}

/* Functions that wait have a Lua state of their own, so that what they hold meanwhile is not taken from the rules. The same files
 * in the same order number the functions alike. */
static void build_tasks(struct building *building) {
  struct generation *generation = building->generation;
  struct declarations tests;
  struct building again = {
      .bundle = building->bundle, .options = building->options, .generation = generation, .tests = &tests};
  struct problems problems;
  struct script_limits limits;
  struct err err;
  if (generation->rules->enricher_count == 0) return;
  script_limits_default(&limits);
  limits.vm.memory_bytes = TASKS_MEMORY_BYTES;
  if (building->options->limits) limits.vm.output_bytes = building->options->limits->vm.output_bytes;
  generation->lookup = lookup_new(building->bundle, building->problems);
  generation->tasks = script_new(&limits, &err);
  ASSERT(generation->tasks);
  problems_init(&problems);
  again.problems = &problems;
  declarations_init(&again.declarations);
  declarations_init(&tests);
  for (size_t i = 0; i < again.bundle->count; i++)
    declare_file(&again, generation->tasks, &again.bundle->files[i]);
  script_seal(generation->tasks, &again.declarations, &problems);
  script_bind(generation->tasks, generation->rules, NULL);
  declarations_release(&again.declarations);
  declarations_release(&tests);
  problems_release(&problems);
}

/* For whoever asks about them later. */
static void keep_warnings(struct generation *generation, const struct problems *problems, size_t from) {
  for (size_t i = from; i < problems->count; i++) {
    const struct problem *problem = &problems->items[i];
    problem_add(&generation->warnings, problem->severity, problem->code, problem->place, problem->hint, "%s",
                problem->text);
  }
}

static void mark_files(struct generation *generation, const struct ruledir *bundle) {
  generation->files = arena_alloc(&generation->arena, bundle->count * sizeof *generation->files);
  generation->file_count = bundle->count;
  for (size_t i = 0; i < bundle->count; i++)
    generation->files[i] =
        (struct generation_file){arena_str(&generation->arena, str_of(bundle->files[i].path)).p,
                                 bundle->files[i].kind, str_hash128(bundle->files[i].text, 0)};
}

void generation_attach_bundle(struct generation *generation, struct ruledir *bundle) {
  free_bundle(generation->bundle);
  generation->bundle = xmalloc(sizeof *bundle);
  *generation->bundle = *bundle;
  ruledir_init(bundle);
}

static void tell_overlooked(const struct ruledir *bundle, struct problems *problems) {
  for (size_t i = 0; i < bundle->overlooked_count; i++)
    problem_add(problems, SEVERITY_WARNING, "not_loaded", (struct place){bundle->overlooked[i], 0},
                "rule files end in .lua, .yaml or .yml, in small letters", "this file is not loaded");
}

struct generation *generation_build(const struct ruledir *bundle, const struct generation_options *options,
                                    struct problems *problems) {
  static const struct generation_options defaults = {0};
  struct building building = {
      .bundle = bundle, .options = options ? options : &defaults, .problems = problems};
  struct generation *generation = building.generation = xcalloc(1, sizeof *generation);
  struct err err;
  size_t errors = problems->errors, before = problems->count;
  arena_init(&generation->arena, 4096);
  problems_init(&generation->warnings);
  declarations_init(&building.declarations);
  declarations_init(&generation->tests_read);
  building.tests = &generation->tests_read;
  generation->script = script_new(building.options->limits, &err);
  tell_overlooked(bundle, problems);
  if (generation->script) {
    for (size_t i = 0; i < bundle->count; i++) declare_file(&building, generation->script, &bundle->files[i]);
    compile(&building);
  } else {
    problem_add(problems, SEVERITY_ERROR, err_word(err.code), (struct place){"", 0}, NULL, "%s", err.text);
  }
  keep_or_release(&building);
  if (generation->rules && problems->errors == errors) build_tasks(&building);
  if (generation->rules && problems->errors == errors) {
    keep_warnings(generation, problems, before);
    mark_files(generation, bundle);
    problems_sort(problems);
    return generation;
  }
  problems_sort(problems);
  generation_free(generation);
  return NULL;
}

struct generation *generation_load(const char *directory, const struct generation_options *options,
                                   struct problems *problems) {
  struct ruledir bundle;
  struct generation *generation = NULL;
  struct err err;
  ruledir_init(&bundle);
  if (ruledir_read(&bundle, directory, &err) == 0)
    generation = generation_build(&bundle, options, problems);
  else
    problem_add(problems, SEVERITY_ERROR, err_word(err.code), (struct place){"", 0}, NULL, "%s", err.text);
  ruledir_release(&bundle);
  return generation;
}
