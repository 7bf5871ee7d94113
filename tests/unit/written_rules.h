/* written_rules.h - a generation out of rules that a test writes as text. Rules that do not load fail the test, with what is wrong
 * with them. The caller frees it (generation_free). */
#ifndef EMBUDO_UNIT_WRITTEN_RULES_H
#define EMBUDO_UNIT_WRITTEN_RULES_H

#include "unit.h"

#include "core/rules/generation.h"

/* Files by path and text in turn, ended by NULL. NULL options: the usual ones. */
static inline struct generation *written_files(const char *const *files,
                                               const struct generation_options *options) {
  struct problems problems;
  struct ruledir bundle;
  struct buf out;
  struct err err;
  problems_init(&problems);
  ruledir_init(&bundle);
  for (const char *const *file = files; *file; file += 2)
    if (ruledir_add(&bundle, file[0], str_of(file[1]), &err) != 0) fail_msg("%s: %s", file[0], err.text);
  ruledir_end(&bundle);
  struct generation *generation = generation_build(&bundle, options, &problems);
  buf_init(&out);
  if (!generation) {
    problems_print(&problems, "", &out);
    for (const char *const *file = files; *file; file += 2) buf_printf(&out, "%s:\n%s\n", file[0], file[1]);
    fail_msg("%s", out.data);
  }
  buf_release(&out);
  ruledir_release(&bundle);
  problems_release(&problems);
  return generation;
}

/* One file, a.lua. */
static inline struct generation *written_rules(const char *text) {
  return written_files((const char *const[]){"a.lua", text, NULL}, NULL);
}

#endif
