#include "cli/leads/answer.h"

struct str answer_text(struct json_ref object, const char *key) {
  struct str text = STR("");
  json_string(json_get(object, str_of(key)), &text);
  return text;
}

double answer_number(struct json_ref object, const char *key) {
  double number = 0;
  json_number(json_get(object, str_of(key)), &number);
  return number;
}

bool answer_bool(struct json_ref object, const char *key) {
  bool b = false;
  json_bool(json_get(object, str_of(key)), &b);
  return b;
}
