#include "core/handoff/echo.h"

static bool equal(struct json_ref a, struct json_ref b) {
  struct buf left, right;
  struct str text;
  buf_init(&left);
  buf_init(&right);
  if (json_string(a, &text))
    buf_add_str(&left, text);
  else
    json_minify(a, &left);
  if (json_string(b, &text))
    buf_add_str(&right, text);
  else
    json_minify(b, &right);
  bool same = str_eq(buf_str(&left), buf_str(&right));
  buf_release(&left);
  buf_release(&right);
  return same;
}

static bool has_all(struct json_ref object, struct json_ref same) {
  struct json_iter it;
  for (json_iter_init(&it, same); json_next(&it);) {
    struct json_ref member = json_get(object, it.key);
    if (json_is_missing(member) || !equal(member, it.value)) return false;
  }
  return true;
}

/* As deep as a document may be, see JSON_DEPTH_MAX. */
bool echo_holds(struct json_ref sent, struct json_ref same) {
  struct json_iter it;
  enum json_kind kind = json_kind(sent);
  if (json_kind(same) != JSON_OBJECT || json_count(same) == 0) return false;
  if (kind != JSON_OBJECT && kind != JSON_ARRAY) return false;
  if (kind == JSON_OBJECT && has_all(sent, same)) return true;
  for (json_iter_init(&it, sent); json_next(&it);)
    if (echo_holds(it.value, same)) return true;
  return false;
}
