/* The hostile scripts of tests/fault/scripts, each run while loading and as a sealed rule function, and sources that
 * attack the compiler. Every one must end as its header says, with a place, and leave the state usable.
 *
 * A script's header:  -- what it tries
 *                     -- expect: how it may end, words of vm_failure_word(), separated by blanks
 *                     -- message: a part of what must be said (optional) */
#include "vm/sandboxed.h"

#include <dirent.h>
#include <stdio.h>

enum { SCRIPTS_MIN = 150, SCRIPTS_MAX = 1000, SOURCE_MAX = 64 * 1024, LINE_MAX_BYTES = 200 };

#define SCRIPTS_DIRECTORY TEST_ROOT "/tests/fault/scripts"

struct hostile {
  char path[512];
  char source[SOURCE_MAX];
  char expect[LINE_MAX_BYTES], message[LINE_MAX_BYTES];
};

static void header_line(const char *source, const char *name, char out[LINE_MAX_BYTES]) {
  const char *line = strstr(source, name);
  out[0] = '\0';
  if (line)
    snprintf(out, LINE_MAX_BYTES, "%.*s", (int)strcspn(line + strlen(name), "\n"), line + strlen(name));
}

static void hostile_read(struct hostile *hostile, const char *name) {
  snprintf(hostile->path, sizeof hostile->path, SCRIPTS_DIRECTORY "/%s", name);
  FILE *file = fopen(hostile->path, "rb");
  assert_non_null(file);
  size_t len = fread(hostile->source, 1, sizeof hostile->source - 1, file);
  fclose(file);
  hostile->source[len] = '\0';
  header_line(hostile->source, "-- expect: ", hostile->expect);
  header_line(hostile->source, "-- message: ", hostile->message);
  if (!hostile->expect[0]) fail_msg("%s: has no expect line", name);
}

static bool has_word(const char *words, const char *word) {
  size_t len = strlen(word);
  for (const char *at = words; (at = strstr(at, word)); at += len)
    if ((at == words || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' ')) return true;
  return false;
}

/* What every failure must look like, whatever the script did. */
static void check_failure(const struct hostile *hostile, const struct vm_failure *failure, const char *when) {
  if (!failure->message[0]) fail_msg("%s (%s): failed without a message", hostile->path, when);
  if (hostile->message[0] && !strstr(failure->message, hostile->message))
    fail_msg("%s (%s): said \"%s\"", hostile->path, when, failure->message);
  for (const char *p = failure->message; *p; p++)
    if ((unsigned char)*p < 0x20 || *p == 0x7f)
      fail_msg("%s: a control character in the message", hostile->path);
  if (strcmp(failure->file, "rules/hostile.lua") != 0 || failure->line == 0)
    fail_msg("%s (%s): failed at \"%s\":%d", hostile->path, when, failure->file, failure->line);
}

static void check_alive(struct script *script, const struct hostile *hostile) {
  if (vm_is_spent(script->vm)) return;
  const char *probe = "local t = { 3, 1 } table.sort(t) local f = setmetatable({}, { __index = { x = 1 } })"
                      " return ('%s'):format(t[1] + f.x) .. #('abc'):upper() .. tostring(getmetatable(''))";
  if (script_run(script, probe)) fail_msg("%s: afterwards: %s", hostile->path, script->failure.message);
  if (strcmp(script->result, "23false") != 0) fail_msg("%s: afterwards: %s", hostile->path, script->result);
}

static void check_end(struct script *script, const struct hostile *hostile, int status, const char *when) {
  struct vm_failure failure = script->failure;
  const char *word = status == 0 ? "ok" : vm_failure_word(failure.kind);
  if (!has_word(hostile->expect, word))
    fail_msg("%s (%s): ended with %s (%s), expected %s", hostile->path, when, word,
             status == 0 ? script->result : failure.message, hostile->expect);
  if (status) check_failure(hostile, &failure, when);
  check_alive(script, hostile);
}

/* Enough for every script that is meant to end. */
static void small_limits(struct vm_limits *limits) {
  vm_limits_default(limits);
  limits->allowance[VM_RULE].cpu_ms = limits->allowance[VM_LOAD].cpu_ms = 3600000;
  limits->allowance[VM_LOAD].fuel = 3000000;
}

static void run_at_load(const struct hostile *hostile) {
  struct script script;
  struct vm_limits limits;
  small_limits(&limits);
  script_init(&script, &limits);
  if (script_load(&script, "rules/hostile.lua", hostile->source)) fail_msg("%s", script.err.text);
  check_end(&script, hostile, script_call(&script, VM_LOAD), "load");
  script_release(&script);
}

static void run_as_rule(const struct hostile *hostile) {
  struct script script;
  struct vm_limits limits;
  char source[SOURCE_MAX + 64];
  small_limits(&limits);
  snprintf(source, sizeof source, "return function(lead, event) %s\nend", hostile->source);
  script_init(&script, &limits);
  if (script_load(&script, "rules/hostile.lua", source)) fail_msg("%s", script.err.text);
  if (vm_call(script.vm, "load", 0, 1, VM_LOAD, &script.failure)) fail_msg("%s", script.failure.message);
  if (sandbox_seal(script.vm, -1, "rule \"hostile\"", &script.err)) {
    if (!has_word(hostile->expect, "error")) fail_msg("%s: not sealed: %s", hostile->path, script.err.text);
    lua_pop(vm_lua(script.vm), 1);
  } else {
    check_end(&script, hostile, script_call(&script, VM_RULE), "rule");
  }
  script_release(&script);
}

