/* fuzz_generation.h - a generation out of rules that a fuzz target writes as text. */
#ifndef EMBUDO_FUZZ_GENERATION_H
#define EMBUDO_FUZZ_GENERATION_H

#include "base/err.h"
#include "core/rules/generation.h"

/* They load: asserted. The caller frees it. */
static inline struct generation *fuzz_generation(const char *text) {
  struct ruledir bundle;
  struct problems problems;
  struct err err;
  ruledir_init(&bundle);
  problems_init(&problems);
  ASSERT(ruledir_add(&bundle, "fuzz.lua", str_of(text), &err) == 0);
  ruledir_end(&bundle);
  struct generation *generation = generation_build(&bundle, NULL, &problems);
  ASSERT(generation);
  problems_release(&problems);
  ruledir_release(&bundle);
  return generation;
}

#endif
