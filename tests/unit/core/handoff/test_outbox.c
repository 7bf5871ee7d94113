#include "unit.h"

#include "core/handoff/outbox.h"

static const int64_t now = INT64_C(1700000000000);

struct rig {
  struct outbox *outbox;
  struct json_reader *reader;
  uint64_t record;
};

static struct rig begin(void) {
  return (struct rig){outbox_new(), json_reader_new(), 0};
}

static void end(struct rig *rig) {
  outbox_free(rig->outbox);
  json_reader_free(rig->reader);
}

static struct hash128 id_of(uint64_t number) {
  return (struct hash128){number * UINT64_C(0x9e3779b97f4a7c15), number};
}

/* Takes an effect as it comes back from the journal: written, parsed, read. */
static uint32_t add(struct rig *rig, uint64_t number, uint32_t lead, const char *destination,
                    int64_t made_ms) {
  const struct outbox_effect effect = {.id = id_of(number),
                                       .key = number,
                                       .lead = {ID_USER, STR("u-1")},
                                       .effect = STR("hot"),
                                       .destination = str_of(destination),
                                       .type = STR("lead.qualified"),
                                       .sequence = (uint32_t)number,
                                       .at_ms = made_ms,
                                       .made_ms = made_ms,
                                       .rendered = true,
                                       .request = STR("{\"body\":\"x\"}")};
  struct outbox_effect read;
  struct json_ref root;
  struct err err;
  struct buf text;
  buf_init(&text);
  outbox_effect_write(&effect, &text);
  assert_int_equal(json_parse(rig->reader, text.data, text.len, &root, &err), 0);
  if (outbox_effect_read(root, &read, &err)) fail_msg("%s", err.text);
  if (outbox_take_effect(rig->outbox, &read, ++rig->record, lead, lead, &err)) fail_msg("%s", err.text);
  buf_release(&text);
  return outbox_find(rig->outbox, id_of(number));
}

static void happens(struct rig *rig, uint64_t number, enum outbox_happening what, int64_t at_ms,
                    int64_t next_ms) {
  const struct outbox_delivery delivery = {.what = what,
                                           .id = id_of(number),
                                           .lead = {ID_USER, STR("u-1")},
                                           .attempt = what <= HAPPENED_ABORTED,
                                           .status = what == HAPPENED_DELIVERED ? 200 : 500,
                                           .at_ms = at_ms,
                                           .next_ms = next_ms,
                                           .error = STR("because"),
                                           .made_ms = at_ms,
                                           .previous = 7};
  struct outbox_delivery read;
  struct json_ref root;
  struct err err;
  struct buf text;
  buf_init(&text);
  outbox_delivery_write(&delivery, &text);
  assert_int_equal(json_parse(rig->reader, text.data, text.len, &root, &err), 0);
  if (outbox_delivery_read(root, &read, &err)) fail_msg("%s: %s", err.text, text.data);
  assert_int_equal(read.previous, 7);
  outbox_take_delivery(rig->outbox, &read, ++rig->record);
  buf_release(&text);
}

static enum outbox_state state_of(struct rig *rig, uint64_t number) {
  return (enum outbox_state)outbox_row(rig->outbox, outbox_find(rig->outbox, id_of(number)))->state;
}

/* The number of the row that is due first at a destination; 0: none. */
static uint64_t due(struct rig *rig, const char *destination, int64_t at_ms) {
  uint32_t place = outbox_find_place(rig->outbox, str_of(destination));
  uint32_t row = place == OUTBOX_NONE ? OUTBOX_NONE : outbox_due(rig->outbox, place, at_ms);
  return row == OUTBOX_NONE ? 0 : outbox_row(rig->outbox, row)->key;
}

