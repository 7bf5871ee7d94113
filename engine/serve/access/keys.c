#include "serve/access/keys.h"

#include "base/file.h"
#include "base/map.h"
#include "core/config/roles.h"
#include <sys/stat.h>
#include <unistd.h>

const char *const key_home_words[] = {"embudo.yaml", "environment", KEYFILE_NAME, NULL};

struct version { /* of keys.json: a replaced file is another inode or has another time */
  bool there;
  ino_t inode;
  struct timespec changed;
  off_t size;
};

struct set {
  struct key *items;
  size_t count, cap;
};

struct keys {
  struct set set;
  char *dir;
  config_env *env;
  struct map names; /* interned: names outlive reloads */
  struct version version;
};

/* --- gathering ---------------------------------------------------------------------------------------------------- */

static struct str own_name(struct keys *keys, const char *name) {
  uint32_t index = map_intern(&keys->names, str_of(name)); /* which may move the entries */
  return keys->names.entries[index].key;
}

static int add(struct keys *keys, struct set *set, struct key key, const char *name, struct err *err) {
  for (size_t i = 0; i < set->count; i++) {
    const struct key *other = &set->items[i];
    if (strcmp(other->sha256, key.sha256) != 0) continue;
    if (other->roles == key.roles && str_eq(other->name, str_of(name))) return 0;
    return err_set(err, ERR_INVALID, "'%.*s' (%s) and '%s' (%s) have the same key: each needs its own",
                   STR_ARG(other->name), key_home_words[other->home], name, key_home_words[key.home]);
  }
  if (set->count == set->cap) {
    set->cap = set->cap ? set->cap * 2 : 8;
    set->items = xrealloc(set->items, set->cap * sizeof *set->items);
  }
  key.name = own_name(keys, name);
  set->items[set->count++] = key;
  return 0;
}

static int add_config(struct keys *keys, struct set *set, const struct config *config, struct err *err) {
  for (size_t i = 0; i < config->source_count; i++) {
    struct key key = {.home = KEY_OF_CONFIG};
    memcpy(key.sha256, config->sources[i].sha256, DIGEST_HEX_MAX);
    if (add(keys, set, key, config->sources[i].name, err)) return -1;
  }
  for (size_t i = 0; i < config->token_count; i++) {
    struct key key = {.home = KEY_OF_CONFIG, .roles = config->tokens[i].roles};
    memcpy(key.sha256, config->tokens[i].sha256, DIGEST_HEX_MAX);
    if (add(keys, set, key, config->tokens[i].name, err)) return -1;
  }
  return 0;
}

static int add_variable(struct keys *keys, struct set *set, const char *variable, const char *name,
                        unsigned roles, struct err *err) {
  const char *value = keys->env(variable);
  struct key key = {.home = KEY_OF_ENVIRONMENT, .roles = roles};
  struct err why;
  if (!value || !*value) return 0;
  if (credential_hash(str_of(value), roles ? CREDENTIAL_TOKEN_MIN : CREDENTIAL_WRITE_KEY_MIN, key.sha256,
                      &why))
    return err_set(err, ERR_INVALID, "the environment's %s %s", variable, why.text);
  return add(keys, set, key, name, err);
}

static int add_file(struct keys *keys, struct set *set, const struct keyfile *file, struct err *err) {
  for (size_t i = 0; i < file->count; i++) {
    const struct keyfile_entry *entry = &file->entries[i];
    struct key key = {.home = KEY_OF_FILE, .roles = entry->roles, .created_ms = entry->created_ms};
    memcpy(key.sha256, entry->sha256, DIGEST_HEX_MAX);
    if (add(keys, set, key, entry->name, err)) return -1;
  }
  return 0;
}

static struct version version_of(const struct keys *keys) {
  struct buf path;
  struct stat info;
  struct version version = {0};
  buf_init(&path);
  buf_printf(&path, "%s/" KEYFILE_NAME, keys->dir);
  if (stat(path.data, &info) == 0) version = (struct version){true, info.st_ino, info.st_mtim, info.st_size};
  buf_release(&path);
  return version;
}

/* The present keys are replaced only when all could be read. */
static int gather(struct keys *keys, const struct config *config, struct err *err) {
  struct set set = {0};
  struct keyfile file;
  struct version version = version_of(keys); /* before reading: a change in between is seen the next time */
  keyfile_init(&file);
  int code = keyfile_read(&file, keys->dir, err);
  if (code == 0) code = add_config(keys, &set, config, err);
  if (code == 0) code = add_variable(keys, &set, "EMBUDO_WRITE_KEY", KEYS_DEFAULT_SOURCE, 0, err);
  if (code == 0) code = add_variable(keys, &set, "EMBUDO_ADMIN_TOKEN", "admin", ROLE_ADMIN, err);
  if (code == 0) code = add_file(keys, &set, &file, err);
  keyfile_release(&file);
  if (code) {
    free(set.items);
    return -1;
  }
  free(keys->set.items);
  keys->set = set;
  keys->version = version;
  return 0;
}

