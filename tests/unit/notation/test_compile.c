#include "notation/notation_text.h"

#include "base/timefmt.h"

#define DIMENSIONS                                                                                           \
  "dimension \"fit\" { min = 0, max = 100, bands = { A = 70, B = 45, C = 20, D = 0 } }\n"                    \
  "dimension \"engagement\" { min = 0, max = 100, bands = { [\"1\"] = 60, [\"2\"] = 0 } }\n"                 \
  "dimension \"intent\" { min = 0, max = 100 }\n"

/* The first edition of the notation, every example of it. */
static const char first_edition[] = DIMENSIONS
    "group \"profile\" { dimension = \"fit\", max = 60 }\n"
    "group \"web\" { dimension = \"engagement\" }\n"
    "grade { \"fit\", \"engagement\" }\n"
    "rule \"pricing_page\" { doc = \"Looked at prices\", group = \"web\", on = page { path = glob "
    "\"/pricing*\" },\n"
    "  points = { engagement = 15 }, limit = { times = 3, per = \"7d\" }, decay = half_life \"30d\" }\n"
    "rule \"senior_title\" { doc = \"Can sign\", group = \"profile\",\n"
    "  when = trait { title = word { \"ceo\", \"cto\", \"director\" } }, points = { fit = 20 } }\n"
    "rule \"employees\" { doc = \"Company size\", dimension = \"fit\", field = \"company.employees\",\n"
    "  first = { { at_least(1000), value = 15 }, { between(50, 999), value = 20 }, { missing, value = 0 },\n"
    "  { any, value = -10 } } }\n"
    "rule \"free_mail\" { when = trait { email_domain = listed \"freemail\" }, points = { fit = -20 } }\n"
    "rule \"long_webinar\" { on = track \"Webinar Attended\" { minutes = at_least(20) },\n"
    "  points = { engagement = 12 }, limit = { times = 3 } }\n"
    "rule \"no_show\" { on = sequence { track \"Webinar Registered\", no(track \"Webinar Attended\"),\n"
    "  within = \"2d\", same = \"webinar_id\" }, points = { engagement = -5 } }\n"
    "rule \"paid_click\" { on = page { [\"context.campaign.medium\"] = one_of { \"cpc\", \"paid\" } },\n"
    "  points = { engagement = 2 }, limit = { times = 5 } }\n"
    "rule \"asked_demo\" { on = track \"Demo Requested\" | track \"Form Submitted\" { form = \"demo\" },\n"
    "  points = { intent = 40 }, decay = linear \"60d\" }\n"
    "rule \"videos\" { on = track(glob \"Video *\"), points = { engagement = 1 }, decay = linear \"60d\",\n"
    "  topics = { \"product\" } }\n"
    "rule \"call_answer\" { on = track \"Call Completed\" { outcome = \"interested\" },\n"
    "  when = stage { \"mql\", \"sal\" }, points = { intent = 25 }, cooldown = \"1d\" }\n"
    "rule \"cto_pricing\" { on = page { path = starts \"/pricing\" }, counts_while = trait { title = word { "
    "\"cto\" } },\n"
    "  points = { intent = 10 } }\n"
    "rule \"hot_sequence\" { on = sequence { times(2, page { path = starts \"/pricing\" }), track \"Demo "
    "Requested\",\n"
    "  within = \"14d\" }, points = { intent = 40 }, decay = step { [\"14d\"] = 0.5, [\"30d\"] = 0 } }\n"
    "rule \"five_pages\" { when = seen(page {}, { distinct = \"path\", times = 5, within = \"7d\" }),\n"
    "  points = { engagement = 10 } }\n"
    "rule \"trial_seats\" { on = track \"Trial Started\", points = function(lead, event) return {} end }\n"
    "rule \"spike\" { when = function(lead) return lead.velocity(1) end, points = { intent = 10 } }\n"
    "rule \"product\" { when = interest { product = at_least(3) }, points = { intent = 5 } }\n"
    "reset \"unsubscribed\" { doc = \"Asked us to stop\", on = track \"Unsubscribed\", dimensions = { "
    "\"engagement\" } }\n"
    "reset \"silent\" { when = idle \"30d\", dimensions = { \"engagement\" }, keep = 0.5 }\n"
    "ignore \"own_staff\" { doc = \"Us\", when = trait { email_domain = listed \"own_domains\" } | trait { "
    "email = glob \"*+test@*\" } }\n"
    "ignore \"bots\" { on = any_event { [\"context.ip\"] = cidr { \"203.0.113.0/24\" } } }\n"
    "activity { page {}, track(none_of { \"Email Sent\", \"Email Opened\" }) }\n"
    "profile { required = { \"first_name\", \"last_name\", \"title\", \"company.name\", \"email\" },\n"
    "  optional = { phone = 2, linkedin = 1 }, valid = { phone = matches \"^\\\\+[1-9]\\\\d{6,14}$\" } }\n"
    "identity { email = \"merge\", never = listed \"shared_mailboxes\" }\n"
    "lifecycle \"main\" { start = \"lead\",\n"
    "  gate \"name_and_title\" { doc = \"Not negotiable\", into = { \"mql\" }, need = known { "
    "\"first_name\", \"phone\" } },\n"
    "  move { \"lead\", \"mql\", when = score { fit = at_least(30) } & (score { engagement = at_least(50) } "
    "|\n"
    "    score { intent = at_least(40) }), again = \"30d\" },\n"
    "  move { \"lead\", \"mql\", doc = \"Asked to talk\", when = seen(track \"Demo Requested\", { since = "
    "\"cycle\" }) &\n"
    "    score { fit = at_least(20) }, again = \"30d\" },\n"
    "  move { \"mql\", \"lead\", when = score { engagement = below(30), intent = below(20) } & in_stage_for "
    "\"30d\" },\n"
    "  move { \"mql\", \"sal\", by = \"sales\" },\n"
    "  move { { \"mql\", \"sal\" }, \"disqualified\", by = { \"sales\", \"marketing\" },\n"
    "    reasons = { competitor = \"never\", no_need = \"180d\" } } }\n"
    "test \"of the rules themselves\" {}\n";

