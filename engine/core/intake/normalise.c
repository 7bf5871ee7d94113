#include "core/intake/normalise.h"

#include "base/err.h"
#include "core/intake/fingerprint.h"
#include <math.h>
#include <stdio.h>

/* --- members ---------------------------------------------------------------------------------------------------- */

/* By rising length of the word: collect_members looks only at those as long as the key it has. */
#define MEMBERS(X)                                                                                           \
  X(MEMBER_TYPE, "type")                                                                                     \
  X(MEMBER_NAME, "name")                                                                                     \
  X(MEMBER_EVENT, "event")                                                                                   \
  X(MEMBER_ACTOR, "actor")                                                                                   \
  X(MEMBER_USER_ID, "userId")                                                                                \
  X(MEMBER_SENT_AT, "sentAt")                                                                                \
  X(MEMBER_TRAITS, "traits")                                                                                 \
  X(MEMBER_SOURCE, "source")                                                                                 \
  X(MEMBER_GROUP_ID, "groupId")                                                                              \
  X(MEMBER_CONTEXT, "context")                                                                               \
  X(MEMBER_MESSAGE_ID, "messageId")                                                                          \
  X(MEMBER_TIMESTAMP, "timestamp")                                                                           \
  X(MEMBER_PREVIOUS_ID, "previousId")                                                                        \
  X(MEMBER_RECEIVED_AT, "receivedAt")                                                                        \
  X(MEMBER_PROPERTIES, "properties")                                                                         \
  X(MEMBER_ANONYMOUS_ID, "anonymousId")                                                                      \
  X(MEMBER_ORIGINAL_TIMESTAMP, "originalTimestamp")

enum member {
#define X(member, word) member,
  MEMBERS(X)
#undef X
      MEMBER_COUNT
};

static const struct str member_keys[MEMBER_COUNT] = {
#define X(member, word) [member] = {word, sizeof(word) - 1},
    MEMBERS(X)
#undef X
};

static bool is_history(const struct normalise_context *context) {
  return context->is_history || context->received_ms == TIME_NEVER;
}

struct draft { /* an event being read */
  struct json_ref members[MEMBER_COUNT];
  const struct normalise_context *context;
  struct normalised *out;
};

/* The first member as long as `len`, or longer. */
static int first_of_length(size_t len) {
  static const uint8_t firsts[] = {[0] = MEMBER_TYPE,
                                   [1] = MEMBER_TYPE,
                                   [2] = MEMBER_TYPE,
                                   [3] = MEMBER_TYPE,
                                   [4] = MEMBER_TYPE,
                                   [5] = MEMBER_EVENT,
                                   [6] = MEMBER_USER_ID,
                                   [7] = MEMBER_GROUP_ID,
                                   [8] = MEMBER_MESSAGE_ID,
                                   [9] = MEMBER_MESSAGE_ID,
                                   [10] = MEMBER_PREVIOUS_ID,
                                   [11] = MEMBER_ANONYMOUS_ID,
                                   [12] = MEMBER_ORIGINAL_TIMESTAMP};
  size_t last = sizeof firsts / sizeof *firsts - 1;
  return firsts[len < last ? len : last];
}

/* One walk over the event instead of a search for each member. Of equal keys the first counts. */
static void collect_members(struct draft *draft, struct json_ref root) {
  struct json_iter it;
  for (json_iter_init(&it, root); json_next(&it);)
    for (int i = first_of_length(it.key.len); i < MEMBER_COUNT && member_keys[i].len <= it.key.len; i++) {
      if (!str_eq(it.key, member_keys[i])) continue;
      if (json_is_missing(draft->members[i])) draft->members[i] = it.value;
      break;
    }
}

static enum reject_code reject(struct normalised *out, enum reject_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum reject_code reject(struct normalised *out, enum reject_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(out->reason, sizeof out->reason, format, args);
  va_end(args);
  return code;
}

const char *reject_word(enum reject_code code) {
  static const char *const words[] = {
#define X(code, word) [code] = word,
      REJECT_CODES(X)
#undef X
  };
  ASSERT(code < REJECT_COUNT);
  return words[code];
}

/* --- type and name ------------------------------------------------------------------------------------------------ */

enum { TYPE_WORD_MAX = 16 };

static bool read_type(struct str word, enum event_type *type) {
  char lower[TYPE_WORD_MAX];
  word = str_trim(word);
  if (word.len > sizeof lower) return false;
  for (size_t i = 0; i < word.len; i++)
    lower[i] = (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] - 'A' + 'a' : word.p[i]);
  return event_type_parse((struct str){lower, word.len}, type);
}

