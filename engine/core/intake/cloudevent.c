#include "core/intake/cloudevent.h"

#include "base/base64.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "core/intake/cloudevent_private.h"

static const struct str core_words[CLOUDEVENT_CORE_COUNT] = {
#define X(core, word) [core] = {word, sizeof(word) - 1},
    CLOUDEVENT_CORE(X)
#undef X
};

/* --- words that are compared without case -------------------------------------------------------------------------- */

static char lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Lower-case `word` stands at the start of `s`, in any case. */
static bool begins(struct str s, const char *word) {
  size_t len = strlen(word);
  if (s.len < len) return false;
  for (size_t i = 0; i < len; i++)
    if (lower(s.p[i]) != word[i]) return false;
  return true;
}

static bool is(struct str s, const char *word) {
  return s.len == strlen(word) && begins(s, word);
}

static bool ends(struct str s, const char *word) {
  size_t len = strlen(word);
  return s.len >= len && is((struct str){s.p + s.len - len, len}, word);
}

/* A content type without its parameters. */
static struct str media_type(struct str content_type) {
  const char *end = content_type.len ? memchr(content_type.p, ';', content_type.len) : NULL;
  if (end) content_type.len = (size_t)(end - content_type.p);
  return str_trim(content_type);
}

static bool is_json(struct str media) {
  return is(media, "application/json") || is(media, "text/json") || ends(media, "+json");
}

static bool is_attribute(struct str header) {
  return begins(header, "ce-");
}

enum cloudevent_mode cloudevent_mode(struct str content_type, const struct cloudevent_header *headers,
                                     size_t count) {
  struct str media = media_type(content_type);
  if (begins(media, "application/cloudevents")) {
    if (is(media, "application/cloudevents+json")) return CLOUDEVENT_STRUCTURED;
    return is(media, "application/cloudevents-batch+json") ? CLOUDEVENT_BATCHED : CLOUDEVENT_UNSUPPORTED;
  }
  for (size_t i = 0; i < count; i++)
    if (is_attribute(headers[i].name)) return CLOUDEVENT_BINARY;
  return CLOUDEVENT_NONE;
}

/* --- attributes ---------------------------------------------------------------------------------------------------- */

static int check_name(struct str name, struct err *err) {
  bool good = name.len > 0 && !str_eq(name, STR("data"));
  for (size_t i = 0; i < name.len; i++)
    good = good && ((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= '0' && name.p[i] <= '9'));
  if (good) return 0;
  return err_set(
      err, ERR_INVALID,
      "\"%.*s\" is no name of a CloudEvents attribute: letters a to z and digits, and not \"data\"",
      (int)(name.len < 40 ? name.len : 40), name.p);
}

static int check_text(struct str name, struct str text, struct err *err) {
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
      return err_set(err, ERR_INVALID, "the attribute `%.*s` has a control character at byte %zu",
                     STR_ARG(name), i);
  return 0;
}

static int take_twice(struct str name, struct err *err) {
  return err_set(err, ERR_INVALID, "the attribute `%.*s` is given twice", STR_ARG(name));
}

static int take_core(struct cloudevent *event, enum cloudevent_core core, struct str text,
                     struct json_ref json, struct err *err) {
  if (!json_is_missing(json))
    return err_set(err, ERR_INVALID, "the attribute `%s` is %s: expected a text", core_words[core].p,
                   json_kind_word(json_kind(json)));
  if (event->core[core].p) return take_twice(core_words[core], err);
  event->core[core] = text.len ? text : STR("");
  return 0;
}

static int take_extension(struct cloudevent *event, struct cloudevent_attribute attribute, struct err *err) {
  enum json_kind kind = json_kind(attribute.json);
  if (kind == JSON_ARRAY || kind == JSON_OBJECT)
    return err_set(err, ERR_INVALID, "the extension `%.*s` is %s: expected a text, a number, true or false",
                   STR_ARG(attribute.name), json_kind_word(kind));
  for (size_t i = 0; i < event->extension_count; i++)
    if (str_eq(event->extensions[i].name, attribute.name)) return take_twice(attribute.name, err);
  if (event->extension_count == CLOUDEVENT_ATTRIBUTES_MAX)
    return err_set(err, ERR_LIMIT, "a CloudEvent may have %d extensions", CLOUDEVENT_ATTRIBUTES_MAX);
  event->extensions[event->extension_count++] = attribute;
  return 0;
}

