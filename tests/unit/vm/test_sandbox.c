/* What scripts can and cannot reach, environments, frozen tables and sealed functions. */
#include "vm/sandbox/bytecode.h"
#include "vm/sandboxed.h"

static void the_way_out_is_shut(void **state) {
  static const struct script_case cases[] = {
      {"return os.time()", "\"os\" is not available in rules: lead.now is the only clock"},
      {"return io", "\"io\" is not available"},
      {"return debug", "\"debug\" is not available"},
      {"return require('x')", "\"require\" is not available"},
      {"return load('return 1')", "\"load\" is not available"},
      {"return loadstring", "\"loadstring\" is not available"},
      {"return dofile", "\"dofile\" is not available"},
      {"return loadfile", "\"loadfile\" is not available"},
      {"return coroutine", "\"coroutine\" is not available"},
      {"return collectgarbage()", "\"collectgarbage\" is not available"},
      {"return rawset", "\"rawset\" is not available"},
      {"return rawget", "\"rawget\" is not available"},
      {"return package", "\"package\" is not available"},
      {"print('x')", "\"print\" is not available"},
      {"return _G", "\"_G\" is not available"},
      {"return math.random()", "\"math.random\" is not available in rules: scores must not depend on chance"},
      {"return string.dump(function() end)", "\"string.dump\" is not available"},
      {"return ('x').dump", "\"string.dump\" is not available"},
      {"return string.pack", "\"string.pack\" is not available"},
      {"return warn", "unknown name \"warn\""},
  };
  (void)state;
  script_expect_all(cases, COUNT_OF(cases), true);
}

static void names_are_checked(void **state) {
  static const struct script_case cases[] = {
      {"return strng", "unknown name \"strng\": did you mean \"string\"?"},
      {"return string.fnid('a', 'b')", "unknown name \"string.fnid\": did you mean \"string.find\"?"},
      {"x = 1", "assignment to the global \"x\": write \"local x\""},
      {"function helper() end", "assignment to the global \"helper\": write \"local function helper\""},
      {"string = nil", "\"string\" is part of the notation and cannot be assigned"},
      {"_ENV.x = 1", "assignment to the global \"x\""},
      {"string.len = 1", "cannot set \"len\": this table is read-only"},
      {"math.pi = 3", "cannot set \"pi\": this table is read-only"},
      {"table.insert(_ENV, 1)", "a plain table is expected"},
      {"table.insert(string, 1)", "this table is read-only"},
      {"setmetatable(_ENV, {})", "its metatable is protected"},
      {"setmetatable(string, {})", "this table is read-only"},
      {"getmetatable(_ENV).__index = 1", "attempt to index a boolean value"},
      {"getmetatable('').__index = 1", "attempt to index a boolean value"},
  };
  (void)state;
  script_expect_all(cases, COUNT_OF(cases), true);
}

static void texts_are_not_matchers(void **state) {
  static const struct script_case cases[] = {
      {"return 'a' | 'b'", "use one_of { \"a\", \"b\" } instead of \"|\" between plain texts"},
      {"return '1' | '2'", "use one_of"},
      {"return 'a' & 'b'", "a plain text cannot be combined with \"&\""},
      {"return ~'a'", "use none_of { \"a\" } instead of \"~\""},
      {"return 'a' | 1", "use one_of"},
      {"return 'a' + 1", "attempt to add a 'string' with a 'number'"},
  };
  (void)state;
  script_expect_all(cases, COUNT_OF(cases), true);
}

static void other_operands_decide(void **state) {
  static const struct script_case cases[] = {
      {"local m = setmetatable({}, { __bor = function(a, b) return type(a) .. '|' .. type(b) end })"
       " return ('a' | m) .. ' ' .. (m | 'a')",
       "string|table table|string"},
      {"return '10' + 5", "15"},
      {"return ('a'):upper() .. ('x').rep('y', 3)", "Ayyy"},
  };
  (void)state;
  script_expect_all(cases, COUNT_OF(cases), false);
}

