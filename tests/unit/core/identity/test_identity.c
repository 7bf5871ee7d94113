#include "unit.h"

#include "core/identity/identity.h"

#include "base/buf.h"
#include "base/err.h"

enum op { USER, BOTH, ANONYMOUS, ALIAS, EMAIL, ANONYMOUS_EMAIL };

/* One event: who, and the other id (BOTH: anonymous id, ALIAS: previous id, EMAIL: address). */
struct act {
  enum op op;
  int time;
  const char *id, *other;
};

enum { ACTS_MAX = 7 };

struct story {
  const char *what;
  struct act acts[ACTS_MAX];
  const char *leads; /* "id:times of its touches", sorted */
};

static const struct story stories[] = {
    {"two users", {{USER, 1, "u", 0}, {USER, 2, "v", 0}}, "u:1 v:2"},
    {"an anonymous one", {{ANONYMOUS, 1, "a", 0}, {ANONYMOUS, 2, "a", 0}}, "a:1,2"},
    {"same text, different kinds", {{ANONYMOUS, 1, "x", 0}, {USER, 2, "x", 0}}, "x:1 x:2"},
    {"a link takes earlier and later history along",
     {{ANONYMOUS, 1, "a", 0}, {BOTH, 2, "u", "a"}, {ANONYMOUS, 3, "a", 0}},
     "u:1,2,3"},
    {"several devices",
     {{ANONYMOUS, 1, "a", 0}, {BOTH, 2, "u", "a"}, {BOTH, 3, "u", "b"}, {ANONYMOUS, 4, "b", 0}},
     "u:1,2,3,4"},
    {"a shared device makes nobody one",
     {{ANONYMOUS, 1, "a", 0},
      {BOTH, 2, "u", "a"},
      {ANONYMOUS, 3, "a", 0},
      {BOTH, 4, "v", "a"},
      {ANONYMOUS, 5, "a", 0},
      {BOTH, 6, "u", "a"},
      {ANONYMOUS, 7, "a", 0}},
     "u:1,2,3,6,7 v:4,5"},
    {"at the link's own instant",
     {{BOTH, 2, "u", "a"}, {BOTH, 4, "v", "a"}, {ANONYMOUS, 4, "a", 0}},
     "u:2 v:4,4"},
    {"an alias of a user id",
     {{USER, 1, "old", 0}, {ALIAS, 2, "new", "old"}, {USER, 3, "old", 0}, {USER, 4, "new", 0}},
     "new:1,2,3,4"},
    {"an alias of an anonymous id",
     {{ANONYMOUS, 1, "a", 0}, {ALIAS, 2, "u", "a"}, {ANONYMOUS, 3, "a", 0}},
     "u:1,2,3"},
    {"an alias of an id nobody has seen", {{ALIAS, 2, "u", "ghost"}}, "u:2"},
    {"an alias of itself", {{USER, 1, "u", 0}, {ALIAS, 2, "u", "u"}}, "u:1,2"},
    {"a chain",
     {{USER, 1, "a", 0}, {ALIAS, 2, "b", "a"}, {ALIAS, 3, "c", "b"}, {USER, 4, "a", 0}},
     "c:1,2,3,4"},
    {"a circle", {{USER, 1, "a", 0}, {ALIAS, 2, "b", "a"}, {ALIAS, 3, "a", "b"}}, "a:1,2,3"},
    {"one anonymous id as two users' past",
     {{ANONYMOUS, 1, "a", 0},
      {ALIAS, 2, "u", "a"},
      {ANONYMOUS, 3, "a", 0},
      {ALIAS, 4, "v", "a"},
      {ANONYMOUS, 5, "a", 0}},
     "u:1,2,3 v:4,5"},
    {"linked and aliased",
     {{ANONYMOUS, 1, "a", 0}, {BOTH, 2, "old", "a"}, {ALIAS, 3, "new", "old"}},
     "new:1,2,3"},
    {"a device of two users who are one",
     {{BOTH, 1, "u", "a"}, {BOTH, 2, "v", "a"}, {ANONYMOUS, 3, "a", 0}, {ALIAS, 4, "v", "u"}},
     "v:1,2,3,4"},
    {"an address joins users; the one seen first names them",
     {{EMAIL, 1, "v", "e"}, {EMAIL, 2, "u", "e"}, {USER, 3, "w", 0}},
     "v:1,2 w:3"},
    {"seen at once: the smaller name", {{EMAIL, 1, "v", "e"}, {EMAIL, 1, "u", "e"}}, "u:1,1"},
    {"an aliased name is no name",
     {{EMAIL, 3, "v", "e"}, {EMAIL, 1, "u", "e"}, {ALIAS, 4, "v", "u"}},
     "v:1,3,4"},
    {"a form before the login",
     {{ANONYMOUS, 1, "a", 0}, {ANONYMOUS_EMAIL, 2, "a", "e"}, {EMAIL, 3, "u", "e"}, {ANONYMOUS, 4, "a", 0}},
     "u:1,2,3,4"},
    {"an address joins devices", {{ANONYMOUS_EMAIL, 1, "b", "e"}, {ANONYMOUS_EMAIL, 2, "a", "e"}}, "b:1,2"},
    {"two addresses on one device",
     {{ANONYMOUS_EMAIL, 1, "a", "e"}, {ANONYMOUS_EMAIL, 2, "a", "f"}, {ANONYMOUS, 3, "a", 0}},
     "a:1,2,3"},
    {"of two addresses the one with a user",
     {{ANONYMOUS, 1, "a", 0},
      {ANONYMOUS_EMAIL, 2, "a", "e"},
      {ANONYMOUS_EMAIL, 3, "a", "f"},
      {EMAIL, 4, "u", "e"},
      {ANONYMOUS_EMAIL, 5, "b", "f"}},
     "b:5 u:1,2,3,4"},
    {"an address without a user between two logins",
     {{BOTH, 1, "u", "a"}, {ANONYMOUS_EMAIL, 2, "a", "e"}, {BOTH, 3, "v", "a"}, {ANONYMOUS, 4, "a", 0}},
     "u:1,2 v:3,4"},
    {"a device's address and another's login",
     {{ANONYMOUS_EMAIL, 1, "a", "e"}, {BOTH, 2, "u", "a"}, {EMAIL, 3, "w", "e"}, {ANONYMOUS, 4, "a", 0}},
     "u:2,4 w:1,3"},
};

