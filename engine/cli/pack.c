#include "cli/pack.h"

#include "base/embedded.h"

extern const struct embedded_file embudo_pack[];

static struct generation *load_embedded(struct problems *problems) {
  struct generation *generation = NULL;
  struct ruledir dir;
  struct err err;
  bool good = true;
  ruledir_init(&dir);
  for (const struct embedded_file *file = embudo_pack; file->name && good; file++)
    good = ruledir_add(&dir, file->name + strlen("rules/"), (struct str){file->text, file->size}, &err) == 0;
  ASSERT(good); /* it is ours, and was loaded by the tests */
  ruledir_end(&dir);
  generation = generation_build(&dir, NULL, problems);
  ruledir_release(&dir);
  return generation;
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

struct generation *pack_build(const char *directory, struct problems *problems) {
  return *directory ? generation_load(directory, NULL, problems) : load_embedded(problems);
}

struct generation *pack_load(const char *command, const char *directory) {
  struct problems problems;
  problems_init(&problems);
  struct generation *generation = pack_build(directory, &problems);
  if (!generation) tell(command, *directory ? directory : "the default pack", &problems);
  problems_release(&problems);
  return generation;
}
