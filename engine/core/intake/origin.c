#include "core/intake/origin.h"

/* "https://user@www.Example.org:8080/x" -> "Example.org"; empty for anything without "//". */
static struct str host_of(struct str url) {
  size_t start = 0;
  while (start + 1 < url.len && !(url.p[start] == '/' && url.p[start + 1] == '/')) start++;
  if (start + 1 >= url.len) return STR("");
  struct str host = {url.p + start + 2, 0};
  const char *end = url.p + url.len, *p = host.p;
  for (; p < end && *p != '/' && *p != '?' && *p != '#'; p++)
    if (*p == '@') host.p = p + 1;
  host.len = (size_t)(p - host.p);
  for (size_t i = 0; i < host.len; i++)
    if (host.p[i] == ':' && host.p[0] != '[') host.len = i;
  bool www = host.len > 4 && (host.p[0] == 'w' || host.p[0] == 'W') &&
             (host.p[1] == 'w' || host.p[1] == 'W') && (host.p[2] == 'w' || host.p[2] == 'W') &&
             host.p[3] == '.';
  return www ? (struct str){host.p + 4, host.len - 4} : host;
}

static char lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_host(struct str a, struct str b) {
  if (a.len != b.len) return false;
  for (size_t i = 0; i < a.len; i++)
    if (lower(a.p[i]) != lower(b.p[i])) return false;
  return true;
}

static struct str page_text(const struct event *event, struct json_ref page, struct str key) {
  struct str text = {NULL, 0};
  if (json_string(json_get(page, key), &text) || event->type != EVENT_PAGE) return text;
  json_string(json_get(event->properties, key), &text);
  return text;
}

struct str origin_of(const struct event *event, char out[ORIGIN_MAX]) {
  struct str source = {NULL, 0};
  struct json_ref page = json_get(event->context, STR("page"));
  json_string(json_get(json_get(event->context, STR("campaign")), STR("source")), &source);
  source = str_trim(source);
  if (source.len && source.len <= ORIGIN_MAX) return source;
  struct str host = host_of(page_text(event, page, STR("referrer")));
  if (!host.len || host.len > ORIGIN_MAX || same_host(host, host_of(page_text(event, page, STR("url")))))
    return STR("");
  for (size_t i = 0; i < host.len; i++) out[i] = lower(host.p[i]);
  return (struct str){out, host.len};
}
