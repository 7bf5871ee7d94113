/* What is kept, in which form, and which ids lead where. */
#include "unit.h"

#include "base/err.h"
#include "serve/hub/hub_ring.h"

static void frames_are_server_sent_events(void **state) {
  (void)state;
  struct hub_ring ring;
  hub_ring_init(&ring, 4, 1000, 0xab);
  hub_ring_add(&ring, STR("lead.stage"), STR("{\"a\":1}"));
  hub_ring_add(&ring, STR("x"), STR("{\r\n\"a\":\n1}"));
  assert_str(hub_ring_at(&ring, 1)->bytes, "id: ab-1\nevent: lead.stage\ndata: {\"a\":1}\n\n");
  assert_str(hub_ring_at(&ring, 1)->name, "lead.stage");
  assert_str(hub_ring_at(&ring, 1)->json, "{\"a\":1}");
  assert_str(hub_ring_at(&ring, 2)->bytes, "id: ab-2\nevent: x\ndata: {  \"a\": 1}\n\n");
  hub_ring_release(&ring);
}

static void keeps_so_many_events(void **state) {
  (void)state;
  struct hub_ring ring;
  hub_ring_init(&ring, 3, 1000, 1);
  for (int i = 0; i < 10; i++) hub_ring_add(&ring, STR("n"), STR("0"));
  assert_int_equal(ring.first, 8);
  assert_int_equal(ring.next, 11);
  for (uint64_t seq = 8; seq <= 10; seq++) {
    char id[HUB_ID_MAX];
    hub_ring_id(&ring, seq, id);
    assert_true(str_starts(hub_ring_at(&ring, seq)->bytes, STR("id: 1-")));
    assert_memory_equal(hub_ring_at(&ring, seq)->bytes.p + 4, id, strlen(id));
  }
  hub_ring_release(&ring);
}

static void keeps_so_many_bytes(void **state) {
  (void)state;
  struct hub_ring ring;
  static char large[200];
  memset(large, '7', sizeof large);
  hub_ring_init(&ring, 100, 100, 1);
  for (int i = 0; i < 5; i++) hub_ring_add(&ring, STR("n"), STR("0"));
  size_t one = hub_ring_at(&ring, 5)->bytes.len;
  assert_int_equal(ring.next - ring.first, 100 / one);
  assert_int_equal(ring.bytes, (100 / one) * one);
  hub_ring_add(&ring, STR("n"), (struct str){large, sizeof large}); /* the newest one in any case */
  assert_int_equal(ring.first, 6);
  assert_int_equal(ring.next, 7);
  assert_true(ring.bytes > 100);
  hub_ring_add(&ring, STR("n"), STR("0"));
  assert_int_equal(ring.bytes, one);
  hub_ring_release(&ring);
  assert_int_equal(ring.bytes, 0);
}

static void ids_lead_to_what_comes_next(void **state) {
  (void)state;
  static const struct {
    const char *id;
    enum hub_place place;
    uint64_t seq;
  } cases[] = {
      {"2a-10", HUB_PLACE_KEPT, 11},
      {"2a-9", HUB_PLACE_KEPT, 10},
      {"2a-7", HUB_PLACE_KEPT, 8},
      {"2a-6", HUB_PLACE_DROPPED, 7},
      {"2a-0", HUB_PLACE_DROPPED, 1},
      {"2a-11", HUB_PLACE_FOREIGN, 0},
      {"2b-9", HUB_PLACE_FOREIGN, 0},
      {"2A-9", HUB_PLACE_FOREIGN, 0},
      {"02a-9", HUB_PLACE_FOREIGN, 0},
      {"2a-09", HUB_PLACE_FOREIGN, 0},
      {"2a-9 ", HUB_PLACE_FOREIGN, 0},
      {"2a-", HUB_PLACE_FOREIGN, 0},
      {"2a", HUB_PLACE_FOREIGN, 0},
      {"-9", HUB_PLACE_FOREIGN, 0},
      {"-", HUB_PLACE_FOREIGN, 0},
      {"", HUB_PLACE_FOREIGN, 0},
      {"2a--9", HUB_PLACE_FOREIGN, 0},
      {"2a-18446744073709551615", HUB_PLACE_FOREIGN, 0},
      {"2a-18446744073709551625", HUB_PLACE_FOREIGN, 0}, /* 9 beyond 64 bits */
      {"2a-99999999999999999999999999999999999999", HUB_PLACE_FOREIGN, 0},
  };
  struct hub_ring ring;
  hub_ring_init(&ring, 3, 1000, 0x2a);
  for (int i = 0; i < 10; i++) hub_ring_add(&ring, STR("n"), STR("0"));
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    uint64_t seq = 0;
    enum hub_place place = hub_ring_after(&ring, str_of(cases[i].id), &seq);
    if (place != cases[i].place) fail_msg("\"%s\": place %d", cases[i].id, (int)place);
    if (place != HUB_PLACE_FOREIGN) assert_int_equal(seq, cases[i].seq);
  }
  hub_ring_release(&ring);
}

static void the_beginning_is_a_place_too(void **state) {
  (void)state;
  struct hub_ring ring;
  uint64_t seq;
  char id[HUB_ID_MAX];
  hub_ring_init(&ring, 3, 1000, UINT64_MAX);
  hub_ring_id(&ring, 0, id);
  assert_string_equal(id, "ffffffffffffffff-0");
  assert_int_equal(hub_ring_after(&ring, str_of(id), &seq), HUB_PLACE_KEPT);
  assert_int_equal(seq, 1);
  hub_ring_release(&ring);
}

/* Who comes back with an id from before has missed something; who has one from after it has not. */
static void what_was_skipped_is_missed(void **state) {
  (void)state;
  struct hub_ring ring;
  char before[HUB_ID_MAX], after[HUB_ID_MAX];
  uint64_t seq;
  hub_ring_init(&ring, 4, 1000, 1);
  hub_ring_add(&ring, STR("a"), STR("1"));
  hub_ring_id(&ring, ring.next - 1, before);
  assert_int_equal(hub_ring_after(&ring, str_of(before), &seq), HUB_PLACE_KEPT);
  hub_ring_skip(&ring);
  assert_int_equal(hub_ring_after(&ring, str_of(before), &seq), HUB_PLACE_DROPPED);
  hub_ring_id(&ring, ring.next - 1, after);
  hub_ring_add(&ring, STR("a"), STR("2"));
  assert_int_equal(hub_ring_after(&ring, str_of(after), &seq), HUB_PLACE_KEPT);
  assert_str(hub_ring_at(&ring, seq)->json, "2");
  hub_ring_release(&ring);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_are_server_sent_events), cmocka_unit_test(keeps_so_many_events),
      cmocka_unit_test(keeps_so_many_bytes),           cmocka_unit_test(ids_lead_to_what_comes_next),
      cmocka_unit_test(the_beginning_is_a_place_too),  cmocka_unit_test(what_was_skipped_is_missed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