static const struct list_source lists[] = {
    {STR("freemail"), STR("lists/freemail.txt"), STR("gmail.com\n")},
    {STR("own_domains"), STR("lists/own_domains.txt"), STR("acme.example\n")},
    {STR("shared_mailboxes"), STR("lists/shared_mailboxes.txt"), STR("info@acme.example\n")},
};

static struct rule *rule_of(const struct compiled *compiled, const char *id) {
  int rule = ruleset_rule(compiled->rules, str_of(id));
  assert_int_not_equal(rule, NONE);
  return &compiled->rules->rules[rule];
}

static const struct signal *signal_of(const struct compiled *compiled, const char *rule) {
  return &compiled->rules->signals[rule_of(compiled, rule)->on.ids[0]];
}

static void first_edition_compiles(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  assert_string_equal(compiled_said(&compiled, SEVERITY_NOTE), "");
  assert_non_null(compiled.rules);
  const struct ruleset *rules = compiled.rules;
  assert_int_equal(rules->rule_count, 16);
  assert_int_equal(rules->behaviour_count, 10);
  assert_int_equal(rules->reset_count, 2);
  assert_int_equal(rules->ignore_count, 2);
  assert_int_equal(rules->profile_count, 7);
  assert_int_equal(rules->list_count, 3);
  assert_int_equal(rules->regex_count, 1);
  assert_true(rules->merge_by_email);
  assert_int_equal(rules->never_id->op, MATCH_LISTED);
  assert_string_equal(rules->hash, "abc");
  assert_string_equal(rules->dimensions[rules->grade_rows].name, "fit");
  assert_string_equal(rules->dimensions[rules->grade_columns].name, "engagement");
  assert_int_equal(rules->activity.count, 1);
  assert_non_null(rules->atom_index);
  assert_int_equal(rules->function_count, 2);
  compiled_release(&compiled);
}

static void dimensions_and_groups(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  const struct dimension *fit = &compiled.rules->dimensions[0];
  assert_int_equal(fit->min, 0);
  assert_int_equal(fit->max, 100000);
  assert_int_equal(fit->band_count, 4);
  assert_string_equal(fit->bands[0].name, "A");
  assert_int_equal(fit->bands[0].from, 70000);
  assert_string_equal(fit->bands[3].name, "D");
  assert_string_equal(fit->place.file, "rules.lua");
  assert_int_equal(fit->place.line, 1);
  const struct group *groups = compiled.rules->groups;
  assert_int_equal(groups[0].max, 60000);
  assert_true(groups[1].max == INT64_MAX && groups[1].min == INT64_MIN);
  assert_int_equal(groups[1].dimension, 1);
  assert_true(fit->velocity); /* a function may ask for it */
  compiled_release(&compiled);
}

