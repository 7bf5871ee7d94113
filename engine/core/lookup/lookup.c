#include "core/lookup/lookup.h"

#include "base/netaddr.h"
#include "core/lookup/lookup_csv.h"
#include "model/ruleset/list.h"
#include <libpsl.h>

struct entry {
  const char *name;
  struct list *list;
  struct lookup_csv *csv;
};

struct lookup {
  struct arena arena;
  struct entry *entries;
  size_t count;
  struct lookup_mmdb *mmdb;
};

/* --- building -------------------------------------------------------------------------------------------------------- */

static void add(struct lookup *lookup, const struct rule_file *file, struct problems *problems) {
  struct entry *entry = &lookup->entries[lookup->count++];
  struct str text = arena_str(&lookup->arena, file->text);
  struct err err = {.code = ERR_NONE};
  *entry = (struct entry){.name = arena_str(&lookup->arena, ruledir_list_name(file->path)).p};
  if (file->kind == RULE_FILE_LIST)
    entry->list = list_new(str_of(entry->name), arena_str(&lookup->arena, str_of(file->path)), text, &err);
  else
    entry->csv = lookup_csv_new(text, &err);
  if (err.code == ERR_NONE) return;
  problem_add(problems, SEVERITY_ERROR, file->kind == RULE_FILE_LIST ? "bad_list" : "table",
              (struct place){file->path, 0}, NULL, "%s", err.text);
}

/* lookup.mmdb("NAME", ..), and mmdb 'NAME': whatever else is written so does no harm. */
static void note_databases(struct lookup *lookup, struct str source) {
  static const struct str word = STR("mmdb");
  for (size_t at = 0; at + word.len < source.len; at++) {
    struct str rest = {source.p + at, source.len - at};
    if (!str_starts(rest, word)) continue;
    size_t from = word.len;
    while (from < rest.len && strchr(" \t\r\n(", rest.p[from])) from++;
    char quote = from < rest.len ? rest.p[from++] : 0;
    const char *end = quote == '"' || quote == '\'' ? memchr(rest.p + from, quote, rest.len - from) : NULL;
    if (end) lookup_mmdb_note(lookup->mmdb, (struct str){rest.p + from, (size_t)(end - rest.p) - from});
  }
}

struct lookup *lookup_new(const struct ruledir *bundle, struct problems *problems) {
  struct lookup *lookup = xcalloc(1, sizeof *lookup);
  arena_init(&lookup->arena, 0);
  lookup->entries = xcalloc(bundle->count + 1, sizeof *lookup->entries);
  for (size_t i = 0; i < bundle->count; i++)
    if (bundle->files[i].kind == RULE_FILE_LIST || bundle->files[i].kind == RULE_FILE_TABLE)
      add(lookup, &bundle->files[i], problems);
  lookup->mmdb = lookup_mmdb_new(bundle->list_directories, bundle->list_directory_count);
  for (size_t i = 0; i < bundle->count; i++)
    if (bundle->files[i].kind == RULE_FILE_LUA) note_databases(lookup, bundle->files[i].text);
  return lookup;
}

void lookup_free(struct lookup *lookup) {
  if (!lookup) return;
  for (size_t i = 0; i < lookup->count; i++) {
    list_free(lookup->entries[i].list);
    lookup_csv_free(lookup->entries[i].csv);
  }
  lookup_mmdb_free(lookup->mmdb);
  free(lookup->entries);
  arena_release(&lookup->arena);
  free(lookup);
}

struct lookup_mmdb *lookup_databases(struct lookup *lookup) {
  return lookup ? lookup->mmdb : NULL;
}

/* --- finding --------------------------------------------------------------------------------------------------------- */

static const struct entry *entry_named(const struct lookup *lookup, struct str name, bool table) {
  for (size_t i = 0; lookup && i < lookup->count; i++) {
    const struct entry *entry = &lookup->entries[i];
    if (str_eq(str_of(entry->name), name) && (table ? entry->csv != NULL : entry->list != NULL)) return entry;
  }
  return NULL;
}

/* libpsl wants lower case. */
bool lookup_registered(struct str host, char out[DOMAIN_MAX + 1], struct str *domain) {
  const psl_ctx_t *psl = psl_builtin();
  if (host.len > DOMAIN_MAX) return false;
  for (size_t i = 0; i < host.len; i++)
    out[i] = (char)(host.p[i] >= 'A' && host.p[i] <= 'Z' ? host.p[i] + ('a' - 'A') : host.p[i]);
  while (host.len && out[host.len - 1] == '.') host.len--;
  out[host.len] = '\0';
  const char *found = psl && strchr(out, '.') ? psl_registrable_domain(psl, out) : NULL;
  if (!found || strspn(found, "0123456789.:") == strlen(found)) return false;
  *domain = str_of(found);
  return true;
}

static struct value registered_domain(struct str host, struct arena *arena) {
  char room[DOMAIN_MAX + 1];
  struct str domain;
  return lookup_registered(host, room, &domain) ? value_str(arena_str(arena, domain)) : VALUE_NONE;
}

/* { text, version = 4 | 6, public } of an IP address. */
static struct value address_of(struct str text, struct arena *arena) {
  struct network address = {.bits = 128};
  char canonical[NETWORK_TEXT_MAX];
  if (!netaddr_parse(str_trim(text), &address.base)) return VALUE_NONE;
  struct pair *pairs = arena_alloc(arena, 3 * sizeof *pairs);
  pairs[0] = (struct pair){STR("public"), value_bool(netaddr_is_public(&address.base))};
  pairs[1] =
      (struct pair){STR("text"), value_str(arena_str(arena, str_of(network_text(&address, canonical))))};
  pairs[2] = (struct pair){STR("version"), value_number(netaddr_is_v4(&address.base) ? 4 : 6)};
  return (struct value){.kind = VALUE_MAP, .len = 3, .pairs = pairs};
}

static int find(void *context, struct str what, struct str name, struct str key, struct arena *arena,
                struct value *found, struct err *err) {
  const struct lookup *lookup = context;
  *found = VALUE_NONE;
  if (str_eq(what, STR("domain"))) {
    *found = registered_domain(key, arena);
    return 0;
  }
  if (str_eq(what, STR("address"))) {
    *found = address_of(key, arena);
    return 0;
  }
  if (str_eq(what, STR("mmdb"))) return lookup_mmdb_find(lookup->mmdb, name, key, arena, found, err);
  bool table = str_eq(what, STR("csv"));
  const struct entry *entry = entry_named(lookup, name, table);
  if (!entry)
    return err_set(err, ERR_NOT_FOUND, "there is no lists/%.*s.%s", STR_ARG(name), table ? "csv" : "txt");
  *found = table ? lookup_csv_find(entry->csv, key, arena) : value_bool(list_has(entry->list, key));
  return 0;
}

struct task_lookup lookup_calls(struct lookup *lookup) {
  return (struct task_lookup){lookup, find};
}
