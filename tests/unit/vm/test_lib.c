/* The library of scripts: results like stock Lua's where it is the same function, bounds and charges where it is not. */
#include "vm/sandboxed.h"

static void protected_calls(void **state) {
  static const struct script_case results[] = {
      {"local ok, e = pcall(error, { code = 7 }) return tostring(ok) .. e.code", "false7"},
      {"return select('#', pcall(function(...) return ... end, 1, nil, nil))", "4"},
      {"local ok, e = pcall(error) return tostring(ok) .. tostring(e)", "falsenil"},
      {"local ok, e = pcall(nil) return e", "attempt to call a nil value"},
      {"local ok, e = xpcall(function() error('x', 0) end, function(m) return m .. '!' end) return e", "x!"},
      {"local ok, a, b = xpcall(function(x, y) return y, x end, error, 1, 2) return a .. b", "21"},
      {"local ok, e = xpcall(error, function(m) error('again') end) return tostring(ok)", "false"},
      {"local function f(n) if n == 0 then error('deep', 0) end return pcall(f, n - 1) end"
       " local r = { f(50) } return #r .. tostring(r[50]) .. tostring(r[51])",
       "51falsedeep"},
      {"local function f() return pcall(f) end local r = { f() } return type(r[#r])", "string"},
  };
  (void)state;
  script_expect_all(results, COUNT_OF(results), false);
}

static void tables(void **state) {
  static const struct script_case results[] = {
      {"local t = { 1, 2 } table.insert(t, 3) table.insert(t, 1, 0) return table.concat(t, ',')", "0,1,2,3"},
      {"local t = { 1, 2, 3 } local a, b = table.remove(t, 1), table.remove(t) return a .. b .. #t .. t[1]",
       "1312"},
      {"return tostring(table.remove({})) .. tostring(table.remove({}, 0)) .. tostring(table.remove({ 1 }, "
       "2))",
       "nilnilnil"},
      {"return table.concat({ 1, 'a', 2.5 }, ', ', 2, 3) .. table.concat({}) .. table.concat({ 'x' }, 'y')",
       "a, 2.5x"},
      {"return table.concat({}, 'x', math.maxinteger, math.mininteger)", ""},
      {"return table.concat({ [math.maxinteger] = 'z' }, 'x', math.maxinteger, math.maxinteger)", "z"},
      {"return select('#', table.unpack({}, 1, 3)) .. select('#', table.unpack({ 1, 2 }))", "32"},
      {"return table.unpack({ 'a', 'b' }, 2)", "b"},
      {"local t = table.pack(1, nil, nil) return t.n .. t[1]", "31"},
      {"return table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ',')", "1,1,2,3"},
      {"return table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ',')", "2,3,3"},
      {"return table.concat(table.move({ 1, 2, 3 }, 1, 3, 3, { 8, 9 }), ',')", "8,9,1,2,3"},
      {"local t = { 5, 2, 8, 1, 9, 3 } table.sort(t) return table.concat(t)", "123589"},
      {"local t = { 5, 2, 8, 1 } table.sort(t, function(a, b) return a > b end) return table.concat(t)",
       "8521"},
      {"local t = { 'b', 'a', 'B', '' } table.sort(t) return table.concat(t, ',')", ",B,a,b"},
      {"local t = { 2.5, 1, 2, -1e300 } table.sort(t) return t[1] == -1e300 and t[2] .. t[3] .. t[4]",
       "122.5"},
      {"local t = {} for i = 1, 1000 do t[i] = { k = i % 7, n = i } end table.sort(t, function(a, b) return "
       "a.k < b.k"
       " end) for i = 2, 1000 do assert(t[i - 1].k < t[i].k or t[i - 1].n < t[i].n) end return 'stable'",
       "stable"},
      {"local t = { 3, 1, 2 } table.sort(t, function() return true end) return #t", "3"},
  };
  static const struct script_case errors[] = {
      {"table.insert({ 1 }, 5, 2)", "position out of bounds"},
      {"table.insert({ 1 }, 1, 2, 3)", "wrong number of arguments to 'insert'"},
      {"table.remove({ 1 }, 7)", "position out of bounds"},
      {"table.concat({ {} })", "invalid value (table) at index 1 in table for 'concat'"},
      {"table.concat({ 1, 2 }, ',', 1, 3)", "invalid value (nil) at index 3"},
      {"table.concat({}, '', 1, 1 << 62)", "a range of more than 1000000 items"},
      {"table.move({}, 1, 1 << 40, 2)", "a range of more than 1000000 items"},
      {"table.move({ 1, 2 }, 1, 2, math.maxinteger)", "destination wrap around"},
      {"table.unpack({}, 1, 1e7)", "a range of more than 1000000 items"},
      {"table.unpack({}, math.mininteger, math.maxinteger)", "a range of more than 1000000 items"},
      {"table.sort({ 1, 'x' })", "attempt to compare"},
      {"table.sort({ 1, 2, nil, 4 }, 1)", "function expected"},
      {"local t = setmetatable({}, { __len = function() return 1 << 62 end }) table.insert(t, 1, 1)",
       "a plain table is expected, this one has a metatable"},
      {"table.concat(setmetatable({}, { __index = table.concat }))", "a plain table is expected"},
  };
  (void)state;
  script_expect_all(results, COUNT_OF(results), false);
  script_expect_all(errors, COUNT_OF(errors), true);
}

