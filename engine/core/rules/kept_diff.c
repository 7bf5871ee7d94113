#include "core/rules/kept_diff.h"

#include "core/rules/kept.h"
#include "core/rules/ruleset_diff.h"

static struct generation *build(const char *dir, const char *hash, struct err *err) {
  struct problems problems;
  struct ruledir bundle;
  struct generation *generation = NULL;
  ruledir_init(&bundle);
  problems_init(&problems);
  if (kept_bundle_read(dir, hash, &bundle, err) == 0) {
    generation = generation_build(&bundle, &(struct generation_options){.keep_declared = true}, &problems);
    if (!generation) err_set(err, ERR_RULES, "the ruleset %s does not load any more", hash);
  }
  problems_release(&problems);
  ruledir_release(&bundle);
  return generation;
}

int kept_diff(const char *dir, const char *from, const char *to, struct buf *json, struct buf *text,
              struct err *err) {
  struct generation *before = build(dir, from, err);
  struct generation *after = before ? build(dir, to, err) : NULL;
  if (after) ruleset_diff(before, after, json, text);
  generation_free(before);
  generation_free(after);
  return after ? 0 : -1;
}
