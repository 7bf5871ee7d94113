#include "unit.h"

#include "base/timefmt.h"
#include "notation/compile.h"
#include "vm/script/script.h"

/* A ruleset of dimensions fit and intent, and one rule `f` from the test's text. */
struct fixture {
  struct script *script;
  struct declarations declarations;
  struct problems problems;
  struct ruleset *rules;
  struct json_reader *reader;
  struct event event;
};

static const char *const event_json =
    "{\"properties\":{\"seats\":20,\"half\":0.5,\"plan\":\"pro\",\"none\":null,\"big\":1e300,\"yes\":true,"
    "\"items\":[1,null,\"x\",{\"y\":7}],\"deep\":{\"a\":{\"b\":2}}},\"context\":{\"ip\":\"1.2.3.4\"},"
    "\"traits\":{\"a\":1}}";

static void open_event(struct fixture *fixture) {
  struct json_ref root;
  struct err err;
  fixture->reader = json_reader_new();
  assert_int_equal(json_parse(fixture->reader, event_json, strlen(event_json), &root, &err), 0);
  fixture->event = (struct event){.type = EVENT_TRACK,
                                  .name = STR("Trial Started"),
                                  .message_id = STR("m-1"),
                                  .time_ms = 1704099600000,
                                  .root = root,
                                  .properties = json_get(root, STR("properties")),
                                  .context = json_get(root, STR("context")),
                                  .traits = json_get(root, STR("traits"))};
}

static void init(struct fixture *fixture, const char *text) {
  struct script_limits limits;
  struct err err;
  script_limits_default(&limits);
  for (int i = 0; i < VM_BUDGETS; i++) limits.vm.allowance[i].cpu_ms = 3600000;
  limits.vm.allowance[VM_RULE].fuel = 500000;
  fixture->script = script_new(&limits, &err);
  assert_non_null(fixture->script);
  declarations_init(&fixture->declarations);
  problems_init(&fixture->problems);
  struct buf source;
  buf_init(&source);
  buf_printf(&source, "dimension 'fit' {} dimension 'intent' {}\n%s", text);
  script_declare(fixture->script, SCRIPT_RULES, "web.lua", buf_str(&source), &fixture->declarations,
                 &fixture->problems);
  buf_release(&source);
  script_seal(fixture->script, &fixture->declarations, &fixture->problems);
  fixture->rules = notation_compile(&fixture->declarations, NULL, 0, "", &fixture->problems);
  if (!fixture->rules) fail_msg("%s: %s", text, fixture->problems.items[0].text);
  script_bind(fixture->script, fixture->rules, NULL);
  open_event(fixture);
}

static void release(struct fixture *fixture) {
  ruleset_free(fixture->rules);
  script_free(fixture->script);
  declarations_release(&fixture->declarations);
  problems_release(&fixture->problems);
  json_reader_free(fixture->reader);
}

/* The answer of `rule "f"` whose points are `function(lead, event) BODY end`, as text. */
static void answer(struct fixture *fixture, struct buf *out) {
  struct fn_amount amounts[RULESET_MAX_DIMENSIONS];
  uint32_t count = 0;
  size_t failures;
  switch (script_points_at_ingest(fixture->script, 0, &fixture->event, amounts, &count)) {
  case SCRIPT_NEEDS_LEAD: buf_add_text(out, "needs lead"); break;
  case SCRIPT_FAILED: {
    const struct script_failure *failure = script_failures(fixture->script, &failures);
    failure += failures - 1;
    buf_printf(out, "%s:%d %s", failure->place.file, failure->place.line, failure->message);
    break;
  }
  case SCRIPT_POINTS:
    for (uint32_t i = 0; i < count; i++)
      buf_printf(out, "%s=%lld ", fixture->rules->dimensions[amounts[i].dimension].name,
                 (long long)amounts[i].points);
  }
}

