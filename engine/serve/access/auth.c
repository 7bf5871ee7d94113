#include "serve/access/auth.h"

#include "base/base64.h"

static struct str before_colon(struct str text) {
  const char *colon = text.len ? memchr(text.p, ':', text.len) : NULL;
  return colon ? (struct str){text.p, (size_t)(colon - text.p)} : text;
}

static struct str after_colon(struct str text) {
  const char *colon = text.len ? memchr(text.p, ':', text.len) : NULL;
  return colon ? (struct str){colon + 1, text.len - (size_t)(colon + 1 - text.p)} : text;
}

/* What follows "SCHEME " in the only Authorization header. */
static bool authorization(const struct http_request *request, struct str scheme, struct str *rest) {
  struct str value;
  http_request_header(request, STR("authorization"), &value);
  if (value.len <= scheme.len || value.p[scheme.len] != ' ') return false;
  *rest = str_trim((struct str){value.p + scheme.len + 1, value.len - scheme.len - 1});
  return http_word_equal((struct str){value.p, scheme.len}, scheme);
}

/* An empty user name is none: the key may be elsewhere. */
static bool basic(const struct http_request *request, struct buf *room, struct auth *auth) {
  struct str rest;
  buf_clear(room);
  if (!authorization(request, STR("basic"), &rest)) return false;
  bool decoded = base64_decode(rest, room) == 0;
  *auth = (struct auth){AUTH_BASIC, before_colon(buf_str(room))};
  return !decoded || auth->text.len > 0;
}

static bool is_key(struct str text) {
  return text.len > 0 && !str_ends(text, STR(":***"));
}

static bool bearer(const struct http_request *request, struct auth *auth) {
  auth->place = AUTH_BEARER;
  return authorization(request, STR("bearer"), &auth->text);
}

/* Two of them: a proxy and we might not mean the same one. */
static bool is_ambiguous(const struct http_request *request) {
  return http_request_header_count(request, STR("authorization")) > 1;
}

struct auth auth_of_ingest(const struct http_request *request, struct str body_key, struct buf *room) {
  struct auth auth;
  struct str text;
  if (is_ambiguous(request)) return (struct auth){AUTH_BASIC, STR("")};
  if (basic(request, room, &auth)) return auth;
  if (is_key(body_key)) return (struct auth){AUTH_BODY, body_key};
  if (http_request_header(request, STR("x-write-key"), &text) && is_key(text))
    return (struct auth){AUTH_HEADER, after_colon(text)};
  if (http_request_query(request, STR("writeKey"), &text) && is_key(text))
    return (struct auth){AUTH_QUERY, text};
  return bearer(request, &auth) ? auth : (struct auth){AUTH_NOWHERE, STR("")};
}

struct auth auth_of_reader(const struct http_request *request, struct buf *room) {
  struct auth auth;
  bool found = !is_ambiguous(request) && (basic(request, room, &auth) || bearer(request, &auth));
  return found ? auth : (struct auth){AUTH_NOWHERE, STR("")};
}
