#include "core/journal/belongings.h"

#include "base/hex.h"
#include "core/handoff/outbox_record.h"

void belongings_init(struct belongings *belongings) {
  map_init(&belongings->records);
  map_init(&belongings->clocks);
  map_init(&belongings->messages);
}

void belongings_release(struct belongings *belongings) {
  map_release(&belongings->records);
  map_release(&belongings->clocks);
  map_release(&belongings->messages);
}

#define KEY(number) ((struct str){(const char *)&(number), sizeof(number)})

void belongings_add_record(struct belongings *belongings, uint64_t record) {
  map_set(&belongings->records, KEY(record), 0);
}

void belongings_add_clock(struct belongings *belongings, uint64_t clock) {
  map_set(&belongings->clocks, KEY(clock), 0);
}

void belongings_add_message(struct belongings *belongings, struct hash128 message) {
  map_set(&belongings->messages, KEY(message), 0);
}

bool belongings_have_record(const struct belongings *belongings, uint64_t record) {
  return map_get(&belongings->records, KEY(record)) != MAP_NONE;
}

bool belongings_have_clock(const struct belongings *belongings, uint64_t clock) {
  return map_get(&belongings->clocks, KEY(clock)) != MAP_NONE;
}

bool belongings_have_message(const struct belongings *belongings, struct hash128 message) {
  return map_get(&belongings->messages, KEY(message)) != MAP_NONE;
}

/* --- as JSON ------------------------------------------------------------------------------------------------------- */

enum member { RECORDS, CLOCKS, MESSAGES, MEMBERS };
static const char *const names[MEMBERS] = {"records", "clocks", "messages"};

static uint64_t number_of(const struct map *map, size_t i) {
  uint64_t number;
  memcpy(&number, map->entries[i].key.p, sizeof number);
  return number;
}

static struct hash128 message_of(const struct map *map, size_t i) {
  struct hash128 message;
  memcpy(&message, map->entries[i].key.p, sizeof message);
  return message;
}

static void put_item(const struct map *map, enum member member, size_t i, struct json_writer *w) {
  char text[OUTBOX_ID_TEXT]; /* or of a clock, which is shorter */
  switch (member) {
  case RECORDS: json_put_int(w, (int64_t)number_of(map, i)); break;
  case CLOCKS: json_put_text(w, hex64_text(number_of(map, i), text)); break;
  default: json_put_text(w, outbox_id_text(message_of(map, i), text));
  }
}

void belongings_write(const struct belongings *belongings, struct json_writer *w) {
  const struct map *const maps[MEMBERS] = {&belongings->records, &belongings->clocks, &belongings->messages};
  for (int member = 0; member < MEMBERS; member++) {
    if (!maps[member]->count) continue;
    json_key(w, names[member]);
    json_open(w, '[');
    for (size_t i = 0; i < maps[member]->count; i++) put_item(maps[member], (enum member)member, i, w);
    json_close(w, ']');
  }
}

static bool read_item(struct belongings *belongings, enum member member, struct json_ref item) {
  struct hash128 message;
  struct str text;
  uint64_t clock;
  int64_t number;
  if (member == RECORDS) {
    if (!json_whole(item, 1, INT64_MAX, &number)) return false;
    belongings_add_record(belongings, (uint64_t)number);
    return true;
  }
  if (!json_string(item, &text)) return false;
  if (member == MESSAGES) {
    if (!outbox_id_parse(text, &message)) return false;
    belongings_add_message(belongings, message);
    return true;
  }
  if (!hex64_parse(text, &clock)) return false;
  belongings_add_clock(belongings, clock);
  return true;
}

bool belongings_read(struct belongings *belongings, struct json_ref root) {
  struct json_iter it;
  for (int member = 0; member < MEMBERS; member++)
    for (json_iter_init(&it, json_get(root, str_of(names[member]))); json_next(&it);)
      if (!read_item(belongings, (enum member)member, it.value)) return false;
  return true;
}
