/* generation.h - one loaded rules directory: the compiled ruleset, the Lua state its functions live in, its tests.
 *
 * A generation is self-contained and freed whole, so a second one can be built aside while the first decides, and the
 * two swapped between two events. Loading reads everything, whatever is wrong, and reports all problems of all files in
 * one pass. Belongs to one thread at a time.
 */
#ifndef EMBUDO_CORE_GENERATION_H
#define EMBUDO_CORE_GENERATION_H

#include "core/lookup/lookup.h"
#include "core/rules/ruledir.h"
#include "notation/compile.h"
#include "notation/problems.h"
#include "vm/script/script.h"

struct generation_test { /* of a *_test.lua file */
  const char *name;
  struct place place;
  int fn;                      /* the script's number for its function */
  const struct node *property; /* of a property, which has no function; else NULL */
};

struct generation_file { /* a file it was built from */
  const char *path;
  enum rule_file_kind kind;
  struct hash128 text;
};

struct generation_times { /* that its loading took, in microseconds, as who loaded it says; 0: not known */
  int64_t read_us, build_us, tests_us, check_us;
};

struct generation {
  struct ruleset *rules;
  struct generation_times times;
  struct script *script;
  struct script *tasks; /* the same files again, for enrichers' functions, which wait; NULL: there are none */
  struct lookup *lookup; /* what they may look up; with tasks */
  struct arena arena;
  struct generation_file *files; /* by rising path */
  size_t file_count;
  struct ruledir *bundle;        /* their bytes, until somebody takes them; mostly NULL */
  struct generation_test *tests; /* in path order, then as written; none unless asked for */
  size_t test_count;
  struct declarations tests_read; /* what the test files declare; the tests' nodes live in it */
  struct declarations *declared;  /* what the other files declare; NULL unless it is kept */
  struct problems warnings;       /* what loading had to say that kept nothing from working; copies */
};

struct generation_options {
  bool with_tests;                    /* also load *_test.lua */
  bool keep_declared;                 /* for generation_vary */
  const struct script_limits *limits; /* NULL: the defaults */
};

/* NULL when there are errors. The problems own copies of the file names they mention. NULL options: the defaults. */
struct generation *generation_load(const char *directory, const struct generation_options *options,
                                   struct problems *problems);

/* The same from a bundle in memory, on which ruledir_end was called; it may be released afterwards. */
struct generation *generation_build(const struct ruledir *bundle, const struct generation_options *options,
                                    struct problems *problems);

/* Leaves the bytes it was built from with it, for who wants to keep them: the bundle is empty afterwards. And takes them out
 * again, to be released and freed; NULL: they were not left. */
void generation_attach_bundle(struct generation *generation, struct ruledir *bundle);
struct ruledir *generation_detach_bundle(struct generation *generation);

/* The ruleset that these declarations make instead of the generation's own: a changed copy of `declared`, with the same
 * functions. `bundle` is what the generation was built from. NULL when they make none. Free it with ruleset_free. */
struct ruleset *generation_vary(const struct generation *generation, const struct ruledir *bundle,
                                const struct declarations *declarations);

void generation_free(struct generation *generation); /* NULL is fine */

#endif
