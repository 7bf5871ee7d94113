#include "notation/notation_text.h"

#include "model/atoms.h"

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
    "rule \"spike\" { when = function(lead) return true end, points = { intent = 10 } }\n"
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

static void first_edition_compiles(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled, first_edition, lists, COUNT_OF(lists));
  assert_string_equal(compiled_said(&compiled, SEVERITY_NOTE), "");
  assert_non_null(compiled.rules);
  assert_int_equal(compiled.rules->rule_count, 16);
  compiled_release(&compiled);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_edition_compiles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
