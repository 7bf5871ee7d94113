/* Clients that read, stall, leave and come back at random, while events are published: each is sent exactly what it wants, in
 * order and once, and is told so wherever something had to be left out. The seed is fixed; a failure names the step. */
#include "hub_rig.h"

enum { STEPS = 4000, READERS = 8, RING = 64, JSON_MAX = 20000 };

static uint64_t seed = 0x687562;

/* xorshift64*: the same numbers everywhere */
static uint32_t random_below(uint32_t bound) {
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return (uint32_t)((seed * UINT64_C(2685821657736338717)) >> 33) % bound;
}

static const char *const names[] = {"a", "b", "c"}; /* "c" is rare */

/* What a reader asks for, as a query and as bits of `names`. */
static const struct {
  const char *query;
  unsigned bits;
} wishes[] = {{"", 7}, {"?events=a", 1}, {"?events=b,c", 6}, {"?events=c", 4}};

struct reader {
  struct client *client; /* NULL: away */
  unsigned wish;
  uint64_t seen; /* everything up to here, or left out with a reset */
  bool was_there;
};

static struct reader readers[READERS];
static unsigned char published[STEPS + 1]; /* the name's number of each event, from 1 */
static uint64_t count, resets_seen;
static int step;

static bool wanted(const struct reader *reader, uint64_t seq) {
  return wishes[reader->wish].bits >> published[seq] & 1;
}

/* --- what has arrived --- */

static void expect_nothing_wanted(const struct reader *reader, uint64_t after, uint64_t before) {
  for (uint64_t seq = after + 1; seq < before; seq++)
    if (wanted(reader, seq)) fail_msg("step %d: event %d was left out", step, (int)seq);
}

/* One block of the stream: an event, a reset, or only an id. */
static void take_block(struct reader *reader, const char *block, size_t len) {
  const char *id = memmem(block, len, "id: e-", 6), *event = memmem(block, len, "event: ", 7);
  if (!id) return; /* a heartbeat */
  uint64_t seq = strtoull(id + 6, NULL, 10);
  if (seq > count || seq < reader->seen) fail_msg("step %d: id %d came", step, (int)seq);
  if (!event) {
    if (reader->was_there) expect_nothing_wanted(reader, reader->seen, seq + 1);
  } else if (event[7] == 'r') {
    resets_seen++;
  } else {
    expect_nothing_wanted(reader, reader->seen, seq);
    if (seq <= reader->seen || !wanted(reader, seq)) fail_msg("step %d: event %d came", step, (int)seq);
    assert_int_equal(event[7], names[published[seq]][0]);
  }
  reader->seen = seq;
  reader->was_there = true;
}

/* Reads what is complete; once for each connection. */
static void take_all(struct reader *reader) {
  const char *text = stream_text(reader->client), *end;
  for (; (end = strstr(text, "\n\n")) != NULL; text = end + 2)
    take_block(reader, text, (size_t)(end - text) + 1);
}

/* --- what happens --- */

static void arrive(struct reader *reader) {
  char target[64], header[64] = "";
  snprintf(target, sizeof target, "/stream%s", wishes[reader->wish].query);
  if (reader->was_there) snprintf(header, sizeof header, "Last-Event-ID: e-%d\r\n", (int)reader->seen);
  reader->client = subscribe(target, header);
  RUN_UNTIL(stream_has(reader->client, "\n\n"));
}

static void leave(struct reader *reader) {
  take_all(reader);
  client_close(reader->client);
  reader->client = NULL;
}

static void publish_some(void) {
  static char json[JSON_MAX];
  memset(json, '1', sizeof json);
  published[++count] = (unsigned char)(random_below(100) ? random_below(2) : 2);
  uint32_t size = random_below(4) ? 1 + random_below(100) : 1 + random_below(JSON_MAX);
  hub_publish(rig.hub, str_of(names[published[count]]), (struct str){json, size});
}

static void one_step(void) {
  struct reader *reader = &readers[random_below(READERS)];
  publish_some();
  if (!reader->client)
    arrive(reader);
  else if (client_over(reader->client) /* it was cut */ || random_below(40) == 0)
    leave(reader);
  else if (random_below(reader->client->silent ? 30 : 10) == 0)
    reader->client->silent = !reader->client->silent;
  if (random_below(3)) fixture_turn();
}

/* Whether what has arrived reaches as far as the reader can be told to be. */
static bool has_all(const struct reader *reader) {
  uint64_t last = count, told = reader->seen;
  while (last > told && !wanted(reader, last)) last--;
  for (const char *at = stream_text(reader->client);
       (at = strstr(at, "id: e-")) != NULL && strstr(at, "\n\n"); at++)
    told = strtoull(at + 6, NULL, 10);
  return told >= last;
}

static void nothing_is_lost_or_doubled(void **state) {
  (void)state;
  rig_start_with((struct hub_options){.ring_events = RING});
  for (unsigned i = 0; i < READERS; i++) readers[i] = (struct reader){.wish = i % COUNT_OF(wishes)};
  for (step = 1; step <= STEPS; step++) one_step();
  for (int i = 0; i < READERS; i++) {
    struct reader *reader = &readers[i];
    if (reader->client) reader->client->silent = false;
    if (!reader->client) arrive(reader);
    RUN_UNTIL(client_over(reader->client) || has_all(reader));
    take_all(reader);
    if (!client_over(reader->client)) expect_nothing_wanted(reader, reader->seen, count + 1);
  }
  const struct hub_stats *stats = hub_stats(rig.hub);
  assert_int_equal(stats->published, STEPS);
  assert_int_equal(stats->resets, resets_seen);
  assert_true(stats->cut > 0 && stats->resets > 0 && stats->resumed > 0); /* or it shows little */
  rig_stop(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_or_doubled)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