static const struct {
  const char *body, *expected;
} ingest_cases[] = {
    {"return { intent = math.min(event.properties.seats or 0, 50) }", "intent=20000 "},
    {"return { intent = 1, fit = -2.5 }", "fit=-2500 intent=1000 "},
    {"return nil", ""},
    {"return {}", ""},
    {"", ""},
    {"return { fit = 0.0005 }", "fit=1 "},
    {"return { fit = -0.0005 }", "fit=-1 "},
    {"return { fit = 0.00049 }", "fit=0 "},
    {"return { fit = event.properties.half + event.properties['deep.a.b'] + event.properties.deep.a.b }",
     "fit=4500 "},
    {"return { fit = event.properties.none == nil and event.properties.absent == nil and 1 or 0 }",
     "fit=1000 "},
    {"local p = event.properties return { fit = p == event.properties and 1 or 0 }", "fit=1000 "},
    {"return { fit = #event.properties.items, intent = event.properties.items[4].y }",
     "fit=4000 intent=7000 "},
    {"local n = 0 for k, v in pairs(event.properties.items) do n = n + k end return { fit = n }",
     "fit=8000 "},
    {"local s = '' for k in pairs(event.properties) do s = s .. k .. ' ' end error(s, 0)",
     "web.lua:2 seats half plan big yes items deep "},
    {"return { fit = event.type == 'track' and event.name == 'Trial Started' and event.id == 'm-1' and 1 "
     "or 0 }",
     "fit=1000 "},
    {"return { fit = event.time // 1000000000 }", "fit=1704000 "},
    {"return { fit = event.context.ip == '1.2.3.4' and event.traits.a or 0 }", "fit=1000 "},
    {"return { fitt = 1 }",
     "web.lua:2 it gave points to an unknown dimension \"fitt\": did you mean \"fit\"?"},
    {"return { ['\\27[31m\\n\\xc2\\x9b\\u{202e}'] = 1 }",
     "web.lua:2 it gave points to an unknown dimension \" [31m   \""},
    {"return 3", "web.lua:2 it returned a number: return { dimension = number }, {} or nil"},
    {"return event.properties", "web.lua:2 it returned a userdata: return { dimension = number }, {} or nil"},
    {"return { 1 }", "web.lua:2 it returned a table with a number as key: return { dimension = number }"},
    {"return { fit = '3' }", "web.lua:2 its points for fit are a string, not a number"},
    {"return { fit = 1/0 }",
     "web.lua:2 its points for fit are inf: they must lie between -1000000 and 1000000"},
    {"return { fit = event.properties.big }",
     "web.lua:2 its points for fit are 1e+300: they must lie between -1000000 and 1000000"},
    {"return { fit = 1000000 }", "fit=1000000000 "},
    {"return { fit = -1000000.001 }",
     "web.lua:2 its points for fit are -1000000.001: they must lie between -1000000 and 1000000"},
    {"return { fit = event.propertys.x }",
     "web.lua:2 event has no \"propertys\": did you mean \"properties\"?"},
    {"event.name = 'x'", "web.lua:2 lead and event are read-only"},
    {"event.properties.x = 1", "web.lua:2 lead and event are read-only"},
    {"\n\nerror('no')", "web.lua:4 no"},
    {"return { fit = lead.traits.x }", "needs lead"},
    {"if event.type == 'page' then return { fit = lead.scores.fit } end", ""},
    {"pcall(function() return lead.id end) return { fit = 1 }", "needs lead"},
    {"while true do end",
     "web.lua:2 stopped after 500000 instructions: an endless loop, or too much work for one call"},
    {"return { fit = page {} }",
     "web.lua:2 declare the selector outside the function: local seen_it = page { .. }"},
    {"return { fit = (trait {} & trait {}) }", "web.lua:2 trait declares, so it stands outside functions; "
                                               "inside, compare values: lead.scores.fit >= 40"},
    {"return { fit = secret 'KEY' }", "web.lua:2 a secret cannot be named in this function; a destination "
                                      "has them in options, its functions in effect.options"},
    {"rule 'x' {}", "web.lua:2 rule declares, so it stands at the top of a file, outside functions"},
};