static void ids_are_texts_without_dots_and_come_back(void **state) {
  (void)state;
  struct hash128 id = {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)}, back;
  char text[OUTBOX_ID_TEXT];
  assert_string_equal(outbox_id_text(id, text), "msg_fedcba98765432100123456789abcdef");
  assert_true(outbox_id_parse(str_of(text), &back));
  assert_true(back.low == id.low && back.high == id.high);
  assert_false(outbox_id_parse(STR("msg_fedcba98765432100123456789abcde"), &back));
  assert_false(outbox_id_parse(STR("msg_Fedcba98765432100123456789abcdef"), &back));
  assert_false(outbox_id_parse(STR("evt_fedcba98765432100123456789abcdef"), &back));
}

static void an_id_follows_from_what_it_is_about(void **state) {
  (void)state;
  const struct str of[] = {STR("main"), STR("1"), STR("lead"), STR("mql")};
  const struct str other[] = {STR("main"), STR("1"), STR("leadm"), STR("ql")};
  const struct outbox_origin origin = {{ID_USER, STR("u-1")}, of, 4, STR("hot"), STR("crm")};
  struct outbox_origin changed = origin;
  struct hash128 id, again, different;
  uint64_t key, same_key, other_key;
  outbox_identify(&origin, &id, &key);
  outbox_identify(&origin, &again, &same_key);
  assert_memory_equal(&id, &again, sizeof id);
  assert_true(key == same_key);
  changed.of = other;
  outbox_identify(&changed, &different, &other_key);
  assert_memory_not_equal(&id, &different, sizeof id);
  assert_false(key == other_key);
  changed = origin;
  changed.lead.id = STR("u-2");
  outbox_identify(&changed, &different, &other_key);
  assert_memory_not_equal(&id, &different, sizeof id);
  assert_true(key == other_key); /* of the same thing, whatever the lead is called */
  changed = origin;
  changed.destination = STR("chat");
  outbox_identify(&changed, &different, &other_key);
  assert_memory_not_equal(&id, &different, sizeof id);
}

static void one_lead_is_told_of_in_order(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  add(&rig, 2, 10, "crm", now + 1);
  add(&rig, 3, 11, "crm", now + 2);
  add(&rig, 4, 10, "chat", now + 3);
  assert_int_equal(due(&rig, "crm", now), 1);
  outbox_begin(rig.outbox, 0);
  assert_int_equal(due(&rig, "crm", now + 10), 3); /* 2 waits for 1; another lead and another place do not */
  assert_int_equal(due(&rig, "chat", now + 10), 4);
  happens(&rig, 1, HAPPENED_FAILED, now + 5, now + 5000);
  outbox_begin(rig.outbox, 2);
  assert_int_equal(due(&rig, "crm", now + 4999), 0);
  assert_int_equal(due(&rig, "crm", now + 5000), 1);
  outbox_begin(rig.outbox, 0);
  happens(&rig, 1, HAPPENED_PARKED, now + 5000, 0);
  assert_int_equal(due(&rig, "crm", now + 5000), 2); /* past a parked message */
  outbox_begin(rig.outbox, 1);
  happens(&rig, 2, HAPPENED_DELIVERED, now + 5001, 0);
  happens(&rig, 1, HAPPENED_RETRIED, now + 6000, 0);
  assert_int_equal(due(&rig, "crm", now + 6000), 1);
  assert_int_equal(outbox_row(rig.outbox, 0)->attempts, 0);
  end(&rig);
}

static void a_given_up_attempt_is_due_again(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  outbox_begin(rig.outbox, 0);
  assert_int_equal(due(&rig, "crm", now), 0);
  assert_int_equal(outbox_place(rig.outbox, 0)->in_flight, 1);
  outbox_give_up(rig.outbox, 0);
  assert_int_equal(due(&rig, "crm", now), 1);
  assert_int_equal(outbox_place(rig.outbox, 0)->in_flight, 0);
  end(&rig);
}