static int is_script(const struct dirent *entry) {
  const char *dot = strrchr(entry->d_name, '.');
  return dot && strcmp(dot, ".lua") == 0;
}

static void hostile_scripts_are_contained(void **state) {
  (void)state;
  struct dirent **entries;
  static struct hostile hostile;
  int count = scandir(SCRIPTS_DIRECTORY, &entries, is_script, alphasort);
  assert_in_range(count, SCRIPTS_MIN, SCRIPTS_MAX);
  for (int i = 0; i < count; i++) {
    hostile_read(&hostile, entries[i]->d_name);
    run_at_load(&hostile);
    run_as_rule(&hostile);
    free(entries[i]);
  }
  free(entries);
}

/* --- sources that attack the compiler --------------------------------------------------------------------------- */

struct generated {
  const char *what, *head, *unit, *tail;
  int count;
};

static const struct generated GENERATED[] = {
    {"nested parentheses", "return ", "(", "1", 2000},
    {"nested tables", "return ", "{", "", 2000},
    {"nested functions", "", "return function() ", "", 500},
    {"nested blocks", "", "do ", "", 1000},
    {"nested brackets", "local t = {} return t", "[t", "", 2000},
    {"a chain of fields", "local t = {} return t", ".x", "", 100000},
    {"a chain of calls", "local t = {} return t", "()", "", 100000},
    {"a chain of concatenations", "return 'a'", "..'a'", "", 60000},
    {"a chain of nots", "return ", "not ", "1", 60000},
    {"a chain of minuses", "return ", "- ", "1", 100000},
    {"a chain of powers", "return 2", "^2", "", 100000},
    {"a chain of sums", "local x = 1 return x", "+x", "", 100000},
    {"many elseifs", "local x if x then ", "elseif x then ", "end", 15000},
    {"many locals", "", "local x ", "", 30000},
    {"a wide constructor", "return {", "1,", "}", 100000},
    {"many strings", "return {", "'a',", "}", 60000},
    {"many labels", "", "::x:: ", "", 30000},
    {"many gotos", "do ", "goto x ", "end ::x::", 20000},
    {"a long comment", "--[[", "x", "]]", 200000},
    {"an open comment", "--[[", "x", "", 200000},
    {"an open text", "return '", "x", "", 200000},
    {"a long name", "return ", "x", "", 200000},
    {"a long number", "return 1", "1", "", 200000},
    {"escapes", "return '", "\\u{7FFFFFFF}", "'", 15000},
    {"brackets only", "", "]", "", 200000},
    {"an argument list", "return tostring(", "1,", "1)", 100000},
};

static char *generate(const struct generated *generated) {
  size_t unit = strlen(generated->unit), head = strlen(generated->head);
  char *source = xmalloc(head + unit * (size_t)generated->count + strlen(generated->tail) + 1);
  memcpy(source, generated->head, head);
  for (int i = 0; i < generated->count; i++) memcpy(source + head + unit * (size_t)i, generated->unit, unit);
  memcpy(source + head + unit * (size_t)generated->count, generated->tail, strlen(generated->tail) + 1);
  return source;
}

static void the_compiler_is_contained(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(GENERATED); i++) {
    struct script script;
    struct vm_limits limits;
    char *source = generate(&GENERATED[i]);
    small_limits(&limits);
    script_init(&script, &limits);
    if (script_load(&script, "rules/hostile.lua", source)) {
      if (strncmp(script.err.text, "rules/hostile.lua:", 18) != 0)
        fail_msg("%s: %s", GENERATED[i].what, script.err.text);
    } else if (script_call(&script, VM_LOAD) && !script.failure.message[0]) {
      fail_msg("%s: failed without a message", GENERATED[i].what);
    }
    script_release(&script);
    free(source);
  }
}

/* Damaged sources: every cut and some flips of a rule-like text. */
static void damaged_sources_are_contained(void **state) {
  static const char source[] =
      "local W = { [\"a\\u{f1}\"] = 0x1p4, 'b', [[c]] }\n"
      "for k, v in pairs(W) do if k ~= v then goto done end end ::done::\n"
      "local function f(...) local a <const>, b <close> = select('#', ...), nil return a end\n"
      "return f(1, 2, W) // 1 .. ('x'):rep(3)\n";
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < sizeof source - 1; i++) {
    for (int flip = 0; flip < 8; flip++) {
      char damaged[sizeof source];
      memcpy(damaged, source, sizeof source);
      if (flip == 0)
        damaged[i] = '\0';
      else
        damaged[i] ^= (char)(1 << flip);
      script_run(&script, damaged);
    }
  }
  assert_int_equal(lua_gettop(vm_lua(script.vm)), 1);
  script_expect(&script, "return 'alive'", "alive");
  script_release(&script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hostile_scripts_are_contained),
      cmocka_unit_test(the_compiler_is_contained),
      cmocka_unit_test(damaged_sources_are_contained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