static void points_at_ingest(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(ingest_cases); i++) {
    struct fixture fixture;
    struct buf text, out;
    buf_init(&text);
    buf_init(&out);
    buf_printf(&text, "rule 'f' { on = track 'Trial Started', points = function(lead, event) %s end }",
               ingest_cases[i].body);
    init(&fixture, text.data);
    answer(&fixture, &out);
    if (strcmp(out.data, ingest_cases[i].expected) != 0)
      fail_msg("%s\n  gave:     %s\n  expected: %s", ingest_cases[i].body, out.data,
               ingest_cases[i].expected);
    release(&fixture);
    buf_release(&text);
    buf_release(&out);
  }
}

static void views_end_with_their_call(void **state) {
  (void)state;
  static const char *const stashes[] = {"event", "event.properties", "event.properties.items",
                                        "pairs(event.properties)"};
  for (size_t i = 0; i < COUNT_OF(stashes); i++) {
    struct fixture fixture;
    struct buf text, out;
    buf_init(&text);
    buf_init(&out);
    /* An error value is the one thing that could leave a call; a table of the file is read-only. */
    buf_printf(&text,
               "local kept = {}\nrule 'f' { on = track 'X', points = function(lead, event) "
               "kept.x = %s return {} end }",
               stashes[i]);
    struct script_limits limits;
    struct err err;
    script_limits_default(&limits);
    struct script *script = script_new(&limits, &err);
    declarations_init(&fixture.declarations);
    problems_init(&fixture.problems);
    script_declare(script, SCRIPT_RULES, "web.lua", buf_str(&text), &fixture.declarations, &fixture.problems);
    assert_int_equal(fixture.problems.errors, 1);
    assert_string_equal(fixture.problems.items[0].code, "kept_state");
    declarations_release(&fixture.declarations);
    problems_release(&fixture.problems);
    script_free(script);
    buf_release(&text);
    buf_release(&out);
  }
}

static void failures_quarantine(void **state) {
  (void)state;
  struct fixture fixture;
  struct fn_amount amounts[RULESET_MAX_DIMENSIONS];
  uint32_t count;
  size_t failures;
  init(&fixture, "rule 'f' { on = track 'X', points = function(lead, event)\n error('no') end }");
  for (int i = 1; i <= SCRIPT_QUARANTINE_AFTER; i++) {
    char id[16];
    snprintf(id, sizeof id, "m-%d", i);
    fixture.event.message_id = str_of(id);
    for (int again = 0; again < 3; again++) { /* how often an event comes up does not matter */
      assert_int_equal(script_failure_count(fixture.script, 0), i - (again == 0));
      assert_int_equal(script_points_at_ingest(fixture.script, 0, &fixture.event, amounts, &count),
                       SCRIPT_FAILED);
      assert_int_equal(script_stopped(fixture.script, 0), i == SCRIPT_QUARANTINE_AFTER);
    }
  }
  assert_true(script_stopped(fixture.script, 0));
  assert_int_equal(script_points_at_ingest(fixture.script, 0, &fixture.event, amounts, &count),
                   SCRIPT_FAILED);
  assert_int_equal(script_failure_count(fixture.script, 0), SCRIPT_QUARANTINE_AFTER);
  const struct script_failure *failure = script_failures(fixture.script, &failures);
  assert_int_equal(failures, SCRIPT_FAILURES_OF_ONE);
  assert_string_equal(failure->owner, "rule f");
  assert_string_equal(failure->event_id, "m-1");
  assert_string_equal(failure->message, "no");
  assert_int_equal(failure->place.line, 3);
  assert_int_equal(failure->time_ms, fixture.event.time_ms);
  release(&fixture);
}

static void a_memory_kill_renews_the_state(void **state) {
  (void)state;
  struct fixture fixture;
  struct fn_amount amounts[RULESET_MAX_DIMENSIONS];
  uint32_t count;
  init(&fixture, "rule 'a' { on = track 'X', points = function(lead, event)\n"
                 "local t, s = {}, ('x'):rep(100000) for i = 1, 1000 do t[i] = s .. i end return {} end }\n"
                 "rule 'b' { on = track 'X', points = function(lead, event) return { fit = 7 } end }");
  assert_int_equal(script_points_at_ingest(fixture.script, 0, &fixture.event, amounts, &count),
                   SCRIPT_FAILED);
  assert_true(vm_is_spent(script_vm(fixture.script)));
  assert_int_equal(script_points_at_ingest(fixture.script, 1, &fixture.event, amounts, &count),
                   SCRIPT_POINTS);
  assert_int_equal(count, 1);
  assert_int_equal(amounts[0].points, 7000);
  assert_false(vm_is_spent(script_vm(fixture.script)));
  assert_int_equal(script_function_count(fixture.script), 2);
  release(&fixture);
}