/* Whoever sends events does not speak for embudo. */
static enum reject_code check_type(struct draft *draft) {
  const struct event *event = &draft->out->event;
  if (event->type < EVENT_CALLS || draft->context->is_system || is_history(draft->context))
    return REJECT_NONE;
  return reject(draft->out, REJECT_BAD_TYPE,
                event->type == EVENT_ACT
                    ? "only embudo writes events of type \"act\": ask for acts at /v1/leads/{id}/acts"
                    : "only embudo writes events of type \"%s\"",
                event_type_word(event->type));
}

static enum reject_code take_type(struct draft *draft) {
  static const char *const expected = "expected track, page, screen, identify, group or alias";
  struct json_ref ref = draft->members[MEMBER_TYPE];
  struct normalised *out = draft->out;
  enum json_kind kind = json_kind(ref);
  struct str word;
  if (kind == JSON_MISSING || kind == JSON_NULL) {
    out->event.type = draft->context->type;
    if (draft->context->has_type) return REJECT_NONE;
    return reject(out, REJECT_BAD_TYPE, "`type` is missing: %s", expected);
  }
  if (!json_string(ref, &word))
    return reject(out, REJECT_BAD_TYPE, "`type` is %s: %s", json_kind_word(kind), expected);
  if (read_type(word, &out->event.type)) return check_type(draft);
  return reject(out, REJECT_BAD_TYPE, "`type` is \"%.*s\": %s", (int)(word.len < 40 ? word.len : 40), word.p,
                expected);
}

static enum reject_code take_name(struct draft *draft) {
  struct event *event = &draft->out->event;
  bool named = event->type == EVENT_TRACK || event->type >= EVENT_CALLS;
  if (!named) {
    if (event->type == EVENT_PAGE || event->type == EVENT_SCREEN)
      json_string(draft->members[MEMBER_NAME], &event->name);
    return REJECT_NONE;
  }
  json_string(draft->members[MEMBER_EVENT], &event->name);
  if (str_trim(event->name).len) return REJECT_NONE;
  enum json_kind kind = json_kind(draft->members[MEMBER_EVENT]);
  return reject(draft->out, REJECT_MISSING_EVENT, "%s needs its name as text in `event`; it is %s",
                event->type == EVENT_TRACK ? "a track call"
                : event->type == EVENT_ACT ? "an act"
                                           : "an enrichment",
                kind == JSON_MISSING  ? "missing"
                : kind == JSON_STRING ? "blank"
                                      : json_kind_word(kind));
}

/* --- identifiers -------------------------------------------------------------------------------------------------- */

static bool is_word(struct str s, const char *word) {
  for (size_t i = 0; i < s.len; i++) {
    char c = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] - 'A' + 'a' : s.p[i]);
    if (c != word[i]) return false; /* also where the word ends */
  }
  return word[s.len] == '\0';
}

/* Whether the contract refuses this text as an identifier: "", "0", "---", "-1", "null", "undefined", "anonymous" ... */
static bool is_blocked(struct str id) {
  static const char *const words[] = {"-1", "null", "undefined", "anonymous"};
  size_t i = 0;
  id = str_trim(id);
  while (i < id.len && (id.p[i] == '0' || id.p[i] == '-')) i++;
  if (i == id.len) return true;
  for (size_t w = 0; w < sizeof words / sizeof *words; w++)
    if (is_word(id, words[w])) return true;
  return false;
}

/* 12345 and 12345.0 as "12345"; integers beyond 2^53 keep their digits. */
static struct str number_id(struct json_ref ref, char *out, size_t size) {
  const double exact = 9007199254740992.0; /* 2^53 */
  double n = 0;
  json_number(ref, &n);
  if (n == floor(n) && fabs(n) < exact) return (struct str){out, (size_t)snprintf(out, size, "%.0f", n)};
  struct buf text;
  buf_init(&text);
  json_minify(ref, &text);
  size_t len = text.len < size ? text.len : size;
  memcpy(out, text.data, len);
  buf_release(&text);
  return (struct str){out, len};
}

/* The identifier in `ref`, empty when there is none. Slot: where a number's text is kept. */
static struct str read_id(struct json_ref ref, struct normalised *out, int slot) {
  struct str id = {NULL, 0};
  if (json_string(ref, &id)) return str_trim(id);
  if (json_kind(ref) == JSON_NUMBER) return number_id(ref, out->ids[slot], sizeof out->ids[slot]);
  return id;
}

