#include "model/match/field.h"

#include "base/text.h"
#include "model/match/number.h"

/* The member whose name is `name` once both are in snake_case. */
static struct json_ref snake_member(struct json_ref object, struct str name, struct arena *scratch) {
  struct json_iter it;
  if (json_kind(object) != JSON_OBJECT) return (struct json_ref){0};
  json_iter_init(&it, object);
  while (json_next(&it))
    if (str_eq(text_snake(it.key, scratch), name)) return it.value;
  return (struct json_ref){0};
}

/* json_path over names in snake_case: the whole path as one name first, then step by step. */
static struct json_ref snake_path(struct json_ref object, struct str path, struct arena *scratch) {
  for (;;) {
    struct json_ref whole = snake_member(object, path, scratch);
    const char *dot = memchr(path.p, '.', path.len);
    if (!json_is_missing(whole) || !dot) return whole;
    size_t head = (size_t)(dot - path.p);
    object = snake_member(object, (struct str){path.p, head}, scratch);
    path = (struct str){dot + 1, path.len - head - 1};
  }
}

static struct json_ref property(const struct field *field, const struct event *event) {
  struct json_ref ref = json_path(event->properties, field->path);
  bool paged = field->or_page && (event->type == EVENT_PAGE || event->type == EVENT_SCREEN);
  if (!paged || json_kind(ref) > JSON_NULL) return ref;
  return json_path(json_get(event->context, STR("page")), field->path);
}

static struct json_ref locate(const struct field *field, const struct event *event, struct arena *scratch) {
  switch (field->root) {
  case FIELD_PROPERTIES: return property(field, event);
  case FIELD_CONTEXT: return json_path(event->context, field->path);
  case FIELD_ITSELF: return json_path(event->root, field->path);
  case FIELD_TRAITS: break;
  }
  struct json_ref ref = json_path(event->traits, field->path);
  return json_is_missing(ref) ? snake_path(event->traits, field->path, scratch) : ref;
}

struct value field_value(const struct field *field, const struct event *event, struct arena *scratch) {
  struct json_ref ref = locate(field, event, scratch);
  return json_is_missing(ref) ? VALUE_NONE : json_value(ref, scratch);
}

uint64_t field_hash(struct value v) {
  if (!value_present(v)) return 0;
  struct buf scratch;
  struct str text;
  buf_init(&scratch);
  if (!number_or_text(v, &scratch, &text)) {
    struct json_writer writer;
    json_writer_init(&writer, &scratch);
    json_put_value(&writer, v);
    text = buf_str(&scratch);
  }
  uint64_t hash = str_hash(text);
  buf_release(&scratch);
  return hash ? hash : 1;
}
