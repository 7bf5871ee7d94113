/* The life of a vm, calls and their failures, budgets. */
#include "vm/sandboxed.h"

static void runs_and_returns(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  script_expect(&script, "return 1 + 1", "2");
  script_expect(&script, "local t = {} for i = 1, 10 do t[i] = i * i end return #t .. ':' .. t[10]",
                "10:100");
  assert_int_equal(lua_gettop(vm_lua(script.vm)), 1);
  script_release(&script);
}

static void errors_have_a_place(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  assert_int_equal(script_run(&script, "local x = nil\n\nreturn x.y"), -1);
  assert_int_equal(script.failure.kind, VM_ERROR);
  assert_string_equal(script.failure.file, "rules/test.lua");
  assert_int_equal(script.failure.line, 3);
  assert_string_equal(script.failure.message, "attempt to index a nil value (local 'x')");
  vm_failure_err(&script.failure, "rule \"x\"", &script.err);
  assert_string_equal(script.err.text,
                      "rules/test.lua:3: rule \"x\": attempt to index a nil value (local 'x')");
  script_release(&script);
}

static void places_cannot_be_forged(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  script_run(&script, "\nerror('rules/other.lua:99: lies', 0)");
  assert_string_equal(script.failure.file, "rules/test.lua");
  assert_int_equal(script.failure.line, 2);
  script_run(&script, "error('two\\nlines \\27[31m \"quoted\" \\xff\\xc3\\xb1', 0)");
  assert_string_equal(script.failure.message, "two lines  [31m \"quoted\" ?\xc3\xb1");
  script_run(&script, "error(('x'):rep(100000))");
  assert_int_equal(strlen(script.failure.message), VM_MESSAGE_MAX - 1);
  script_release(&script);
}

static void error_values_of_any_type(void **state) {
  static const struct {
    const char *source, *message;
  } cases[] = {
      {"error()", "error was called with nil"},
      {"error({})", "error was called with a table"},
      {"error(setmetatable({}, { __tostring = function() while true do end end }))",
       "error was called with a table"},
      {"error(12.5)", "12.5"},
      {"error('')", "error was called with an empty text"},
      {"error(function() end)", "error was called with a function"},
      {"assert(false)", "assertion failed!"},
      {"assert(nil, 'no plan')", "no plan"},
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(script_run(&script, cases[i].source), -1);
    assert_string_equal(script.failure.message, cases[i].message);
  }
  script_release(&script);
}

static void syntax_errors_name_the_file(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  assert_int_equal(script_load(&script, "rules/a.lua", "local x =\nreturn"), -1);
  assert_string_equal(script.err.text, "rules/a.lua:2: unexpected symbol near 'return'");
  char deep[600], name[200] = "rules/";
  memset(deep, '(', sizeof deep - 1);
  deep[sizeof deep - 1] = '\0';
  assert_int_equal(script_load(&script, "rules/deep.lua", deep), -1);
  assert_true(strncmp(script.err.text, "rules/deep.lua", 14) == 0);
  for (int i = 0; i < 15; i++) strcat(name, "long_name/");
  strcat(name, "web.lua");
  assert_int_equal(script_load(&script, name, "x = = 1"), -1);
  assert_true(strncmp(script.err.text, name, strlen(name)) == 0);
  assert_non_null(strstr(script.err.text, "web.lua:1: "));
  script_release(&script);
}

static void refuses_bytecode_and_large_files(void **state) {
  (void)state;
  struct script script;
  struct vm_limits limits;
  vm_limits_default(&limits);
  limits.source_bytes = 100;
  script_init(&script, &limits);
  assert_int_equal(script_load(&script, "rules/a.lua", LUA_SIGNATURE "T"), -1);
  assert_non_null(strstr(script.err.text, "rules/a.lua: is compiled Lua; rule files are text"));
  assert_int_equal(script_load(&script, "rules/a.lua", "\xff\xfel\0o\0"), -1);
  assert_non_null(strstr(script.err.text, "rules/a.lua: is saved as UTF-16; save it as UTF-8"));
  char source[102];
  memset(source, ' ', sizeof source);
  source[101] = '\0';
  assert_int_equal(script_load(&script, "rules/a.lua", source), -1);
  assert_int_equal(script.err.code, ERR_LIMIT);
  source[100] = '\0';
  assert_int_equal(script_load(&script, "rules/a.lua", source), 0);
  lua_pop(vm_lua(script.vm), 1);
  assert_int_equal(script_load(&script, "rules/a.lua", "\xef\xbb\xbfreturn 1"), 0);
  lua_pop(vm_lua(script.vm), 1);
  script_release(&script);
}