struct keys *keys_new(const struct config *config, config_env *env, struct err *err) {
  struct keys *keys = xcalloc(1, sizeof *keys);
  keys->dir = xstrdup(config->data);
  keys->env = env;
  map_init(&keys->names);
  if (gather(keys, config, err) == 0) return keys;
  keys_free(keys);
  return NULL;
}

void keys_free(struct keys *keys) {
  if (!keys) return;
  free(keys->set.items);
  free(keys->dir);
  map_release(&keys->names);
  free(keys);
}

int keys_reload(struct keys *keys, const struct config *config, struct err *err) {
  return gather(keys, config, err);
}

bool keys_are_stale(const struct keys *keys) {
  struct version now = version_of(keys), then = keys->version;
  return now.there != then.there || now.inode != then.inode || now.size != then.size ||
         now.changed.tv_sec != then.changed.tv_sec || now.changed.tv_nsec != then.changed.tv_nsec;
}

/* --- the first start ---------------------------------------------------------------------------------------------- */

/* A write key, or a token that may do everything. */
static bool have(const struct keys *keys, bool token) {
  for (size_t i = 0; i < keys->set.count; i++) {
    unsigned roles = keys->set.items[i].roles;
    if (token ? roles & ROLE_ADMIN : roles == 0) return true;
  }
  return false;
}

static int write_first(const struct keys *keys, const struct keys_first *first, struct err *err) {
  struct buf path, text;
  buf_init(&path);
  buf_init(&text);
  buf_printf(&path, "%s/" KEYS_FIRST_FILE, keys->dir);
  buf_add_text(&text,
               "Made at the first start. Keep them elsewhere, then remove this file: embudo needs only "
               "keys.json.\n");
  if (first->write_key[0]) buf_printf(&text, "write key:   %s\n", first->write_key);
  if (first->admin_token[0]) buf_printf(&text, "admin token: %s\n", first->admin_token);
  int code = file_write(path.data, 0600, buf_str(&text), err);
  buf_release(&text);
  buf_release(&path);
  return code;
}

/* The digest is written last: a crash before it makes other keys at the next start. */
static int make_first(struct keys *keys, struct keyfile *file, int64_t now_ms, struct keys_first *first,
                      struct err *err) {
  if (keyfile_read(file, keys->dir, err)) return -1;
  bool write_key = !have(keys, false), token = !have(keys, true);
  if (file->started || !(write_key || token)) return 0;
  file->started = true;
  if (write_key && keyfile_add(file, STR(KEYS_DEFAULT_SOURCE), 0, now_ms, first->write_key, err)) return -1;
  if (token && keyfile_add(file, STR("admin"), ROLE_ADMIN, now_ms, first->admin_token, err)) return -1;
  return write_first(keys, first, err) || keyfile_write(file, keys->dir, err) ? -1 : 0;
}

int keys_start(struct keys *keys, const struct config *config, int64_t now_ms, struct keys_first *first,
               struct err *err) {
  struct keyfile file;
  *first = (struct keys_first){0};
  int lock = keyfile_lock(keys->dir, err);
  if (lock < 0) return -1;
  keyfile_init(&file);
  int code = make_first(keys, &file, now_ms, first, err);
  keyfile_release(&file);
  keyfile_unlock(lock);
  if (code) *first = (struct keys_first){0};
  return code ? -1 : gather(keys, config, err);
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* Every entry is compared, whichever is right. */
static const struct key *find(const struct keys *keys, struct str presented, bool token) {
  const struct key *found = NULL;
  char sha256[DIGEST_HEX_MAX];
  if (presented.len == 0 || presented.len > CREDENTIAL_MAX) return NULL;
  digest_hex(presented, sha256);
  for (size_t i = 0; i < keys->set.count; i++) {
    const struct key *key = &keys->set.items[i];
    bool same = digest_equal(key->sha256, sha256);
    if (same && (key->roles != 0) == token) found = key;
  }
  return found;
}

bool keys_source(const struct keys *keys, struct str presented, struct str *source) {
  const struct key *key = find(keys, presented, false);
  if (key) *source = key->name;
  return key != NULL;
}

unsigned keys_roles(const struct keys *keys, struct str presented, struct str *name) {
  const struct key *key = find(keys, presented, true);
  if (key && name) *name = key->name;
  return key ? key->roles : 0;
}

size_t keys_count(const struct keys *keys) {
  return keys->set.count;
}

const struct key *keys_at(const struct keys *keys, size_t index) {
  ASSERT(index < keys->set.count);
  return &keys->set.items[index];
}
