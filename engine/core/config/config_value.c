/* One value of a configuration: from the text of a file or flag into its place. */
#include "core/config/config_private.h"

#include "base/timefmt.h"
#include "core/config/credential.h"
#include "core/config/roles.h"
#include "core/engine/stages.h"
#include "core/handoff/egress.h"

/* Fills *err: "'abc' is not a size: expected a size, 512 KiB to 64 MiB". */
static int refuse(const struct config_setting *setting, struct str text, struct err *err) {
  struct buf kind;
  buf_init(&kind);
  config_type_text(setting, &kind);
  err_set(err, ERR_INVALID, "'%.*s' cannot be used: expected %s", text.len > 200 ? 200 : (int)text.len,
          text.p ? text.p : "", kind.data);
  buf_release(&kind);
  return -1;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Leading digits of *text, which then begins behind them. */
static bool take_number(struct str *text, int64_t *number) {
  size_t len = 0;
  int64_t n = 0;
  for (; len < text->len && is_digit(text->p[len]); len++) {
    if (n > (INT64_MAX - 9) / 10) return false;
    n = n * 10 + (text->p[len] - '0');
  }
  *number = n;
  *text = (struct str){text->p + len, text->len - len};
  return len > 0;
}

struct unit {
  const char *name;
  int64_t factor;
};

/* The number that `text` is, with one of the units or none. */
static bool parse_quantity(struct str text, const struct unit *units, int64_t *number) {
  int64_t count, factor = 0;
  if (!take_number(&text, &count)) return false;
  text = str_trim(text);
  for (; !factor && units->name; units++)
    if (str_eq(text, str_of(units->name))) factor = units->factor;
  if (!factor || count > INT64_MAX / factor) return false;
  *number = count * factor;
  return true;
}

static const struct unit counts[] = {{"", 1}, {"k", 1000}, {"M", 1000000}, {NULL, 0}};
static const struct unit sizes[] = {
    {"", 1},      {"B", 1},     {"KiB", 1024},   {"MiB", 1048576},   {"GiB", 1073741824},
    {"kB", 1000}, {"KB", 1000}, {"MB", 1000000}, {"GB", 1000000000}, {NULL, 0}};

static bool parse_duration(const struct config_setting *setting, struct str text, int64_t *ms) {
  *ms = 0;
  if (str_eq(text, STR("0")) || str_eq(text, STR("0s"))) return true;
  if (setting->max == TIME_NEVER && str_eq(text, STR("never"))) {
    *ms = TIME_NEVER;
    return true;
  }
  return duration_parse(text, ms);
}

static bool parse_number(const struct config_setting *setting, struct str text, int64_t *number) {
  bool read = setting->type == CONFIG_DURATION
                  ? parse_duration(setting, text, number)
                  : parse_quantity(text, setting->type == CONFIG_SIZE ? sizes : counts, number);
  return read && *number >= setting->min && *number <= setting->max;
}

static bool is_plain(struct str text) {
  for (size_t i = 0; i < text.len; i++)
    if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f) return false;
  return true;
}

/* HOST:PORT, HOST without brackets having no colon; the host's name is looked up when it is listened on. */
static bool is_address(struct str text) {
  size_t colon = text.len;
  while (colon > 0 && text.p[colon - 1] != ':') colon--;
  if (colon == 0 || text.len == colon || text.len > 255) return false;
  struct str host = {text.p, colon - 1}, port = {text.p + colon, text.len - colon};
  int64_t number;
  struct netaddr addr;
  if (!take_number(&port, &number) || port.len || number > UINT16_MAX || text.len - colon > 5) return false;
  if (host.len >= 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
    return netaddr_parse((struct str){host.p + 1, host.len - 2}, &addr);
  for (size_t i = 0; i < host.len; i++)
    if (host.p[i] <= ' ' || host.p[i] == 0x7f || strchr(":[]/@", host.p[i])) return false;
  return true;
}

static const char *copied(struct arena *arena, struct str text) {
  return arena_str(arena, text).p;
}

static int parse_secret(struct arena *arena, const struct config_setting *setting, struct str text,
                        const char **out, struct err *err) {
  char hex[DIGEST_HEX_MAX];
  if (credential_hash(text, (size_t)setting->min, hex, err)) return -1;
  *out = copied(arena, str_of(hex));
  return 0;
}

/* The message does not quote it. */
static int parse_hidden(struct arena *arena, const struct config_setting *setting, struct str text,
                        const char **out, struct err *err) {
  if ((int64_t)text.len < setting->min || (int64_t)text.len > setting->max || !is_plain(text))
    return err_set(err, ERR_INVALID, "cannot be used: expected one line of %d to %d bytes", (int)setting->min,
                   (int)setting->max);
  *out = copied(arena, text);
  return 0;
}

static bool parse_sha256(struct arena *arena, struct str text, const char **out) {
  char hex[DIGEST_HEX_MAX];
  if (text.len != DIGEST_HEX_MAX - 1) return false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    if (c >= 'A' && c <= 'F') c = (char)(c - 'A' + 'a');
    if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return false;
    hex[i] = c;
  }
  *out = copied(arena, (struct str){hex, text.len});
  return true;
}