static enum reject_code take_ids(struct draft *draft) {
  struct event *event = &draft->out->event;
  const struct {
    enum member member;
    struct str *id;
  } wanted[NORMALISE_IDS] = {{MEMBER_USER_ID, &event->user_id},
                             {MEMBER_ANONYMOUS_ID, &event->anonymous_id},
                             {MEMBER_GROUP_ID, &event->group_id},
                             {MEMBER_PREVIOUS_ID, &event->previous_id}};
  for (int i = 0; i < 4; i++) {
    struct str id = read_id(draft->members[wanted[i].member], draft->out, i);
    if (is_blocked(id)) continue;
    if (id.len > NORMALISE_ID_MAX)
      return reject(draft->out, REJECT_ID_TOO_LONG, "`%s` has %zu bytes; at most %d are allowed",
                    member_keys[wanted[i].member].p, id.len, NORMALISE_ID_MAX);
    *wanted[i].id = id;
  }
  return REJECT_NONE;
}

static enum reject_code names_nobody(struct draft *draft) {
  bool cloudevent = !json_is_missing(json_get(draft->out->event.context, STR("cloudevent")));
  return reject(
      draft->out, REJECT_NO_ID,
      cloudevent
          ? "the CloudEvent names nobody: `subject`, or the extension `userid` or `anonymousid`, must be a "
            "text (not empty, 0, \"null\" ...)"
          : "the event names nobody: `userId` or `anonymousId` must be a text or number (not empty, 0, "
            "\"null\" ...)");
}

static enum reject_code settle_ids(struct draft *draft) {
  struct event *event = &draft->out->event;
  if (!event->group_id.len) {
    struct str id = read_id(json_get(event->context, STR("groupId")), draft->out, 2);
    if (!is_blocked(id) && id.len <= NORMALISE_ID_MAX) event->group_id = id;
  }
  if (event->type != EVENT_ALIAS)
    event->previous_id = STR("");
  else if (!event->previous_id.len)
    event->previous_id = event->anonymous_id;
  bool account_only = event->type == EVENT_GROUP && event->group_id.len;
  if (event->user_id.len || event->anonymous_id.len || account_only) return REJECT_NONE;
  return names_nobody(draft);
}

static enum reject_code take_message_id(struct draft *draft, struct json_ref root) {
  struct normalised *out = draft->out;
  struct str id = read_id(draft->members[MEMBER_MESSAGE_ID], out, NORMALISE_IDS - 1);
  if (id.len > NORMALISE_MESSAGE_ID_MAX)
    return reject(out, REJECT_ID_TOO_LONG, "`messageId` has %zu bytes; at most %d are allowed", id.len,
                  NORMALISE_MESSAGE_ID_MAX);
  out->has_message_id = id.len > 0;
  if (!id.len) {
    struct hash128 hash = fingerprint_event(root);
    char *text = out->ids[NORMALISE_IDS];
    int len = snprintf(text, sizeof out->ids[0], "%016llx%016llx", (unsigned long long)hash.high,
                       (unsigned long long)hash.low);
    id = (struct str){text, (size_t)len};
  }
  out->event.message_id = id;
  return REJECT_NONE;
}

/* --- payload ------------------------------------------------------------------------------------------------------ */

static struct json_ref object_or_missing(struct json_ref ref) {
  return json_kind(ref) == JSON_OBJECT ? ref : (struct json_ref){0};
}

static void take_payload(struct draft *draft) {
  struct event *event = &draft->out->event;
  event->context = object_or_missing(draft->members[MEMBER_CONTEXT]);
  event->properties = object_or_missing(draft->members[MEMBER_PROPERTIES]);
  if (event->type == EVENT_ACT) event->actor = object_or_missing(draft->members[MEMBER_ACTOR]);
  bool tells = event->type == EVENT_IDENTIFY || event->type == EVENT_GROUP || event->type >= EVENT_CALLS;
  if (!tells) return;
  event->traits = object_or_missing(draft->members[MEMBER_TRAITS]);
  if (event->type == EVENT_IDENTIFY && !json_count(event->traits)) {
    struct json_ref of_context = object_or_missing(json_get(event->context, STR("traits")));
    if (!json_is_missing(of_context)) event->traits = of_context;
  }
}

static bool is_told(struct json_ref object, struct str key) {
  struct str text;
  return json_string(json_get(object, key), &text) && str_trim(text).len > 0;
}

static enum reject_code check_actor(struct draft *draft) {
  const struct event *event = &draft->out->event;
  if (event->type != EVENT_ACT) return REJECT_NONE;
  if (is_told(event->actor, STR("id")) && is_told(event->actor, STR("role"))) return REJECT_NONE;
  return reject(draft->out, REJECT_MISSING_ACTOR,
                "an act needs who did it: \"actor\": {\"id\": \"maria\", \"role\": \"sales\"}");
}

/* --- time --------------------------------------------------------------------------------------------------------- */

