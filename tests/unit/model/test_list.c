#include "model/ruleset/list.h"

#include <stdio.h>

#include "base/buf.h"
#include "unit.h"

static struct list *read_text(const char *text) {
  struct err err;
  struct list *list = list_new(STR("own"), STR("lists/own.txt"), str_of(text), &err);
  if (!list) fail_msg("%s", err.text);
  return list;
}

static void is_refused(struct str text, const char *expected) {
  struct err err;
  struct list *list = list_new(STR("own"), STR("lists/own.txt"), text, &err);
  assert_null(list);
  assert_int_equal(err.code, ERR_RULES);
  if (!strstr(err.text, expected)) fail_msg("expected \"%s\" in \"%s\"", expected, err.text);
}

static void entries_compare_folded(void **state) {
  (void)state;
  struct list *list = read_text("Gmail.com\n  hotmail.com \t\r\nDIRECCIÓN general\n\nlast.example");
  assert_true(list_has(list, STR("gmail.com")));
  assert_true(list_has(list, STR("GMAIL.COM")));
  assert_true(list_has(list, STR("hotmail.com")));
  assert_true(list_has(list, STR("direccion General")));
  assert_true(list_has(list, STR("last.example")));
  assert_false(list_has(list, STR("mail.com")));
  assert_false(list_has(list, STR("gmail.com.evil.example")));
  assert_false(list_has(list, STR("x.gmail.com")));
  assert_false(list_has(list, STR("")));
  list_free(list);
}

static void comments_and_blank_lines_mean_nothing(void **state) {
  (void)state;
  struct list *list = read_text("# own domains\n\n   # indented\nacme.example # us\nC#\tx\nfour\t#4\n#\n \n");
  assert_int_equal(list->entries.count, 3);
  assert_true(list_has(list, STR("acme.example")));
  assert_true(list_has(list, STR("c#\tx")));
  assert_true(list_has(list, STR("four")));
  assert_false(list_has(list, STR("# indented")));
  list_free(list);
}

static void repeats_are_harmless(void **state) {
  (void)state;
  struct list *list = read_text("a.example\nA.example\na.example\n*.x\n*.X\n");
  assert_int_equal(list->entries.count, 1);
  assert_int_equal(list->wildcards.count, 1);
  assert_int_equal(map_get(&list->entries, STR("a.example")), 1);
  list_free(list);
}

static void a_byte_order_mark_is_skipped(void **state) {
  (void)state;
  struct list *list = read_text("\xef\xbb\xbfgmail.com\n");
  assert_true(list_has(list, STR("gmail.com")));
  list_free(list);
}

static void wildcards_hold_for_every_name_below(void **state) {
  (void)state;
  struct list *list = read_text("*.edu\n*.ac.uk\n*.Müller.example\nedu.example\n");
  assert_true(list_has(list, STR("mit.edu")));
  assert_true(list_has(list, STR("cs.mit.EDU")));
  assert_true(list_has(list, STR("ox.ac.uk")));
  assert_true(list_has(list, STR("a.b.c.ac.uk")));
  assert_true(list_has(list, STR("shop.muller.example")));
  assert_false(list_has(list, STR("edu")));
  assert_false(list_has(list, STR(".edu")));
  assert_false(list_has(list, STR("ac.uk")));
  assert_false(list_has(list, STR("oxac.uk")));
  assert_false(list_has(list, STR("mit.edu.example")));
  assert_false(list_has(list, STR("educ")));
  assert_true(list_has(list, STR("edu.example")));
  list_free(list);
}

static void an_empty_list_has_nothing(void **state) {
  (void)state;
  struct list *list = read_text("");
  assert_false(list_has(list, STR("")));
  assert_false(list_has(list, STR("a.b")));
  list_free(list);
  list_free(NULL);
}

static void bad_lines_are_named(void **state) {
  (void)state;
  char text[400] = "ok\n";
  memset(text + 3, 'a', 257);
  is_refused((struct str){text, 3 + 257}, "lists/own.txt:2: ");
  is_refused((struct str){text, 3 + 257}, "256 bytes");
  is_refused(STR("ok\n\n# fine\nb\xff\x64\n"), "lists/own.txt:4: the line is not valid UTF-8");
  is_refused(STR("ok\nab\xc3\n"), "lists/own.txt:2: ");
  is_refused(STR("a*b\n"), "lists/own.txt:1: `*` may only stand in front");
  is_refused(STR("*edu\n"), "`*.edu`");
  is_refused(STR("*\n"), "`*.edu`");
  is_refused(STR("*.\n"), "`*.edu`");
  is_refused(STR("*.a.*\n"), "`*.edu`");
  struct err err;
  struct list *list = list_new(STR("own"), STR("lists/own.txt"), (struct str){text, 3 + 256}, &err);
  assert_non_null(list);
  assert_true(list_has(list, (struct str){text + 3, 256}));
  list_free(list);
}

static void long_subjects_full_of_dots_are_cheap(void **state) {
  (void)state;
  static char subject[1 << 20];
  struct list *list = read_text("*.edu\n*.a.very.long.name.below.which.everything.lies.example\n");
  memset(subject, '.', sizeof subject);
  assert_false(list_has(list, (struct str){subject, sizeof subject}));
  memcpy(subject + sizeof subject - 4, ".edu", 4);
  assert_true(list_has(list, (struct str){subject, sizeof subject}));
  list_free(list);
}

static void a_large_list_holds_all_its_lines(void **state) {
  (void)state;
  enum { LINES = 200000 };
  struct buf text;
  char name[32];
  buf_init(&text);
  for (int i = 0; i < LINES; i++) buf_printf(&text, "Domain%d.example\n", i * 7);
  struct list *list = read_text(text.data);
  assert_int_equal(list->entries.count, LINES);
  for (int i = 0; i < LINES * 7; i += 13) {
    snprintf(name, sizeof name, "domain%d.EXAMPLE", i);
    assert_int_equal(list_has(list, str_of(name)), i % 7 == 0);
  }
  list_free(list);
  buf_release(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(entries_compare_folded),
      cmocka_unit_test(comments_and_blank_lines_mean_nothing),
      cmocka_unit_test(repeats_are_harmless),
      cmocka_unit_test(a_byte_order_mark_is_skipped),
      cmocka_unit_test(wildcards_hold_for_every_name_below),
      cmocka_unit_test(an_empty_list_has_nothing),
      cmocka_unit_test(bad_lines_are_named),
      cmocka_unit_test(long_subjects_full_of_dots_are_cheap),
      cmocka_unit_test(a_large_list_holds_all_its_lines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
