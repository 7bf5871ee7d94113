#include "unit.h"

#include "vm/script/task.h"

static struct script *script;
static struct declarations declarations;

static int find(void *context, struct str what, struct str name, struct str key, struct arena *arena,
                struct value *found, struct err *err) {
  (void)context, (void)arena;
  if (str_eq(name, STR("bad"))) return err_set(err, ERR_NOT_FOUND, "there is no list 'bad'");
  if (str_eq(what, STR("list"))) *found = value_bool(str_eq(key, STR("gmail.com")));
  if (str_eq(what, STR("domain"))) *found = value_str(STR("acme.co.uk"));
  return 0;
}

static const struct task_lookup lookup = {NULL, find};

static size_t output_bytes; /* of one call; 0: as it is by itself */

/* A script whose function 0 is an enricher's with this body. */
static void load(const char *body) {
  struct script_limits limits;
  struct problems problems;
  struct err err;
  struct buf text;
  buf_init(&text);
  buf_printf(&text,
             "local key = secret 'TOP'\nlocal words = { 'a', 'b' }\n"
             "enricher 'x' { needs = { 'email_domain' }, gives = { 'a' }, run = function(lead, http, dns, "
             "lookup)\n%s\nend }",
             body);
  problems_init(&problems);
  declarations_init(&declarations);
  script_limits_default(&limits);
  if (output_bytes) limits.vm.output_bytes = output_bytes;
  script = script_new(&limits, &err);
  script_declare(script, SCRIPT_RULES, "e.lua", buf_str(&text), &declarations, &problems);
  script_seal(script, &declarations, &problems);
  if (problems.count) fail_msg("%d: %s", problems.items[0].place.line, problems.items[0].text);
  problems_release(&problems);
  buf_release(&text);
}

static void unload(void) {
  script_free(script);
  declarations_release(&declarations);
}

static struct task *begin(const char *body, enum task_state expected) {
  static const struct pair pair = {{"email_domain", 12},
                                   {.kind = VALUE_STRING, .len = 12, .text = "acme.example"}};
  load(body);
  struct task *task =
      task_new(script, 0, (struct value){.kind = VALUE_MAP, .len = 1, .pairs = &pair}, &lookup);
  enum task_state state = task_begin(task);
  if (state != expected) fail_msg("state %d: %s", state, task_failure(task)->at.message);
  return task;
}

static void end(struct task *task) {
  task_free(task);
  unload();
}

static void assert_json(struct value value, const char *expected) {
  struct buf out;
  struct json_writer w;
  buf_init(&out);
  json_writer_init(&w, &out);
  json_put_value(&w, value);
  assert_string_equal(out.data, expected);
  buf_release(&out);
}

static void asks_in_straight_lines(void **state) {
  (void)state;
  struct task *task =
      begin("local a = http.get('https://x/' .. lead.traits.email_domain, { auth = key, headers = { x = "
            "hmac(key, 't') } })\n"
            "local b = dns.mx('y')\n"
            "return { ['company.employees'] = a.json.n + #b, flag = a.status == 200, list = words }",
            TASK_WAITS);
  assert_json(task_asked(task), "{\"call\":\"http\",\"method\":\"GET\",\"url\":\"https://x/acme.example\","
                                "\"options\":{\"auth\":{\"\\u0000secret\":\"TOP\"},\"headers\":{\"x\":{"
                                "\"\\u0000secret\":\"TOP\",\"form\":\"hex\",\"hmac\":\"t\"}}}}");
  const struct pair n = {STR("n"), value_number(40)};
  const struct pair answer[] = {{STR("status"), value_number(200)},
                                {STR("json"), {.kind = VALUE_MAP, .len = 1, .pairs = &n}}};
  struct task_reply reply = {.value = {.kind = VALUE_MAP, .len = 2, .pairs = answer}};
  assert_int_equal(task_resume(task, &reply), TASK_WAITS);
  assert_json(task_asked(task), "{\"call\":\"dns\",\"type\":\"mx\",\"name\":\"y\"}");
  const struct value hosts[] = {value_str(STR("a")), value_str(STR("b"))};
  reply.value = (struct value){.kind = VALUE_LIST, .len = 2, .items = hosts};
  assert_int_equal(task_resume(task, &reply), TASK_ANSWERED);
  assert_json(task_answer(task), "{\"company.employees\":42,\"flag\":true,\"list\":[\"a\",\"b\"]}");
  end(task);
}