bool normalise_time(struct json_ref ref, int64_t *ms) {
  const double seconds_below = 1e11; /* the year 5138; as milliseconds: March 1973 */
  struct str text;
  double n;
  if (json_string(ref, &text)) return time_parse(str_trim(text), ms);
  if (!json_number(ref, &n)) return false;
  if (fabs(n) < seconds_below) n *= 1000;
  n = floor(n);
  if (n < (double)TIME_MIN || n > (double)TIME_MAX) return false;
  *ms = (int64_t)n;
  return true;
}

/* As normalise_time; what is there and cannot be read is counted. */
static bool read_time(struct draft *draft, enum member member, int64_t *ms) {
  struct json_ref ref = draft->members[member];
  enum json_kind kind = json_kind(ref);
  if (kind == JSON_MISSING || kind == JSON_NULL) return false;
  if (normalise_time(ref, ms)) return true;
  draft->out->bad_times++;
  return false;
}

static int64_t within_calendar(int64_t ms) {
  return ms < TIME_MIN ? TIME_MIN : ms > TIME_MAX ? TIME_MAX : ms;
}

static int64_t skew_of(int64_t received, int64_t sent) {
  int64_t skew = received - sent;
  return skew >= NORMALISE_SKEW_MIN_MS || skew <= -NORMALISE_SKEW_MIN_MS ? skew : 0;
}

static enum reject_code reject_future(struct normalised *out) {
  char text[TIME_TEXT_MAX];
  return reject(out, REJECT_FUTURE, "history lies in the past: %s has not come yet",
                time_text(out->event.time_ms, text));
}

static enum reject_code take_time(struct draft *draft) {
  const struct normalise_context *context = draft->context;
  struct normalised *out = draft->out;
  int64_t received = is_history(context) ? TIME_NEVER : context->received_ms;
  int64_t own, original, sent = context->batch_sent_ms;
  bool has_own = read_time(draft, MEMBER_TIMESTAMP, &own);
  bool has_original = read_time(draft, MEMBER_ORIGINAL_TIMESTAMP, &original);
  if (is_history(context) && !read_time(draft, MEMBER_RECEIVED_AT, &received)) received = TIME_NEVER;
  bool has_sent = read_time(draft, MEMBER_SENT_AT, &sent) || sent != TIME_NEVER;
  bool is_received = received != TIME_NEVER;
  if (!has_own && !has_original && !is_received)
    return reject(out, REJECT_NO_TIME,
                  "no time: `timestamp` must be a date such as \"2024-01-15T09:00:00Z\"%s",
                  out->bad_times ? "; what is there cannot be read" : "");
  int64_t time = has_own ? own : has_original ? original : received;
  bool dated_by_client = has_own != has_original;
  if (dated_by_client && has_sent && is_received) time = within_calendar(time + skew_of(received, sent));
  out->clamped = is_received && time > received;
  out->event.time_ms = out->clamped ? received : time;
  out->event.received_ms = is_received ? received : 0;
  return out->event.time_ms > context->received_ms ? reject_future(out) : REJECT_NONE;
}

/* --- source ------------------------------------------------------------------------------------------------------- */

/* Only history says itself who sent it: whoever is known by a key cannot speak for others. */
static void take_source(struct draft *draft) {
  struct str source;
  if (!is_history(draft->context) || !json_string(draft->members[MEMBER_SOURCE], &source)) return;
  source = str_trim(source);
  if (source.len && source.len <= NORMALISE_SOURCE_MAX) draft->out->event.source = source;
}

void normalise_key(const struct event *event, struct buf *key) {
  buf_clear(key);
  buf_add_str(key, event->source);
  buf_add_char(key, '\0');
  buf_add_str(key, event->message_id);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

enum reject_code normalise_event(struct json_ref root, const struct normalise_context *context,
                                 struct normalised *out) {
  struct draft draft = {.context = context, .out = out};
  enum json_kind kind = json_kind(root);
  enum reject_code code;
  out->event = (struct event){.root = root, .source = context->source};
  out->has_message_id = out->clamped = false;
  out->bad_times = 0;
  out->reason[0] = '\0';
  if (kind != JSON_OBJECT)
    return reject(out, REJECT_NOT_OBJECT, "an event is a JSON object; this is %s", json_kind_word(kind));
  collect_members(&draft, root);
  if ((code = take_type(&draft)) != REJECT_NONE) return code;
  if ((code = take_name(&draft)) != REJECT_NONE) return code;
  if ((code = take_ids(&draft)) != REJECT_NONE) return code;
  take_source(&draft);
  take_payload(&draft);
  if ((code = check_actor(&draft)) != REJECT_NONE) return code;
  if ((code = settle_ids(&draft)) != REJECT_NONE) return code;
  if ((code = take_message_id(&draft, root)) != REJECT_NONE) return code;
  return take_time(&draft);
}
