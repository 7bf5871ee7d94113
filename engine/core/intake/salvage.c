#include "core/intake/salvage.h"

#include <stdio.h>

void salvage_init(struct salvage *salvage) {
  *salvage = (struct salvage){.items = NULL};
  buf_init(&salvage->body);
  buf_init(&salvage->text);
}

void salvage_release(struct salvage *salvage) {
  buf_release(&salvage->body);
  buf_release(&salvage->text);
  free(salvage->items);
}

void salvage_clear(struct salvage *salvage) {
  salvage->count = 0;
}

/* --- where things are; each function takes what it found off *rest, false: it is not there ------------------------- */

static void skip_blanks(struct str *rest) {
  while (rest->len && strchr(" \t\r\n", rest->p[0]) && rest->p[0]) rest->p++, rest->len--;
}

static bool take_char(struct str *rest, char c) {
  skip_blanks(rest);
  if (rest->len == 0 || rest->p[0] != c) return false;
  rest->p++, rest->len--;
  return true;
}

/* Its bytes between the quotes, as they are written. */
static bool take_text(struct str *rest, struct str *text) {
  if (!take_char(rest, '"')) return false;
  for (size_t i = 0; i < rest->len; i++) {
    if (rest->p[i] == '\\') {
      i++;
    } else if (rest->p[i] == '"') {
      *text = (struct str){rest->p, i};
      *rest = (struct str){rest->p + i + 1, rest->len - i - 1};
      return true;
    }
  }
  return false;
}

/* A value whose brackets are closed. */
static bool take_value(struct str *rest, struct str *value) {
  skip_blanks(rest);
  const char *start = rest->p;
  struct str text;
  size_t depth = 0;
  while (rest->len) {
    char c = rest->p[0];
    if (depth == 0 && (c == ',' || c == ']' || c == '}')) break;
    if (c == '"') {
      if (!take_text(rest, &text)) return false;
    } else {
      depth += c == '{' || c == '[';
      depth -= c == '}' || c == ']';
      rest->p++, rest->len--;
    }
  }
  *value = (struct str){start, (size_t)(rest->p - start)};
  return depth == 0 && value->len > 0;
}

/* *rest begins behind the bracket of the list. */
static bool find_batch(struct str *rest) {
  struct str key, value;
  if (!take_char(rest, '{')) return false;
  do {
    if (!take_text(rest, &key) || !take_char(rest, ':')) return false;
    if (str_eq(key, STR("batch"))) return take_char(rest, '[');
    if (!take_value(rest, &value)) return false;
  } while (take_char(rest, ','));
  return false;
}

/* --- one by one ---------------------------------------------------------------------------------------------------- */

/* "JSON: a NUL character (\\u0000) is not allowed at byte 14": where that is in the body nobody could tell from it. */
static struct str without_place(struct str why) {
  static const struct str head = STR("JSON: "), place = STR(" at byte ");
  if (str_starts(why, head)) why = (struct str){why.p + head.len, why.len - head.len};
  for (size_t i = 0; i + place.len <= why.len; i++)
    if (memcmp(why.p + i, place.p, place.len) == 0) return (struct str){why.p, i};
  return why;
}

static void leave_out(struct salvage *salvage, uint32_t item, const struct err *err) {
  if (salvage->count == salvage->cap) {
    salvage->cap = salvage->cap ? salvage->cap * 2 : 8;
    salvage->items = xrealloc(salvage->items, salvage->cap * sizeof *salvage->items);
  }
  bool deep = err->code == ERR_LIMIT;
  struct salvage_item *left = &salvage->items[salvage->count++];
  struct str why = deep ? STR("the event is nested too deep: 64 levels are allowed, the batch's two included")
                        : without_place(str_of(err->text));
  *left = (struct salvage_item){item, deep ? REJECT_TOO_DEEP : REJECT_BAD_JSON, ""};
  snprintf(left->reason, sizeof left->reason, "%.*s", STR_ARG(why));
}

/* As deep as it stands in the body. False: it is no JSON at all, and neither is the body. */
static bool judge(struct salvage *salvage, struct json_reader *reader, struct str event, uint32_t item) {
  struct json_ref root;
  struct err err;
  buf_clear(&salvage->text);
  buf_add_text(&salvage->text, "[[");
  buf_add_str(&salvage->text, event);
  buf_add_text(&salvage->text, "]]");
  if (json_parse(reader, salvage->text.data, salvage->text.len, &root, &err) == 0) {
    buf_add_str(&salvage->body, event);
    return true;
  }
  buf_add_text(&salvage->body, "null");
  leave_out(salvage, item, &err);
  return err.code == ERR_LIMIT || err.code == ERR_INVALID;
}

bool salvage_batch(struct salvage *salvage, struct json_reader *reader, struct str body) {
  struct str rest = body, event;
  salvage->count = 0;
  buf_clear(&salvage->body);
  if (!find_batch(&rest)) return false;
  buf_add(&salvage->body, body.p, body.len - rest.len);
  for (uint32_t item = 0; take_value(&rest, &event); item++) {
    if (item) buf_add_char(&salvage->body, ',');
    if (!judge(salvage, reader, event, item)) return false;
    if (!take_char(&rest, ',')) break;
  }
  buf_add_str(&salvage->body, rest);
  return salvage->count > 0;
}

const char *salvage_reason(const struct salvage *salvage, uint32_t item, enum reject_code *code) {
  for (size_t i = 0; i < salvage->count && salvage->items[i].item <= item; i++) {
    if (salvage->items[i].item != item) continue;
    *code = salvage->items[i].code;
    return salvage->items[i].reason;
  }
  return NULL;
}
