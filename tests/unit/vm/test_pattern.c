/* pattern.c against stock Lua's matcher, on generated patterns and subjects. */
#include "vm/library/pattern.h"
#include "vm/sandboxed.h"

#include <lualib.h>

enum { ROUNDS = 60000, TEXT_MAX = 64 };

static uint64_t random_state = 20240115;

static uint32_t random_below(uint32_t n) {
  random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(random_state >> 33) % n;
}

static const char *pick(const char *const *words, size_t count) {
  return words[random_below((uint32_t)count)];
}

/* A pattern that is well-formed as a rule, but not always: stock Lua's errors must be errors here too. */
static void make_pattern(char *out) {
  static const char *const singles[] = {
      "a",    "b",     ".",     "%a",   "%d",    "%s",   "%w",     "%A", "%l", "%p", "%x", "%-", "%%", "[ab]",
      "[^a]", "[a-c]", "[%d_]", "[]a]", "[^]b]", "[a-]", "[%a-z]", "-",  "x",  "%]", "%u", "%c", "%g"};
  static const char *const times[] = {"", "", "", "", "*", "+", "-", "?"};
  static const char *const others[] = {"(",       ")",  "()", "%b()", "%bab", "%f[%a]",
                                       "%f[^%w]", "%1", "%2", "$",    "^"};
  out[0] = '\0';
  if (random_below(5) == 0) strcat(out, "^");
  int open = 0;
  for (uint32_t n = 1 + random_below(6); n > 0; n--) {
    if (random_below(4) == 0) {
      const char *other = pick(others, COUNT_OF(others));
      if (strcmp(other, ")") == 0 && open == 0) continue;
      open += strcmp(other, "(") == 0 ? 1 : strcmp(other, ")") == 0 ? -1 : 0;
      strcat(out, other);
    } else {
      strcat(out, pick(singles, COUNT_OF(singles)));
      strcat(out, pick(times, COUNT_OF(times)));
    }
  }
  while (open-- > 0) strcat(out, ")");
  if (random_below(6) == 0) strcat(out, "$");
}

static void make_subject(char *out) {
  static const char letters[] = "aaabbbc(()) 1_-x]Z%\t";
  uint32_t len = random_below(20);
  for (uint32_t i = 0; i < len; i++) out[i] = letters[random_below(sizeof letters - 1)];
  out[len] = '\0';
}

/* Both states get the same function, which tells everything the four functions answer as one text. */
static const char PROBE[] =
    "local s, p, init = ...\n"
    "local out = {}\n"
    "local function add(...) for i = 1, select('#', ...) do out[#out + 1] = tostring((select(i, ...))) end"
    "  out[#out + 1] = ';' end\n"
    "add(s:find(p, init)) add(s:match(p, init)) add(s:gsub(p, '<%0>')) add(s:gsub(p, '%1', 2))\n"
    "add(s:gsub(p, function(a, b) return (b or a) and '[' .. tostring(b or a) .. ']' end))\n"
    "local n = 0 for a, b in s:gmatch(p) do add(a, b) n = n + 1 if n > 50 then break end end\n"
    "return table.concat(out, ',')";

static bool stock_run(lua_State *L, const char *subject, const char *text, int init) {
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  lua_pushstring(L, subject);
  lua_pushstring(L, text);
  lua_pushinteger(L, init);
  return lua_pcall(L, 3, 1, 0) == LUA_OK;
}

static bool our_run(struct script *script, const char *subject, const char *text, int init) {
  lua_State *L = vm_lua(script->vm);
  lua_pushvalue(L, 2);
  lua_pushstring(L, subject);
  lua_pushstring(L, text);
  lua_pushinteger(L, init);
  return vm_call(script->vm, "probe", 3, 1, VM_RULE, &script->failure) == 0;
}

/* A malformed part that no match reaches is an error here, and none in stock Lua. */
static bool is_refused_early(const char *message) {
  return strstr(message, "pattern") || strstr(message, "capture");
}

static void agrees_with_stock_lua(void **state) {
  (void)state;
  lua_State *stock = luaL_newstate();
  luaL_requiref(stock, "_G", luaopen_base, 1);
  luaL_requiref(stock, "string", luaopen_string, 1);
  luaL_requiref(stock, "table", luaopen_table, 1);
  lua_settop(stock, 0);
  assert_int_equal(luaL_loadstring(stock, PROBE), LUA_OK);
  struct script script;
  script_init(&script, NULL);
  assert_int_equal(script_load(&script, "rules/probe.lua", PROBE), 0);
  int matched = 0, refused = 0;
  for (int round = 0; round < ROUNDS; round++) {
    char text[TEXT_MAX * 2], subject[TEXT_MAX];
    make_pattern(text);
    make_subject(subject);
    int init = (int)random_below(8) - 3;
    bool theirs = stock_run(stock, subject, text, init);
    bool ours = our_run(&script, subject, text, init);
    if (!ours) {
      if (theirs && !is_refused_early(script.failure.message))
        fail_msg("'%s' on '%s': %s", text, subject, script.failure.message);
      refused++;
      continue;
    }
    if (!theirs) fail_msg("'%s' on '%s': stock says %s", text, subject, lua_tostring(stock, -1));
    lua_State *L = vm_lua(script.vm);
    if (strcmp(lua_tostring(L, -1), lua_tostring(stock, -1)) != 0)
      fail_msg("'%s' on '%s' from %d:\n ours  %s\n stock %s", text, subject, init, lua_tostring(L, -1),
               lua_tostring(stock, -1));
    matched++;
    lua_pop(L, 1);
  }
  assert_true(matched > ROUNDS / 2);
  assert_true(refused > 0);
  script_release(&script);
  lua_close(stock);
}

static int charged_steps;

static void count_steps(void *context, int steps) {
  (void)context;
  charged_steps += steps;
}

static void never_complex(void *context) {
  (void)context;
  fail_msg("too complex");
}

/* Every step of an exponential match is seen by the charge function. */
static void steps_are_charged(void **state) {
  (void)state;
  struct str text = STR("a?a?a?a?a?a?a?a?a?a?aaaaaaaaaa"), subject = STR("aaaaaaaaa");
  struct pattern pattern = {.items = xmalloc(pattern_room(text.len))};
  assert_null(pattern_compile(&pattern, text, true));
  struct pattern_match match = {
      .pattern = &pattern, .subject = subject, .charge = count_steps, .too_complex = never_complex};
  charged_steps = 0;
  assert_null(pattern_match_at(&match, subject.p));
  pattern_settle(&match);
  assert_true(charged_steps > 1024);
  free(pattern.items);
}

static void plain_texts(void **state) {
  (void)state;
  assert_true(pattern_is_plain(STR("hello, world")));
  assert_true(pattern_is_plain(STR("")));
  assert_false(pattern_is_plain(STR("a.b")));
  assert_false(pattern_is_plain(STR("a-b")));
  assert_false(pattern_is_plain(STR("[")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(agrees_with_stock_lua),
      cmocka_unit_test(steps_are_charged),
      cmocka_unit_test(plain_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
