/* forms.h - matchers and events as literals, for the model's tests. */
#ifndef EMBUDO_UNIT_MODEL_FORMS_H
#define EMBUDO_UNIT_MODEL_FORMS_H

#include "base/json.h"
#include "model/event.h"
#include "model/match/matcher.h"

#define S(literal)                                                                                           \
  { (literal), sizeof(literal) - 1 }
#define T(literal)                                                                                           \
  { .kind = VALUE_STRING, .len = sizeof(literal) - 1, .text = (literal) }
#define N(n)                                                                                                 \
  { .kind = VALUE_NUMBER, .number = (n) }
#define B(b)                                                                                                 \
  { .kind = VALUE_BOOL, .boolean = (b) }

#define ANY                                                                                                  \
  { .op = MATCH_ANY }
#define PRESENT                                                                                              \
  { .op = MATCH_PRESENT }
#define MISSING                                                                                              \
  { .op = MATCH_MISSING }
#define EQUALS(v)                                                                                            \
  { .op = MATCH_EQUALS, .equals = v }
#define AT_LEAST(n)                                                                                          \
  { .op = MATCH_AT_LEAST, .low = (n) }
#define AT_MOST(n)                                                                                           \
  { .op = MATCH_AT_MOST, .high = (n) }
#define ABOVE(n)                                                                                             \
  { .op = MATCH_ABOVE, .low = (n) }
#define BELOW(n)                                                                                             \
  { .op = MATCH_BELOW, .high = (n) }
#define BETWEEN(a, b)                                                                                        \
  { .op = MATCH_BETWEEN, .low = (a), .high = (b) }
#define PAST(ms)                                                                                             \
  { .op = MATCH_PAST, .timed = true, .span_ms = (ms) }
#define AHEAD(ms)                                                                                            \
  { .op = MATCH_AHEAD, .timed = true, .span_ms = (ms) }

#define COUNT(type, ...) (sizeof((const type[]){__VA_ARGS__}) / sizeof(type))
#define SET(op_, ...)                                                                                        \
  {                                                                                                          \
    .op = (op_), .len = COUNT(struct value, __VA_ARGS__), .set = (const struct value[]) {                    \
      __VA_ARGS__                                                                                            \
    }                                                                                                        \
  }
#define TEXTS(op_, ...)                                                                                      \
  {                                                                                                          \
    .op = (op_), .len = COUNT(struct str, __VA_ARGS__), .texts = (const struct str[]) {                      \
      __VA_ARGS__                                                                                            \
    }                                                                                                        \
  }
#define KIDS(op_, timed_, ...)                                                                               \
  {                                                                                                          \
    .op = (op_), .timed = (timed_), .len = COUNT(struct matcher *, __VA_ARGS__),                             \
    .kids = (const struct matcher *const[]) {                                                                \
      __VA_ARGS__                                                                                            \
    }                                                                                                        \
  }
#define M(...) (&(const struct matcher)__VA_ARGS__)

/* An event over a parsed document; only what patterns read is filled in. */
static inline struct event event_over(struct json_ref root, enum event_type type, const char *name,
                                      int64_t time_ms) {
  return (struct event){.type = type,
                        .name = str_of(name),
                        .time_ms = time_ms,
                        .root = root,
                        .properties = json_get(root, STR("properties")),
                        .context = json_get(root, STR("context")),
                        .traits = json_get(root, STR("traits"))};
}

#endif
