#include "model/ruleset/framework.h"

#include "base/number.h"
#include "base/text.h"
#include "base/timefmt.h"
#include <math.h>
#include <stdlib.h>

static const char *const kind_words[ANSWER_KINDS] = {
    [ANSWER_TEXT] = "text", [ANSWER_NUMBER] = "number", [ANSWER_MONEY] = "money", [ANSWER_CHOICE] = "choice",
    [ANSWER_DATE] = "date", [ANSWER_YES_NO] = "yes_no", [ANSWER_GRADE] = "grade",
};

const char *answer_kind_word(enum answer_kind kind) {
  return kind_words[kind];
}

bool answer_kind_parse(struct str word, enum answer_kind *kind) {
  for (int i = 0; i < ANSWER_KINDS; i++) {
    if (!str_eq(word, str_of(kind_words[i]))) continue;
    *kind = (enum answer_kind)i;
    return true;
  }
  return false;
}

int ruleset_framework(const struct ruleset *rules, struct str id) {
  for (uint32_t i = 0; i < rules->framework_count; i++)
    if (str_eq(str_of(rules->frameworks[i].id), id)) return (int)i;
  return NONE;
}

int ruleset_criterion(const struct ruleset *rules, int framework, struct str id) {
  const struct framework *f = &rules->frameworks[framework];
  for (uint32_t i = f->first; i < f->first + f->count; i++)
    if (str_eq(str_of(rules->criteria[i].id), id)) return (int)i;
  return NONE;
}