static bool parse_choice(const struct config_setting *setting, struct str text, int *out) {
  for (int i = 0; setting->words[i]; i++) {
    if (!str_eq(text, str_of(setting->words[i]))) continue;
    *out = i;
    return true;
  }
  return false;
}

static int refuse_word(const struct config_setting *setting, struct str text, struct err *err) {
  const char *near = str_nearest(text, setting->words);
  if (!near) return refuse(setting, text, err);
  return err_set(err, ERR_INVALID, "'%.*s' cannot be used: did you mean '%s'?", STR_ARG(text), near);
}

static bool parse_text(struct arena *arena, const struct config_setting *setting, struct str text,
                       const char **out) {
  bool fits = setting->type == CONFIG_ADDRESS
                  ? is_address(text)
                  : (int64_t)text.len >= setting->min && (int64_t)text.len <= setting->max && is_plain(text);
  if (fits) *out = copied(arena, text);
  return fits;
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

bool config_is_list(const struct config_setting *setting) {
  switch (setting->type) {
  case CONFIG_ROLES:
  case CONFIG_ORIGINS:
  case CONFIG_URLS:
  case CONFIG_NETWORKS:
  case CONFIG_HOSTS:
  case CONFIG_REACH: return true;
  default: return false;
  }
}

/* scheme://host[:port]: what browsers send as Origin, lower case and without a path. */
static bool is_origin(struct str text) {
  size_t scheme = str_starts(text, STR("https://")) ? 8 : str_starts(text, STR("http://")) ? 7 : 0;
  if (!scheme || text.len == scheme || text.len > 255) return false;
  for (size_t i = scheme; i < text.len; i++) {
    char c = text.p[i];
    if (c <= ' ' || c > '~' || (c >= 'A' && c <= 'Z') || strchr("/?#@*,", c)) return false;
  }
  return true;
}

/* Safe in a header, and nothing a browser would take for a page of its own. */
static bool is_url(struct str text) {
  size_t scheme = str_starts(text, STR("https://")) ? 8 : str_starts(text, STR("http://")) ? 7 : 0;
  if (!scheme || text.len == scheme || strchr("/?#", text.p[scheme])) return false;
  for (size_t i = scheme; i < text.len; i++)
    if (text.p[i] <= ' ' || text.p[i] > '~' || strchr("\"<>\\", text.p[i])) return false;
  return text.len <= CONFIG_TEXT_MAX;
}

static int parse_roles(const struct config_setting *setting, const struct str *items, size_t count,
                       unsigned *out, struct err *err) {
  unsigned roles = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned role = role_of(items[i]);
    if (!role) return refuse_word(setting, items[i], err);
    roles |= role;
  }
  if (!roles) return err_set(err, ERR_INVALID, "a token needs at least one role");
  *out = roles;
  return 0;
}

static int parse_origins(struct arena *arena, const struct config_setting *setting, const struct str *items,
                         size_t count, void *base, struct err *err) {
  struct str **origins = (struct str **)((char *)base + setting->offset);
  size_t *origin_count = (size_t *)((char *)base + setting->count_offset);
  bool any = count == 1 && str_eq(items[0], STR("*"));
  struct str *copies = arena_alloc(arena, (count + 1) * sizeof *copies); /* never NULL: that is any */
  for (size_t i = 0; i < count && !any; i++) {
    if (!is_origin(items[i])) return refuse(setting, items[i], err);
    copies[i] = arena_str(arena, items[i]);
  }
  *origins = any ? NULL : copies;
  *origin_count = any ? 0 : count;
  return 0;
}