/* --- with a lead -------------------------------------------------------------------------------------------------- */

static const struct event *open_kept(void *context, const struct touch *touch) {
  (void)touch;
  return &((struct fixture *)context)->event;
}

/* A fold of one identify touch, at 2024-01-01T09:00:00Z. */
static struct fold *fold_one(struct fixture *fixture, struct arena *arena, const struct fold_calls *calls,
                             struct touch **touch) {
  struct pair company[] = {{STR("name"), value_str(STR("Acme"))}, {STR("employees"), value_number(300)}};
  struct trait_write *traits = arena_zalloc(arena, 3 * sizeof *traits);
  struct touch_more *more = arena_zalloc(arena, sizeof *more);
  traits[0] = (struct trait_write){STR("title"), value_str(STR("CTO"))};
  traits[1] = (struct trait_write){
      STR("company"), value_copy(arena, (struct value){.kind = VALUE_MAP, .len = 2, .pairs = company})};
  more->traits = traits;
  more->trait_count = 2;
  *touch = touch_new(arena, 0, 0, NULL);
  (*touch)->time_ms = 1704099600000;
  (*touch)->key = "src\0m-9";
  (*touch)->key_len = 7;
  (*touch)->type = EVENT_IDENTIFY;
  (*touch)->flags = TOUCH_ACTIVITY;
  (*touch)->more = more;
  struct fold *fold = fold_new(fixture->rules, calls);
  fold_begin(fold, STR("ana"));
  fold_touch(fold, *touch);
  return fold;
}

static const struct {
  const char *body, *expected;
  unsigned reads;
} lead_cases[] = {
    {"return { fit = lead.id == 'ana' and 1 or 0 }", "fit=1000 ", 0},
    {"return { fit = lead.traits.company.employees, intent = lead.traits['company.employees'] }",
     "fit=300000 intent=300000 ", READS_TRAITS},
    {"return { fit = lead.traits.title == 'CTO' and lead.traits.nope == nil and 1 or 0 }", "fit=1000 ",
     READS_TRAITS},
    {"local s = '' for k in pairs(lead.traits.company) do s = s .. k .. ' ' end error(s, 0)",
     "web.lua:2 name employees ", READS_TRAITS},
    {"return { fit = lead.scores.fit + 1 }", "fit=1000 ", READS_SCORES},
    {"local n = 0 for k, v in pairs(lead.scores) do n = n + 1 end return { fit = n }", "fit=2000 ",
     READS_SCORES},
    {"return { fit = lead.scores.fitt }", "web.lua:2 unknown dimension \"fitt\": did you mean \"fit\"?",
     READS_SCORES},
    {"return { fit = lead.now // 1000000000 }", "fit=1704000 ", READS_TIME},
    {"return { fit = (lead.now - lead.first_seen) + (lead.now - lead.last_seen) }", "fit=0 ",
     READS_TIME | READS_ACTIVITY},
    {"return { fit = lead.cycle, intent = lead.stage == nil and 1 or 0 }", "fit=1000 intent=1000 ",
     READS_STAGE},
    {"return { fit = lead.account == nil and 1 or 0 }", "fit=1000 ", READS_TRAITS},
    {"return { fit = lead.velocity('fit', '7d') }", "fit=0 ", READS_SCORES},
    {"return { fit = lead.velocity('fit', '36h') }",
     "web.lua:2 lead.velocity takes whole days, \"1d\" to \"30d\"", READS_SCORES},
    {"return { fit = lead:velocity('fit', '7d') }", "web.lua:2 write lead.velocity(..), with a dot",
     READS_SCORES},
    {"return { fit = lead.count(demo, '7d') + lead.count(demo) }", "fit=0 ", READS_COUNTERS},
    {"return { fit = lead.count(3) }",
     "web.lua:2 lead.count takes a selector that was declared outside the function", READS_COUNTERS},
    {"return { fit = lead.count(demo, '7 days') }",
     "web.lua:2 \"7 days\" is no duration: write \"90s\", \"15m\", \"4h\", \"7d\" or \"2w\"", READS_COUNTERS},
    {"return { fit = lead.trait }", "web.lua:2 lead has no \"trait\": did you mean \"traits\"?", 0},
    {"return { fit = event.properties.seats }", "fit=20000 ", READS_EVENT},
};

