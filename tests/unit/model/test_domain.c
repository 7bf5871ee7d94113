#include "unit.h"

#include "model/ruleset/domain.h"

static void a_domain_is_found_however_it_is_written(void **state) {
  (void)state;
  static const struct {
    const char *written, *domain; /* NULL: none */
  } cases[] = {
      {"acme.example", "acme.example"},
      {" https://www.Acme.Example:8443/a?b#c ", "acme.example"},
      {"ana@Mail.acme.example", "mail.acme.example"},
      {"http://user:pw@acme.example/x@y", "acme.example"},
      {"acme.example.", "acme.example"},
      {"//acme.example", NULL},
      {"www.es", NULL},
      {"acme", NULL},
      {"", NULL},
      {"10.0.0.1", NULL},
      {"a..example", NULL},
      {".example", NULL},
      {"acme example.com", NULL},
      {"españa.example", "españa.example"},
      {"3m.example", "3m.example"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char room[DOMAIN_MAX];
    struct str domain;
    bool found = domain_of(str_of(cases[i].written), room, &domain);
    if (found != (cases[i].domain != NULL)) fail_msg("'%s'", cases[i].written);
    if (found && !str_eq(domain, str_of(cases[i].domain)))
      fail_msg("'%s' is %.*s", cases[i].written, STR_ARG(domain));
  }
}

static void too_long_names_are_none(void **state) {
  (void)state;
  char text[DOMAIN_MAX + 2], room[DOMAIN_MAX];
  struct str domain;
  memset(text, 'a', sizeof text);
  text[3] = '.';
  assert_true(domain_of((struct str){text, DOMAIN_MAX}, room, &domain));
  assert_false(domain_of((struct str){text, DOMAIN_MAX + 1}, room, &domain));
}

static void a_company_has_what_is_below_its_domain(void **state) {
  (void)state;
  assert_true(domain_covers(STR("acme.example"), STR("acme.example")));
  assert_true(domain_covers(STR("acme.example"), STR("mail.acme.example")));
  assert_false(domain_covers(STR("acme.example"), STR("notacme.example")));
  assert_false(domain_covers(STR("mail.acme.example"), STR("acme.example")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_domain_is_found_however_it_is_written),
      cmocka_unit_test(too_long_names_are_none),
      cmocka_unit_test(a_company_has_what_is_below_its_domain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
