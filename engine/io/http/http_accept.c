#include "io/http/http_accept.h"

/* How a range fits: not at all, or how exactly. */
enum fit { FITS_NOT, FITS_ANY, FITS_TYPE, FITS_SUBTYPE, FITS_PARAMETERS };

struct range {
  struct str type;       /* "text/plain" */
  struct str parameters; /* "version=0.0.4; charset=utf-8" */
  int weight;            /* of a thousand */
  int place;             /* in the header, from 0 */
};

/* What is known of an offer so far. */
struct verdict {
  enum fit fit;
  int weight, place;
};

/* Up to the next `end` outside of quotes, which is taken off too. */
static struct str cut(struct str *rest, char end) {
  size_t at = 0;
  bool quoted = false;
  for (; at < rest->len && (quoted || rest->p[at] != end); at++) {
    if (rest->p[at] == '"') quoted = !quoted;
    if (quoted && rest->p[at] == '\\') at++;
  }
  if (at > rest->len) at = rest->len;
  struct str part = {rest->p, at};
  size_t used = at < rest->len ? at + 1 : at;
  *rest = (struct str){rest->p + used, rest->len - used};
  return str_trim(part);
}

/* A parameter's name, and its value without quotes. */
static struct str split(struct str parameter, struct str *value) {
  struct str name = cut(&parameter, '=');
  *value = str_trim(parameter);
  if (value->len >= 2 && value->p[0] == '"' && value->p[value->len - 1] == '"')
    *value = (struct str){value->p + 1, value->len - 2};
  return name;
}

/* "0.8" as 800; -1: it is no weight. */
static int weight_of(struct str text) {
  int weight = 0, unit = 1000;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    if (i == 1 ? c != '.' : c < '0' || c > '9') return -1;
    if (i == 1) continue;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return text.len > 0 && text.len <= strlen("0.123") && weight <= 1000 ? weight : -1;
}

/* Takes the next range off the front. Its parameters end with its weight; -1: the weight is none, so the range says nothing. */
static struct range take_range(struct str *accept, int place) {
  struct str text = cut(accept, ','), name, value;
  struct range range = {.type = cut(&text, ';'), .parameters = text, .weight = 1000, .place = place};
  while (text.len) {
    const char *start = text.p;
    name = split(cut(&text, ';'), &value);
    if (!http_word_equal(name, STR("q"))) continue;
    range.weight = weight_of(value);
    range.parameters.len = (size_t)(start - range.parameters.p);
    break;
  }
  return range;
}

static enum fit fit_parameters(struct str wanted, struct str offered) {
  enum fit fit = FITS_SUBTYPE;
  while (wanted.len) {
    struct str value, other, rest = offered, name = split(cut(&wanted, ';'), &value);
    while (rest.len) {
      if (!http_word_equal(split(cut(&rest, ';'), &other), name)) continue;
      if (!http_word_equal(value, other)) return FITS_NOT;
      fit = FITS_PARAMETERS;
    }
  }
  return fit;
}

static enum fit fit_of(const struct range *range, struct str offer) {
  struct str type = cut(&offer, ';'), main = type;
  main = cut(&main, '/');
  if (str_eq(range->type, STR("*/*"))) return FITS_ANY;
  if (range->type.len == main.len + 2 && str_ends(range->type, STR("/*")))
    return http_word_equal((struct str){range->type.p, main.len}, main) ? FITS_TYPE : FITS_NOT;
  return http_word_equal(range->type, type) ? fit_parameters(range->parameters, offer) : FITS_NOT;
}

/* The verdict of all Accept lines on one offer. */
static struct verdict judge(const struct http_request *request, struct str offer) {
  struct verdict verdict = {FITS_NOT, 0, 0};
  int place = 0;
  for (int i = 0; i < request->header_count; i++) {
    struct str accept = request->headers[i].value;
    if (!http_word_equal(request->headers[i].name, STR("Accept"))) continue;
    while (accept.len && place < HTTP_ACCEPT_RANGES_MAX) {
      struct range range = take_range(&accept, place++);
      enum fit fit = range.weight < 0 ? FITS_NOT : fit_of(&range, offer);
      if (fit > verdict.fit) verdict = (struct verdict){fit, range.weight, range.place};
    }
  }
  return verdict;
}

static bool is_better(struct verdict a, struct verdict b) {
  if (a.weight != b.weight) return a.weight > b.weight;
  if (a.weight == 0) return false;
  return a.fit != b.fit ? a.fit > b.fit : a.place < b.place;
}

size_t http_accept_best(const struct http_request *request, const char *const *offers, size_t count) {
  struct verdict best = judge(request, str_of(offers[0]));
  size_t chosen = 0;
  for (size_t i = 1; i < count; i++) {
    struct verdict verdict = judge(request, str_of(offers[i]));
    if (!is_better(verdict, best)) continue;
    best = verdict;
    chosen = i;
  }
  return chosen;
}