uint32_t framework_weight(const struct ruleset *rules, const struct framework *framework) {
  uint32_t weight = 0;
  for (uint32_t i = 0; i < framework->count; i++) weight += rules->criteria[framework->first + i].weight;
  return weight;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static const char *advice_of(const struct criterion *criterion, struct str text) {
  if (criterion->kind != ANSWER_NUMBER && criterion->kind != ANSWER_MONEY) return "";
  return criterion->kind == ANSWER_MONEY && number_is_doubtful(text) ? NUMBER_ADVICE : number_advice(text);
}

static int refuse(const struct criterion *criterion, struct value raw, const char *expected,
                  struct err *err) {
  struct str text = raw.kind == VALUE_STRING ? value_text(raw) : (struct str){NULL, 0};
  const char *advice = advice_of(criterion, text);
  if (text.len)
    return err_set(err, ERR_INVALID, "'%s' is answered with %s; got \"%.*s\"%s%s", criterion->id, expected,
                   (int)(text.len < 60 ? text.len : 60), text.p, *advice ? "; " : "", advice);
  if (raw.kind == VALUE_NUMBER)
    return err_set(err, ERR_INVALID, "'%s' is answered with %s; got %g", criterion->id, expected, raw.number);
  return err_set(err, ERR_INVALID, "'%s' is answered with %s; got %s", criterion->id, expected,
                 value_kind_word((enum value_kind)raw.kind));
}

static int read_text(const struct criterion *criterion, struct value raw, struct value *out,
                     struct err *err) {
  if (raw.kind != VALUE_STRING || raw.len > ANSWER_TEXT_MAX)
    return refuse(criterion, raw, "a text of at most 4000 bytes", err);
  *out = value_str(str_trim(value_text(raw)));
  return 0;
}

/* The whole text as a number. */
static bool number_of(struct str text, double *number) {
  char room[40], *end;
  if (text.len == 0 || text.len >= sizeof room) return false;
  memcpy(room, text.p, text.len);
  room[text.len] = '\0';
  if (strspn(room, "+-.0123456789eE") != text.len) return false;
  *number = strtod(room, &end);
  return *end == '\0' && isfinite(*number);
}

static bool is_number(struct value raw, double *number) {
  if (raw.kind == VALUE_STRING) return number_of(str_trim(value_text(raw)), number);
  *number = raw.kind == VALUE_NUMBER ? raw.number : 0;
  return raw.kind == VALUE_NUMBER && isfinite(raw.number);
}

static int read_number(const struct criterion *criterion, struct value raw, struct value *out,
                       struct err *err) {
  double number;
  if (!is_number(raw, &number)) return refuse(criterion, raw, "a number", err);
  *out = value_number(number);
  return 0;
}

static bool is_sum(struct value raw, double *number) {
  return is_number(raw, number) && !(raw.kind == VALUE_STRING && number_is_doubtful(value_text(raw)));
}

/* "EUR 5000" and "5000 EUR" are the number, where the criterion is in EUR; {"amount": 5000, "currency": "EUR"} likewise.
 * "1.234" is none: half of the world means a thousand and more by it. */
static bool is_money(const struct criterion *criterion, struct value raw, double *number) {
  struct str currency = str_of(criterion->currency);
  if (raw.kind == VALUE_MAP) {
    struct value said = value_get(raw, STR("currency"));
    bool same =
        said.kind == VALUE_MISSING || (said.kind == VALUE_STRING && str_eq(value_text(said), currency));
    return same && is_sum(value_get(raw, STR("amount")), number);
  }
  if (raw.kind != VALUE_STRING || currency.len == 0) return is_sum(raw, number);
  struct str text = str_trim(value_text(raw));
  if (str_starts(text, currency))
    text = (struct str){text.p + currency.len, text.len - currency.len};
  else if (str_ends(text, currency))
    text = (struct str){text.p, text.len - currency.len};
  return is_sum(value_str(text), number);
}

static int read_money(const struct criterion *criterion, struct value raw, struct value *out,
                      struct err *err) {
  char expected[80];
  double number;
  snprintf(expected, sizeof expected, "an amount%s%s, such as 5000, not below 0",
           *criterion->currency ? " in " : "", criterion->currency);
  if (!is_money(criterion, raw, &number) || number < 0) return refuse(criterion, raw, expected, err);
  *out = value_number(number);
  return 0;
}

/* Ignoring case and accents. */
static bool same(struct str a, struct str b) {
  struct buf left, right;
  buf_init(&left);
  buf_init(&right);
  text_fold(a, &left);
  text_fold(b, &right);
  bool equal = str_eq(buf_str(&left), buf_str(&right));
  buf_release(&left);
  buf_release(&right);
  return equal;
}

static int find_choice(const struct criterion *criterion, struct str text) {
  text = str_trim(text);
  for (uint32_t i = 0; i < criterion->choice_count; i++)
    if (same(text, str_of(criterion->choices[i]))) return (int)i;
  return NONE;
}

static int refuse_choice(const struct criterion *criterion, struct value raw, const char *before,
                         struct err *err) {
  char expected[400];
  size_t len = (size_t)snprintf(expected, sizeof expected, "%s", before);
  for (uint32_t i = 0; i < criterion->choice_count && len < sizeof expected; i++)
    len +=
        (size_t)snprintf(expected + len, sizeof expected - len, "%s%s", i ? ", " : "", criterion->choices[i]);
  return refuse(criterion, raw, expected, err);
}

static int read_choice(const struct criterion *criterion, struct value raw, struct value *out,
                       struct err *err) {
  int choice = raw.kind == VALUE_STRING ? find_choice(criterion, value_text(raw)) : NONE;
  if (choice == NONE) return refuse_choice(criterion, raw, "one of: ", err);
  *out = value_str(str_of(criterion->choices[choice]));
  return 0;
}

static int read_grade(const struct criterion *criterion, struct value raw, struct value *out,
                      struct err *err) {
  double number;
  int choice = raw.kind == VALUE_STRING ? find_choice(criterion, value_text(raw)) : NONE;
  if (choice == NONE && is_number(raw, &number) && number >= 0 && number < criterion->choice_count &&
      number == floor(number))
    choice = (int)number;
  if (choice == NONE) {
    char before[64];
    snprintf(before, sizeof before, "a whole grade from 0 to %u or its name: ", criterion->choice_count - 1);
    return refuse_choice(criterion, raw, before, err);
  }
  *out = value_number(choice);
  return 0;
}

static int read_date(const struct criterion *criterion, struct value raw, struct value *out,
                     struct err *err) {
  int64_t ms;
  struct str text = raw.kind == VALUE_STRING ? str_trim(value_text(raw)) : (struct str){NULL, 0};
  if (text.len == 0 || !time_parse(text, &ms))
    return refuse(criterion, raw, "a date such as 2026-03-01", err);
  *out = value_str(text);
  return 0;
}

static int read_yes_no(const struct criterion *criterion, struct value raw, struct value *out,
                       struct err *err) {
  static const char *const words[] = {"no", "yes", "false", "true", "no", "sí"};
  *out = raw;
  if (raw.kind == VALUE_BOOL) return 0;
  for (size_t i = 0; raw.kind == VALUE_STRING && i < sizeof words / sizeof *words; i++) {
    if (!same(str_trim(value_text(raw)), str_of(words[i]))) continue;
    *out = value_bool(i % 2 == 1);
    return 0;
  }
  return refuse(criterion, raw, "yes or no", err);
}

int answer_read(const struct criterion *criterion, struct value raw, struct value *out, struct err *err) {
  *out = VALUE_NONE;
  if (raw.kind == VALUE_MISSING || raw.kind == VALUE_NULL) return 0;
  if (raw.kind == VALUE_STRING && str_trim(value_text(raw)).len == 0) return 0;
  switch (criterion->kind) {
  case ANSWER_NUMBER: return read_number(criterion, raw, out, err);
  case ANSWER_MONEY: return read_money(criterion, raw, out, err);
  case ANSWER_CHOICE: return read_choice(criterion, raw, out, err);
  case ANSWER_GRADE: return read_grade(criterion, raw, out, err);
  case ANSWER_DATE: return read_date(criterion, raw, out, err);
  case ANSWER_YES_NO: return read_yes_no(criterion, raw, out, err);
  default: return read_text(criterion, raw, out, err);
  }
}