static void what_somebody_decided_meanwhile_stands(void **state) {
  (void)state;
  struct rig rig = begin();
  for (uint64_t i = 1; i <= 4; i++) add(&rig, i, (uint32_t)i, "crm", now);
  for (uint32_t i = 0; i < 4; i++) outbox_begin(rig.outbox, i);
  for (uint64_t i = 1; i <= 3; i++) happens(&rig, i, HAPPENED_DROPPED, now, 0);
  happens(&rig, 1, HAPPENED_FAILED, now + 1, now + 2);
  happens(&rig, 2, HAPPENED_PARKED, now + 1, 0);
  happens(&rig, 3, HAPPENED_DELIVERED, now + 1, 0);
  happens(&rig, 4, HAPPENED_ABORTED, now + 1, 0);
  assert_int_equal(state_of(&rig, 1), OUTBOX_DROPPED);
  assert_int_equal(state_of(&rig, 2), OUTBOX_DROPPED);
  assert_int_equal(state_of(&rig, 3), OUTBOX_DELIVERED); /* it was */
  assert_int_equal(state_of(&rig, 4), OUTBOX_PARKED);
  const struct outbox_place *place = outbox_place(rig.outbox, 0);
  assert_int_equal(place->counts[OUTBOX_WAITING], 0);
  assert_int_equal(place->counts[OUTBOX_DROPPED], 2);
  assert_int_equal(place->in_flight, 0);
  assert_int_equal(due(&rig, "crm", TIME_MAX), 0);
  end(&rig);
}

static void nothing_is_told_twice(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  assert_true(outbox_knows(rig.outbox, 10, id_of(1), 1));
  assert_true(outbox_knows(rig.outbox, 10, id_of(2), 1)); /* the lead has another name now */
  assert_false(outbox_knows(rig.outbox, 11, id_of(2), 1));
  assert_false(outbox_knows(rig.outbox, 10, id_of(3), 3));
  assert_int_equal(outbox_reserve(rig.outbox, 10, id_of(3)), 2);
  assert_int_equal(outbox_reserve(rig.outbox, 11, id_of(4)), 1);
  assert_true(outbox_knows(rig.outbox, 10, id_of(3), 3));
  end(&rig);
}

/* What was reserved is known by its row once that is there, and by nothing else: a restart would know no more. */
static void a_reservation_ends_with_its_row(void **state) {
  (void)state;
  struct rig rig = begin();
  for (int i = 1; i <= 9; i++) outbox_reserve(rig.outbox, 10, id_of(i));
  for (int i = 1; i <= 8; i++) add(&rig, i, 10, "crm", now);
  for (int i = 1; i <= 9; i++) assert_true(outbox_knows(rig.outbox, 10, id_of(i), (uint64_t)i));
  outbox_forget(rig.outbox, 10);
  for (int i = 1; i <= 8; i++) assert_false(outbox_knows(rig.outbox, 10, id_of(i), (uint64_t)i));
  assert_true(outbox_knows(rig.outbox, 10, id_of(9), 9)); /* still on its way */
  end(&rig);
}

static void leads_that_turn_out_to_be_one_are_told_of_in_one_order(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  add(&rig, 2, 11, "crm", now + 1);
  add(&rig, 3, 10, "crm", now + 2);
  add(&rig, 4, 11, "chat", now + 3);
  outbox_begin(rig.outbox, 1);
  outbox_absorb(rig.outbox, 11, 10);
  outbox_absorb(rig.outbox, 11, 99); /* of whom nothing is known */
  assert_int_equal(outbox_row(rig.outbox, 0)->lead, 11);
  assert_int_equal(due(&rig, "crm", now + 9), 1);
  happens(&rig, 2, HAPPENED_DELIVERED, now + 9, 0);
  assert_int_equal(due(&rig, "crm", now + 9), 1);
  outbox_begin(rig.outbox, 0);
  happens(&rig, 1, HAPPENED_DELIVERED, now + 9, 0);
  assert_int_equal(due(&rig, "crm", now + 9), 3);
  assert_int_equal(due(&rig, "chat", now + 9), 4);
  uint32_t at = OUTBOX_NONE;
  for (uint32_t i = 0; i < 4; i++) assert_int_equal(at = outbox_next_of_lead(rig.outbox, 11, at), i);
  assert_int_equal(outbox_next_of_lead(rig.outbox, 11, at), OUTBOX_NONE);
  assert_int_equal(outbox_next_of_lead(rig.outbox, 10, OUTBOX_NONE), OUTBOX_NONE);
  assert_int_equal(outbox_reserve(rig.outbox, 11, id_of(9)), 5);
  end(&rig);
}