static void metatables_are_narrowed(void **state) {
  static const struct script_case errors[] = {
      {"setmetatable({}, { __gc = function() end })", "metamethod \"__gc\" is not available in rules"},
      {"setmetatable({}, { __close = function() end })", "metamethod \"__close\" is not available"},
      {"setmetatable({}, { __mode = 'k' })", "metamethod \"__mode\" is not available"},
      {"setmetatable({}, { __metatable = 1 })", "metamethod \"__metatable\" is not available"},
      {"setmetatable({}, { __name = 'x' })", "metamethod \"__name\" is not available"},
      {"setmetatable({}, { __pairs = 1 })", "metamethod \"__pairs\" is not available"},
      {"local x <close> = setmetatable({}, {})", "variable 'x' got a non-closable value"},
      {"setmetatable(1, {})", "table expected"},
      {"return tostring(setmetatable({}, { __tostring = function() return {} end }))",
       "must return a string"},
  };
  static const struct script_case results[] = {
      {"local C = {} C.__index = C function C.get(s) return s.v end"
       " return setmetatable({ v = 7 }, C):get()",
       "7"},
      {"local mt = {} local t = setmetatable({}, mt) mt.__gc = 1 mt.__index = { x = 1 } return t.x", "nil"},
      {"local mt = {} return getmetatable(setmetatable({}, mt)) == mt", "true"},
      {"return getmetatable('') == false and getmetatable({}) == nil", "true"},
      {"local t = setmetatable({}, { __index = 1 }) setmetatable(t, nil) return getmetatable(t)", "nil"},
      {"return tostring(setmetatable({}, { __tostring = function() return 'me' end }))", "me"},
      {"return #setmetatable({}, { __len = function() return 42 end })", "42"},
  };
  (void)state;
  script_expect_all(errors, COUNT_OF(errors), true);
  script_expect_all(results, COUNT_OF(results), false);
}

static void nothing_depends_on_the_run(void **state) {
  static const struct script_case results[] = {
      {"return tostring({}) .. ' ' .. tostring(tostring) .. ' ' .. tostring(function() end)",
       "table function function"},
      {"return tostring(0/0) .. tostring(-(0/0)) .. string.format('%f', -(0/0))", "nannannan"},
      {"return tostring(1e15) .. tostring(2^53) .. tostring(10 // 1) .. tostring(-0.0)",
       "1e+159.007199254741e+1510-0.0"},
      {"local r = {} for k in pairs { z = 1, a = 1, [10] = 1, [2] = 1, [true] = 1, [1.5] = 1, [false] = 1 } "
       "do"
       " r[#r + 1] = tostring(k) end return table.concat(r, ' ')",
       "1.5 2 10 a z false true"},
      {"local r = {} for k, v in pairs { 'x', 'y', 'z' } do r[#r + 1] = k .. v end return table.concat(r, ' "
       "')",
       "1x 2y 3z"},
      {"local t = {} for i = 1, 200 do t['k' .. i] = i end for i = 1, 200, 3 do t['k' .. i] = nil end"
       " for i = 1, 200, 6 do t['k' .. i] = i end"
       " local last for k in pairs(t) do assert(not last or last < k) last = k end return last",
       "k99"},
      {"local t, n = { a = 1, b = 2, c = 3 }, 0 for k in pairs(t) do t[k] = nil n = n + 1 end return n", "3"},
      {"local t, n = { a = 1, b = 2, c = 3 }, 0 for k in pairs(t) do t.b, t.c = nil, nil n = n + 1 end "
       "return n",
       "1"},
      {"return next({}) == nil and next({ 5 }) == 1", "true"},
      {"local r, t = '', { b = 1, a = 2, [3] = 3 } local k, v = next(t) while k do r = r .. k .. v k, v = "
       "next(t, k)"
       " end return r",
       "33a2b1"},
  };
  (void)state;
  script_expect_all(results, COUNT_OF(results), false);
  static const struct script_case errors[] = {
      {"for k in pairs { [{}] = 1 } do end", "a table with a key that is a table cannot be walked"},
      {"return next { [tostring] = 1 }", "a key that is a function"},
      {"for k in pairs(nil) do end", "table expected"},
      {"return ('%p'):format({})", "invalid conversion"},
  };
  script_expect_all(errors, COUNT_OF(errors), true);
}