static int parse_networks(struct arena *arena, const struct config_setting *setting, const struct str *items,
                          size_t count, void *base, struct err *err) {
  struct network *networks = arena_alloc(arena, count * sizeof *networks);
  for (size_t i = 0; i < count; i++)
    if (!network_parse(items[i], &networks[i])) return refuse(setting, items[i], err);
  *(struct network **)((char *)base + setting->offset) = networks;
  *(size_t *)((char *)base + setting->count_offset) = count;
  return 0;
}

static bool is_item(enum config_type type, struct str item) {
  if (type == CONFIG_URLS) return is_url(item);
  return type == CONFIG_HOSTS ? egress_is_pattern(item) : egress_is_network_or_pattern(item);
}

static int parse_texts(struct arena *arena, const struct config_setting *setting, const struct str *items,
                       size_t count, void *base, struct err *err) {
  struct str *copies = arena_alloc(arena, count * sizeof *copies);
  for (size_t i = 0; i < count; i++) {
    if (!is_item(setting->type, items[i])) return refuse(setting, items[i], err);
    copies[i] = arena_str(arena, items[i]);
  }
  *(struct str **)((char *)base + setting->offset) = copies;
  *(size_t *)((char *)base + setting->count_offset) = count;
  return 0;
}

int config_parse_list(struct arena *arena, const struct config_setting *setting, const struct str *items,
                      size_t count, void *base, struct err *err) {
  if (setting->type == CONFIG_ROLES)
    return parse_roles(setting, items, count, (unsigned *)((char *)base + setting->offset), err);
  if (setting->type == CONFIG_ORIGINS) return parse_origins(arena, setting, items, count, base, err);
  if (setting->type == CONFIG_NETWORKS) return parse_networks(arena, setting, items, count, base, err);
  ASSERT(setting->type == CONFIG_URLS || setting->type == CONFIG_HOSTS || setting->type == CONFIG_REACH);
  return parse_texts(arena, setting, items, count, base, err);
}

/* "a, b" as items; an empty text has none. */
static int parse_commas(struct arena *arena, const struct config_setting *setting, struct str text,
                        void *base, struct err *err) {
  struct str *items = arena_alloc(arena, CONFIG_LIST_MAX * sizeof *items);
  size_t count = 0;
  for (struct str rest = str_trim(text); rest.len;) {
    const char *comma = memchr(rest.p, ',', rest.len);
    size_t len = comma ? (size_t)(comma - rest.p) : rest.len;
    if (count == CONFIG_LIST_MAX) return err_set(err, ERR_LIMIT, "more than %d entries", CONFIG_LIST_MAX);
    items[count++] = str_trim((struct str){rest.p, len});
    rest = comma ? (struct str){comma + 1, rest.len - len - 1} : (struct str){rest.p, 0};
  }
  return config_parse_list(arena, setting, items, count, base, err);
}

/* --- any value ---------------------------------------------------------------------------------------------------- */

int config_parse(struct arena *arena, const struct config_setting *setting, struct str text, void *base,
                 struct err *err) {
  void *field = (char *)base + setting->offset;
  switch (setting->type) {
  case CONFIG_TEXT:
  case CONFIG_PATH:
  case CONFIG_ADDRESS: return parse_text(arena, setting, text, field) ? 0 : refuse(setting, text, err);
  case CONFIG_INTEGER:
  case CONFIG_SIZE:
  case CONFIG_DURATION: {
    int64_t number;
    if (!parse_number(setting, text, &number)) return refuse(setting, text, err);
    *(int64_t *)field = number;
    return 0;
  }
  case CONFIG_BOOLEAN:
    if (!str_eq(text, STR("true")) && !str_eq(text, STR("false"))) return refuse(setting, text, err);
    *(bool *)field = text.p[0] == 't';
    return 0;
  case CONFIG_STAGES: return stages_parse(text, field) ? 0 : refuse(setting, text, err);
  case CONFIG_CHOICE: return parse_choice(setting, text, field) ? 0 : refuse_word(setting, text, err);
  case CONFIG_SECRET: return parse_secret(arena, setting, text, field, err);
  case CONFIG_HIDDEN: return parse_hidden(arena, setting, text, field, err);
  case CONFIG_SHA256: return parse_sha256(arena, text, field) ? 0 : refuse(setting, text, err);
  case CONFIG_ROLES:
  case CONFIG_ORIGINS:
  case CONFIG_URLS:
  case CONFIG_NETWORKS:
  case CONFIG_HOSTS:
  case CONFIG_REACH: return parse_commas(arena, setting, text, base, err);
  case CONFIG_RECORDS: break;
  }
  return err_set(err, ERR_USAGE, "is a list of entries, which only the file can hold");
}