int cloudevent_take(struct cloudevent *event, struct str name, struct str text, struct json_ref json,
                    struct err *err) {
  if (check_name(name, err) != 0 || check_text(name, text, err) != 0) return -1;
  for (int core = 0; core < CLOUDEVENT_CORE_COUNT; core++)
    if (str_eq(name, core_words[core])) return take_core(event, (enum cloudevent_core)core, text, json, err);
  return take_extension(event, (struct cloudevent_attribute){name, text, json}, err);
}

struct str cloudevent_extension(const struct cloudevent *event, struct str name) {
  for (size_t i = 0; i < event->extension_count; i++)
    if (str_eq(event->extensions[i].name, name)) return event->extensions[i].text;
  return STR("");
}

/* --- what every event must have ------------------------------------------------------------------------------------ */

/* RFC 3339 alone: of what time_parse reads, dates and clocks in full, a T between them and a zone with a colon. */
static bool is_rfc3339(struct str text) {
  int64_t ms;
  if (text.len < sizeof "2024-01-15T09:00:00Z" - 1 || lower(text.p[10]) != 't' || text.p[16] != ':')
    return false;
  char last = lower(text.p[text.len - 1]);
  bool zone = last == 'z' || (text.len > 25 - 1 && text.p[text.len - 3] == ':' &&
                              (text.p[text.len - 6] == '+' || text.p[text.len - 6] == '-'));
  return zone && time_parse(text, &ms);
}

static int check_required(const struct cloudevent *event, struct err *err) {
  static const enum cloudevent_core required[] = {CLOUDEVENT_SPECVERSION, CLOUDEVENT_ID, CLOUDEVENT_SOURCE,
                                                  CLOUDEVENT_TYPE};
  for (size_t i = 0; i < sizeof required / sizeof *required; i++) {
    struct str value = event->core[required[i]];
    if (!str_trim(value).len)
      return err_set(err, ERR_INVALID, "a CloudEvent needs the attribute `%s`; it is %s",
                     core_words[required[i]].p, value.p ? "empty" : "missing");
  }
  return 0;
}

/* What every CloudEvent must have. */
static int check_whole(const struct cloudevent *event, struct err *err) {
  if (check_required(event, err) != 0) return -1;
  struct str version = event->core[CLOUDEVENT_SPECVERSION], source = event->core[CLOUDEVENT_SOURCE];
  struct str time = event->core[CLOUDEVENT_TIME];
  if (!str_eq(version, STR("1.0")))
    return err_set(err, ERR_INVALID, "the specversion is \"%.*s\": expected \"1.0\"",
                   (int)(version.len < 40 ? version.len : 40), version.p);
  if (memchr(source.p, ' ', source.len))
    return err_set(err, ERR_INVALID,
                   "the source has a blank: expected a URI reference, where a blank is %%20");
  if (time.len && !is_rfc3339(time))
    return err_set(err, ERR_INVALID,
                   "the time \"%.*s\" is not RFC 3339: expected a form such as 2024-01-15T09:00:00Z",
                   (int)(time.len < 40 ? time.len : 40), time.p);
  return 0;
}

/* --- binary -------------------------------------------------------------------------------------------------------- */

static struct str lowered(struct arena *arena, struct str s) {
  char *bytes = arena_alloc(arena, s.len + 1);
  for (size_t i = 0; i < s.len; i++) bytes[i] = lower(s.p[i]);
  return (struct str){bytes, s.len};
}

static int take_header(struct cloudevent *event, const struct cloudevent_header *header, struct err *err) {
  struct str name = lowered(event->scratch, header->name), text;
  name.p += sizeof "ce-" - 1;
  name.len -= sizeof "ce-" - 1;
  if (str_eq(name, core_words[CLOUDEVENT_DATACONTENTTYPE])) return 0; /* Content-Type says it */
  if (cloudevent_header_text(name, header->value, event->scratch, &text, err) != 0) return -1;
  return cloudevent_take(event, name, text, (struct json_ref){0}, err);
}

static int take_headers(struct cloudevent *event, const struct cloudevent_header *headers, size_t count,
                        struct err *err) {
  for (size_t i = 0; i < count; i++)
    if (is_attribute(headers[i].name) && take_header(event, &headers[i], err) != 0) return -1;
  return 0;
}