static void texts(void **state) {
  static const struct script_case results[] = {
      {"return ('ab'):rep(3, '-') .. ('x'):rep(0) .. ('x'):rep(-1) .. (''):rep(1 << 62)", "ab-ab-ab"},
      {"return ('aBc'):upper() .. ('aBc'):lower() .. ('abc'):reverse() .. ('abc'):len() .. ('abc'):sub(-2)",
       "ABCabccba3bc"},
      {"return string.char(72, 105) .. ('A'):byte()", "Hi65"},
      {"return ('%d %5d|%-5d|%05d %+d'):format(1, 2, 3, 4, 5)", "1     2|3    |00004 +5"},
      {"return ('%s %10s|%-4s|%.2s'):format('a', 'b', 'c', 'defg')", "a          b|c   |de"},
      {"return ('%g %.3f %e %x %X %o %c %i %%'):format(0.5, 1 / 3, 12345.678, 255, 255, 8, 65, 7)",
       "0.5 0.333 1.234568e+04 ff FF 10 A 7 %"},
      {"return ('%s %s %s'):format({}, nil, true)", "table nil true"},
      {"return ('%s'):format(setmetatable({}, { __tostring = function() return 'me' end }))", "me"},
      {"return #('%99.99f'):format(1e308)", "409"},
      {"return ('%d'):format('10') .. ('%d'):format(3.0) .. ('%5.1f'):format('2.25')", "103  2.2"},
      {"return ('%a'):format(1)", "0x1p+0"},
      {"return #('%s'):format(('x'):rep(5000))", "5000"},
      {"return utf8.char(241, 8364) .. utf8.len('\\u{f1}\\u{20ac}') .. utf8.codepoint('\\u{f1}')",
       "\xc3\xb1\xe2\x82\xac"
       "2241"},
      {"return math.floor(3.7) + math.max(1, 5) + math.tointeger(2.0)", "10"},
      {"return tonumber('0x10') + tonumber('z', 36) + (tonumber('nope') or 1)", "52"},
  };
  static const struct script_case errors[] = {
      {"return ('x'):rep(1 << 62)", "string.rep would make more than 1048576 bytes"},
      {"return ('x'):rep(1 << 40, 'y')", "string.rep would make more than"},
      {"return (('x'):rep(1000):gsub('x', ('y'):rep(10000)))",
       "string.gsub would make more than 1048576 bytes"},
      {"return (('x'):rep(2000):gsub('.*', ('%0'):rep(2000)))",
       "string.gsub would make more than 1048576 bytes"},
      {"return ('%s%s'):format(('x'):rep(600000), ('x'):rep(600000))",
       "string.format would make more than 1048576 bytes"},
      {"return ('%d'):format(1.5)", "number has no integer representation"},
      {"return ('%d'):format('x')", "number expected, got string"},
      {"return ('%d'):format()", "bad argument #1 to 'format' (no value)"},
      {"return ('%q'):format('x')", "invalid conversion '%q' to 'format'"},
      {"return ('%p'):format('x')", "invalid conversion '%p'"},
      {"return ('%1000d'):format(1)", "invalid conversion '%100'"},
      {"return ('%.1000f'):format(1)", "invalid conversion"},
      {"return ('%'):format(1)", "invalid conversion '%' to 'format'"},
      {"return ('%-+#0 -+#0 d'):format(1)", "invalid conversion"},
      {"return ('%0s'):format('x')", "invalid conversion '%0s'"},
      {"return ('%n'):format('x')", "invalid conversion '%n'"},
      {"return ('%ls'):format('x')", "invalid conversion '%l'"},
  };
  (void)state;
  script_expect_all(results, COUNT_OF(results), false);
  script_expect_all(errors, COUNT_OF(errors), true);
}

