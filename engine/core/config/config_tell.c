/* Values of a configuration as text, and what a setting takes. */
#include "core/config/config_private.h"

#include "base/timefmt.h"
#include "core/config/roles.h"
#include "core/engine/stages.h"
#include <inttypes.h>

static void add_size(int64_t bytes, struct buf *out) {
  static const struct {
    const char *name;
    int64_t factor;
  } units[] = {{"GiB", 1073741824}, {"MiB", 1048576}, {"KiB", 1024}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (bytes == 0 || bytes % units[i].factor != 0) continue;
    buf_printf(out, "%" PRId64 " %s", bytes / units[i].factor, units[i].name);
    return;
  }
  buf_printf(out, "%" PRId64, bytes);
}

static void add_number(const struct config_setting *setting, int64_t number, struct buf *out) {
  char text[TIME_TEXT_MAX];
  if (setting->type == CONFIG_SIZE)
    add_size(number, out);
  else if (setting->type == CONFIG_DURATION)
    buf_add_text(out, number == TIME_NEVER ? "never" : duration_text(number, text));
  else if (number && number % 1000000 == 0)
    buf_printf(out, "%" PRId64 "M", number / 1000000);
  else
    buf_printf(out, "%" PRId64, number);
}

/* Between double quotes what YAML and the replacement of variables could take for something else. */
static void add_text(struct str text, struct buf *out) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-";
  bool quoted = text.len == 0 || strchr("-:", text.p[0]) || text.p[text.len - 1] == ':';
  for (size_t i = 0; i < text.len && !quoted; i++) quoted = !strchr(plain, text.p[i]) || !text.p[i];
  if (!quoted) {
    buf_add_str(out, text);
    return;
  }
  buf_add_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    if (text.p[i] == '"' || text.p[i] == '\\') buf_add_char(out, '\\');
    if (str_starts((struct str){text.p + i, text.len - i}, STR("${"))) buf_add_char(out, '$');
    buf_add_char(out, text.p[i]);
  }
  buf_add_char(out, '"');
}

static void add_list(const struct str *items, size_t count, struct buf *out) {
  buf_add_char(out, '[');
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_text(out, ", ");
    add_text(items[i], out);
  }
  buf_add_char(out, ']');
}

static void add_origins(const struct str *origins, size_t count, struct buf *out) {
  if (origins)
    add_list(origins, count, out);
  else
    buf_add_text(out, "[\"*\"]");
}

static void add_networks(const struct network *networks, size_t count, struct buf *out) {
  char text[NETWORK_TEXT_MAX];
  buf_add_char(out, '[');
  for (size_t i = 0; i < count; i++) {
    if (i) buf_add_text(out, ", ");
    add_text(str_of(network_text(&networks[i], text)), out);
  }
  buf_add_char(out, ']');
}

void config_value_text(const struct config_setting *setting, const void *base, struct buf *out) {
  const void *field = (const char *)base + setting->offset;
  const size_t *count = (const size_t *)((const char *)base + setting->count_offset);
  char stages[STAGES_TEXT_MAX];
  switch (setting->type) {
  case CONFIG_TEXT:
  case CONFIG_PATH:
  case CONFIG_ADDRESS: add_text(str_of(*(const char *const *)field), out); break;
  case CONFIG_INTEGER:
  case CONFIG_SIZE:
  case CONFIG_DURATION: add_number(setting, *(const int64_t *)field, out); break;
  case CONFIG_BOOLEAN: buf_add_text(out, *(const bool *)field ? "true" : "false"); break;
  case CONFIG_STAGES: buf_add_text(out, stages_text(*(const int64_t *)field, stages)); break;
  case CONFIG_CHOICE: buf_add_text(out, setting->words[*(const int *)field]); break;
  case CONFIG_ORIGINS: add_origins(*(struct str *const *)field, *count, out); break;
  case CONFIG_NETWORKS: add_networks(*(struct network *const *)field, *count, out); break;
  case CONFIG_URLS:
  case CONFIG_HOSTS:
  case CONFIG_REACH: add_list(*(struct str *const *)field, *count, out); break;
  case CONFIG_ROLES:
  case CONFIG_SECRET:
  case CONFIG_HIDDEN:
  case CONFIG_SHA256:
  case CONFIG_RECORDS: break;
  }
}

static void add_words(const char *const *words, const char *last, struct buf *out) {
  for (size_t i = 0; words[i]; i++) {
    if (i) buf_add_text(out, words[i + 1] ? ", " : last);
    buf_add_text(out, words[i]);
  }
}

static void add_range(const char *what, const struct config_setting *setting, struct buf *out) {
  buf_printf(out, "%s, ", what);
  if (setting->max == TIME_NEVER) buf_add_text(out, "at least ");
  add_number(setting, setting->min, out);
  buf_add_text(out, setting->max == TIME_NEVER ? ", or " : " to ");
  add_number(setting, setting->max, out);
}

void config_type_text(const struct config_setting *setting, struct buf *out) {
  switch (setting->type) {
  case CONFIG_TEXT: buf_add_text(out, setting->min ? "a text that is not empty" : "a text"); break;
  case CONFIG_PATH: buf_add_text(out, "a directory"); break;
  case CONFIG_ADDRESS: buf_add_text(out, "HOST:PORT, as 127.0.0.1:8080 or \"[::1]:8080\""); break;
  case CONFIG_INTEGER: add_range("a whole number", setting, out); break;
  case CONFIG_SIZE: add_range("a size", setting, out); break;
  case CONFIG_DURATION: add_range("a duration", setting, out); break;
  case CONFIG_BOOLEAN: buf_add_text(out, "true or false"); break;
  case CONFIG_STAGES: buf_add_text(out, STAGES_EXPECTED); break;
  case CONFIG_CHOICE: add_words(setting->words, " or ", out); break;
  case CONFIG_ROLES:
    buf_add_text(out, "a list of ");
    add_words(setting->words, " and ", out);
    break;
  case CONFIG_ORIGINS: buf_add_text(out, "a list of origins, as https://www.example.com, or \"*\""); break;
  case CONFIG_URLS: buf_add_text(out, "a list of URLs, as https://www.example.com/thanks"); break;
  case CONFIG_NETWORKS: buf_add_text(out, "a list of networks, as 10.0.0.0/8 or 192.0.2.7"); break;
  case CONFIG_HOSTS: buf_add_text(out, "a list of hosts, as api.example.com or *.example.com"); break;
  case CONFIG_REACH: buf_add_text(out, "a list of networks and hosts, as 10.0.0.0/8 or crm.internal"); break;
  case CONFIG_SECRET:
  case CONFIG_HIDDEN: buf_add_text(out, "a text, ${NAME} or file:/path"); break;
  case CONFIG_SHA256: buf_add_text(out, "64 hex digits"); break;
  case CONFIG_RECORDS: buf_add_text(out, "a list of entries"); break;
  }
}