static void environments_can_have_names(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  lua_State *L = vm_lua(script.vm);
  lua_pushinteger(L, 40);
  sandbox_share(L, "forty");
  sandbox_environment(L);
  lua_pushinteger(L, 2);
  sandbox_define(L, -2, "two");
  lua_pushinteger(L, 3);
  sandbox_define(L, -2, "three");
  assert_int_equal(vm_load_text(script.vm, "rules/a.lua", STR("return forty + two + three"), -1, &script.err),
                   0);
  assert_int_equal(vm_call(script.vm, "a", 0, 1, VM_RULE, &script.failure), 0);
  script_keep_result(&script);
  assert_string_equal(script.result, "45");
  lua_pop(L, 1);
  script_expect(&script, "return forty", "40");
  script_expect_error(&script, "return two", "unknown name \"two\"");
  script_expect_error(&script, "return fourty", "did you mean \"forty\"?");
  script_release(&script);
}

/* --- freezing and sealing ------------------------------------------------------------------------------------- */

/* Runs a file that returns a function, seals that, and calls it twice; the result of the second call. */
static int seal_run(struct script *script, const char *source) {
  struct vm *vm = script->vm;
  if (script_load(script, "rules/seal.lua", source)) fail_msg("%s", script->err.text);
  if (vm_call(vm, "load", 0, 1, VM_LOAD, &script->failure)) fail_msg("%s", script->failure.message);
  if (sandbox_seal(vm, -1, "rule \"r\"", &script->err)) {
    lua_pop(vm_lua(vm), 1);
    return 1;
  }
  for (int i = 0; i < 2; i++) {
    lua_pushvalue(vm_lua(vm), -1);
    if (script_call(script, VM_RULE)) {
      lua_settop(vm_lua(vm), 1);
      return -1;
    }
  }
  lua_pop(vm_lua(vm), 1);
  return 0;
}

static void captured_tables_can_be_read(void **state) {
  static const struct script_case cases[] = {
      {"local W = { a = 1, b = { c = 2 } } return function() return W.a + W.b.c end", "3"},
      {"local W = { 1, 2, 3 } return function() return #W .. W[2] .. table.concat(W, '-') end", "321-2-3"},
      {"local W = { 1, 2, 3 } return function() local n = 0 for i, v in ipairs(W) do n = n + i * v end "
       "return n end",
       "14"},
      {"local W = { x = 1, y = 2 } return function() local r = '' for k, v in pairs(W) do r = r .. k .. v end"
       " return r end",
       "x1y2"},
      {"local W = { 1, 2 } return function() local n = 0 for _, v in pairs(W) do n = n + v end return n end",
       "3"},
      {"local W = { 1, 2, 3 } return function() local a, b = table.unpack(W) return a + b + select('#',"
       " table.unpack(W)) end",
       "6"},
      {"local W = { 3, 1, 2 } return function() local c = table.move(W, 1, #W, 1, {}) table.sort(c)"
       " return c[1] .. c[3] .. W[1] end",
       "133"},
      {"local W = { a = 1 } return function() return next(W) .. rawlen(W) .. tostring(W) .. tostring(W.z) "
       "end",
       "a0tablenil"},
      {"local W = { [true] = 10, [false] = 1 } return function() return W['DE' == 'DE'] end", "10"},
      {"local a = {} a.self = a return function() return a.self.self == a end", "true"},
      {"local k = {} local W = { [k] = 5 } return function() return W[k] end", "5"},
      {"local C = {} C.__index = C function C.get(s) return s.v end local o = setmetatable({ v = 4 }, C)"
       " return function() return o:get() + setmetatable({ v = 3 }, C):get() end",
       "7"},
      {"local o = setmetatable({ a = 1 }, { __index = function(t, k) return k .. type(t) .. t.a end })"
       " return function() return o.a .. o.z end",
       "1ztable1"},
      {"local o = setmetatable({ 1, 2 }, { __len = function() return 9 end, __call = function(_, x) return x "
       "end })"
       " return function() return #o + o(1) end",
       "10"},
      {"local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end"
       " return function() return fib(10) end",
       "55"},
      {"local W = {} return function() return getmetatable(W) == nil and #W == 0 end", "true"},
      {"local s = ('a'):rep(3) return function() return s:upper() end", "AAA"},
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int status = seal_run(&script, cases[i].source);
    if (status) fail_msg("%s: %s", cases[i].source, status > 0 ? script.err.text : script.failure.message);
    if (strcmp(script.result, cases[i].expected) != 0) fail_msg("%s: %s", cases[i].source, script.result);
  }
  script_release(&script);
}