static void patterns(void **state) {
  static const struct script_case results[] = {
      {"return ('hello world'):find('o w')", "5"},
      {"return select(2, ('hello'):find('l+'))", "4"},
      {"return ('a.b'):find('.', 1, true)", "2"},
      {"return tostring(('abc'):find('b', 3)) .. tostring(('abc'):find('', 10)) .. ('abc'):find('', 4)",
       "nilnil4"},
      {"return ('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "key"},
      {"return ('abc'):match('()b()')", "2"},
      {"return ('  trim  '):match('^%s*(.-)%s*$') .. '|'", "trim|"},
      {"local r = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do r[#r + 1] = k .. v end return "
       "table.concat(r)",
       "a1b2"},
      {"local r = {} for w in ('one two'):gmatch('%a*') do r[#r + 1] = '<' .. w .. '>' end return "
       "table.concat(r)",
       "<one><two>"},
      {"local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n", "4"},
      {"for w in ('^a^b'):gmatch('^%a') do return w end", "^a"},
      {"return ('hello'):gsub('l', 'L')", "heLLo"},
      {"return select(2, ('hello'):gsub('', '-'))", "6"},
      {"return ('hello'):gsub('', '-')", "-h-e-l-l-o-"},
      {"return ('abc'):gsub('%w', '%0%0', 2)", "aabbc"},
      {"return ('abc'):gsub('(a)(b)', '%2%1%%')", "ba%c"},
      {"return ('$name is $age'):gsub('%$(%w+)', { name = 'Ana', age = 30 })", "Ana is 30"},
      {"return ('abc'):gsub('%w', function(c) if c == 'b' then return 'B' end end)", "aBc"},
      {"return ('abc'):gsub('^a', 'x')", "xbc"},
      {"return ('aaa'):gsub('^a', 'x')", "xaa"},
      {"return ('THE (quick) fox'):find('%((%a+)%)')", "5"},
      {"return ('f(a(b)c)d'):match('%b()')", "(a(b)c)"},
      {"return ('THE (quick) fox'):gsub('%f[%a]%a+', 'x')", "x (x) x"},
      {"return ('\"it\\'s\"'):match('([\"\\']).-%1')", "\""},
      {"return ('x'):gsub('x', 5)", "5"},
      {"return #('a\\0b'):match('a%cb')", "3"},
      {"return ('abc'):gsub('b', false or '%1')", "abc"},
      {"return ('x-y'):gsub('[%-x]', '')", "y"},
      {"return ('a]b'):match('[]]')", "]"},
      {"return ('a^b'):match('[b^]')", "^"},
  };
  static const struct script_case errors[] = {
      {"return ('a'):find('[a')", "malformed pattern (missing ']')"},
      {"return ('a'):find('%')", "malformed pattern (ends with '%')"},
      {"return ('a'):find('(a')", "unfinished capture"},
      {"return ('a'):match('a)')", "invalid pattern capture"},
      {"return ('a'):find('%1')", "invalid capture index"},
      {"return ('a'):find('(a%1)')", "invalid capture index"},
      {"return ('a'):find('%b(')", "missing arguments to '%b'"},
      {"return ('a'):find('%fa')", "missing '[' after '%f'"},
      {"return ('a'):find(('()'):rep(33))", "too many captures"},
      {"return ('a'):rep(300):find(('a?'):rep(300))", "pattern too complex"},
      {"return ('a'):find(('a?'):rep(5000))", "pattern too long"},
      {"return ('a'):gsub('a', '%2')", "invalid capture index %2 in replacement string"},
      {"return ('a'):gsub('a', '%x')", "invalid use of '%' in replacement string"},
      {"return ('a'):gsub('a', function() return {} end)", "invalid replacement value (a table)"},
      {"return ('a'):gsub('a')", "string/function/table expected"},
  };
  (void)state;
  script_expect_all(results, COUNT_OF(results), false);
  script_expect_all(errors, COUNT_OF(errors), true);
}

/* A list as the host shows it: the squares of 1 to 4. */
static int squares_index(lua_State *L) {
  lua_Integer i = lua_tointeger(L, 2);
  if (i < 1 || i > 4) return 0;
  lua_pushinteger(L, i * i);
  return 1;
}

static int squares_len(lua_State *L) {
  lua_pushinteger(L, 4);
  return 1;
}

static int squares_next(lua_State *L) {
  lua_Integer i = lua_tointeger(L, 2) + 1;
  if (i > 4) return 0;
  lua_pushinteger(L, i);
  lua_pushinteger(L, i * i);
  return 2;
}

static int squares_pairs(lua_State *L) {
  lua_pushcfunction(L, squares_next);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

static void views_of_the_host_can_be_read(void **state) {
  static const luaL_Reg meta[] = {
      {"__index", squares_index}, {"__len", squares_len}, {"__pairs", squares_pairs}, {NULL, NULL}};
  static const struct script_case results[] = {
      {"return table.concat(squares, ',') .. #squares", "1,4,9,164"},
      {"return select('#', table.unpack(squares)) + select(2, table.unpack(squares))", "8"},
      {"return table.concat(table.move(squares, 2, 3, 1, {}), ',')", "4,9"},
      {"local n = 0 for _, v in ipairs(squares) do n = n + v end return n", "30"},
      {"local n = 0 for k, v in pairs(squares) do n = n + k * v end return n", "100"},
      {"local k, v = next(squares) local k2, v2 = next(squares, 3) return k .. v .. k2 .. v2", "11416"},
      {"return next(squares, 4)", "nil"},
      {"return getmetatable(squares)", "false"},
  };
  static const struct script_case errors[] = {
      {"table.insert(squares, 1)", "table expected, got userdata"},
      {"table.sort(squares)", "table expected, got userdata"},
      {"setmetatable(squares, {})", "table expected, got userdata"},
      {"squares[1] = 2", "attempt to index a userdata value"},
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  lua_State *L = vm_lua(script.vm);
  lua_newuserdatauv(L, 1, 0);
  luaL_newlib(L, meta);
  lua_setmetatable(L, -2);
  sandbox_share(L, "squares");
  for (size_t i = 0; i < COUNT_OF(results); i++)
    script_expect(&script, results[i].source, results[i].expected);
  for (size_t i = 0; i < COUNT_OF(errors); i++)
    script_expect_error(&script, errors[i].source, errors[i].expected);
  script_release(&script);
}

/* Work inside one library call is paid for: none of these is a loop of VM instructions. */
static void library_work_costs_fuel(void **state) {
  static const char *const cases[] = {
      "return ('a'):rep(10000):find('.-.-.-b')",
      "return ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40))",
      "return ((' '):rep(20000) .. 'x'):gsub('%s+$', '')",
      "local s = ('x'):rep(1000000) for i = 1, 1000 do s:upper() end",
      "local s = ('x'):rep(1000000) local t = {} for i = 1, 1000 do t[i] = s end table.sort(t)",
      ("local t = {} for i = 1, 1000 do t[i] = i end "
       "for i = 1, 10000 do table.insert(t, 1, 0) table.remove(t, 1) end"),
      "local t = {} for i = 1, 5000 do t['k' .. i] = i end for k in next, t do end",
      "local s = ('x'):rep(1000000) for i = 1, 1000 do utf8.len(s) end",
      "local s = ('1'):rep(1000000) for i = 1, 1000 do tonumber(s) end",
      "local s = ('x'):rep(1000000) for i = 1, 1000 do s:find('y', 1, true) end",
      "local s = ('(' ):rep(100000) return s:find('%b()')",
      "local s = ('x'):rep(1000) for i = 1, 1000 do s:gsub('.', ('y'):rep(1000)) end",
  };
  (void)state;
  struct script script;
  script_init(&script, NULL);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (script_run(&script, cases[i]) == 0) fail_msg("%s: was not stopped", cases[i]);
    if (script.failure.kind != VM_KILLED_FUEL && script.failure.kind != VM_KILLED_MEMORY)
      fail_msg("%s: %s", cases[i], script.failure.message);
  }
  script_release(&script);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(protected_calls), cmocka_unit_test(tables),
      cmocka_unit_test(texts),           cmocka_unit_test(views_of_the_host_can_be_read),
      cmocka_unit_test(patterns),        cmocka_unit_test(library_work_costs_fuel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