struct world {
  struct identity *identity;
  struct arena arena;
};

static void create(struct world *world) {
  arena_init(&world->arena, 0);
  world->identity = identity_new(&world->arena);
}

static void destroy(struct world *world) {
  identity_free(world->identity);
  arena_release(&world->arena);
}

static void play(struct world *world, const struct act *act) {
  struct identity *identity = world->identity;
  struct touch *touch = touch_new(&world->arena, 0, 0, NULL);
  bool anonymous = act->op == ANONYMOUS || act->op == ANONYMOUS_EMAIL;
  uint32_t node =
      identity_node(identity, identity_ref(identity, anonymous ? ID_ANONYMOUS : ID_USER, str_of(act->id)));
  uint32_t other = IDENTITY_NONE;
  touch->time_ms = act->time;
  touch->key = act->id; /* tells touches of one instant apart */
  touch->key_len = (uint32_t)strlen(act->id);
  identity_touch(identity, node, touch);
  if (act->op == BOTH)
    other = identity_node(identity, identity_ref(identity, ID_ANONYMOUS, str_of(act->other)));
  if (act->op == EMAIL || act->op == ANONYMOUS_EMAIL)
    other = identity_node(identity, identity_ref(identity, ID_EMAIL, str_of(act->other)));
  if (act->op == BOTH) identity_link(identity, other, node, touch);
  if (act->op == EMAIL) identity_join(identity, node, other);
  if (act->op == ANONYMOUS_EMAIL) identity_link(identity, node, other, touch);
  if (act->op == ALIAS) identity_alias(identity, str_of(act->other), node, touch);
}