static void captured_tables_cannot_be_written(void **state) {
  static const struct script_case cases[] = {
      {"local W = {} return function(k) W[k or 'x'] = 1 end", "cannot set \"x\": this table is read-only"},
      {"local W = { x = 1 } return function(k) W[k or 'x'] = 2 end",
       "cannot set \"x\": this table is read-only"},
      {"local W = { 1 } return function() W[1] = 2 end", "cannot set an item: this table is read-only"},
      {"local W = { 1 } return function() table.insert(W, 2) end", "this table is read-only"},
      {"local W = { 1 } return function() table.remove(W) end", "this table is read-only"},
      {"local W = { 2, 1 } return function() table.sort(W) end", "this table is read-only"},
      {"local W = { 2, 1 } return function() table.move({ 5 }, 1, 1, 1, W) end", "this table is read-only"},
      {"local W = { {} } return function() W[1].x = 1 end", "cannot set \"x\": this table is read-only"},
      {"local W = {} return function() setmetatable(W, {}) end", "this table is read-only"},
      {"local function get() return {} end local t = get() local function put(k) t[k] = 1 end"
       " return function() put('n') end",
       "cannot set \"n\""},
      {"local k = {} local W = { [k] = 1 } return function() k[1] = 1 end", "read-only"},
      {"local mt = { __index = {} } local o = setmetatable({}, mt)"
       " return function() getmetatable(o).x = 1 end",
       "cannot set \"x\""},
      {"local o = setmetatable({}, { __newindex = function(t, k, v) end })"
       " return function() local w = o w.x = 1 end",
       "cannot set \"x\""},
      {"local o = setmetatable({}, { __index = function(t, k) t[k] = 1 end }) return function() return o.z "
       "end",
       "cannot set \"z\""},
      {"local W = {} local f = { put = function(t, v) t.x = v end } return function() f.put(W, 1) end",
       "cannot set \"x\""},
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int status = seal_run(&script, cases[i].source);
    if (status != -1) fail_msg("%s: %s", cases[i].source, status > 0 ? script.err.text : script.result);
    if (!strstr(script.failure.message, cases[i].expected))
      fail_msg("%s: %s", cases[i].source, script.failure.message);
  }
  script_release(&script);
}

static void captured_variables_cannot_be_assigned(void **state) {
  static const struct script_case cases[] = {
      {"local n = 0\nreturn function()\n n = n + 1\n return n end",
       "rules/seal.lua:3: rule \"r\" assigns \"n\", a variable of the file"},
      {"local n = 0\nlocal function tick() n = n + 1 return n end\nreturn function() return tick() end",
       "rules/seal.lua:2: rule \"r\" assigns \"n\""},
      {"local t = { f = {} } local n\n t.f[1] = function() n = 1 end\nreturn function() t.f[1]() end",
       "rules/seal.lua:2: rule \"r\" assigns \"n\""},
      {"local n\nreturn function() return function() return function() n = 1 end end end",
       "rules/seal.lua:2: rule \"r\" assigns \"n\""},
      {"local function counter() local n = 0 return function() n = n + 1 return n end end\n"
       "local c = counter()\nreturn function() return c() end",
       "rules/seal.lua:1: rule \"r\" assigns \"n\""},
      {"local W = {}\nreturn function() W.count = 1 end", "rules/seal.lua:2: rule \"r\" assigns \"W.count\""},
      {"return function() total = 1 end", "rule \"r\" assigns the global \"total\": write \"local total\""},
      {"local it = ('a b'):gmatch('%a') return function() return it() end", "captures an iterator"},
      {"local it = pairs({ b = 1 }) return function() return it() end", "captures an iterator"},
      {"local o = setmetatable({}, { __index = (function() local n = 0 return function() n = n + 1 return n "
       "end end)() })"
       " return function() return o.x end",
       "assigns \"n\""},
      {"local n = 0 local mt = { __call = function() n = n + 1 end } local o = setmetatable({}, mt) "
       "mt.__call = nil"
       " return function() return o() end",
       "assigns \"n\""},
      {"local f f = function() f = nil end return function() f() end", "assigns \"f\""},
  };
  (void)state;
  if (!bytecode_is_known()) skip();
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int status = seal_run(&script, cases[i].source);
    if (status != 1) fail_msg("%s: was sealed", cases[i].source);
    if (!strstr(script.err.text, cases[i].expected)) fail_msg("%s: %s", cases[i].source, script.err.text);
  }
  script_release(&script);
}