static void rules_become_data(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  const struct rule *pricing = rule_of(&compiled, "pricing_page");
  assert_int_equal(pricing->limit.times, 3);
  assert_int_equal(pricing->limit.per_ms, 7 * TIME_MS_PER_DAY);
  assert_int_equal(pricing->decay.kind, DECAY_HALF_LIFE);
  assert_int_equal(pricing->decay.span_ms, 30 * TIME_MS_PER_DAY);
  assert_int_equal(pricing->slot_count, 1);
  assert_int_equal(compiled.rules->slots[pricing->first_slot].points, 15000);
  assert_int_equal(compiled.rules->slots[pricing->first_slot].dimension, 1);
  assert_string_equal(pricing->doc, "Looked at prices");
  assert_int_equal(pricing->group, 1);
  assert_str(signal_of(&compiled, "pricing_page")->written, "page { path = glob \"/pricing*\" }");
  const struct rule *employees = rule_of(&compiled, "employees");
  assert_int_equal(employees->kind, RULE_PROFILE);
  assert_str(employees->field, "company.employees");
  assert_int_equal(employees->row_count, 4);
  assert_int_equal(employees->rows[3].points, -10000);
  assert_int_equal(employees->rows[1].matcher->op, MATCH_BETWEEN);
  const struct rule *call = rule_of(&compiled, "call_answer");
  assert_int_equal(call->limit.times, 1); /* a cooldown */
  assert_int_equal(call->limit.per_ms, TIME_MS_PER_DAY);
  assert_int_equal(call->when->stages, 1u << 1 | 1u << 2);
  const struct rule *hot = rule_of(&compiled, "hot_sequence");
  assert_int_equal(hot->decay.step_count, 2);
  assert_int_equal(hot->decay.steps[0].per_million, 500000);
  assert_int_equal(hot->decay.steps[1].age_ms, 30 * TIME_MS_PER_DAY);
  assert_string_equal(compiled.rules->topics[rule_of(&compiled, "videos")->topics[0]], "product");
  assert_non_null(rule_of(&compiled, "cto_pricing")->counts_while);
  compiled_release(&compiled);
}

static void functions_have_a_slot_in_every_dimension(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  const struct rule *seats = rule_of(&compiled, "trial_seats");
  assert_int_equal(seats->slot_count, 3);
  assert_int_equal(seats->points_fn, 0);
  assert_false(seats->points_need_lead);
  const struct rule *spike = rule_of(&compiled, "spike");
  assert_int_equal(spike->points_fn, FN_NONE);
  assert_int_equal(spike->when->op, COND_FUNCTION);
  assert_int_equal(spike->when->reads & READS_EVENT, 0);
  for (uint32_t i = 0; i < compiled.rules->slot_count; i++) {
    const struct rule *owner = &compiled.rules->rules[compiled.rules->slots[i].rule];
    assert_in_range(i, owner->first_slot, owner->first_slot + owner->slot_count - 1);
  }
  compiled_release(&compiled);
}

static void sequences(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  const struct signal *no_show = signal_of(&compiled, "no_show"), *hot = signal_of(&compiled, "hot_sequence");
  const struct sequence *s = &compiled.rules->sequences[no_show->sequence];
  assert_int_equal(no_show->kind, SIGNAL_SEQUENCE);
  assert_int_equal(s->signal, no_show - compiled.rules->signals);
  assert_true(s->same);
  assert_int_equal(s->step_count, 1);
  assert_int_equal(s->steps[0].unless.count, 1);
  assert_int_equal(s->within_ms, 2 * TIME_MS_PER_DAY);
  const struct signal *registered = &compiled.rules->signals[s->steps[0].on.ids[0]];
  assert_true(registered->captures);
  assert_str(registered->capture.path, "webinar_id");
  assert_true(compiled.rules->signals[s->steps[0].unless.ids[0]].captures);
  s = &compiled.rules->sequences[hot->sequence];
  assert_int_equal(s->step_count, 3);
  assert_int_equal(s->steps[0].on.ids[0], s->steps[1].on.ids[0]);
  assert_false(s->same);
  compiled_release(&compiled);
}