static void fuel_ends_loops(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  assert_int_equal(script_run(&script, "local n = 0\nwhile true do\n n = n + 1 end"), -1);
  assert_int_equal(script.failure.kind, VM_KILLED_FUEL);
  assert_int_equal(script.failure.line, 3);
  assert_non_null(strstr(script.failure.message, "stopped after 500000 instructions"));
  assert_false(vm_is_spent(script.vm));
  script_expect(&script, "return 'alive'", "alive");
  script_release(&script);
}

/* Comparing two texts is one instruction of Lua's, and costs what it compares: not the clock but the fuel ends who does it
 * without end, and so at the same place on every machine. */
static void comparing_texts_costs_their_bytes(void **state) {
  (void)state;
  static const struct {
    const char *what;
    int64_t least; /* steps */
  } cases[] = {{"return a < b", 1000000 / VM_BYTES_PER_STEP},
               {"return a == c", 1000000 / VM_BYTES_PER_STEP},
               {"return ({ [a] = 1 })[c] == 1", 1000000 / VM_BYTES_PER_STEP},
               {"return 'short' < 'texts'", 0}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct script script;
    char source[256];
    script_init(&script, NULL);
    const char *head = "local s = ('x'):rep(1000000) local a, b, c = s .. 'a', s .. 'b', s .. 'a' ";
    snprintf(source, sizeof source, "%s return true", head);
    script_expect(&script, source, "true");
    int64_t before = vm_fuel_used(script.vm);
    snprintf(source, sizeof source, "%s %s", head, cases[i].what);
    script_expect(&script, source, "true");
    int64_t cost = vm_fuel_used(script.vm) - before;
    if (cost < cases[i].least || cost > cases[i].least + 2000)
      fail_msg("%s costs %lld", cases[i].what, (long long)cost);
    script_release(&script);
  }
}

/* The same call is cut at the same instruction, whatever ran before it. */
static void fuel_is_deterministic(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  int64_t used[3];
  for (int i = 0; i < 3; i++) {
    script_expect(&script, "local n = 0 for i = 1, 1234 do n = n + #('x'):rep(i % 50) end return n", "29995");
    used[i] = vm_fuel_used(script.vm);
    for (int other = 0; other < i; other++) script_expect(&script, "return 17", "17");
  }
  assert_true(used[0] > 1234 * 5);
  assert_true(used[0] == used[1] && used[1] == used[2]);
  script_release(&script);
}

static void a_kill_cannot_be_caught(void **state) {
  static const char *const cases[] = {
      "while true do pcall(function() while true do end end) end",
      "pcall(function() while true do end end) return 'survived'",
      "xpcall(function() while true do end end, function() return 'handled' end) return 'survived'",
      "xpcall(function() while true do end end, function() while true do end end)",
      "xpcall(error, function() while true do end end)",
      "local function f() pcall(f) while true do end end f()",
      ("local t = setmetatable({}, { __index = function() while true do end end }) "
       "pcall(function() return t.x end)"),
      "table.sort({ 3, 2, 1 }, function() while true do end end)",
      "(('x'):rep(10)):gsub('.', function() while true do end end)",
      "for i = 1, 1e9 do pcall(error) end",
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (script_run(&script, cases[i]) == 0) fail_msg("survived: %s", cases[i]);
    if (script.failure.kind != VM_KILLED_FUEL) fail_msg("%s: %s", cases[i], script.failure.message);
    script_expect(&script, "return 'alive'", "alive");
  }
  script_release(&script);
}

static void memory_is_capped(void **state) {
  static const char *const cases[] = {
      "local t, s = {}, ('x'):rep(2000) for i = 1, 1e9 do t[i] = s .. i end",
      "local s = 'x' while true do s = s .. s end",
      "local t, s = {}, ('x'):rep(100000) while true do t[#t + 1] = s .. #t end",
      "local t, s = {}, ('x'):rep(100000) pcall(function() while true do t[#t + 1] = s .. #t end end)",
      "local s = 'x' pcall(function() while true do s = s .. s end end) return 'survived'",
  };
  (void)state;
  struct vm_limits limits;
  vm_limits_default(&limits);
  limits.allowance[VM_RULE] = (struct vm_allowance){.fuel = 50000000, .cpu_ms = 3600000};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct script script;
    script_init(&script, &limits);
    if (script_run(&script, cases[i]) == 0) fail_msg("survived: %s", cases[i]);
    if (script.failure.kind != VM_KILLED_MEMORY) fail_msg("%s: %s", cases[i], script.failure.message);
    assert_true(vm_is_spent(script.vm));
    script_release(&script);
  }
}