static void leads_are_read(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(lead_cases); i++) {
    struct fixture fixture;
    struct buf text, out;
    struct arena arena;
    struct touch *touch;
    struct fn_amount amounts[RULESET_MAX_DIMENSIONS];
    size_t failures;
    arena_init(&arena, 0);
    buf_init(&text);
    buf_init(&out);
    buf_printf(&text,
               "local demo = track 'Demo' rule 'f' { on = track 'T', points = function(lead, event) %s end }",
               lead_cases[i].body);
    init(&fixture, text.data);
    struct script_events events = {&fixture, open_kept};
    script_bind(fixture.script, fixture.rules, &events);
    struct fold_calls calls = script_calls(fixture.script);
    struct fold *fold = fold_one(&fixture, &arena, &calls, &touch);
    int count = calls.points(calls.context, 0, fold, touch, amounts);
    for (int k = 0; k < count; k++)
      buf_printf(&out, "%s=%lld ", fixture.rules->dimensions[amounts[k].dimension].name,
                 (long long)amounts[k].points);
    const struct script_failure *failure = script_failures(fixture.script, &failures);
    if (count < 0) {
      buf_printf(&out, "%s:%d %s", failure->place.file, failure->place.line, failure->message);
      assert_string_equal(failure->lead_id, "ana");
      assert_string_equal(failure->event_id, "m-9");
    }
    if (strcmp(out.data, lead_cases[i].expected) != 0)
      fail_msg("%s\n  gave:     %s\n  expected: %s", lead_cases[i].body, out.data, lead_cases[i].expected);
    unsigned reads = ~0U;
    int64_t steady_until = 0;
    calls.test(calls.context, 0, fold, touch, &reads, &steady_until);
    assert_int_equal(reads, lead_cases[i].reads);
    fold_free(fold);
    release(&fixture);
    buf_release(&text);
    buf_release(&out);
    arena_release(&arena);
  }
}

static void conditions_are_lua_truths(void **state) {
  (void)state;
  static const struct {
    const char *body;
    enum truth expected;
  } cases[] = {{"return true", TRUTH_YES}, {"return false", TRUTH_NO},         {"", TRUTH_NO},
               {"return 0", TRUTH_YES},    {"return lead.traits.a", TRUTH_NO}, {"error('x')", TRUTH_UNKNOWN}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct fixture fixture;
    struct buf text;
    struct arena arena;
    struct touch *touch;
    unsigned reads;
    int64_t steady_until;
    arena_init(&arena, 0);
    buf_init(&text);
    buf_printf(&text, "rule 'f' { when = function(lead) %s end, points = { fit = 1 } }", cases[i].body);
    init(&fixture, text.data);
    struct fold_calls calls = script_calls(fixture.script);
    struct fold *fold = fold_one(&fixture, &arena, &calls, &touch);
    assert_int_equal(calls.test(calls.context, 0, fold, NULL, &reads, &steady_until), cases[i].expected);
    fold_free(fold);
    release(&fixture);
    buf_release(&text);
    arena_release(&arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(points_at_ingest),    cmocka_unit_test(views_end_with_their_call),
      cmocka_unit_test(failures_quarantine), cmocka_unit_test(a_memory_kill_renews_the_state),
      cmocka_unit_test(leads_are_read),      cmocka_unit_test(conditions_are_lua_truths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
