#include "core/journal/fields.h"

void fields_miss(struct fields *fields, const char *key) {
  if (!fields->failed) err_set(fields->err, ERR_INVALID, "%s has no proper `%s`", fields->what, key);
  fields->failed = true;
}

struct str fields_text(struct fields *fields, const char *key, bool required) {
  struct str text = {NULL, 0};
  if (!json_string(json_get(fields->root, str_of(key)), &text) && required) fields_miss(fields, key);
  return text;
}

uint16_t fields_name(struct fields *fields, const char *key, bool required) {
  return leadbook_intern(fields->book, fields_text(fields, key, required));
}

int64_t fields_instant(struct fields *fields, const char *key, bool required) {
  struct str text = fields_text(fields, key, required);
  int64_t ms = TIME_NEVER;
  if ((required || text.len) && !time_parse(text, &ms)) fields_miss(fields, key);
  return ms;
}