static void lifecycles(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  const struct lifecycle *main_one = &compiled.rules->lifecycles[0];
  assert_string_equal(main_one->name, "main");
  assert_int_equal(main_one->stage_count, 4);
  assert_string_equal(main_one->stages[0], "lead");
  assert_string_equal(main_one->stages[3], "disqualified");
  assert_int_equal(main_one->move_count, 5);
  assert_int_equal(main_one->moves[0].again_ms, 30 * TIME_MS_PER_DAY);
  assert_int_equal(main_one->moves[4].from, 1u << 1 | 1u << 2);
  assert_int_equal(main_one->moves[4].by_count, 2);
  assert_int_equal(main_one->moves[4].reason_count, 2);
  assert_true(main_one->moves[4].reasons[0].stands_ms == TIME_NEVER);
  assert_int_equal(main_one->moves[4].reasons[1].stands_ms, 180 * TIME_MS_PER_DAY);
  assert_int_equal(main_one->gates[0].into, 1u << 1);
  assert_string_equal(main_one->gates[0].doc, "Not negotiable");
  const struct cond *known = main_one->gates[0].need; /* phone must be valid as well as present */
  assert_int_equal(known->traits[0].matcher->op, MATCH_PRESENT);
  assert_int_equal(known->traits[1].matcher->op, MATCH_AND);
  compiled_release(&compiled);
}

static void any_leaves_out_final_stages(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled,
                "lifecycle \"zeta\" { start = \"x\", move { \"x\", \"y\", by = \"a\" } }\n"
                "lifecycle \"main\" { start = \"a\", stages = { \"c\", \"b\", \"a\" }, final = { \"b\" },\n"
                "  move { \"a\", \"b\", by = \"s\" }, move { any, \"c\", by = \"s\", reasons = { \"r\" } },\n"
                "  move { { any = true }, \"c\", by = \"yaml\" } }\n"
                "lifecycle \"beta\" { start = \"x\", move { \"x\", \"y\", when = stage \"x\" } }\n",
                NULL, 0);
  assert_string_equal(compiled_said(&compiled, SEVERITY_NOTE), "");
  const struct lifecycle *all = compiled.rules->lifecycles;
  assert_string_equal(all[0].name, "main"); /* then by name, in whatever file they stand */
  assert_string_equal(all[1].name, "beta");
  assert_string_equal(all[2].name, "zeta");
  assert_int_equal(all[0].start, 2);
  assert_int_equal(all[0].moves[1].from, 1u << 2);
  assert_int_equal(all[0].moves[2].from, 1u << 2);
  assert_int_equal(all[0].moves[1].reasons[0].stands_ms, 0);
  assert_int_equal(all[1].moves[0].when->lifecycle, 1);
  compiled_release(&compiled);
}

static void says_the_same_of_yaml(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(
      &compiled,
      "dimension \"fit\" {} lifecycle \"main\" { start = \"a\", move { \"a\", \"b\", by = \"x\" } }\n"
      "rule \"employees\" { dimension = \"fit\", field = \"company.employees\", first = {\n"
      "  { at_least = 1000, value = 15 }, { between = { 50, 999 }, value = 20 }, { any = true, value = -10 } "
      "} }\n"
      "rule \"title\" { when = { trait = { title = { word = { \"ceo\", \"cto\" } } } }, points = { fit = 20 "
      "} }\n"
      "rule \"page\" { on = { page = { path = { glob = \"/pricing*\" } } }, points = { fit = 15 },\n"
      "  limit = { times = 3, per = \"7d\" }, decay = { half_life = \"30d\" } }\n"
      "rule \"lua\" { on = page { path = glob \"/pricing*\" }, points = { fit = 15 } }\n"
      "rule \"either\" { on = { any_of = { { track = \"A\" }, { track = { \"B\", { c = 1 } } } } }, points = "
      "{ fit = 1 },\n"
      "  when = { all_of = { { stage = { \"a\", \"b\" } }, { [\"not\"] = { idle = \"30d\" } } } } }\n"
      "rule \"steps\" { on = { sequence = { steps = { { times = { 2, { page = {} } } }, { no = { track = "
      "\"A\" } } },\n"
      "  within = \"2d\" } }, points = { fit = 1 }, decay = { step = { [\"7d\"] = 0.5 } } }\n"
      "rule \"seen\" { when = { seen = { { page = {} }, { times = 2 } } }, points = { fit = 1 } }\n",
      NULL, 0);
  assert_string_equal(compiled_said(&compiled, SEVERITY_NOTE), "");
  assert_int_equal(rule_of(&compiled, "employees")->rows[1].matcher->op, MATCH_BETWEEN);
  assert_int_equal(rule_of(&compiled, "employees")->rows[2].matcher->op, MATCH_ANY);
  assert_int_equal(rule_of(&compiled, "page")->on.ids[0], rule_of(&compiled, "lua")->on.ids[0]);
  assert_str(signal_of(&compiled, "page")->written, "page { path = glob \"/pricing*\" }");
  assert_str(signal_of(&compiled, "either")->written, "track \"A\" | track \"B\" { c = 1 }");
  assert_int_equal(rule_of(&compiled, "either")->when->op, COND_AND);
  assert_int_equal(compiled.rules->sequences[0].step_count, 2);
  assert_int_equal(compiled.rules->counters[0].times, 2);
  compiled_release(&compiled);
}

