#include "core/intake/trait_writer.h"

#include "base/err.h"
#include "base/text.h"

void trait_writer_init(struct trait_writer *writer) {
  *writer = (struct trait_writer){0};
  map_init(&writer->spellings);
  arena_init(&writer->arena, 4096);
}

void trait_writer_release(struct trait_writer *writer) {
  map_release(&writer->spellings);
  arena_release(&writer->arena);
  free(writer->names);
}

static struct str name_of(struct trait_writer *writer, struct str written, struct arena *arena) {
  size_t known = writer->spellings.count;
  if (known >= TRAIT_WRITER_NAMES_MAX) {
    uint32_t index = map_get(&writer->spellings, written);
    return index == MAP_NONE ? text_snake(written, arena) : writer->names[index];
  }
  uint32_t index = map_intern(&writer->spellings, written);
  if (index < known) return writer->names[index];
  if (known == writer->name_cap) {
    writer->name_cap = writer->name_cap ? writer->name_cap * 2 : 64;
    writer->names = xrealloc(writer->names, writer->name_cap * sizeof *writer->names);
  }
  return writer->names[known] = text_snake(written, &writer->arena);
}

static size_t room_for(struct json_ref object) {
  size_t count = json_count(object);
  return count < TRAIT_WRITER_MAX ? count : TRAIT_WRITER_MAX;
}

static struct value copy(struct trait_writer *writer, struct json_ref ref, struct arena *arena);

static struct value copy_list(struct trait_writer *writer, struct json_ref ref, struct arena *arena) {
  struct value *items = arena_alloc(arena, json_count(ref) * sizeof *items);
  uint32_t count = 0;
  struct json_iter it;
  for (json_iter_init(&it, ref); json_next(&it);) items[count++] = copy(writer, it.value, arena);
  return (struct value){.kind = VALUE_LIST, .len = count, .items = items};
}

static struct value copy_map(struct trait_writer *writer, struct json_ref ref, struct arena *arena) {
  struct pair *pairs = arena_alloc(arena, room_for(ref) * sizeof *pairs);
  uint32_t count = 0;
  struct json_iter it;
  for (json_iter_init(&it, ref); json_next(&it);) {
    struct str name = name_of(writer, it.key, arena);
    uint32_t at = 0;
    while (at < count && !str_eq(pairs[at].key, name)) at++;
    if (at == TRAIT_WRITER_MAX) break;
    pairs[at] = (struct pair){name, copy(writer, it.value, arena)};
    if (at == count) count++;
  }
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}

static struct value copy(struct trait_writer *writer, struct json_ref ref, struct arena *arena) {
  struct value v;
  switch (json_kind(ref)) {
  case JSON_OBJECT: return copy_map(writer, ref, arena);
  case JSON_ARRAY: return copy_list(writer, ref, arena);
  default: break;
  }
  v = json_value(ref, arena);
  if (v.kind == VALUE_STRING) return value_str(arena_str(arena, value_text(v)));
  return v;
}

uint32_t trait_writer_take(struct trait_writer *writer, struct json_ref traits, struct arena *arena,
                           const struct trait_write **writes) {
  struct trait_write *out = arena_alloc(arena, room_for(traits) * sizeof *out);
  uint32_t count = 0;
  struct json_iter it;
  for (json_iter_init(&it, traits); json_next(&it);) {
    struct str name = name_of(writer, it.key, arena);
    uint32_t at = 0;
    while (at < count && !str_eq(out[at].key, name)) at++;
    if (at == TRAIT_WRITER_MAX) break;
    out[at] = (struct trait_write){name, copy(writer, it.value, arena)};
    if (at == count) count++;
  }
  *writes = out;
  return count;
}