/* One block that is too large is refused at once: Lua's error for that says nothing of where it was wanted. */
static void a_refused_block_has_a_place(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  script_run(&script, "local t = { '0123456789' }\nlocal n = 0\nfor i = 1, 60 do\n  t[i + 1] = t[i] .. t[i]\n"
                      "  n = n + 1\nend");
  assert_int_equal(script.failure.kind, VM_KILLED_MEMORY);
  assert_int_equal(script.failure.line, 4);
  assert_non_null(strstr(script.failure.message, "no memory for a block of"));
  script_release(&script);
}

/* One concatenation is one instruction, whatever it copies. */
static void long_texts_cost_fuel(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  script_run(&script, "local s = ('x'):rep(1000000)\nfor i = 1, 1000 do local t = s .. i end");
  assert_int_equal(script.failure.kind, VM_KILLED_FUEL);
  assert_int_equal(script.failure.line, 2);
  script_release(&script);
}

/* A script that uses most of the library runs under every memory limit from almost nothing on: each allocation is the
 * one that fails once, and none may end the process or leave the state unusable. */
static void any_allocation_may_fail(void **state) {
  static const char source[] =
      "local C = {} C.__index = C function C.__concat(a, b) return 'c' end\n"
      "local kept = {}\n"
      "for i = 1, 30 do\n"
      "  local o = setmetatable({ i, n = i }, C)\n"
      "  kept[#kept + 1] = (o .. 'x') .. ('%d %s'):format(i, tostring(o)) .. ('ab'):rep(i)\n"
      "  pcall(function() error({ code = i }) end)\n"
      "  xpcall(function() local t = nil return t.x end, function(m) return m .. i end)\n"
      "  kept[#kept + 1] = ('a,b,c'):gsub('%w', function(c) return c .. i end)\n"
      "  for w in ('one two'):gmatch('%a+') do kept[#kept + 1] = w end\n"
      "  local t = { 3, 1, 2, x = i, y = 2 } table.sort({ 3, 1, 2 }) table.insert(t, 4)\n"
      "  for k, v in pairs(t) do kept[#kept + 1] = k .. v end\n"
      "  kept[#kept + 1] = table.concat({ 'a', i }, '-') .. select('#', table.unpack({ 1, 2, 3 }))\n"
      "end return #kept";
  (void)state;
  int reached = 0, failed = 0;
  for (size_t bytes = 20 * 1024; bytes < 70 * 1024; bytes += 56) {
    struct script script;
    struct vm_limits limits;
    vm_limits_default(&limits);
    limits.memory_bytes = bytes;
    limits.allowance[VM_RULE].cpu_ms = 3600000;
    script_init(&script, &limits);
    if (script_load(&script, "rules/a.lua", source) == 0) {
      if (script_call(&script, VM_RULE) == 0)
        reached++;
      else
        failed += script.failure.message[0] != '\0';
    } else {
      failed += strncmp(script.err.text, "rules/a.lua: ", 13) == 0;
      assert_int_equal(script.err.code, ERR_LIMIT);
    }
    script_release(&script);
  }
  assert_true(reached > 0);
  assert_true(failed > 100);
}

static void garbage_is_not_a_leak(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (int i = 0; i < 200; i++)
    script_expect(&script, "local t for i = 1, 20 do t = ('x'):rep(20000 + i) end return #t", "20020");
  assert_false(vm_is_spent(script.vm));
  script_release(&script);
}

static void endless_recursion_has_a_place(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  script_run(&script, "local function f(n)\n return 1 + f(n + 1) end\n return f(1)");
  assert_int_equal(script.failure.kind, VM_KILLED_DEPTH);
  assert_int_equal(script.failure.line, 2);
  script_expect(&script,
                "local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end return f(15000)",
                "15000");
  script_release(&script);
}

static void processor_time_is_a_backstop(void **state) {
  (void)state;
  struct script script;
  struct vm_limits limits;
  vm_limits_default(&limits);
  limits.allowance[VM_RULE] = (struct vm_allowance){.fuel = INT64_MAX, .cpu_ms = 0};
  script_init(&script, &limits);
  script_run(&script, "while true do end");
  assert_int_equal(script.failure.kind, VM_KILLED_CPU);
  assert_string_equal(vm_failure_word(script.failure.kind), "processor_time");
  script_run(&script, "local t = {} while true do t[1] = ('x'):rep(1000, 'yyyyyy') end");
  assert_int_equal(script.failure.kind, VM_KILLED_CPU);
  script_release(&script);
}

static int nested_call(lua_State *L) {
  struct script *script = lua_touserdata(L, lua_upvalueindex(1));
  struct vm_failure failure;
  int status = script_load(script, "rules/inner.lua", lua_tostring(L, 1));
  assert_int_equal(status, 0);
  status = vm_call(script->vm, "inner", 0, 0, VM_RULE, &failure);
  assert_string_equal(vm_running(script->vm), "test");
  lua_pushstring(L, status == 0 ? "ok" : vm_failure_word(failure.kind));
  return 1;
}