static int take_json(struct cloudevent *event, struct str body, struct json_reader *scratch,
                     struct err *err) {
  struct err why;
  struct json_ref data;
  if (json_parse(scratch, body.p, body.len, &data, &why) != 0)
    return err_set(err, why.code, "the CloudEvent's data should be JSON: %s", why.text);
  event->data = data;
  return 0;
}

/* Nothing said what the body is, or curl said it unasked. */
static bool is_undeclared(struct str media) {
  return !media.len || is(media, "application/x-www-form-urlencoded");
}

static int take_body(struct cloudevent *event, struct str media, struct str body, struct json_reader *scratch,
                     struct err *err) {
  if (!body.len) return 0;
  if (is_json(media)) return take_json(event, body, scratch, err);
  if (is_undeclared(media) && take_json(event, body, scratch, err) == 0) return 0;
  if (begins(media, "text/") && text_is_utf8(body) && !memchr(body.p, '\0', body.len))
    event->text = body;
  else
    event->data_bytes = body.len;
  return 0;
}

int cloudevent_from_headers(const struct cloudevent_header *headers, size_t count, struct str content_type,
                            struct str body, struct json_reader *scratch, struct buf *out, struct err *err) {
  struct arena arena;
  arena_init(&arena, 4096);
  struct cloudevent event = {.scratch = &arena};
  int result = cloudevent_take(&event, core_words[CLOUDEVENT_DATACONTENTTYPE], str_trim(content_type),
                               (struct json_ref){0}, err);
  if (result == 0) result = take_headers(&event, headers, count, err);
  if (result == 0) result = check_whole(&event, err);
  if (result == 0) result = take_body(&event, media_type(content_type), body, scratch, err);
  if (result == 0) cloudevent_write(&event, out);
  arena_release(&arena);
  return result;
}

/* --- structured ---------------------------------------------------------------------------------------------------- */

/* The members that are no attributes. */
struct members {
  struct json_ref data, base64;
};

static int take_member(struct cloudevent *event, struct members *members, const struct json_iter *member,
                       struct err *err) {
  struct str text = {NULL, 0};
  struct json_ref *slot = str_eq(member->key, STR("data"))          ? &members->data
                          : str_eq(member->key, STR("data_base64")) ? &members->base64
                                                                    : NULL;
  if (slot) {
    if (!json_is_missing(*slot)) return take_twice(member->key, err);
    *slot = member->value;
    return 0;
  }
  if (json_kind(member->value) == JSON_NULL) return 0;
  bool is_text = json_string(member->value, &text);
  return cloudevent_take(event, member->key, text, is_text ? (struct json_ref){0} : member->value, err);
}

static int take_base64(struct cloudevent *event, struct json_ref base64, struct json_reader *scratch,
                       struct err *err) {
  struct str text;
  struct buf bytes;
  buf_init(&bytes);
  int result = 0;
  if (!json_string(base64, &text) || base64_decode(text, &bytes) != 0)
    result = err_set(err, ERR_SYNTAX, "data_base64 is not a text in Base64");
  else if (is_json(media_type(event->core[CLOUDEVENT_DATACONTENTTYPE])) && bytes.len)
    result = take_json(event, buf_str(&bytes), scratch, err);
  else
    event->data_bytes = bytes.len;
  buf_release(&bytes);
  return result;
}

static int take_members(struct cloudevent *event, struct json_ref root, struct json_reader *scratch,
                        struct err *err) {
  struct members members = {{0}, {0}};
  struct json_iter member;
  if (json_kind(root) != JSON_OBJECT)
    return err_set(err, ERR_INVALID, "a CloudEvent is a JSON object; this is %s",
                   json_kind_word(json_kind(root)));
  for (json_iter_init(&member, root); json_next(&member);)
    if (take_member(event, &members, &member, err) != 0) return -1;
  if (check_whole(event, err) != 0) return -1;
  event->data = members.data;
  if (json_is_missing(members.base64) || json_kind(members.base64) == JSON_NULL) return 0;
  if (!json_is_missing(members.data))
    return err_set(err, ERR_INVALID, "a CloudEvent has `data` or `data_base64`, not both");
  return take_base64(event, members.base64, scratch, err);
}

int cloudevent_from_json(struct json_ref root, struct json_reader *scratch, struct buf *out,
                         struct err *err) {
  struct cloudevent event = {.scratch = NULL};
  if (take_members(&event, root, scratch, err) != 0) return -1;
  cloudevent_write(&event, out);
  return 0;
}
