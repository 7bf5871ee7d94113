#include "vm/script/script_test.h"

#include "base/timefmt.h"
#include "vm/sandbox/prelude.h"
#include "vm/script/script_state.h"
#include "vm/source/marshal.h"
#include <lauxlib.h>
#include <lua.h>

static struct script *script_of(struct lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

static const struct script_test *running_test(struct lua_State *L) {
  struct script *script = script_of(L);
  if (script->mode != SCRIPT_TESTING || !script->test) luaL_error(L, "t is only for tests");
  return script->test;
}

static int no_function(void *context, struct lua_State *L, const char *owner, struct place place) {
  (void)context, (void)owner, (void)place;
  return luaL_error(L, "a function cannot be part of a test's command");
}

/* The table at argument 1 as a node with the place of the running line. */
static void read_argument(struct lua_State *L, const struct script_test *test, struct node *out) {
  struct marshal marshal = {
      .arena = test->arena, .problems = test->problems, .owner = "test", .add_function = no_function};
  struct place place = {"", 0};
  size_t before = test->problems->count;
  vm_position(L, &place.file, &place.line);
  if (marshal_node(&marshal, L, 1, (struct scan_table){0}, place, out)) return;
  bool told = test->problems->count > before;
  luaL_error(L, "%s", told ? test->problems->items[before].text : "the command cannot be read");
}

static int finish(struct lua_State *L, int failed, const struct err *err) {
  return failed ? luaL_error(L, "%s", err->text) : 0;
}

static int test_event(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct node event;
  struct err err;
  read_argument(L, test, &event);
  return finish(L, test->event(test->context, &event, &err), &err);
}

static int test_system_event(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct node event;
  struct err err;
  read_argument(L, test, &event);
  return finish(L, test->system_event(test->context, &event, &err), &err);
}

static int test_answer(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct node fake;
  struct err err;
  read_argument(L, test, &fake);
  return finish(L, test->answer(test->context, &fake, &err), &err);
}

static int test_enrich(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct node who;
  struct err err;
  read_argument(L, test, &who);
  return finish(L, test->enrich(test->context, &who, &err), &err);
}

static int test_act(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  const char *refused = luaL_optstring(L, 2, NULL);
  struct node request;
  struct err err;
  lua_settop(L, 2);
  read_argument(L, test, &request);
  return finish(L, test->act(test->context, &request, refused, &err), &err);
}

static int test_expect(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct node what;
  struct err err;
  read_argument(L, test, &what);
  return finish(L, test->expect(test->context, &what, &err), &err);
}

static int test_advance(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct str text;
  struct err err;
  int64_t span;
  text.p = luaL_checklstring(L, 1, &text.len);
  if (!duration_parse(text, &span))
    return luaL_error(L, "\"%s\" is no duration: write \"15m\", \"4h\", \"7d\" or \"2w\"", text.p);
  return finish(L, test->advance(test->context, span, &err), &err);
}

static int test_at(struct lua_State *L) {
  const struct script_test *test = running_test(L);
  struct str text;
  struct err err;
  int64_t instant;
  text.p = luaL_checklstring(L, 1, &text.len);
  if (!time_parse(text, &instant))
    return luaL_error(L, "\"%s\" is no instant: write \"2024-02-01T00:00:00Z\"", text.p);
  return finish(L, test->at(test->context, instant, &err), &err);
}

static int unknown_command(struct lua_State *L) {
  static const char *const words[] = {"identify", "page",    "screen",  "track",  "group",
                                      "alias",    "act",     "refused", "answer", "enrich",
                                      "event",    "advance", "at",      "expect", NULL};
  const char *name = luaL_tolstring(L, 1, NULL);
  const char *near = str_nearest(str_of(name), words);
  return near ? luaL_error(L, "unknown command t:%s: did you mean t:%s?", name, near)
              : luaL_error(L, "unknown command t:%s", name);
}

void script_test_host(struct script *script, struct lua_State *L) {
  static const luaL_Reg functions[] = {{"test_event", test_event},
                                       {"test_expect", test_expect},
                                       {"test_answer", test_answer},
                                       {"test_enrich", test_enrich},
                                       {"test_system_event", test_system_event},
                                       {"test_act", test_act},
                                       {"test_advance", test_advance},
                                       {"test_at", test_at},
                                       {"unknown_command", unknown_command},
                                       {NULL, NULL}};
  lua_pushlightuserdata(L, script);
  luaL_setfuncs(L, functions, 1);
}

int script_run_test(struct script *script, int fn, const struct script_test *test,
                    struct vm_failure *failure) {
  ASSERT(!script->test && script->mode == SCRIPT_RUNNING);
  script_renew(script);
  lua_State *L = vm_lua(script->vm);
  script->test = test;
  script->mode = SCRIPT_TESTING;
  script_functions(L);
  lua_rawgeti(L, -1, (lua_Integer)fn + 1);
  lua_remove(L, -2);
  prelude_module(L, "spec");
  lua_getfield(L, -1, "t");
  lua_remove(L, -2);
  int failed = vm_call(script->vm, script->functions[fn].info.owner, 1, 0, VM_TEST, failure);
  script->mode = SCRIPT_RUNNING;
  script->test = NULL;
  return failed;
}

void script_forget_failures(struct script *script) {
  script->failure_count = 0;
  for (uint32_t fn = 0; fn < script->known_count; fn++) {
    script->functions[fn].failures = 0;
    script->functions[fn].stopped = false;
    memset(script->functions[fn].causes, 0, sizeof script->functions[fn].causes);
  }
}
