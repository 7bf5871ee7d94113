#include "io/http/http_form.h"

#include "base/text.h"
#include <stdio.h>

void http_form_init(struct http_form *form) {
  form->count = 0;
  buf_init(&form->room);
}

void http_form_release(struct http_form *form) {
  buf_release(&form->room);
}

bool http_form_find(const struct http_form *form, struct str name, struct str *value) {
  for (int i = form->count; i-- > 0;)
    if (str_eq(form->fields[i].name, name)) return *value = form->fields[i].value, true;
  *value = (struct str){NULL, 0};
  return false;
}

static struct str from(struct str text, size_t at) {
  return (struct str){text.p + at, text.len - at};
}

static int refuse(struct http_failure *failure, const char *why) {
  return http_failure_set(failure, 400, HTTP_INVALID, "%s", why);
}

/* --- multipart ---------------------------------------------------------------------------------------------------------- */

/* NAME=VALUE or NAME="VALUE" among the parameters of a header, behind its first semicolon. */
static bool parameter(struct str header, struct str name, struct str *value) {
  const char *semicolon;
  while (header.len && (semicolon = memchr(header.p, ';', header.len))) {
    header = str_trim(from(header, (size_t)(semicolon - header.p) + 1));
    if (header.len <= name.len || header.p[name.len] != '=' ||
        !http_word_equal((struct str){header.p, name.len}, name))
      continue;
    *value = from(header, name.len + 1);
    bool quoted = value->len && value->p[0] == '"';
    if (quoted) *value = from(*value, 1);
    const char *end = value->len ? memchr(value->p, quoted ? '"' : ';', value->len) : NULL;
    if (quoted && !end) return false;
    if (end) value->len = (size_t)(end - value->p);
    if (!quoted) *value = str_trim(*value);
    return true;
  }
  return false;
}

/* A line without its end, off the front of *rest; false: it has no end. */
static bool take_line(struct str *rest, struct str *line) {
  const char *end = rest->len ? memmem(rest->p, rest->len, "\r\n", 2) : NULL;
  if (!end) return false;
  *line = (struct str){rest->p, (size_t)(end - rest->p)};
  *rest = from(*rest, line->len + 2);
  return true;
}

static int read_part_head(struct str *rest, struct str *name, struct http_failure *failure) {
  struct str line, value;
  *name = (struct str){NULL, 0};
  while (take_line(rest, &line) && line.len) {
    if (line.len < 20 || !http_word_equal((struct str){line.p, 20}, STR("content-disposition:"))) continue;
    if (parameter(line, STR("filename"), &value) || parameter(line, STR("filename*"), &value))
      return http_failure_set(failure, 415, HTTP_UNSUPPORTED, "files are not taken: the form has one");
    if (parameter(line, STR("name"), &value)) *name = value;
  }
  return name->len ? 0 : refuse(failure, "a part of the form has no name");
}

/* What stands before the first boundary and after the last counts for nothing. */
static int read_parts(struct http_form *form, struct str body, struct str boundary,
                      struct http_failure *failure) {
  char text[HTTP_BOUNDARY_MAX + 8];
  struct str delimiter = {text, (size_t)snprintf(text, sizeof text, "\r\n--%.*s", STR_ARG(boundary))};
  struct str first = from(delimiter, 2);
  const char *at = str_starts(body, first) ? body.p : NULL;
  if (!at) return refuse(failure, "the form does not begin with its boundary");
  struct str rest = from(body, first.len);
  while (!str_starts(rest, STR("--"))) {
    struct str line;
    if (!take_line(&rest, &line)) return refuse(failure, "the form ends before its last boundary");
    if (form->count == HTTP_QUERY_MAX)
      return http_failure_set(failure, 400, HTTP_INVALID, "the form has more than %d fields", HTTP_QUERY_MAX);
    struct http_pair *field = &form->fields[form->count++];
    if (read_part_head(&rest, &field->name, failure) != 0) return -1;
    const char *end = rest.len ? memmem(rest.p, rest.len, delimiter.p, delimiter.len) : NULL;
    if (!end) return refuse(failure, "the form ends before its last boundary");
    field->value = (struct str){rest.p, (size_t)(end - rest.p)};
    rest = from(rest, field->value.len + delimiter.len);
  }
  return 0;
}

static int read_multipart(struct http_form *form, struct str type, struct str body,
                          struct http_failure *failure) {
  struct str boundary;
  if (!parameter(type, STR("boundary"), &boundary) || boundary.len == 0 || boundary.len > HTTP_BOUNDARY_MAX)
    return refuse(failure, "the form's Content-Type names no boundary of 1 to 70 characters");
  if (!text_is_utf8(body)) return refuse(failure, "the form is not UTF-8");
  if (body.len && memchr(body.p, '\0', body.len)) return refuse(failure, "the form contains a NUL byte");
  return read_parts(form, body, boundary, failure);
}

/* --- the whole ---------------------------------------------------------------------------------------------------------- */

int http_form_read(struct http_form *form, const struct http_request *request, struct http_failure *failure) {
  struct str type, word, body = request->body;
  http_request_header(request, STR("content-type"), &type);
  const char *semicolon = type.len ? memchr(type.p, ';', type.len) : NULL;
  word = str_trim((struct str){type.p, semicolon ? (size_t)(semicolon - type.p) : type.len});
  form->count = 0;
  buf_clear(&form->room);
  if (http_word_equal(word, STR("multipart/form-data"))) return read_multipart(form, type, body, failure);
  if (!http_word_equal(word, STR("application/x-www-form-urlencoded")))
    return http_failure_set(failure, 415, HTTP_UNSUPPORTED,
                            "a form is application/x-www-form-urlencoded or multipart/form-data");
  buf_reserve(&form->room, body.len + 2);
  return http_pairs_parse("the form", body, form->fields, &form->count, &form->room, failure);
}