static void locals_stay_free(void **state) {
  static const struct script_case cases[] = {
      {"return function() local n = 0 for i = 1, 3 do n = n + i end return n end", "6"},
      {"return function() local n = 0 local function add(x) n = n + x end add(1) add(2) return n end", "3"},
      {"return function() local r = {} local s = ('abc'):gsub('.', function(c) r[#r + 1] = c end) return #r "
       "end",
       "3"},
      {"return function() local t = {} t.x = 1 t[1] = 2 return t.x + t[1] end", "3"},
      {"return function() local a = 1 return (function() return (function() a = a + 1 return a end)() end)() "
       "end",
       "2"},
      {"local function make() local o = {} local n = 1 function o.f() n = n + 1 return n end return o end"
       " return function() return make().f() end",
       "2"},
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int status = seal_run(&script, cases[i].source);
    if (status) fail_msg("%s: %s", cases[i].source, status > 0 ? script.err.text : script.failure.message);
    if (strcmp(script.result, cases[i].expected) != 0) fail_msg("%s: %s", cases[i].source, script.result);
  }
  script_release(&script);
}

/* A trusted file may keep state: the notation's prelude does. */
static void trusted_functions_are_left_alone(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  assert_int_equal(
      script_load(&script, VM_TRUSTED "embudo/count.lua",
                  "local n, seen = 0, {} return function() n = n + 1 seen[n] = true return #seen end"),
      0);
  assert_int_equal(vm_call(script.vm, "prelude", 0, 1, VM_LOAD, &script.failure), 0);
  sandbox_share(vm_lua(script.vm), "count");
  assert_int_equal(seal_run(&script, "local c = count return function() return c() end"), 0);
  assert_string_equal(script.result, "2");
  script_release(&script);
}

static void large_captures_are_frozen_whole(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  int status =
      seal_run(&script, "local W = {} for i = 1, 20000 do W[i] = { i } end W.deep = {} local d = W.deep"
                        " for i = 1, 20000 do d.next = {} d = d.next end"
                        " return function() return #W + W[20000][1] end");
  if (status) fail_msg("%s", status > 0 ? script.err.text : script.failure.message);
  assert_string_equal(script.result, "40000");
  script_release(&script);
}

static void the_host_freezes_tables(void **state) {
  (void)state;
  struct script script;
  script_init(&script, NULL);
  lua_State *L = vm_lua(script.vm);
  lua_newtable(L);
  lua_newtable(L);
  lua_pushinteger(L, 7);
  lua_setfield(L, -2, "inner");
  lua_setfield(L, -2, "outer");
  assert_false(sandbox_is_frozen(L, -1));
  sandbox_freeze(L, -1);
  assert_true(sandbox_is_frozen(L, -1));
  sandbox_raw(L, -1);
  assert_int_equal(lua_getfield(L, -1, "outer"), LUA_TTABLE);
  assert_true(sandbox_is_frozen(L, -1));
  lua_pop(L, 2);
  sandbox_share(L, "config");
  script_expect(&script, "return config.outer.inner", "7");
  script_expect_error(&script, "config.outer.inner = 1", "read-only");
  assert_int_equal(lua_gettop(L), 1);
  script_release(&script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_way_out_is_shut),
      cmocka_unit_test(names_are_checked),
      cmocka_unit_test(texts_are_not_matchers),
      cmocka_unit_test(other_operands_decide),
      cmocka_unit_test(metatables_are_narrowed),
      cmocka_unit_test(nothing_depends_on_the_run),
      cmocka_unit_test(environments_can_have_names),
      cmocka_unit_test(captured_tables_can_be_read),
      cmocka_unit_test(captured_tables_cannot_be_written),
      cmocka_unit_test(captured_variables_cannot_be_assigned),
      cmocka_unit_test(locals_stay_free),
      cmocka_unit_test(trusted_functions_are_left_alone),
      cmocka_unit_test(large_captures_are_frozen_whole),
      cmocka_unit_test(the_host_freezes_tables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