static void a_message_that_is_given_takes_its_place(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  add(&rig, 2, 10, "crm", now);
  add(&rig, 3, 11, "crm", now);
  add(&rig, 4, 10, "crm", now);
  outbox_give(rig.outbox, 1, 11);
  outbox_give(rig.outbox, 1, 11); /* whose it is already */
  assert_int_equal(outbox_row(rig.outbox, 1)->lead, 11);
  assert_int_equal(outbox_next_of_lead(rig.outbox, 11, OUTBOX_NONE), 1);
  assert_int_equal(outbox_next_of_lead(rig.outbox, 11, 1), 2);
  assert_int_equal(outbox_next_of_lead(rig.outbox, 11, 2), OUTBOX_NONE);
  assert_int_equal(outbox_next_of_lead(rig.outbox, 10, 0), 3);
  outbox_begin(rig.outbox, 0); /* the first lead's others wait behind it */
  for (uint64_t number = 2; number <= 3; number++) {
    assert_int_equal(due(&rig, "crm", now), number);
    happens(&rig, number, HAPPENED_DELIVERED, now, 0);
  }
  assert_int_equal(due(&rig, "crm", now), 0);
  happens(&rig, 1, HAPPENED_DELIVERED, now, 0);
  assert_int_equal(due(&rig, "crm", now), 4);
  end(&rig);
}

static void of_the_erased_nothing_is_told(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  add(&rig, 2, 10, "crm", now);
  add(&rig, 3, 11, "crm", now);
  outbox_begin(rig.outbox, 0);
  outbox_forget(rig.outbox, 10);
  happens(&rig, 1, HAPPENED_FAILED, now, now + 1);
  happens(&rig, 2, HAPPENED_RETRIED, now, 0);
  assert_int_equal(due(&rig, "crm", now), 3);
  outbox_begin(rig.outbox, 2);
  assert_int_equal(due(&rig, "crm", TIME_MAX), 0);
  assert_int_equal(outbox_row(rig.outbox, 0)->state, OUTBOX_ERASED);
  assert_int_equal(outbox_find(rig.outbox, id_of(1)),
                   OUTBOX_NONE); /* should they come again, it may be made again */
  assert_int_equal(outbox_row(rig.outbox, 0)->lead, OUTBOX_NONE);
  assert_int_equal(outbox_place(rig.outbox, 0)->in_flight, 1);
  end(&rig);
}

static void what_could_not_be_rendered_waits_until_it_can(void **state) {
  (void)state;
  struct rig rig = begin();
  struct outbox_effect effect = {.id = id_of(1),
                                 .lead = {ID_USER, STR("u-1")},
                                 .effect = STR("hot"),
                                 .destination = STR("crm"),
                                 .type = STR("x"),
                                 .sequence = 1,
                                 .failed = STR("oops")};
  struct err err;
  assert_int_equal(outbox_take_effect(rig.outbox, &effect, 5, 1, 1, &err), 0);
  assert_int_equal(state_of(&rig, 1), OUTBOX_PARKED);
  happens(&rig, 1, HAPPENED_RETRIED, now, 0);
  assert_int_equal(state_of(&rig, 1), OUTBOX_PARKED);
  const struct outbox_delivery rendered = {.what = HAPPENED_RENDERED, .id = id_of(1), .at_ms = now};
  outbox_take_delivery(rig.outbox, &rendered, 9);
  assert_int_equal(outbox_row(rig.outbox, 0)->record, 9);
  outbox_begin(rig.outbox, outbox_due(rig.outbox, 0, now));
  assert_int_equal(outbox_take_effect(rig.outbox, &effect, 10, 1, 1, &err), -1);
  end(&rig);
}

