/* sandboxed.h - running a text in a sandbox, for the tests of engine/vm. */
#ifndef EMBUDO_TESTS_UNIT_VM_SANDBOXED_H
#define EMBUDO_TESTS_UNIT_VM_SANDBOXED_H

#include "unit.h"
#include "vm/sandbox/sandbox.h"
#include "vm/sandbox/state.h"

#include <lauxlib.h>
#include <lua.h>

struct script {
  struct vm *vm;
  struct vm_failure failure; /* of the last run */
  struct err err;
  char result[4096]; /* of the last run: its first result as text */
};

/* NULL limits: the defaults, but no wall clock, since a test must not depend on the machine's load. */
static inline void script_init(struct script *script, const struct vm_limits *limits) {
  struct vm_limits patient;
  vm_limits_default(&patient);
  for (int i = 0; i < VM_BUDGETS; i++) patient.allowance[i].cpu_ms = 3600000;
  if (!limits) limits = &patient;
  memset(script, 0, sizeof *script);
  script->vm = vm_new(limits, &script->err);
  assert_non_null(script->vm);
}

static inline void script_release(struct script *script) {
  vm_free(script->vm);
}

static inline void script_keep_result(struct script *script) {
  lua_State *L = vm_lua(script->vm);
  size_t len;
  const char *text = luaL_tolstring(L, -1, &len);
  snprintf(script->result, sizeof script->result, "%s", text);
  lua_pop(L, 2);
}

/* Compiles `source` as `file` in an environment of its own and leaves the function on vm_lua(). */
static inline int script_load(struct script *script, const char *file, const char *source) {
  lua_State *L = vm_lua(script->vm);
  sandbox_environment(L);
  int status = vm_load_text(script->vm, file, str_of(source), -1, &script->err);
  lua_remove(L, status == 0 ? -2 : -1);
  return status;
}

/* Runs the function on vm_lua(), without arguments, and keeps its first result as text. */
static inline int script_call(struct script *script, enum vm_budget budget) {
  if (vm_call(script->vm, "test", 0, 1, budget, &script->failure)) return -1;
  script_keep_result(script);
  return 0;
}

/* A syntax error is told as a failure of kind VM_ERROR whose message is the whole text. */
static inline int script_run(struct script *script, const char *source) {
  if (script_load(script, "rules/test.lua", source) == 0) return script_call(script, VM_RULE);
  script->failure = (struct vm_failure){.kind = VM_ERROR};
  snprintf(script->failure.message, sizeof script->failure.message, "%.500s", script->err.text);
  return -1;
}

static inline void script_expect(struct script *script, const char *source, const char *result) {
  if (script_run(script, source)) fail_msg("%s\n  failed: %s", source, script->failure.message);
  if (strcmp(script->result, result) != 0)
    fail_msg("%s\n  gave:     %s\n  expected: %s", source, script->result, result);
}

static inline void script_expect_error(struct script *script, const char *source, const char *message) {
  if (script_run(script, source) == 0)
    fail_msg("%s\n  gave: %s\n  expected: %s", source, script->result, message);
  if (!strstr(script->failure.message, message))
    fail_msg("%s\n  failed:   %s\n  expected: %s", source, script->failure.message, message);
}

/* What a text returns, or the error it raises. */
struct script_case {
  const char *source, *expected;
};

/* Each in turn, in one state. */
static inline void script_expect_all(const struct script_case *cases, size_t count, bool errors) {
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < count; i++)
    (errors ? script_expect_error : script_expect)(&script, cases[i].source, cases[i].expected);
  script_release(&script);
}

#endif