/* The spec runner's case: a script calls the host, which evaluates rules in the same state. */
static void calls_nest(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  lua_State *L = vm_lua(script.vm);
  lua_pushlightuserdata(L, &script);
  lua_pushcclosure(L, nested_call, 1);
  sandbox_share(L, "nested");
  script_expect(&script, "return nested('return 1')", "ok");
  script_expect(&script, "return nested('error(1)')", "error");
  script_expect(&script, "return nested('while true do end') .. nested('return 1')", "fuelok");
  assert_null(vm_running(script.vm));
  script_run(&script, "nested('while true do end') while true do end");
  assert_int_equal(script.failure.kind, VM_KILLED_FUEL);
  assert_string_equal(script.failure.file, "rules/test.lua");
  script_release(&script);
}

static int grow(lua_State *L) {
  int *rounds = lua_touserdata(L, 1);
  lua_newtable(L);
  for (int i = 1; i <= *rounds; i++) {
    lua_pushinteger(L, i);
    lua_rawseti(L, -2, i);
  }
  return 0;
}

static void host_work_can_be_protected(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  int rounds = 1000;
  assert_int_equal(vm_protect(script.vm, "marshal", grow, &rounds, VM_RULE, &script.failure), 0);
  rounds = 10000000;
  assert_int_equal(vm_protect(script.vm, "marshal", grow, &rounds, VM_RULE, &script.failure), -1);
  assert_int_equal(script.failure.kind, VM_KILLED_MEMORY);
  script_release(&script);
}

static void numbers_that_leave(void **state) {
  static const struct {
    const char *source;
    bool ok;
  } cases[] = {
      {"return 1", true},
      {"return -0.5", true},
      {"return 2^53", true},
      {"return -2^53", true},
      {"return 2^53 + 2", false},
      {"return 0/0", false},
      {"return 1/0", false},
      {"return -1/0", false},
      {"return '12'", false},
      {"return nil", false},
      {"return true", false},
      {"return 1e300", false},
      {"return math.maxinteger", false},
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double number;
    assert_int_equal(script_load(&script, "rules/n.lua", cases[i].source), 0);
    assert_int_equal(vm_call(script.vm, "n", 0, 1, VM_RULE, &script.failure), 0);
    if (vm_number(vm_lua(script.vm), -1, &number) != cases[i].ok) fail_msg("%s", cases[i].source);
    lua_pop(vm_lua(script.vm), 1);
  }
  script_release(&script);
}

static int where(lua_State *L) {
  const char *file;
  int line;
  assert_true(vm_position(L, &file, &line));
  lua_pushfstring(L, "%s:%d", file, line);
  return 1;
}

/* A declaration in a user's file is placed there, though the prelude's function stands between. */
static void position_skips_trusted_files(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  lua_State *L = vm_lua(script.vm);
  lua_pushcfunction(L, where);
  sandbox_share(L, "where");
  assert_int_equal(
      script_load(&script, VM_TRUSTED "embudo/prelude.lua",
                  "return function(x)\n local at = where()\n if x then error('bad x', 2) end return at end"),
      0);
  assert_int_equal(vm_call(script.vm, "prelude", 0, 1, VM_LOAD, &script.failure), 0);
  sandbox_share(vm_lua(script.vm), "declare");
  script_expect(&script, "\n\nlocal at = declare()\nreturn at", "rules/test.lua:3");
  script_run(&script, "\n\n\ndeclare(1)");
  assert_string_equal(script.failure.message, "bad x");
  assert_int_equal(script.failure.line, 4);
  script_release(&script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(runs_and_returns),
      cmocka_unit_test(errors_have_a_place),
      cmocka_unit_test(places_cannot_be_forged),
      cmocka_unit_test(error_values_of_any_type),
      cmocka_unit_test(syntax_errors_name_the_file),
      cmocka_unit_test(refuses_bytecode_and_large_files),
      cmocka_unit_test(fuel_ends_loops),
      cmocka_unit_test(comparing_texts_costs_their_bytes),
      cmocka_unit_test(fuel_is_deterministic),
      cmocka_unit_test(a_kill_cannot_be_caught),
      cmocka_unit_test(memory_is_capped),
      cmocka_unit_test(a_refused_block_has_a_place),
      cmocka_unit_test(long_texts_cost_fuel),
      cmocka_unit_test(any_allocation_may_fail),
      cmocka_unit_test(garbage_is_not_a_leak),
      cmocka_unit_test(endless_recursion_has_a_place),
      cmocka_unit_test(processor_time_is_a_backstop),
      cmocka_unit_test(calls_nest),
      cmocka_unit_test(host_work_can_be_protected),
      cmocka_unit_test(numbers_that_leave),
      cmocka_unit_test(position_skips_trusted_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