static void places_are_disabled_and_enabled(void **state) {
  (void)state;
  struct rig rig = begin();
  add(&rig, 1, 10, "crm", now);
  struct outbox_delivery delivery = {
      .what = HAPPENED_DISABLED, .destination = STR("crm"), .at_ms = now, .error = STR("410")};
  outbox_take_delivery(rig.outbox, &delivery, 5);
  const struct outbox_place *place = outbox_place(rig.outbox, 0);
  assert_true(place->disabled);
  assert_string_equal(place->reason, "410");
  delivery.what = HAPPENED_ENABLED;
  outbox_take_delivery(rig.outbox, &delivery, 6);
  assert_false(outbox_place(rig.outbox, 0)->disabled);
  for (int i = 0; i < RETRY_TROUBLE_MAX; i++) {
    outbox_begin(rig.outbox, 0);
    happens(&rig, 1, HAPPENED_FAILED, now, now);
  }
  assert_true(outbox_place(rig.outbox, 0)->endpoint.paused_until > now);
  assert_int_equal(outbox_oldest_ms(rig.outbox, 0), now);
  happens(&rig, 1, HAPPENED_DELIVERED, now, 0);
  assert_int_equal(outbox_place(rig.outbox, 0)->endpoint.paused_until, 0);
  assert_true(outbox_oldest_ms(rig.outbox, 0) == TIME_NEVER);
  end(&rig);
}

/* Chance against a plain account of the same: what is due, and that each lead's rows go in order. */
static void many_rows_are_chosen_as_they_should(void **state) {
  (void)state;
  enum { ROWS = 3000, LEADS = 40 };
  struct rig rig = begin();
  static int64_t at[ROWS + 1];
  static bool done[ROWS + 1];
  uint32_t seed = 12345, left = ROWS;
  for (uint64_t i = 1; i <= ROWS; i++) {
    seed = seed * 1664525 + 1013904223;
    at[i] = now + (int64_t)i;
    add(&rig, i, seed >> 16 & (LEADS - 1), "crm", at[i]);
  }
  for (int64_t t = now + ROWS; left; t += 10) {
    uint64_t number;
    while ((number = due(&rig, "crm", t))) {
      uint32_t row = outbox_find(rig.outbox, id_of(number));
      for (uint32_t k = outbox_next_of_lead(rig.outbox, outbox_row(rig.outbox, row)->lead, OUTBOX_NONE);
           k < row; k = outbox_next_of_lead(rig.outbox, 0, k))
        assert_true(done[k + 1]);
      outbox_begin(rig.outbox, row);
      seed = seed * 1664525 + 1013904223;
      if (seed >> 30) {
        happens(&rig, number, HAPPENED_DELIVERED, t, 0);
        done[number] = true;
        left--;
      } else {
        happens(&rig, number, HAPPENED_FAILED, t, t + (seed >> 20 & 63));
      }
    }
  }
  assert_int_equal(outbox_place(rig.outbox, 0)->counts[OUTBOX_DELIVERED], ROWS);
  end(&rig);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ids_are_texts_without_dots_and_come_back),
      cmocka_unit_test(an_id_follows_from_what_it_is_about),
      cmocka_unit_test(one_lead_is_told_of_in_order),
      cmocka_unit_test(a_given_up_attempt_is_due_again),
      cmocka_unit_test(what_somebody_decided_meanwhile_stands),
      cmocka_unit_test(nothing_is_told_twice),
      cmocka_unit_test(a_reservation_ends_with_its_row),
      cmocka_unit_test(leads_that_turn_out_to_be_one_are_told_of_in_one_order),
      cmocka_unit_test(a_message_that_is_given_takes_its_place),
      cmocka_unit_test(of_the_erased_nothing_is_told),
      cmocka_unit_test(what_could_not_be_rendered_waits_until_it_can),
      cmocka_unit_test(places_are_disabled_and_enabled),
      cmocka_unit_test(many_rows_are_chosen_as_they_should),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