static int compare_lines(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *describe_lead(struct identity *identity, uint32_t lead) {
  struct touch_list touches = {0};
  struct buf line;
  buf_init(&line);
  buf_add_str(&line, identity_public_id(identity, lead));
  identity_gather(identity, lead, &touches);
  touch_list_sort(&touches);
  for (size_t i = 0; i < touches.count; i++)
    buf_printf(&line, "%c%lld", i ? ',' : ':', (long long)touches.items[i]->time_ms);
  touch_list_release(&touches);
  return buf_detach(&line);
}

static char *describe(struct identity *identity) {
  char *lines[32];
  size_t count = 0;
  uint32_t cursor = 0, lead;
  struct buf all;
  buf_init(&all);
  while (identity_next_lead(identity, &cursor, &lead)) lines[count++] = describe_lead(identity, lead);
  assert_int_equal(identity_lead_count(identity), count);
  qsort(lines, count, sizeof *lines, compare_lines);
  for (size_t i = 0; i < count; i++) {
    buf_printf(&all, "%s%s", i ? " " : "", lines[i]);
    free(lines[i]);
  }
  return buf_detach(&all);
}

/* Looking between two facts must change nothing. */
static void tell(const struct story *story, const int *order, int count, bool looking) {
  struct world world;
  create(&world);
  for (int i = 0; i < count; i++) {
    play(&world, &story->acts[order[i]]);
    if (looking) free(describe(world.identity));
  }
  char *leads = describe(world.identity);
  if (strcmp(leads, story->leads) != 0) {
    fprintf(stderr, "order:");
    for (int i = 0; i < count; i++) fprintf(stderr, " %d", order[i]);
    fail_msg("%s: got %s, expected %s", story->what, leads, story->leads);
  }
  free(leads);
  destroy(&world);
}

static void permute(const struct story *story, int *order, int fixed, int count) {
  if (fixed == count) {
    tell(story, order, count, false);
    return;
  }
  for (int i = fixed; i < count; i++) {
    int kept = order[fixed];
    order[fixed] = order[i], order[i] = kept;
    permute(story, order, fixed + 1, count);
    order[i] = order[fixed], order[fixed] = kept;
  }
}

static void any_order_of_arrival_gives_the_same_leads(void **state) {
  (void)state;
  for (size_t s = 0; s < COUNT_OF(stories); s++) {
    int order[ACTS_MAX] = {0, 1, 2, 3, 4, 5, 6}, reversed[ACTS_MAX], count = 0;
    while (count < ACTS_MAX && stories[s].acts[count].id) count++;
    for (int i = 0; i < count; i++) reversed[i] = count - 1 - i;
    tell(&stories[s], order, count, true);
    tell(&stories[s], reversed, count, true);
    permute(&stories[s], order, 0, count);
  }
}

static void expect_found(struct identity *identity, const char *id, const char *public_id) {
  uint32_t lead = identity_find(identity, str_of(id));
  if (!public_id) {
    if (lead != IDENTITY_NONE) fail_msg("%s was found", id);
    return;
  }
  if (lead == IDENTITY_NONE) fail_msg("%s was not found", id);
  assert_str(identity_public_id(identity, lead), public_id);
}

static void finds_leads_by_every_id(void **state) {
  (void)state;
  static const struct act acts[] = {{USER, 1, "old", 0},     {ALIAS, 2, "new", "old"}, {BOTH, 3, "new", "a"},
                                    {EMAIL, 4, "new", "e"},  {BOTH, 5, "v", "a"},      {ANONYMOUS, 6, "b", 0},
                                    {ALIAS, 7, "v", "ghost"}};
  struct world world;
  create(&world);
  for (size_t i = 0; i < COUNT_OF(acts); i++) play(&world, &acts[i]);
  expect_found(world.identity, "old", "new");
  expect_found(world.identity, "new", "new");
  expect_found(world.identity, "e", "new");
  expect_found(world.identity, "a", "v"); /* the last owner */
  expect_found(world.identity, "b", "b");
  expect_found(world.identity, "ghost", "v");
  expect_found(world.identity, "nobody", NULL);
  destroy(&world);
}

static void lists_members_users_first(void **state) {
  (void)state;
  static const struct act acts[] = {{ANONYMOUS, 1, "a", 0},
                                    {EMAIL, 2, "v", "e"},
                                    {BOTH, 3, "u", "a"},
                                    {EMAIL, 4, "u", "e"},
                                    {BOTH, 5, "u", "never alone"}};
  struct world world;
  struct identity_member *members;
  create(&world);
  for (size_t i = 0; i < COUNT_OF(acts); i++) play(&world, &acts[i]);
  uint32_t lead = identity_find(world.identity, STR("u"));
  assert_int_equal(identity_members(world.identity, lead, &world.arena, &members), 4);
  assert_int_equal(members[0].kind, ID_USER);
  assert_int_equal(members[1].kind, ID_USER);
  assert_int_equal(members[2].kind, ID_EMAIL);
  assert_str(members[3].id, "a");
  assert_int_equal(members[3].kind, ID_ANONYMOUS);
  destroy(&world);
}

/* A kiosk: one anonymous id, many users. Each gets what happened after its login, in time that does not explode. */
static void splits_a_device_of_thousands(void **state) {
  (void)state;
  enum { USERS = 3000 };
  struct world world;
  struct touch_list touches = {0};
  char name[16];
  create(&world);
  for (int i = 0; i < USERS; i++) {
    snprintf(name, sizeof name, "u%d", i);
    play(&world, &(struct act){BOTH, 10 * i, arena_str(&world.arena, str_of(name)).p, "kiosk"});
    play(&world, &(struct act){ANONYMOUS, 10 * i + 5, "kiosk", 0});
  }
  uint32_t cursor = 0, lead;
  int leads = 0;
  for (; identity_next_lead(world.identity, &cursor, &lead); leads++) {
    touches.count = 0;
    identity_gather(world.identity, lead, &touches);
    touch_list_sort(&touches);
    assert_int_equal(touches.count, 2);
    assert_int_equal(touches.items[1]->time_ms, touches.items[0]->time_ms + 5);
  }
  assert_int_equal(leads, USERS);
  touch_list_release(&touches);
  destroy(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_order_of_arrival_gives_the_same_leads),
      cmocka_unit_test(finds_leads_by_every_id),
      cmocka_unit_test(lists_members_users_first),
      cmocka_unit_test(splits_a_device_of_thousands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