static void failed_calls_are_nil_and_an_error(void **state) {
  (void)state;
  const struct task_reply reply = {.code = "timeout", .message = "it took too long"};
  struct task *task = begin("local a, err = http.get('https://x')\nif a then return {} end\n"
                            "return { why = err.code .. ': ' .. err.message }",
                            TASK_WAITS);
  assert_int_equal(task_resume(task, &reply), TASK_ANSWERED);
  assert_json(task_answer(task), "{\"why\":\"timeout: it took too long\"}");
  end(task);
  task = begin("local a, err = http.get('https://x')\nerror(err)", TASK_WAITS);
  assert_int_equal(task_resume(task, &reply), TASK_FAILED);
  assert_string_equal(task_failure(task)->code, "timeout");
  assert_int_equal(task_failure(task)->at.line, 5);
  end(task);
}

static void ends_of_a_run(void **state) {
  (void)state;
  static const struct {
    const char *body;
    enum task_state state;
    const char *message;
  } cases[] = {
      {"return nothing", TASK_NOTHING, ""},
      {"return nil", TASK_NOTHING, ""},
      {"return", TASK_NOTHING, ""},
      {"return {}", TASK_ANSWERED, ""},
      {"return 5", TASK_FAILED, "it returned a number: return { [\"trait\"] = value, .. }, or nothing"},
      {"return { a = function() end }", TASK_FAILED, "a function is no data"},
      {"return { a = 0/0 }", TASK_FAILED, "a number that is not finite is no data"},
      {"return { a = ('x'):rep(256 * 1024) }", TASK_FAILED, "more than 256 KiB at once (limits.rule_output)"},
      {"return { a = #('x'):rep(256 * 1024) }", TASK_ANSWERED, ""},
      {"local t = {} t.t = t return t", TASK_FAILED, "tables are nested more than 32 deep"},
      {"return { a = lead.traits.title }", TASK_FAILED,
       "lead.traits.title is not among what it needs: add it to needs = { .. }"},
      {"return { a = lead.id }", TASK_FAILED,
       "an enricher sees lead.traits alone: its answer is shared by all leads with the same values"},
      {"return { a = http.fetch }", TASK_FAILED, "http has no \"fetch\""},
      {"http.get = 1", TASK_FAILED, "http, dns and lookup cannot be changed"},
      {"http.get()", TASK_FAILED, "http takes a URL as text, not a no value"},
      {"http.get(key)", TASK_FAILED, "http takes a URL as text, not a table"},
      {"return { a = 'x' .. key }", TASK_FAILED, "attempt to concatenate a phrase value (upvalue 'key')"},
      {"table.sort({ 1, 2 }, function() return http.get('https://x') end)", TASK_FAILED,
       "the world cannot be asked from inside sort, gsub or a metamethod"},
      {"while true do end", TASK_FAILED,
       "stopped after 2000000 instructions: an endless loop, or too much work for one call"},
      {"pcall(function() while true do end end) return nothing", TASK_FAILED,
       "stopped after 2000000 instructions: an endless loop, or too much work for one call"},
      {"return { a = lookup.list('freemail', 'gmail.com'), b = lookup.domain('x'), c = lookup.csv('a', nil) "
       "}",
       TASK_ANSWERED, ""},
      {"return { a = lookup.list('bad', 'gmail.com') }", TASK_FAILED, "there is no list 'bad'"},
      {"return { a = tostring(key) }", TASK_ANSWERED, ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct task *task = begin(cases[i].body, cases[i].state);
    if (cases[i].state == TASK_FAILED) assert_string_equal(task_failure(task)->at.message, cases[i].message);
    end(task);
  }
}

static void a_secret_is_never_a_text(void **state) {
  (void)state;
  struct task *task = begin("return { a = tostring(key) }", TASK_ANSWERED);
  assert_json(task_answer(task), "{\"a\":\"table\"}");
  end(task);
}

static void waits_inside_pcall(void **state) {
  (void)state;
  const struct task_reply reply = {.code = "reset", .message = "broken"};
  struct task *task =
      begin("local fine, err = pcall(function() local a, e = http.get('https://x') error(e) end)\n"
            "return { fine = fine, code = err.code }",
            TASK_WAITS);
  assert_int_equal(task_resume(task, &reply), TASK_ANSWERED);
  assert_json(task_answer(task), "{\"code\":\"reset\",\"fine\":false}");
  end(task);
}

static void fuel_is_counted_over_the_whole_run(void **state) {
  (void)state;
  const struct task_reply reply = {.value = value_bool(true)};
  struct task *task = begin("for round = 1, 100 do\n"
                            "  http.get('https://x')\n  for i = 1, 400000 do end\nend return nothing",
                            TASK_WAITS);
  int rounds = 0;
  enum task_state now = TASK_WAITS;
  while (now == TASK_WAITS && ++rounds < 100) now = task_resume(task, &reply);
  assert_int_equal(now, TASK_FAILED);
  assert_string_equal(task_failure(task)->code, "fuel");
  assert_in_range(rounds, 20, 30);
  end(task);
}

static void many_wait_at_once_and_may_be_dropped(void **state) {
  (void)state;
  struct task *tasks[100];
  const struct task_reply reply = {.value = value_number(7)};
  load("local a = http.get('https://x') return { a = a }");
  for (size_t i = 0; i < COUNT_OF(tasks); i++) {
    tasks[i] = task_new(script, 0, (struct value){.kind = VALUE_MAP}, &lookup);
    assert_int_equal(task_begin(tasks[i]), TASK_WAITS);
  }
  for (size_t i = 0; i < COUNT_OF(tasks); i++) {
    if (i % 2) assert_int_equal(task_resume(tasks[i], &reply), TASK_ANSWERED);
    task_free(tasks[i]);
  }
  unload();
}

/* The same body is too much under a smaller limit, whether it is an answer or what is sent with a call. */
static void what_it_gives_is_bounded(void **state) {
  (void)state;
  static const struct {
    size_t bytes;
    const char *body;
    enum task_state expected;
  } cases[] = {
      {2000, "return { a = ('x'):rep(1000) }", TASK_ANSWERED},
      {1000, "return { a = ('x'):rep(1000) }", TASK_FAILED},
      {2000, "http.post('https://x', { body = ('x'):rep(1000) }) return {}", TASK_WAITS},
      {1000, "http.post('https://x', { body = ('x'):rep(1000) }) return {}", TASK_FAILED},
      {1000, "local t = {} for i = 1, 1000 do t[i] = true end return { a = t }", TASK_FAILED},
      {1000, "local t = {} for i = 1, 300 do t['k' .. i] = 1 end return { a = t }", TASK_FAILED},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    output_bytes = cases[i].bytes;
    end(begin(cases[i].body, cases[i].expected));
  }
  output_bytes = 0;
}

static void begin_again(struct task *task, const struct task_reply *reply) {
  assert_true(task_failure(task)->lost);
  assert_string_equal(task_failure(task)->code, "lost");
  assert_int_equal(task_begin(task), TASK_WAITS);
  assert_int_equal(task_resume(task, reply), TASK_ANSWERED);
  assert_false(task_failure(task)->lost);
}

/* A memory kill takes what waits with it, and nothing else: the next run finds a new state, as do those that begin again. */
static void a_memory_kill_loses_what_waits(void **state) {
  (void)state;
  const struct task_reply reply = {.value = value_bool(true)}, greedy = {.value = value_number(1)};
  load("local a = http.get('https://x')\nif a == 1 then local t = { '0123456789' } for i = 1, 60 do t[i + 1] "
       "= t[i] .. t[i] end "
       "end return { a = a }");
  struct task *waiting = task_new(script, 0, (struct value){.kind = VALUE_MAP}, &lookup);
  struct task *killed = task_new(script, 0, (struct value){.kind = VALUE_MAP}, &lookup);
  struct task *next = task_new(script, 0, (struct value){.kind = VALUE_MAP}, &lookup);
  struct task *early = task_new(script, 0, (struct value){.kind = VALUE_MAP}, &lookup);
  assert_int_equal(task_begin(waiting), TASK_WAITS);
  assert_int_equal(task_begin(killed), TASK_WAITS);
  assert_int_equal(task_begin(early), TASK_WAITS);
  assert_int_equal(task_resume(killed, &greedy), TASK_FAILED);
  assert_string_equal(task_failure(killed)->code, "memory");
  assert_false(task_failure(killed)->lost);
  assert_int_equal(task_resume(early, &reply), TASK_FAILED); /* before there is a new state */
  assert_int_equal(task_begin(next), TASK_WAITS);
  assert_int_equal(task_resume(waiting, &reply), TASK_FAILED); /* after it */
  assert_int_equal(task_resume(next, &reply), TASK_ANSWERED);
  begin_again(early, &reply);
  begin_again(waiting, &reply);
  task_free(early);
  task_free(waiting);
  task_free(killed);
  task_free(next);
  unload();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(asks_in_straight_lines),
      cmocka_unit_test(failed_calls_are_nil_and_an_error),
      cmocka_unit_test(ends_of_a_run),
      cmocka_unit_test(a_secret_is_never_a_text),
      cmocka_unit_test(waits_inside_pcall),
      cmocka_unit_test(fuel_is_counted_over_the_whole_run),
      cmocka_unit_test(many_wait_at_once_and_may_be_dropped),
      cmocka_unit_test(what_it_gives_is_bounded),
      cmocka_unit_test(a_memory_kill_loses_what_waits),
  };
  return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
