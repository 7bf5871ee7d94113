#include "core/intake/content.h"

/* What events of the Segment spec and their relatives call the thing they are about, the plainest first. */
static const char *const names[] = {"title",      "name",          "content_title", "asset", "asset_title",
                                    "webinar",    "webinar_title", "document",      "video", "file",
                                    "webinar_id", "asset_id",      "url",           NULL};

static struct str cut(struct str text) {
  size_t len = text.len < TOUCH_CONTENT_MAX ? text.len : TOUCH_CONTENT_MAX;
  while (len && len < text.len && ((unsigned char)text.p[len] & 0xc0) == 0x80) len--;
  return (struct str){text.p, len};
}

static struct str text_of(struct json_ref object, const char *key) {
  struct str text = {NULL, 0};
  json_string(json_get(object, str_of(key)), &text);
  return str_trim(text);
}

/* A property of a page, or what its context says of it. */
static struct str page_text(const struct event *event, const char *key) {
  struct str text = text_of(event->properties, key);
  return text.len ? text : text_of(json_get(event->context, STR("page")), key);
}

/* "https://www.example.org/pricing?a=1#b" -> "/pricing": what was asked for in a search or filled into a form stays out. */
static struct str path_of(struct str url) {
  size_t at = 0;
  while (at + 1 < url.len && !(url.p[at] == '/' && url.p[at + 1] == '/')) at++;
  at = at + 1 < url.len ? at + 2 : 0;
  while (at < url.len && url.p[at] != '/' && url.p[at] != '?' && url.p[at] != '#') at++;
  size_t end = at;
  while (end < url.len && url.p[end] != '?' && url.p[end] != '#') end++;
  return at < end ? (struct str){url.p + at, end - at} : STR("/");
}

static void take_page(const struct event *event, struct touch_content *out) {
  struct str url = page_text(event, "url");
  out->what = page_text(event, "path");
  out->title = page_text(event, "title");
  if (out->what.len == 0 && url.len) out->what = path_of(url);
  if (out->title.len == 0) out->title = event->name;
  if (out->what.len) return;
  out->what = out->title;
  out->title = STR("");
}

static void take_other(const struct event *event, struct touch_content *out) {
  out->what = event->name;
  for (const char *const *key = names; *key && out->title.len == 0; key++)
    out->title = text_of(event->properties, *key);
}

bool content_of(const struct event *event, struct touch_content *out) {
  *out = (struct touch_content){STR(""), STR("")};
  if (event->type == EVENT_PAGE)
    take_page(event, out);
  else
    take_other(event, out);
  out->what = cut(out->what);
  out->title = cut(out->title);
  return out->what.len > 0;
}