static void tells_of_lists_that_nobody_uses(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, "dimension \"fit\" {}", lists, 1);
  assert_string_equal(compiled_said(&compiled, SEVERITY_NOTE),
                      "lists/freemail.txt: note: no rule uses the list 'freemail'\n");
  assert_non_null(compiled.rules);
  assert_int_equal(compiled.rules->list_count, 0);
  compiled_release(&compiled);
}

static void tells_of_a_broken_list_once(void **state) {
  (void)state;
  static const struct list_source broken[] = {{STR("b"), STR("lists/b.txt"), STR("fine\na*b\n")}};
  struct compiled compiled;
  compiled_init(&compiled,
                "dimension \"fit\" {} rule \"x\" { when = trait { a = listed \"b\" & listed \"b\" }, points "
                "= { fit = 1 } }",
                broken, 1);
  assert_null(compiled.rules);
  assert_int_equal(compiled.problems.count, 1);
  assert_string_equal(compiled.problems.items[0].code, "bad_list");
  assert_string_equal(compiled.problems.items[0].place.file, "lists/b.txt");
  compiled_release(&compiled);
}

static void loose_selectors_are_counted(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, "dimension \"fit\" {} loose(page { path = \"/x\" })", NULL, 0);
  assert_string_equal(compiled_said(&compiled, SEVERITY_NOTE), "");
  assert_int_equal(compiled.rules->loose_counter_count, 1);
  const struct counter *counter = &compiled.rules->counters[compiled.rules->loose_counters[0].counter];
  assert_int_equal(compiled.rules->loose_counters[0].serial, 1);
  assert_int_equal(counter->times, KEEP_NEWEST);
  assert_str(counter->written, "page { path = \"/x\" }");
  compiled_release(&compiled);
}

static void bounds_are_kept(void **state) {
  (void)state;
  struct compiled compiled;
  struct buf text;
  buf_init(&text);
  for (int i = 0; i < RULESET_MAX_DIMENSIONS + 1; i++) buf_printf(&text, "dimension \"d%d\" {}\n", i);
  for (int i = 0; i < RULESET_MAX_LIFECYCLES + 1; i++)
    buf_printf(&text, "lifecycle \"l%d\" { start = \"a\", move { \"a\", \"b\", by = \"x\" } }\n", i);
  buf_add_text(&text, "lifecycle \"a\" { start = \"s0\"");
  for (int i = 0; i < RULESET_MAX_STAGES; i++)
    buf_printf(&text, ", move { \"s%d\", \"s%d\", by = \"x\" }", i, i + 1);
  buf_add_text(&text, " }");
  compiled_init(&compiled, text.data, NULL, 0);
  assert_null(compiled.rules);
  const char *said = compiled_said(&compiled, SEVERITY_ERROR);
  assert_non_null(strstr(said, "rules.lua:33: error: more than 32 dimensions\n"));
  assert_non_null(strstr(said, "error: more than 8 lifecycles\n"));
  assert_non_null(strstr(said, "error: lifecycle 'a' has more than 64 stages\n"));
  compiled_release(&compiled);
  buf_release(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_edition_compiles),
      cmocka_unit_test(dimensions_and_groups),
      cmocka_unit_test(rules_become_data),
      cmocka_unit_test(functions_have_a_slot_in_every_dimension),
      cmocka_unit_test(sequences),
      cmocka_unit_test(lifecycles),
      cmocka_unit_test(any_leaves_out_final_stages),
      cmocka_unit_test(says_the_same_of_yaml),
      cmocka_unit_test(tells_of_lists_that_nobody_uses),
      cmocka_unit_test(tells_of_a_broken_list_once),
      cmocka_unit_test(loose_selectors_are_counted),
      cmocka_unit_test(bounds_are_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
