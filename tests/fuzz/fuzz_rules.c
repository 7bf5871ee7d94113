/* fuzz_rules.c - any text is a rule file, a test file or a scorecard: it loads or is refused with problems, within its
 * limits, and leaves nothing behind. The first byte chooses which; the scanner is also asked about text that Lua refuses.
 */
#include "core/rules/generation.h"
#include "vm/source/scan.h"
#include "vm/source/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {"a.lua", "a.yaml", "a_test.lua", "lists/a.txt"};

/* Everything the marshaller may ask of the scanner, about every name in the text. */
static void ask_scanner(struct str text) {
  struct problems problems;
  struct tokens tokens;
  struct scan *scan = scan_new(text);
  problems_init(&problems);
  scan_check(scan, "a.lua", &problems);
  tokens_init(&tokens, text);
  for (struct token token; (token = tokens_next(&tokens)).kind != TOKEN_END;) {
    struct scan_table inner, table = {0};
    for (uint32_t arg = 0; arg < 3 && token.kind == TOKEN_NAME && table.open == 0; arg++)
      table = scan_argument(scan, token.line, token.text, arg);
    scan_field(scan, table, token.text, &inner);
    scan_item(scan, table, 1, &inner);
  }
  scan_free(scan);
  problems_release(&problems);
}

static struct generation *build(const char *path, struct str text, struct problems *problems) {
  struct script_limits limits;
  struct ruledir bundle;
  struct err err;
  struct generation_options options = {.with_tests = true, .limits = &limits};
  script_limits_default(&limits);
  for (int i = 0; i < VM_BUDGETS; i++) limits.vm.allowance[i] = (struct vm_allowance){200000, 3600000};
  ruledir_init(&bundle);
  ruledir_add(&bundle, path, text, &err);
  ruledir_end(&bundle);
  struct generation *generation = generation_build(&bundle, &options, problems);
  ruledir_release(&bundle);
  return generation;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || size > 65536) return -1;
  const char *path = paths[data[0] % (sizeof paths / sizeof *paths)];
  struct str text = {(const char *)data + 1, size - 1};
  struct problems problems;
  ask_scanner(text);
  problems_init(&problems);
  struct generation *generation = build(path, text, &problems);
  if (!generation) ASSERT(problems.errors > 0);
  struct buf printed;
  buf_init(&printed);
  problems_print(&problems, "", &printed);
  buf_release(&printed);
  generation_free(generation);
  problems_release(&problems);
  return 0;
}
